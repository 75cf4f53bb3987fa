"""Sorting and searching in kernels do as their slow twins do."""

from __future__ import annotations

import naive
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.kernels.sorting import find_sorted, order_hashes, sort_unsigned, stable_order

KINDS = st.sampled_from([np.uint64, np.float64])


@given(st.lists(st.integers(0, 9), max_size=200) | st.lists(st.integers(0, 2**53), max_size=80), KINDS)
def test_equal_values_stay_as_they_stand(values: list[int], kind: type) -> None:
    given_values = np.array(values, kind)
    order, spare = np.full(len(values) + 3, -1, np.int64), np.empty(len(values) + 3, np.int64)
    stable_order(given_values, order, spare)
    assert order[: len(values)].tolist() == naive.stable_order(values)
    assert order[len(values) :].tolist() == [-1] * 3
    assert given_values.tolist() == values


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 60), max_size=200))
def test_hashes_are_ordered_however_they_are_spread(values: list[int]) -> None:
    order, spare = np.full(len(values) + 3, -1, np.int64), np.empty(len(values) + 3, np.int64)
    order_hashes(np.array(values, np.uint64), order, spare)
    assert order[: len(values)].tolist() == naive.stable_order(values)
    assert order[len(values) :].tolist() == [-1] * 3


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 60), max_size=200), st.sampled_from([np.uint32, np.uint64]))
def test_unsigned_integers_of_any_size_are_sorted(values: list[int], kind: type) -> None:
    held = np.array([value % (1 << 8 * np.dtype(kind).itemsize) for value in values], kind)
    expected = sorted(held.tolist())
    sort_unsigned(held, np.empty(len(values) + 2, kind))
    assert held.tolist() == expected


@given(st.lists(st.integers(0, 50), max_size=40), st.integers(0, 51))
def test_the_first_place_not_below_is_found(values: list[int], wanted: int) -> None:
    held = np.array(sorted(values), np.uint32)
    assert find_sorted(held, np.uint32(wanted)) == sum(value < wanted for value in values)
