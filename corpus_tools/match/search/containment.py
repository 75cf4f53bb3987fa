"""Pairs of which one document may hold the other: enough of the shorter one's sampled shingles stand in the longer one.

An excerpt of a long page is no neighbour of it by Jaccard similarity, so bands do not find it. Documents keep a sample of their
shingles by hash value, so the share of one document's sample in another's estimates its containment (FracMinHash; Irber and
others 2022, "Lightweight compositional analysis of metagenomes with FracMinHash"). Documents that hold one sampled shingle are a
bucket; in a large one each is compared with the longest documents of it alone, so the cost stays linear.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_tools.errors import RunError
from corpus_tools.kernels.shingles import SAMPLED_BITS
from corpus_tools.match.search.band_kernels import PAIR
from corpus_tools.match.search.sample_kernels import count_held, list_places
from corpus_tools.store.scratch import Scratch

Array = np.ndarray[Any, np.dtype[Any]]
HELD_SHARE = (2, 5)
"""Share of the shorter document's sample that the longer one holds, at least: a fraction, so that every engine rounds alike."""
HELD_LIMIT = 16
"""Documents in a bucket up to which each is compared with every longer one."""
LONGEST = 4
"""Documents of a larger bucket that the others are compared with: its longest."""
CHUNK = 1 << 20
"""Pairs taken from the kernel at a time."""
_PARTITION_BITS = 4
_MOST_PLACES = 2**32 - 1


def read_samples(column: Any) -> tuple[Array, Array]:
    """``(ends, values)`` of a ``sample`` column (pyarrow, any kind of binary): document i has ``values[ends[i]:ends[i + 1]]``."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    whole = whole.cast(pa.large_binary())
    if not len(whole):
        return np.zeros(1, np.int64), np.zeros(0, np.uint32)
    ends = np.frombuffer(whole.buffers()[1], np.int64)[whole.offset : whole.offset + len(whole) + 1]
    data = whole.buffers()[2]
    values = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]].view(np.uint32) if data is not None else np.zeros(0, np.uint32)
    return (ends - ends[0]) // 4, values


def find_held(listed: Iterable[tuple[Array, Array]], sizes: Array) -> Array:
    """Pairs int64[m, 2], left < right, sorted, each once.

    ``listed`` are sampled shingles in any order, a part at a time: documents int64 and values uint32. ``sizes`` int64[n] are the
    distinct shingles of each document; of two documents of one size the first counts as the longer. What is listed lies on disk.
    Raises RunError for more sampled shingles than one machine numbers.
    """
    n = len(sizes)
    longest = np.lexsort((np.arange(n), -sizes))
    rank = np.empty(n, np.int64)
    rank[longest] = np.arange(n)
    with Scratch() as scratch:
        counted = _part_keys(listed, rank, scratch)
        _write_buckets(scratch)
        members, first, stop = (scratch.read(name, np.uint32) for name in ("members", "first", "stop"))
        own = np.concatenate([np.zeros(1, np.int64), np.bincount(members, minlength=n).cumsum()]).astype(np.int64)
        order = scratch.room("order", members.shape, np.uint32)
        list_places(members, own[:-1].copy(), order)
        found = [longest[pairs] for pairs in _passing(own, order, first, stop, members, enough(counted))]
    pairs = np.sort(np.concatenate([np.empty((0, 2), np.int64), *found]), axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def enough(counted: Array) -> Array:
    """Shared sampled shingles from which on a document with ``counted`` of them may be held, int64."""
    part, whole = HELD_SHARE
    return np.asarray(np.maximum((part * counted + whole - 1) // whole, 1))


def _part_keys(listed: Iterable[tuple[Array, Array]], rank: Array, scratch: Scratch) -> Array:
    """Write the keys (value, rank of its document) uint64, parted by value; how many each rank has, int64[n]."""
    counted = np.zeros(len(rank), np.int64)
    for documents, values in listed:
        ranks = rank[documents]
        np.add.at(counted, ranks, 1)
        keys = values.astype(np.uint64) << np.uint64(32) | ranks.astype(np.uint64)
        parts = values >> np.uint32(SAMPLED_BITS - _PARTITION_BITS)
        for number in range(1 << _PARTITION_BITS):
            scratch.append(f"keys {number}", keys[parts == number])
    return counted


def _write_buckets(scratch: Scratch) -> None:
    """Write "members" (ranks, bucket by bucket, longest document first), and of each the places ["first", "stop") it is compared with."""
    before = 0
    for number in range(1 << _PARTITION_BITS):
        keys = np.sort(scratch.read(f"keys {number}", np.uint64))
        hashes = keys >> np.uint64(32)
        new = np.concatenate([np.ones(min(1, len(keys)), np.bool_), hashes[1:] != hashes[:-1]])
        starts = np.flatnonzero(new)
        sizes = np.diff(np.append(starts, len(keys)))
        shared = np.repeat(sizes > 1, sizes)
        sizes = sizes[sizes > 1]
        starts = np.repeat(np.cumsum(sizes) - sizes, sizes) + before
        places = np.arange(len(starts)) + before
        stops = np.where(np.repeat(sizes, sizes) <= HELD_LIMIT, places, np.minimum(places, starts + LONGEST))
        before += len(starts)
        if before > _MOST_PLACES:
            raise RunError(f"more than {_MOST_PLACES:,} sampled shingles are shared", "run on Spark (--engine spark)")
        for name, values in (("members", keys[shared] & np.uint64(0xFFFFFFFF)), ("first", starts), ("stop", stops)):
            scratch.append(name, values.astype(np.uint32))


def _passing(own: Array, order: Array, first: Array, stop: Array, members: Array, least: Array) -> Iterator[Array]:
    """Pairs of ranks int64[m, 2]."""
    n, done = len(own) - 1, 0
    counts, out = np.zeros(n, np.int64), np.empty(max(CHUNK, n), PAIR)
    while done < n:
        done, written = count_held(done, own, order, first, stop, members, least, counts, out)
        yield np.column_stack([out["left"][:written], out["right"][:written]])
