"""Pairs of documents worth measuring: banded locality-sensitive hashing with a stated recall and a bound on memory.

Documents that agree in all values of at least one band are candidates (Indyk and Motwani 1998; Leskovec, Rajaraman and
Ullman, Mining of Massive Datasets, 3.4). Bands are taken one at a time as sorted 64-bit keys, so no dictionary is held;
a pair is given out in the first band it shares, found by looking at its earlier bands, so no set of pairs is held either.

A bucket of more than ``bucket_limit`` documents is not multiplied out: each document in it is paired with its neighbours
in the order of the next band's values (the more two documents agree, the nearer they tend to stand: the sorted
neighbourhood of Hernandez and Stolfo 1995) and with the bucket's representatives, its first documents. So the bucket stays
connected, at a cost linear in its size, and the report says what was left out. Two of its documents that are closer to each other
than to the rest also share bands with values that few others have, and meet there in small buckets.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_tools.errors import MixedSignaturesError, PlanError
from corpus_tools.match.search.band_kernels import BUCKET, PAIR, band_keys, bucket_ends, bucket_pairs
from corpus_tools.match.search.banding import Banding

Accept = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]]
"""Says of candidate pairs (left, right) which to keep: bool[pairs]."""

BUCKET_LIMIT = 128
"""Documents in a bucket up to which all its pairs are candidates."""
NEIGHBOURS = 3
"""Following documents each document of a larger bucket is paired with."""
REPRESENTATIVES = 3
"""Documents of a larger bucket that are paired with all of it."""
CHUNK = 1 << 21
"""Pairs held before they are accepted or not."""


def value_type(scheme: str) -> np.dtype[Any]:
    """The type of a scheme's MinHash values."""
    return np.dtype("<u8" if scheme == "affine64" else "<u4")


