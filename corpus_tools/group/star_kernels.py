"""Compiled choice of representatives: a greedy dominating set over a total order of nodes.

Nodes are 0..n-1 in the order in which they are preferred. An arc (from, to) says that ``from`` may be removed for ``to``. Arcs lie
in lists by node: those out of node v at ``start[v]:start[v + 1]``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel, part

Array = np.ndarray[Any, np.dtype[Any]]


@kernel
def choose_representatives(
    start: Array, to: Array, loss: Array, holds: Array, rewritten: Array, back_start: Array, back: Array
) -> Array:
    """The arc through which each node is removed, int64[n], or -1 for a node that stays.

    Every arc used ends at a node that stays. Nodes are settled in order: one stays if no node that stays may stand for it (the
    greedy rule of star clustering; Aslam, Pelekhov and Rus 2004). Then, last first, a node that stays goes if one that stays
    ``holds`` it (bool by arc) and every node that went for it has another to go for: an excerpt may come before the page that
    holds it. At last, last first again, a node that stays gives way to a preferred one that it is ``rewritten`` from (bool by
    arc): an original that another page holds is kept nevertheless, rather than what was made from it. Of several nodes to go
    for, ``_best`` is used. ``back`` are the arcs into each node.
    """
    n = len(start) - 1
    stays = np.zeros(n, np.bool_)
    for v in range(n):
        stays[v] = _best(start, to, loss, stays, v, -1) < 0
    for v in range(n - 1, -1, -1):
        if stays[v] and _is_held(start, to, holds, stays, v) and _dispensable(start, to, loss, back_start, back, stays, v):
            stays[v] = False
    for v in range(n - 1, -1, -1):
        original = _original(start, to, rewritten, v) if stays[v] else -1
        if original >= 0:
            stayed = stays[original]
            stays[original] = True
            stays[v] = not _dispensable(start, to, loss, back_start, back, stays, v)
            if stays[v]:
                stays[original] = stayed
    chosen = np.full(n, -1, np.int64)
    for v in range(n):
        if not stays[v]:
            chosen[v] = _best(start, to, loss, stays, v, v)
    return chosen


@part
def _best(start: Array, to: Array, loss: Array, stays: Array, v: int, but: int) -> Any:
    """The arc out of ``v`` to a node that stays and is not ``but``; -1 if there is none.

    A node that is preferred to ``v`` goes before one that is not; then the least loss decides.
    """
    best = np.int64(-1)
    for arc in range(start[v], start[v + 1]):
        if stays[to[arc]] and to[arc] != but:
            later = to[arc] > v
            if best < 0 or (not later and to[best] > v) or (later == (to[best] > v) and loss[arc] < loss[best]):
                best = np.int64(arc)
    return best


@part
def _is_held(start: Array, to: Array, holds: Array, stays: Array, v: int) -> bool:
    """Whether another node that stays holds ``v``."""
    for arc in range(start[v], start[v + 1]):  # noqa: SIM110 - numba compiles no generator
        if stays[to[arc]] and to[arc] != v and holds[arc]:
            return True
    return False


@part
def _original(start: Array, to: Array, rewritten: Array, v: int) -> Any:
    """The most preferred node that ``v`` is rewritten from, if it is preferred to ``v``; else -1."""
    found = np.int64(-1)
    for arc in range(start[v], start[v + 1]):
        if rewritten[arc] and to[arc] < v and (found < 0 or to[arc] < found):
            found = to[arc]
    return found


@part
def _dispensable(start: Array, to: Array, loss: Array, back_start: Array, back: Array, stays: Array, v: int) -> bool:
    """Whether all nodes that may go for ``v`` and do not stay have another node to go for."""
    for at in range(back_start[v], back_start[v + 1]):
        u = back[at]
        if not stays[u] and _best(start, to, loss, stays, u, v) < 0:
            return False
    return True
