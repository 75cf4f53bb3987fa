"""Compiled counts of how many documents hold the shingle that begins at each word of a page."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.sorting import find_sorted

Array = np.ndarray[Any, np.dtype[Any]]


@kernel
def mark_common(start: Array, holders: Array, n: int, common: Array) -> None:
    """Set common uint8[words]: words of shingles held by three or more documents, and three times as many as the page's rarest quarter."""
    for d in range(len(start) - 1):
        p, p_end = start[d], start[d + 1]
        counts = np.zeros(256, np.int64)
        for at in range(p, p_end):
            counts[holders[at]] += 1
        seen, rare = 0, 1
        for value in range(256):
            seen += counts[value]
            if 4 * seen >= p_end - p:
                rare = value
                break
        limit = max(3, 3 * rare)
        for at in range(p, p_end):
            if holders[at] >= limit:
                for k in range(at, min(at + n, p_end)):
                    common[k] = 1


@kernel
def look_up_holders(shingles: Array, known: Array, counts: Array, holders: Array) -> None:
    """Documents that hold each shingle, uint8, at most 255; 1 for one that is not among the sorted ``known`` uint32."""
    for at in range(len(shingles)):
        place = find_sorted(known, shingles[at])
        holders[at] = counts[place] if place < len(known) and known[place] == shingles[at] else 1


@kernel
def spread_positions(start: Array, ends: Array, hashes: Array, out: Array) -> None:
    """Shingles in order, page d's at ``ends[d]:ends[d + 1]``, onto the words that begin them; the last words repeat the last shingle."""
    for d in range(len(start) - 1):
        count = ends[d + 1] - ends[d]
        for at in range(start[d], start[d + 1]):
            out[at] = hashes[ends[d] + min(at - start[d], count - 1)]
