"""Compiled graph loops: union-find, and best paths from every representative at once.

Nodes are 0..n-1, int64; edges are two int64 arrays of equal length; scores are float64 in 0..1.
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


@kernel
def neighbour_lists(n: int, left: Array, right: Array) -> tuple[Array, Array]:
    """Edges as adjacency: ``start`` int64[n + 1] and, for each node, the edge numbers at it, int64[2 * edges]."""
    start = np.zeros(n + 1, np.int64)
    for e in range(len(left)):
        start[left[e] + 1] += 1
        start[right[e] + 1] += 1
    for node in range(n):
        start[node + 1] += start[node]
    fill = start[:-1].copy()
    at = np.empty(2 * len(left), np.int64)
    for e in range(len(left)):
        for node in (left[e], right[e]):
            at[fill[node]] = e
            fill[node] += 1
    return start, at


@kernel
def _push(heap: Any, item: Any) -> None:
    heap.append(item)
    child = len(heap) - 1
    while child > 0:
        up = (child - 1) >> 1
        if heap[up] <= item:
            break
        heap[child] = heap[up]
        child = up
    heap[child] = item


@kernel
def _pop(heap: Any) -> Any:
    top = heap[0]
    item = heap.pop()
    size = len(heap)
    if size == 0:
        return top
    node = 0
    while True:
        child = 2 * node + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if item <= heap[child]:
            break
        heap[node] = heap[child]
        node = child
    heap[node] = item
    return top


@kernel
def best_paths(n: int, left: Array, right: Array, score: Array, centre: Array) -> tuple[Array, Array, Array]:
    """Best path from the centres to every node they reach.

    A path is worth the product of its scores (1 at a centre); among equal worths the path with
    fewer steps wins, then the smaller last node, so the result does not depend on edge order.
    ``centre`` int64[k]. Returns worth float64[n] (0 where not reached), the edge that enters each
    node int64[n] (-1 at centres and where not reached) and the number of steps int64[n].
    Dijkstra 1959 with a binary heap.
    """
    start, at = neighbour_lists(n, left, right)
    worth, via, steps = np.zeros(n), np.full(n, -1, np.int64), np.zeros(n, np.int64)
    heap: Any = [(-1.0, 0, np.int64(-1))]
    heap.pop()
    for c in centre:
        worth[c] = 1.0
        _push(heap, (-1.0, 0, np.int64(c)))
    done = np.zeros(n, np.bool_)
    while len(heap) > 0:
        negative, step, node = _pop(heap)
        if done[node]:
            continue
        done[node] = True
        for k in range(start[node], start[node + 1]):
            e = at[k]
            other = right[e] if left[e] == node else left[e]
            value = -negative * score[e]
            if done[other] or value <= 0.0 or value < worth[other]:
                continue
            if value > worth[other] or step + 1 < steps[other]:
                worth[other], via[other], steps[other] = value, e, step + 1
                _push(heap, (-value, step + 1, other))
    return worth, via, steps
