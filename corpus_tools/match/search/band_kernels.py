"""Band keys of MinHash values, and the pairs of the documents that share one."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel

BUCKET = np.dtype([("start", np.int64), ("end", np.int64)], align=True)
"""Documents that agree in a band: their stretch of the sorted keys."""
PAIR = np.dtype([("left", np.int64), ("right", np.int64)], align=True)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@kernel
def band_keys(sketches: Any, first: int, rows: int, bits: int, keys: Any) -> None:
    """``keys[i]``: hash of values ``first .. first + rows`` of document i, its low ``bits`` bits replaced by i.

    Sorted, such keys bring together the documents that agree in the band, in their own order; chance collisions of the
    shortened hash are found out by ``same_band``.
    """
    for i in range(sketches.shape[0]):
        value = np.uint64(0)
        for k in range(first, first + rows):
            value = (value ^ np.uint64(sketches[i, k])) * _MULTIPLIER
            value ^= value >> np.uint64(32)
        keys[i] = (value >> np.uint64(bits)) << np.uint64(bits) | np.uint64(i)


@kernel
def bucket_ends(keys: Any, bits: int, ends: Any) -> int:
    """Write every bucket of two or more documents in sorted ``keys`` to ends BUCKET[...]; return their number."""
    found, start = 0, 0
    for i in range(1, keys.size + 1):
        if i == keys.size or keys[i] >> np.uint64(bits) != keys[start] >> np.uint64(bits):
            if i - start > 1:
                ends[found].start, ends[found].end = start, i
                found += 1
            start = i
    return found


@kernel
def same_band(sketches: Any, i: int, j: int, first: int, rows: int) -> bool:
    """Whether documents i and j agree in values ``first .. first + rows``."""
    for k in range(first, first + rows):  # noqa: SIM110 - numba compiles no generator expressions
        if sketches[i, k] != sketches[j, k]:
            return False
    return True


@kernel
def is_new(sketches: Any, hot: Any, i: int, j: int, band: int, rows: int) -> bool:
    """Whether no band before ``band`` has already given this pair: shared, and not in a bounded bucket."""
    for earlier in range(band):
        if same_band(sketches, i, j, earlier * rows, rows):
            bounded = hot[i, earlier >> 6] >> np.uint64(earlier & 63) & np.uint64(1)
            if bounded == 0:
                return False
    return True


@kernel
def bucket_pairs(sketches: Any, hot: Any, keys: Any, bits: int, buckets: Any, start: int, band: int, rows: int, out: Any) -> Any:
    """All pairs of whole buckets from ``buckets[start]`` on that are met for the first time, until ``out`` is full.

    ``buckets`` are BUCKET, ``out`` is PAIR. Returns (buckets done, pairs written). ``out`` must have room for the pairs of any one bucket.
    """
    low = (np.uint64(1) << np.uint64(bits)) - np.uint64(1)
    written, at = 0, start
    while at < buckets.shape[0]:
        first, end = buckets[at].start, buckets[at].end
        if written + (end - first) * (end - first - 1) // 2 > out.shape[0]:
            break
        for one in range(first, end - 1):
            i = np.int64(keys[one] & low)
            for other in range(one + 1, end):
                j = np.int64(keys[other] & low)
                if same_band(sketches, i, j, band * rows, rows) and is_new(sketches, hot, i, j, band, rows):
                    out[written].left, out[written].right = i, j
                    written += 1
        at += 1
    return at, written
