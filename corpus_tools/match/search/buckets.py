"""Pairs within buckets of equal keys, as arrays: what distributed forms do to the records of a bucket.

Records lie sorted by key. ``place`` is where a record stands within its run of equal keys, from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from corpus_tools.engines.packets import order_of

Array = np.ndarray[Any, np.dtype[Any]]
CHUNK = 1 << 22
"""Pairs made at a time, about."""
SEEN = 1 << 26
"""Numbers of pages up to which each has a place of its own while a bucket is worked."""


def equal_runs(keys: Array) -> tuple[Array, Array]:
    """``(place, size)`` int64 of each of the sorted ``keys``: its place in its run, and the length of the run."""
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    lengths = np.diff(np.append(starts, len(keys)))
    return np.arange(len(keys)) - np.repeat(starts, lengths), np.repeat(lengths, lengths)


def pair_with_earlier(place: Array, count: Array) -> Iterator[tuple[Array, Array]]:
    """Every record with the first ``count`` of its run, as positions ``(earlier, later)``, about CHUNK pairs at a time.

    ``count`` is at most ``place``.
    """
    yield from each_of_stretches(np.arange(len(place)) - place, count)


def each_of_stretches(starts: Array, counts: Array) -> Iterator[tuple[Array, Array]]:
    """Every position of stretches of ``counts`` positions from ``starts`` on, and which stretch it is of, about CHUNK at a time."""
    piece = np.cumsum(counts) // CHUNK
    cuts = [0, *(np.flatnonzero(np.diff(piece)) + 1).tolist(), len(counts)]
    for first, last in pairwise(cuts):
        sizes = counts[first:last]
        before = np.cumsum(sizes) - sizes
        positions = np.arange(sizes.sum()) + np.repeat(starts[first:last] - before, sizes)
        yield positions, np.repeat(np.arange(first, last), sizes)


def number_pages(pages: Array) -> tuple[Array, Array]:
    """The distinct numbers of ``pages``, sorted, and the place of every one among them."""
    first, last = int(pages.min(initial=np.iinfo(np.int64).max)), int(pages.max(initial=-1))
    if last - first > SEEN:
        numbers, at = np.unique(pages, return_inverse=True)
        return numbers, at
    seen = np.zeros(max(last - first + 1, 0), np.int64)
    seen[pages - first] = 1
    numbers = np.flatnonzero(seen)
    seen[numbers] = np.arange(len(numbers))
    return numbers + first, seen[pages - first]


def tally_pairs(one: Array, other: Array, pages: int, weights: Array) -> tuple[Array, Array, Array]:
    """Distinct pairs of numbers below ``pages``, sorted, and the sums of their ``weights`` int64[pairs, n]."""
    packed = one * pages + other
    order = order_of(packed)
    packed = packed[order]
    starts = np.flatnonzero(np.append(True, packed[1:] != packed[:-1])[: len(packed)])
    sums = np.add.reduceat(weights[order], starts, axis=0) if len(starts) else weights
    first, second = np.divmod(packed[starts], max(pages, 1))
    return first, second, sums
