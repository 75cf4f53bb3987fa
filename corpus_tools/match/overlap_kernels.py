"""Compiled overlaps of pairs: shingle sets and sketches.

Documents lie end to end in one array, document d at ``start[d]:start[d + 1]`` (int64[n + 1]).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel

Array = np.ndarray[Any, np.dtype[Any]]


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
