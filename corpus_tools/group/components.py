"""Which pages stand together: components over the edges that pass, each held to its representative.

Plain connected components ("single linkage") let a chain of weak links glue a mega-cluster. So a
component is accepted only if every member is tied to the component's representative: the best path
between them, as the product of the scores on it, is worth at least ``guard``. A component that
fails is cut again at the next multiple of .01, and so on until its parts hold. The
clusters are thus nodes of the single-linkage tree (Gower and Ross 1969), each the largest that
passes its test against its centre (the test of CENTER in Hassanzadeh et al. 2009, "Framework for
evaluating clustering algorithms in duplicate detection", with paths in place of direct edges).
Being nodes of one tree, the clusters of a higher threshold (in steps of .01) always lie inside those
of a lower one, and nothing outside a touched component ever changes.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from corpus_tools.group.graph_kernels import best_paths, component_roots

Array = np.ndarray[Any, np.dtype[Any]]
THRESHOLD_STEPS = 100
"""Thresholds a component is cut at again are multiples of 1 / THRESHOLD_STEPS."""


class Components(NamedTuple):
    """Every node's place; arrays of length n."""

    root: Array
    """Smallest node of the cluster, int64."""
    centre: Array
    """The cluster's representative, int64."""
    worth: Array
    """Score of the edge to the representative; where there is none, the product along the best path. float64, 1 at itself."""
    via: Array
    """Edge (position in the input arrays) that enters the node on that path, int64; -1 at the centre."""
    steps: Array
    """Edges on that path, int64."""


def find_components(left: Array, right: Array, score: Array, rank: Array, threshold: float, guard: float) -> Components:
    """Clusters over the edges scored ``threshold`` and up.

    ``left``, ``right`` int64[edges] are nodes in 0..n-1 with n = len(rank); ``score`` float64[edges]
    in 0..1; ``rank`` int64[n] orders the nodes, the smallest rank of a cluster is its
    representative. ``guard`` in 0..1; 0 gives plain connected components.
    """
    n = len(rank)
    out = Components(np.arange(n), np.arange(n), np.ones(n), np.full(n, -1, np.int64), np.zeros(n, np.int64))
    live = passing = np.flatnonzero(score >= threshold)
    while len(live):
        live = _settle(out, left, right, score, rank, live, guard)
        threshold = (math.floor(threshold * THRESHOLD_STEPS + 1e-9) + 1) / THRESHOLD_STEPS
        live = live[score[live] >= threshold]
    return _prefer_direct(out, left, right, score, passing)


def _settle(out: Components, left: Array, right: Array, score: Array, rank: Array, live: Array, guard: float) -> Array:
    """Accept the components of the ``live`` edges that hold; return the edges of those that do not."""
    node, ends = np.unique(np.concatenate([left[live], right[live]]), return_inverse=True)
    a, b = ends[: len(live)], ends[len(live) :]
    root = component_roots(len(node), a, b)
    centre = _centres(root, rank[node])
    worth, via, steps = best_paths(len(node), a, b, score[live], np.unique(centre))
    fails = np.zeros(len(node), np.bool_)
    fails[root[worth < guard]] = True
    held = ~fails[root]
    where = node[held]
    out.root[where], out.centre[where] = node[root[held]], node[centre[held]]
    out.worth[where], out.steps[where] = worth[held], steps[held]
    out.via[where] = np.where(via[held] < 0, -1, live[via[held]])
    return np.asarray(live[~held[a]])


def _prefer_direct(out: Components, left: Array, right: Array, score: Array, edges: Array) -> Components:
    """Let a member with an edge to its representative speak through that edge."""
    for here, there in ((left, right), (right, left)):
        direct = edges[out.centre[here[edges]] == there[edges]]
        out.worth[here[direct]], out.via[here[direct]], out.steps[here[direct]] = score[direct], direct, 1
    return out


def _centres(root: Array, rank: Array) -> Array:
    """Node of smallest rank in each node's component, int64[n]."""
    order = np.lexsort((rank, root))
    first = np.ones(len(order), np.bool_)
    first[1:] = root[order][1:] != root[order][:-1]
    best = np.empty(len(root), np.int64)
    best[root[order][first]] = order[first]
    return best[root]
