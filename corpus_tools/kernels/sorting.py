"""Sorting and searching inside kernels; numba's own ``argsort``, ``sort`` and ``searchsorted`` take seconds to compile."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel, part

Array = np.ndarray[Any, np.dtype[Any]]

_RUN = 16
"""Values that are sorted by insertion before runs are merged."""
_DIGITS = 256
"""Values of a byte."""


@kernel
def stable_order(values: Array, order: Array, spare: Array) -> None:
    """Fill order int64[n] with the places of ``values`` from the smallest up, equal ones as they stand; spare int64[n] is scratch.

    The first n of ``order`` and ``spare`` are used, n = len(values). Takes O(n log n) time; NaN has no place in ``values``.
    """
    n = len(values)
    for at in range(n):
        first, place, value = at - at % _RUN, at, values[at]
        while place > first and value < values[order[place - 1]]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = at
    width = _RUN
    while width < n:
        for first in range(0, n - width, 2 * width):
            _merge_runs(values, order, spare, first, first + width, min(first + 2 * width, n))
        width *= 2


@inlined
def _merge_runs(values: Array, order: Array, spare: Array, first: int, middle: int, last: int) -> None:
    """Merge the ordered places order[first:middle] and order[middle:last]; of equal values the left one comes first."""
    for at in range(first, middle):
        spare[at] = order[at]
    left, right, to = first, middle, first
    while left < middle and right < last:
        if values[order[right]] < values[spare[left]]:
            order[to] = order[right]
            right += 1
        else:
            order[to] = spare[left]
            left += 1
        to += 1
    while left < middle:
        order[to] = spare[left]
        left, to = left + 1, to + 1


@kernel
def order_hashes(hashes: Array, order: Array, spare: Array) -> None:
    """As ``stable_order``, for uint64 values that are spread evenly: they fall into about as many buckets as there are of them.

    Takes O(n) time then, and O(n log n) if someone chose values that are not.
    """
    n = len(hashes)
    bits = 1
    while (1 << bits) < n:
        bits += 1
    shift = np.uint64(64 - bits)
    ends = np.zeros((1 << bits) + 1, np.int64)
    for at in range(n):
        ends[np.int64(hashes[at] >> shift) + 1] += 1
    for number in range(1, len(ends)):
        ends[number] += ends[number - 1]
    for at in range(n):
        bucket = np.int64(hashes[at] >> shift)
        order[ends[bucket]] = at
        ends[bucket] += 1
    first = 0
    for end in ends[:-1]:
        if end - first > 1:
            _order_bucket(hashes, order, spare, first, end)
        first = end


@inlined
def _order_bucket(hashes: Array, order: Array, spare: Array, first: int, last: int) -> None:
    """Order the places order[first:last], which increase, by their hashes."""
    if last - first > _RUN:
        places = order[first:last].copy()
        stable_order(hashes[places], order[first:last], spare)
        for at in range(first, last):
            order[at] = places[order[at]]
        return
    for at in range(first + 1, last):
        held, place = order[at], at
        while place > first and hashes[held] < hashes[order[place - 1]]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = held


@kernel
def sort_unsigned(values: Array, spare: Array) -> None:
    """Sort unsigned integers in place; ``spare`` is scratch of the same type and at least the same length.

    By their bytes, the last first (radix sort; Knuth, The Art of Computer Programming 3, 5.2.5): O(n) time whatever the values.
    """
    if len(values) <= _RUN:
        _sort_few(values)
        return
    ends = np.empty(_DIGITS, np.int64)
    for place in range(0, 8 * values.itemsize, 16):
        _sort_by_byte(values, spare, place, ends)
        _sort_by_byte(spare[: len(values)], values, place + 8, ends)


@inlined
def _sort_few(values: Array) -> None:
    for at in range(1, len(values)):
        value, place = values[at], at
        while place > 0 and value < values[place - 1]:
            values[place] = values[place - 1]
            place -= 1
        values[place] = value


@part
def _sort_by_byte(values: Array, out: Array, place: int, ends: Array) -> None:
    """Copy ``values`` to ``out`` in the order of their eight bits from ``place`` on, equal ones as they stand."""
    for digit in range(_DIGITS):
        ends[digit] = 0
    for at in range(len(values)):
        ends[(np.int64(values[at]) >> place) & (_DIGITS - 1)] += 1
    first = 0
    for digit in range(_DIGITS):
        first, ends[digit] = first + ends[digit], first
    for at in range(len(values)):
        bucket = (np.int64(values[at]) >> place) & (_DIGITS - 1)
        out[ends[bucket]] = values[at]
        ends[bucket] += 1


@kernel
def find_sorted(values: Array, wanted: Any) -> int:
    """The first place in sorted ``values`` whose value is not below ``wanted``; len(values) if there is none."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low