def sketch_matrix(signatures: Any, scheme: str) -> NDArray[Any]:
    """The ``signature`` column of a signatures table (pyarrow, any kind of binary) as an array [documents, values].

    A column of one chunk is not copied. Raises MixedSignaturesError where signatures differ in length.
    """
    width = value_type(scheme)
    column = signatures.combine_chunks() if isinstance(signatures, pa.ChunkedArray) else signatures
    column = column.cast(pa.large_binary())
    if not len(column):
        return np.empty((0, 0), width)
    offsets = np.frombuffer(column.buffers()[1], np.int64)[column.offset : column.offset + len(column) + 1]
    sizes = np.diff(offsets)
    if sizes.min() != sizes.max() or sizes[0] % width.itemsize:
        raise mixed_sizes(sizes.min(), sizes.max())
    data = np.frombuffer(column.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    return data.view(width).reshape(len(column), -1)


def mixed_sizes(one: int, other: int) -> MixedSignaturesError:
    """The error where signatures of two sizes in bytes stand in one table."""
    small, large = sorted((one, other))
    return MixedSignaturesError(
        f"signatures of {small} and of {large} bytes stand in one table", "fingerprint all documents with one plan"
    )


@dataclass
class BucketReport:
    """What was bounded: buckets over the limit, the largest of all, and pairs that were not made candidates for it.

    A pair that was left out of one bucket may still have come from another; ``skipped`` counts it all the same.
    """

    hot: int = 0
    largest: int = 0
    skipped: int = 0


def find_candidates(
    sketches: NDArray[Any], banding: Banding, bucket_limit: int = BUCKET_LIMIT, accept: Accept | None = None
) -> tuple[NDArray[np.int64], BucketReport]:
    """Candidate pairs of documents: ``(pairs, report)``, pairs int64[m, 2], left < right, sorted, each once.

    ``sketches`` [documents, values] are MinHash values of distinct documents (exact copies collapsed by the caller, who
    also fixes their order: it decides which documents represent a bounded bucket). ``accept`` is asked about chunks of
    pairs as they are found, so that what it refuses takes no memory. Raises PlanError if the banding needs more values.
    """
    if banding.bands * banding.rows > sketches.shape[1]:
        raise PlanError(
            f"{banding.bands} bands of {banding.rows} rows need more than the {sketches.shape[1]} MinHash values of a sketch",
            "use fewer bands or rows, or fingerprint with more values",
        )
    return _Search(sketches, banding, bucket_limit, accept).run()


class _Search:
    """One search: the packed pairs found so far, and for each document the bands in which its bucket was bounded."""

    def __init__(self, sketches: NDArray[Any], banding: Banding, bucket_limit: int, accept: Accept | None) -> None:
        self.sketches, self.banding, self.limit, self.accept = sketches, banding, max(bucket_limit, 2), accept
        self.count = len(sketches)
        self.bits = max(1, self.count - 1).bit_length()
        self.hot = np.zeros((self.count, (banding.bands + 63) // 64), np.uint64)
        self.found: list[NDArray[np.int64]] = []
        self.loose = 0
        self.report = BucketReport()

    def run(self) -> tuple[NDArray[np.int64], BucketReport]:
        if self.count < 2:
            return np.empty((0, 2), np.int64), self.report
        with ThreadPoolExecutor(1) as ahead:
            waiting: Future[NDArray[np.uint64]] = ahead.submit(self.sorted_keys, 0)
            for band in range(self.banding.bands):
                keys = waiting.result()
                if band + 1 < self.banding.bands:
                    waiting = ahead.submit(self.sorted_keys, band + 1)
                self.take_band(band, keys)
        return np.column_stack(np.divmod(self.settle(), self.count)), self.report

    def sorted_keys(self, band: int) -> NDArray[np.uint64]:
        keys = np.empty(self.count, np.uint64)
        band_keys(self.sketches, band * self.banding.rows, self.banding.rows, self.bits, keys)
        keys.sort()
        return keys

    def take_band(self, band: int, keys: NDArray[np.uint64]) -> None:
        """Collect the pairs of one band and note who stood in a bounded bucket."""
        room = np.empty(self.count // 2 + 1, BUCKET)
        buckets = room[: bucket_ends(keys, self.bits, room)]
        sizes = buckets["end"] - buckets["start"]
        self.report.largest = max(self.report.largest, int(sizes.max(initial=0)))
        small, out, done = buckets[sizes <= self.limit], np.empty(max(CHUNK, self.limit**2 // 2), PAIR), 0
        while done < len(small):
            done, written = bucket_pairs(self.sketches, self.hot, keys, self.bits, small, done, band, self.banding.rows, out)
            self.keep(out["left"][:written], out["right"][:written])
        if (sizes > self.limit).any():
            self.take_large(band, keys, buckets[sizes > self.limit])

    def take_large(self, band: int, keys: NDArray[np.uint64], buckets: NDArray[Any]) -> None:
        """Pair the documents of large buckets with neighbours and representatives, as the module says."""
        sizes = buckets["end"] - buckets["start"]
        bucket = np.repeat(np.arange(len(buckets)), sizes)
        starts = np.cumsum(sizes) - sizes
        members = np.concatenate([keys[first:end] for first, end in buckets]) & np.uint64((1 << self.bits) - 1)
        members = members.astype(np.int64)
        rank = np.arange(len(members)) - starts[bucket]
        self.hot[members, band >> 6] |= np.uint64(1 << (band & 63))
        made = 0
        for place in range(min(REPRESENTATIVES, self.limit)):
            later = rank > place
            made += self.keep(members[starts + place][bucket[later]], members[later])
        following = (band + 1) % self.banding.bands * self.banding.rows
        next_values = [self.sketches[members, k] for k in range(following, following + self.banding.rows)]
        order = np.lexsort((members, *next_values, bucket))
        near, home = members[order], bucket[order]
        for step in range(1, NEIGHBOURS + 1):
            same = home[step:] == home[:-step]
            made += self.keep(near[:-step][same], near[step:][same])
        self.report.hot += len(buckets)
        self.report.skipped += int((sizes * (sizes - 1) // 2).sum()) - made

    def keep(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> int:
        """Store pairs, smaller document first, as far as they are accepted; return how many were offered."""
        left, right = np.minimum(one, other), np.maximum(one, other)
        packed = np.unique(left * self.count + right)
        if self.accept is not None:
            left, right = np.divmod(packed, self.count)
            packed = packed[self.accept(left, right)]
        self.found.append(packed)
        self.loose += len(packed)
        if self.loose > 4 * CHUNK and self.loose > len(self.found[0]):
            self.settle()
        return len(one)

    def settle(self) -> NDArray[np.int64]:
        """Sort all pairs found so far into one array, each once: those of bounded buckets may have come more than once."""
        self.found = [np.unique(np.concatenate([np.empty(0, np.int64), *self.found]))]
        self.loose = 0
        return self.found[0]
