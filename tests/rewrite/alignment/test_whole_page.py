"""Measures of whole pages: shares of stems, terms and numbers that stand anywhere on the other page."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.kernels.tokens import DIGIT, FUNCTION, KEPT
from corpus_tools.rewrite.alignment.layout import SLOTS, Pages
from corpus_tools.rewrite.alignment.measure_kernels import _find_largest, _mean_drift
from corpus_tools.rewrite.alignment.measures import PAGE_MEASURES, lay_out_texts, make_lexicon, measure_aligned, measure_pages
from corpus_tools.rewrite.vocabulary import SHINGLE_SLOTS, WORD_SLOTS, Vocabulary

VOCABULARY = Vocabulary(1000, np.full(WORD_SLOTS, 20, np.uint16), np.full(SHINGLE_SLOTS, 9, np.uint8))
LEXICON = make_lexicon(VOCABULARY, np.full(SLOTS, 4.0, np.float32))
WORDS = "the of heart hearts treatment treated Koch 80 75 1984 liver is Boston".split()
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


def naive_shares(pages: Pages, page: int, other: int) -> tuple[float, float, float, int]:
    """Shares of stems, of terms and of numbers of one page that the other has, and numbers it lacks; all weigh the same here."""

    def held(one: int, wanted: int) -> list[tuple[int, bool]]:
        span = slice(pages.first_word[one], pages.first_word[one + 1])
        named = (pages.stems if wanted == 0 else pages.words)[span].tolist()
        rows = list(zip(named, pages.classes[span].tolist(), pages.flags[span].tolist(), strict=True))
        return [(name, bool(flag & DIGIT)) for name, kind, flag in rows if kind == KEPT or (wanted == 0 and kind != FUNCTION)]

    stems, terms = held(page, 0), held(page, 1)
    have, there = {name for name, _ in held(other, 0)}, {name for name, _ in held(other, 1)}
    numbers = [name for name, digit in terms if digit]
    shares = (
        sum(name in have for name, _ in stems) / max(len(stems), 1e-9),
        (sum(name in there for name, _ in terms) + 1) / (len(terms) + 2),
        (sum(name in there for name in numbers) + 1) / (len(numbers) + 2),
    )
    return *shares, sum(name not in there for name in numbers)


@given(TEXTS, TEXTS, TEXTS)
def test_shares_are_what_sets_say(one: str, two: str, three: str) -> None:
    pages = lay_out_texts(pa.array([one, two, three], pa.large_string()), LEXICON)
    left, right = np.array([0, 0, 1]), np.array([1, 2, 2])
    found = measure_pages(pages, left, right, LEXICON)
    for row, (a, b) in zip(found, zip(left.tolist(), right.tolist(), strict=True), strict=True):
        both = list(zip(naive_shares(pages, a, b), naive_shares(pages, b, a), strict=True))
        *shares, lost = both
        for name, sides in zip(("stems", "terms", "numbers"), shares, strict=True):
            assert (row[f"{name}_min"], row[f"{name}_max"]) == pytest.approx((min(sides), max(sides))), name
        assert row["lost_numbers"] == pytest.approx(np.log1p(max(lost)))


def test_what_is_known_of_whole_pages_stays() -> None:
    texts = pa.array(
        ["Koch found 80 hearts in Boston.", "In Boston 80 hearts were found by Koch.", "A liver is an organ."], pa.large_string()
    )
    pages, left, right = lay_out_texts(texts, LEXICON), np.array([1, 0]), np.array([2, 1])
    known, odd = measure_pages(pages, left, right, LEXICON), np.ones(3)
    found, alone = (measure_aligned(pages, left, right, LEXICON, odd, one) for one in (known, None))
    assert found.tolist() == alone.tolist()
    assert all((found[name] == known[name]).all() for name in PAGE_MEASURES)


def test_a_sentence_split_in_two_is_found_joined() -> None:
    one = "The old doctor in Boston gave Koch a dose of iron and told the anxious family about harmful effects on kidneys."
    two = "The old doctor in Boston gave Koch a dose of iron. He told the anxious family about harmful effects on kidneys."
    pages = lay_out_texts(pa.array([one, two, "A sprained ankle swells within minutes."], pa.large_string()), LEXICON)
    found = measure_aligned(pages, np.array([0, 0]), np.array([1, 2]), LEXICON, np.ones(3))
    assert found["joined_min"][0] > 0.7
    assert found["joined_max"][1] < 0.3


def test_sentences_in_another_order_drift() -> None:
    parts = ["The old doctor in Boston gave iron.", "Anxious families heard about kidneys.", "Harmful effects ended within weeks."]
    pages = lay_out_texts(pa.array([" ".join(parts), " ".join(reversed(parts))], pa.large_string()), LEXICON)
    found = measure_aligned(pages, np.array([0, 0]), np.array([0, 1]), LEXICON, np.ones(2))
    assert found["drift_max"][0] == 0.0
    assert found["drift_min"][1] > 0.3


@given(st.integers(1, 9), st.integers(1, 9), st.randoms(use_true_random=False))
def test_where_most_of_a_sentence_stands_is_what_a_walk_over_all_places_says(high: int, wide: int, chance: random.Random) -> None:
    dots = np.array([[float(chance.choice((0, 0, 1, 2, 3))) for _ in range(wide)] for _ in range(high)])
    mine, yours, my_places, your_places = np.empty(high), np.empty(wide), np.empty(high, np.int64), np.empty(wide, np.int64)
    _find_largest(dots.ravel(), high, wide, mine, my_places, yours, your_places)
    for table, largest, places, others in ((dots, mine, my_places, wide), (dots.T, yours, your_places, high)):
        masses, far = np.arange(1.0, len(table) + 1).astype(np.float32), 0.0
        for at, row in enumerate(table.tolist()):
            assert largest[at] == max(row)
            assert not max(row) or places[at] == row.index(max(row))
            distance = abs((at + 0.5) / len(table) - (row.index(max(row)) + 0.5) / others)
            far += float(masses[at]) * (distance if max(row) else 1 / 3)
        assert _mean_drift(largest, places, masses, others) == pytest.approx(far / float(masses.sum()))
