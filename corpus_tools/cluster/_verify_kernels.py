"""Compiled loops of verification: shingle sets from word hashes, and their overlaps.

Documents lie end to end in one array, document d at ``start[d]:start[d + 1]`` (int64[n + 1]).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools._kernels import kernel

Array = np.ndarray[Any, np.dtype[Any]]
_SHINGLE = np.uint64(0xD6E8FEB86659FD93)
_FINAL = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


@kernel
def shingle_sets(start: Array, words: Array, n: int) -> tuple[Array, Array]:
    """Sorted distinct 32-bit hashes of the word n-grams of every document: new ``start`` and uint32 hashes.

    ``words`` uint32, a hash a word. A document of fewer than n words has one shingle of all its words.
    """
    count = len(start) - 1
    begin = np.zeros(count + 1, np.int64)
    out = np.empty(len(words), np.uint32)
    filled = 0
    for d in range(count):
        first, last = start[d], start[d + 1]
        width = min(n, last - first)
        found = filled
        if width > 0:
            for at in range(first, last - width + 1):
                value = np.uint64(0)
                for k in range(at, at + width):
                    value = value * _SHINGLE + np.uint64(words[k]) + np.uint64(1)
                value = (value ^ (value >> _HALF)) * _FINAL
                out[found] = np.uint32((value ^ (value >> _HALF)) & _LOW)
                found += 1
        out[filled:found].sort()
        unique = filled
        for at in range(filled, found):
            if at == filled or out[at] != out[at - 1]:
                out[unique] = out[at]
                unique += 1
        filled = unique
        begin[d + 1] = filled
    return begin, out[:filled]


@kernel
def shared_counts(start: Array, hashes: Array, left: Array, right: Array) -> Array:
    """Number of hashes the two documents of each pair share, int64[pairs]; sets sorted and distinct."""
    shared = np.zeros(len(left), np.int64)
    for p in range(len(left)):
        i, i_end = start[left[p]], start[left[p] + 1]
        j, j_end = start[right[p]], start[right[p] + 1]
        count = 0
        while i < i_end and j < j_end:
            a, b = hashes[i], hashes[j]
            count += a == b
            i += a <= b  # no branch to mispredict
            j += b <= a
        shared[p] = count
    return shared


@kernel
def equal_values(sketches: Array, left: Array, right: Array) -> Array:
    """Number of equal values in the two sketches of each pair, int64[pairs]; ``sketches`` [n, k]."""
    equal = np.zeros(len(left), np.int64)
    for p in range(len(left)):
        a, b = sketches[left[p]], sketches[right[p]]
        count = 0
        for k in range(a.shape[0]):
            count += a[k] == b[k]
        equal[p] = count
    return equal
