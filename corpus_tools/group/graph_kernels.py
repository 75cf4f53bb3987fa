"""Compiled union-find.

Nodes are 0..n-1, int64; edges are two int64 arrays of equal length.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel

Array = np.ndarray[Any, np.dtype[Any]]


@kernel
def component_roots(n: int, left: Array, right: Array) -> Array:
    """Smallest node of each node's connected component, int64[n].

    Union-find with path halving; the smaller root always wins, so the order of the edges is of no
    consequence (Tarjan 1975).
    """
    parent = np.arange(n)
    for e in range(len(left)):
        a, b = left[e], right[e]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a < b:
            parent[b] = a
        elif b < a:
            parent[a] = b
    for node in range(n):
        parent[node] = parent[parent[node]]  # parents are smaller, so theirs is final already
    return parent
