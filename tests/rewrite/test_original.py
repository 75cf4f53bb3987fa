"""Which page of a rewritten pair is named the original, by what, and the kernel beside its slow twin."""

from __future__ import annotations

import naive
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.kernels.fold import fold_table
from corpus_tools.kernels.shingles import text_buffers
from corpus_tools.kernels.tokens import bigram, hash_word
from corpus_tools.rewrite.languages import LANGUAGES
from corpus_tools.rewrite.original import find_originals, odd_shares
from corpus_tools.rewrite.original_kernels import CHANGED, Reading, changed_phrases
from corpus_tools.rewrite.sketch import count_vocabulary
from corpus_tools.rewrite.vocabulary import SHINGLE_SLOTS, WORD_SLOTS, Vocabulary

USUAL = "The blood pressure of the patient rises at night. A nurse keeps the chart of each patient near the bed."
ODD = "The gore strain of the sufferer rises at dusk. A matron keeps the graph of each sufferer near the cot."
OTHER = "The blood pressure of a patient falls by day. Each nurse writes the chart of the patient at the bed."
FUNCTIONS = frozenset(LANGUAGES[0].function_words)


def _vocabulary(*texts: str) -> Vocabulary:
    held = pa.array(texts, pa.large_string())
    ids = pa.array([f"p{i:03}" for i in range(len(texts))])
    batch = pa.RecordBatch.from_arrays([ids, held], names=["page_id", "text"])
    return count_vocabulary(lambda: [batch], len(texts))


EMPTY = Vocabulary(10, np.zeros(WORD_SLOTS, np.uint16), np.zeros(SHINGLE_SLOTS, np.uint8))
CORPUS = _vocabulary(*[USUAL] * 5, *[OTHER] * 5, ODD)


def _name(left: str, right: str, vocabulary: Vocabulary = CORPUS, head: str = "words", **facts: list[object]) -> dict[str, object]:
    pages = pl.DataFrame({"page_id": ["a", "b"], "text": [left, right], **facts})
    return find_originals(pl.DataFrame({"left": ["a"], "right": ["b"], "head": [head]}), pages, vocabulary).row(0, named=True)


@given(
    st.lists(
        st.lists(st.sampled_from("the of heart Dose dose. (liver) 5 mg;\n of.\n\nThe".split(" ")), max_size=12),
        min_size=2,
        max_size=5,
    )
)
def test_changed_phrases_are_those_of_the_naive_twin(pages: list[list[str]]) -> None:
    texts = [" ".join(page) for page in pages]
    held = text_buffers(pa.array(texts, pa.large_string()))
    shingles = np.random.default_rng(3).integers(0, 6, SHINGLE_SLOTS).astype(np.uint8)
    left = np.repeat(np.arange(len(texts)), len(texts))
    right = np.tile(np.arange(len(texts)), len(texts))
    found = np.zeros(len(left), CHANGED)
    changed_phrases(Reading(held.offsets, held.base, held.limit, fold_table(), EMPTY.kinds), shingles, left, right, found)

    def holders(before: str, word: str) -> int:
        return int(shingles[int(bigram(np.uint32(hash_word(before)), np.uint32(hash_word(word)))) % SHINGLE_SLOTS])

    for one, other, row in zip(left, right, found, strict=True):
        assert tuple(row) == pytest.approx(naive.changed_phrases(texts[one], texts[other], FUNCTIONS, holders))


@pytest.mark.parametrize("turned", [False, True])
def test_the_page_with_usual_phrasing_is_the_original(turned: bool) -> None:
    found = _name(ODD, USUAL) if turned else _name(USUAL, ODD)
    assert (found["original"], found["original_by"]) == ("b" if turned else "a", "wording")
    assert "3 documents" in str(found["why_original"])
    shares = odd_shares(pa.array([USUAL, ODD], pa.large_string()), CORPUS)
    assert shares[1] > shares[0]


def test_wording_as_usual_as_each_other_does_not_tell() -> None:
    rewritten = "At night the pressure of blood goes up in patients. By each bed a nurse has a chart of the patient."
    vocabulary = _vocabulary(*[USUAL] * 5, *[rewritten] * 5)
    assert _name(USUAL, rewritten, vocabulary, "sentences")["original_by"] == "length"
    assert _name(USUAL + " It is kept.", rewritten, vocabulary, "sentences")["original"] == "a"
    assert "longer" in str(_name(USUAL, rewritten, vocabulary, "sentences")["why_original"])


def test_swapped_words_are_told_by_less_than_sentences_written_anew() -> None:
    """Of what writes sentences anew the wording may be more usual than that of people."""
    rewritten = "At night the pressure of blood goes up in patients. By each bed a nurse has a chart of the patient."
    vocabulary = _vocabulary(*[USUAL] * 5, *[rewritten] * 5)
    scores: list[object] = [0.0435, 0.02]
    assert _name(USUAL, rewritten, vocabulary, "words", spam_score=scores)["original_by"] == "wording"
    assert _name(USUAL, rewritten, vocabulary, "sentences", spam_score=scores)["original_by"] == "length"


def test_spam_scores_count_beside_the_wording() -> None:
    rewritten = "At night the pressure of blood goes up in patients. By each bed a nurse has a chart of the patient."
    vocabulary = _vocabulary(*[USUAL] * 5, *[rewritten] * 5)
    found = _name(USUAL, rewritten, vocabulary, spam_score=[0.95, 0.02])
    assert (found["original"], found["original_by"]) == ("b", "wording")
    assert str(found["why_original"]).endswith("; its spam score is 0.02, that of the other page 0.95")
    assert _name(USUAL, rewritten, vocabulary, spam_score=[0.95, None])["original_by"] == "length"


def test_equal_pages_go_by_date_then_by_page_id() -> None:
    text = "one text here"
    assert _name(text, text, EMPTY, date=[2020, 2019])["original"] == "b"
    assert _name(text, text, EMPTY, date=[2020, 2019])["original_by"] == "date"
    for dates in ([2020, None], [2020, 2020], [None, None]):
        found = _name(text, text, EMPTY, date=dates)
        assert (found["original"], found["original_by"]) == ("a", "page_id")


def test_a_page_of_many_pairs_is_read_as_one_of_few() -> None:
    pages = pl.DataFrame({"page_id": ["a", "b", "z"], "text": [ODD, USUAL, ODD]})
    pairs = pl.DataFrame({"left": ["a", "b", "a"], "right": ["z", "z", "b"], "head": "words", "extra": [1, 2, 3]})
    found = find_originals(pairs, pages, CORPUS)
    assert found.select("left", "right", "extra", "original").rows() == [("a", "b", 3, "b"), ("a", "z", 1, "a"), ("b", "z", 2, "b")]
