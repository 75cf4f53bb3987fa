"""Alignment: sentences find their partners in any order, words stand beside what replaced them."""

from __future__ import annotations

import naive
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.kernels.tokens import bigram, hash_word
from corpus_tools.rewrite.alignment.compare import COPIED, INSERTED, SUBSTITUTED, compare_texts
from corpus_tools.rewrite.alignment.layout import MAX_SENTENCES, SLOTS, Pages
from corpus_tools.rewrite.alignment.measures import MEASURES, FeatureCounts, lay_out_texts, make_lexicon, match_two, measure_aligned
from corpus_tools.rewrite.alignment.sentence_kernels import trace_words
from corpus_tools.rewrite.vocabulary import SHINGLE_SLOTS, WORD_SLOTS, Vocabulary

VOCABULARY = Vocabulary(1000, np.full(WORD_SLOTS, 20, np.uint16), np.full(SHINGLE_SLOTS, 9, np.uint8))
LEXICON = make_lexicon(VOCABULARY, np.full(SLOTS, 4.0, np.float32))
NAMES = list(MEASURES)

ORIGINAL = """The heart pumps blood through the body at a steady rate. A clot in an artery of the heart stops the flow.
Aspirin 80 mg in the morning thins the blood of most patients. Dr Jones found this in Boston in 1984.
Walking for an hour lowers the pressure of the blood in older people."""
SPUN = """Aspirin 80 mg in the dawn dilutes the blood of most sufferers. A lump in an artery of the heart halts the stream.
The heart drives blood through the frame at a constant rate. Strolling for an hour reduces the pressure of the blood in older folks.
Dr Jones discovered this in Boston in 1984. Subscribe to our letter."""
OTHER = """A sprained ankle swells within minutes. Ice helps if it is used early, and a bandage keeps the joint still.
Most sprains heal in six weeks without any surgery."""


def lay(*texts: str) -> Pages:
    return lay_out_texts(pa.array(texts, pa.large_string()), LEXICON)


def measures(one: str, other: str) -> dict[str, float]:
    odd = np.array([0.2, 0.4])
    return dict(zip(NAMES, measure_aligned(lay(one, other), np.array([0]), np.array([1]), LEXICON, odd)[0].tolist(), strict=True))


def test_sentences_find_their_partners_in_any_order() -> None:
    partner, cosines = match_two(lay(ORIGINAL, SPUN), 0, 1, LEXICON)
    assert partner.tolist() == [2, 1, 0, 4, 3]
    assert (cosines > 0.08).all()


def test_a_rewrite_measures_as_one_and_another_page_does_not() -> None:
    spun, other = measures(ORIGINAL, SPUN), measures(ORIGINAL, OTHER)
    assert spun["coverage_min"] > 0.8
    assert spun["coverage_max"] == pytest.approx(1.0)
    assert spun["rewritten"] > 0.7
    assert 0.5 < spun["same"] < 0.9
    assert spun["number_conflict"] == 0.0
    assert spun["odd_ratio"] == pytest.approx(0.21 / 0.41)
    assert other["coverage_max"] < 0.4


def test_the_order_of_sentences_shows() -> None:
    straight = ORIGINAL.replace("morning", "dawn")
    assert measures(ORIGINAL, straight)["ordered"] == pytest.approx(1.0)
    assert measures(ORIGINAL, SPUN)["ordered"] < 0.7


def test_another_number_is_a_conflict() -> None:
    assert (
        measures("Take 80 mg of Aspirin in the morning with water.", "Take 75 mg of Aspirin in the morning with water.")[
            "number_conflict"
        ]
        > 0
    )


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=12), st.lists(st.sampled_from("abcde"), min_size=1, max_size=12))
def test_word_alignments_are_the_best_there_are(left: list[str], right: list[str]) -> None:
    pages = lay(" ".join(f"{word}xyzzy" for word in left), " ".join(f"{word}xyzzy" for word in right))
    n, m = len(left), len(right)
    steps = trace_words(pages, 0, n, n, m)
    assert [x for x, _ in steps if x >= 0] == list(range(n))
    assert [y for _, y in steps if y >= 0] == list(range(n, n + m))
    words = pages.words
    score = sum((4 if words[x] == words[y] else 0) if x >= 0 and y >= 0 else -1 for x, y in steps)
    assert score == naive.alignment_score(words[:n].tolist(), words[n : n + m].tolist())


def test_measures_do_not_depend_on_company_or_side() -> None:
    odd = np.array([0.2, 0.4, 0.3])
    three = lay(ORIGINAL, SPUN, OTHER)
    pairs = measure_aligned(three, np.array([1, 0, 0]), np.array([2, 2, 1]), LEXICON, odd)
    alone = measure_aligned(lay(ORIGINAL, SPUN), np.array([0]), np.array([1]), LEXICON, odd[:2])
    assert pairs[2].tolist() == alone[0].tolist()
    turned = measure_aligned(lay(SPUN, ORIGINAL), np.array([0]), np.array([1]), LEXICON, odd[1::-1])
    close = [name for name in NAMES if name not in ("ordered", "swapped", "gaps", "cosine")]
    for name in close:
        assert turned[name][0] == pytest.approx(alone[name][0], abs=0.05), name


