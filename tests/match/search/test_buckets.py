"""Pairs within runs of equal keys, beside loops over all pairs."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.match.search import buckets
from corpus_tools.match.search.buckets import equal_runs, number_pages, pair_with_earlier, tally_pairs

KEYS = st.lists(st.integers(0, 6), max_size=40).map(sorted)


@given(KEYS)
def test_a_place_counts_the_equal_keys_before(keys: list[int]) -> None:
    place, size = equal_runs(np.array(keys, np.int64))
    assert place.tolist() == [keys[:at].count(key) for at, key in enumerate(keys)]
    assert size.tolist() == [keys.count(key) for key in keys]


@pytest.mark.parametrize("chunk", [1, 5, 1 << 22])
@given(KEYS, st.integers(0, 4))
def test_each_record_meets_the_first_of_its_run(chunk: int, keys: list[int], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(buckets, "CHUNK", chunk)
        place, _ = equal_runs(np.array(keys, np.int64))
        found = [
            pair
            for earlier, later in pair_with_earlier(place, np.minimum(place, most))
            for pair in zip(earlier.tolist(), later.tolist(), strict=True)
        ]
    expected = [(i, j) for i, j in combinations(range(len(keys)), 2) if keys[i] == keys[j] and i - keys.index(keys[i]) < most]
    assert sorted(found) == sorted(expected)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(-9, 9)), max_size=40))
def test_weights_of_a_pair_are_summed(rows: list[tuple[int, int, int]]) -> None:
    one, other, weight = (np.array([row[at] for row in rows], np.int64) for at in range(3))
    first, second, sums = tally_pairs(one, other, 6, weight[:, None])
    expected: Counter[tuple[int, int]] = Counter()
    for left, right, value in rows:
        expected[left, right] += value
    found = {(left, right): total for left, right, total in zip(first.tolist(), second.tolist(), sums[:, 0].tolist(), strict=True)}
    assert found == dict(expected)
    assert [*found] == sorted(found)


@pytest.mark.parametrize("seen", [3, 1 << 26])
@given(st.lists(st.integers(0, 40), max_size=30))
def test_pages_are_numbered_in_order(seen: int, pages: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(buckets, "SEEN", seen)
        numbers, at = number_pages(np.array(pages, np.int64))
    assert numbers.tolist() == sorted(set(pages))
    assert [numbers[place] for place in at.tolist()] == pages
