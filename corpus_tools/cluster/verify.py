"""Every candidate is measured on the documents themselves: Jaccard, containment, subject, score."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from corpus_tools.cluster.store import WordStore

Array = np.ndarray[Any, np.dtype[Any]]
MISS = 1e-4
"""Highest probability that the sketch estimate drops a pair that belongs in the table."""
CONTAINED = 0.9
"""Share of one page's shingles in the other from which on a pair counts as contained."""


def passing_estimates(sketches: Array, sizes: Array, left: Array, right: Array, floor: float) -> Array:
    """Which candidate pairs may still reach the table, bool[pairs].

    ``sketches`` [n, k] MinHash values, ``sizes`` int64[n] distinct shingles. A pair is dropped when so
    few of its values agree that a pair at the floor would show as few with a probability below ``MISS``.
    For a pair that could be contained the floor is the Jaccard similarity that containment implies.
    """
    from corpus_tools.cluster._verify_kernels import equal_values

    small, large = np.minimum(sizes[left], sizes[right]), np.maximum(sizes[left], sizes[right])
    inside = CONTAINED * small
    implied = np.minimum(inside / np.maximum(small + large - inside, 1), floor)
    least = np.array([least_equal(sketches.shape[1], step / 100) for step in range(101)])
    return np.asarray(equal_values(sketches, left, right) >= least[np.floor(implied * 100).astype(np.int64)])


def least_equal(values: int, similarity: float) -> int:
    """Fewest equal values, of ``values``, that a pair of this similarity shows but for a chance of ``MISS``."""
    total = 0.0
    for equal in range(values + 1):
        total += math.comb(values, equal) * similarity**equal * (1 - similarity) ** (values - equal)
        if total > MISS:
            return equal
    return values


def measure_pairs(store: WordStore, left: Array, right: Array) -> dict[str, Array]:
    """The measures of ``tables.EDGES`` for pairs of positions in ``store``, each an array of length pairs."""
    from corpus_tools.cluster._verify_kernels import shared_counts

    start, sets = store.sets()
    shared = shared_counts(start, sets, left, right)
    a, b = np.diff(start)[left], np.diff(start)[right]
    jaccard = shared / np.maximum(a + b - shared, 1)
    inside_left, inside_right = shared / np.maximum(a, 1), shared / np.maximum(b, 1)
    return {"score": jaccard, "jaccard": jaccard, "containment_left": inside_left, "containment_right": inside_right}


def kinds(measures: dict[str, Array]) -> Array:
    """``near``, or ``contained`` where one page stands in the other and Jaccard alone does not say so."""
    inside = np.maximum(measures["containment_left"], measures["containment_right"])
    return np.where((inside >= CONTAINED) & (measures["jaccard"] < CONTAINED * inside), "contained", "near")