@pytest.mark.parametrize("text", ["", "word", ".", "A b. " * 4000, "x" * 20_000, "\n".join(["Same line of the page."] * 3000)])
def test_hostile_pages_are_measured_in_bounds(text: str) -> None:
    found = np.array(list(measures(text, ORIGINAL).values()))
    assert np.isfinite(found).all()
    pages = lay(text)
    assert pages.first_sentence[1] <= MAX_SENTENCES


def test_rare_features_weigh_more() -> None:
    counts = FeatureCounts(VOCABULARY)
    counts.add(pa.array([ORIGINAL, ORIGINAL, OTHER], pa.large_string()))
    counts.add(pa.array([OTHER + " Ice."], pa.large_string()))
    weights = counts.lexicon().weights
    assert counts.documents == 4
    assert weights.max() == pytest.approx(np.log(5 / 0.5))
    assert len(np.unique(weights)) > 2


def test_explaining_says_what_became_of_each_word() -> None:
    found = compare_texts(ORIGINAL, SPUN, LEXICON, VOCABULARY)
    third = found.sentences[2]
    assert (third.left, third.right) == (2, 0)
    kinds = [(span.kind, span.left, span.right) for span in third.spans]
    assert kinds[:2] == [(COPIED, "Aspirin 80 mg in the", "Aspirin 80 mg in the"), (SUBSTITUTED, "morning thins", "dawn dilutes")]
    assert found.right_only == ("Subscribe to our letter.",)
    assert found.left_only == ()
    assert 0.0 <= found.probability <= 1.0
    added = compare_texts("The heart pumps blood.", "The heart pumps much blood.", LEXICON, VOCABULARY)
    assert [span.right for span in added.sentences[0].spans if span.kind == INSERTED] == ["much"]


def test_marks_and_spaces_stay_with_their_words() -> None:
    found = compare_texts('He said "iron (Fe) helps" at 4 mmol/l.', 'He said "iron (Fe)  aids" at 4 mmol/l.', LEXICON, VOCABULARY)
    assert [(span.left, span.right) for span in found.sentences[0].spans] == [
        ('He said "iron (Fe)', 'He said "iron (Fe)'),
        ('helps"', 'aids"'),
        ("at 4 mmol/l.", "at 4 mmol/l."),
    ]


def test_long_sentences_are_compared_to_their_end() -> None:
    words = [f"word{number} stays" for number in range(100)]
    left, right = " ".join(words), " ".join([*words[:90], "extra", *words[90:]]) + " last"
    found = compare_texts(left, right, LEXICON, VOCABULARY)
    assert [(span.kind, span.right) for span in found.sentences[0].spans if span.kind != COPIED] == [
        (INSERTED, "extra"),
        (INSERTED, "last"),
    ]
    assert found.words == {"copied": 200, "substituted": 0, "removed": 0, "inserted": 2}


def starts(text: str) -> list[int]:
    """Places of the words at which the page's parts begin."""
    pages = lay(text)
    return (pages.starts[: pages.first_sentence[1]]).tolist()


def test_lists_and_long_sentences_are_taken_part_by_part() -> None:
    item = "a rash on the arm"
    assert starts(f"Signs are {item}; {item}, and {item}.") == [0]
    assert starts(f"Signs    {item}    {item}") == [0, 1, 6]
    assert starts("; ".join([item] * 10)) == list(range(0, 50, 5))
    assert starts(", ".join([item] * 10)) == list(range(0, 50, 10))
    assert starts(" - ".join([item] * 10)) == list(range(0, 50, 10))
    assert starts(" \u2022 ".join([item] * 10)) == list(range(0, 50, 5))
    assert starts(" ".join([item] * 10)) == [0]


def test_words_copied_in_clumps_show() -> None:
    """Half of the sentences copied, half with every content word swapped: no even hand did that."""
    one = [f"The {word} of the heart moves the blood in an hour." for word in "wall base side edge tip core".split()]
    clumped = one[:3] + [part.replace("heart moves the blood", "ticker drives the fluid") for part in one[3:]]
    even = [part.replace("heart", "ticker") for part in one]
    assert measures(" ".join(one), " ".join(clumped))["identical_surplus"] > 0.3
    assert measures(" ".join(one), " ".join(even))["identical_surplus"] < 0.0


def test_odd_phrases_on_one_side_show() -> None:
    usual = Vocabulary(1000, np.full(WORD_SLOTS, 20, np.uint16), np.zeros(SHINGLE_SLOTS, np.uint8))
    for one, other in zip(
        ORIGINAL.lower().replace(".", " ").split()[:-1], ORIGINAL.lower().replace(".", " ").split()[1:], strict=True
    ):
        usual.shingles[int(bigram(np.uint32(hash_word(one)), np.uint32(hash_word(other)))) & (SHINGLE_SLOTS - 1)] = 9
    lexicon = make_lexicon(usual, np.full(SLOTS, 4.0, np.float32))
    texts = pa.array([ORIGINAL, SPUN], pa.large_string())
    found = measure_aligned(lay_out_texts(texts, lexicon), np.array([0]), np.array([1]), lexicon, np.array([0.1, 0.3]))[0]
    assert found["phrase_tilt"] > 0.5
    assert measures(ORIGINAL, SPUN)["phrase_tilt"] == 0.0
