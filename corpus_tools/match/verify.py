"""Every candidate is measured on the documents themselves: Jaccard, containment, words in order, subject, score."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.match.addresses import share_address, share_site
from corpus_tools.match.evidence.evidence_kernels import EVIDENCE, compare_pages
from corpus_tools.match.frequencies import Frequencies
from corpus_tools.match.overlap_kernels import equal_values, shared_counts
from corpus_tools.match.titles import share_title
from corpus_tools.match.verdict import WEIGHTS, Weights, judge_pairs
from corpus_tools.match.word_store import WordStore
from corpus_tools.plan import Plan

Array = np.ndarray[Any, np.dtype[Any]]
MISS = 1e-4
"""Highest probability that the sketch estimate drops a pair that belongs in the table."""
CONTAINED = 0.9
"""Share of one page's shingles in the other from which on a pair counts as contained."""
WORTH_COMPARING = 0.5
"""Share of one page's shingles in the other from which on their words are compared, whatever their Jaccard similarity."""
RENAMED = ("renamed_left", "renamed_right", "also_left", "also_right", "topic", "shared_holders")
"""Columns of ``tables.EDGES`` that renamed pairs have."""
PIECE = 4096
"""Pairs a thread compares at a time."""


def passing_estimates(sketches: Array, sizes: Array, left: Array, right: Array, floor: float) -> Array:
    """Which candidate pairs may still reach the table, bool[pairs].

    ``sketches`` [n, k] MinHash values, ``sizes`` int64[n] distinct shingles. A pair is dropped when so
    few of its values agree that a pair at the floor would show as few with a probability below ``MISS``.
    For a pair that could be contained the floor is the Jaccard similarity that containment implies.
    """
    small, large = np.minimum(sizes[left], sizes[right]), np.maximum(sizes[left], sizes[right])
    inside = CONTAINED * small
    implied = np.minimum(inside / np.maximum(small + large - inside, 1), floor)
    least = np.array([least_equal(sketches.shape[1], step / 100) for step in range(101)])
    return np.asarray(equal_values(sketches, left, right) >= least[np.floor(implied * 100).astype(np.int64)])


@cache
def least_equal(values: int, similarity: float) -> int:
    """Fewest equal values, of ``values``, that a pair of this similarity shows but for a chance of ``MISS``."""
    total = 0.0
    for equal in range(values + 1):
        total += math.comb(values, equal) * similarity**equal * (1 - similarity) ** (values - equal)
        if total > MISS:
            return equal
    return values


def measure_pairs(store: WordStore, left: Array, right: Array, floor: float = 0.0) -> dict[str, Array]:
    """The columns of ``tables.EDGES`` behind the page ids for pairs of positions in ``store``, each [pairs]."""
    return edge_columns(*gather_evidence(store, left, right, floor))


def gather_evidence(store: WordStore, left: Array, right: Array, floor: float = 0.0) -> tuple[Array, dict[str, Array]]:
    """EVIDENCE[pairs], and ``measure_overlaps`` with what is told of the pages (0 or 1): same_address, same_title, told_title
    (same_title, and neither is only a heading), same_site and two_sites; float64[pairs].

    Words are not compared (all that follows from them is 0) where neither page contains the other and Jaccard is below half
    of ``floor``.
    """
    overlaps = measure_overlaps(store, left, right)
    inside = np.maximum(overlaps["containment_left"], overlaps["containment_right"])
    worth = np.flatnonzero((overlaps["jaccard"] >= floor / 2) | (inside >= WORTH_COMPARING))
    evidence = np.zeros(len(left), EVIDENCE)
    evidence[worth] = _compare_words(store, left[worth], right[worth])
    title, one_site = share_title(*store.titles(), left, right), share_site(store.sites(), left, right)
    told_title = store.told_titles()
    told = {
        "same_address": share_address(*store.addresses(), left, right),
        "same_title": title,
        "told_title": title & (told_title[left] > 0) & (told_title[right] > 0),
        "same_site": one_site[0],
        "two_sites": one_site[1],
    }
    return evidence, overlaps | {name: same.astype(np.float64) for name, same in told.items()}


def edge_columns(evidence: Array, overlaps: dict[str, Array], weights: Weights = WEIGHTS) -> dict[str, Array]:
    """The columns of ``tables.EDGES`` behind the page ids; ``verdict.judge_pairs`` says what the score means."""
    judged = judge_pairs(evidence, overlaps, weights)
    return {
        "kind": np.where(judged["renamed"], "renamed", np.where(judged["contained"], "contained", "near")),
        "score": judged["score"],
        **{name: overlaps[name] for name in ("jaccard", "containment_left", "containment_right")},
        "ordered": evidence["ordered"],
        "subject_conflict": judged["subject_conflict"],
        "shared_notice": judged["shared_notice"],
        **{name: np.where(judged["renamed"], evidence[name], 0) for name in RENAMED},
        "same_address": overlaps["same_address"],
        "same_title": overlaps["same_title"],
        "replaced": evidence["replaced"],
        "echo_left": evidence["echo_left"],
        "echo_right": evidence["echo_right"],
        **{f"{name}_{side}": judged[f"{name}_{side}"] for name in ("held", "own", "lost") for side in ("left", "right")},
    }


def measure_overlaps(store: WordStore, left: Array, right: Array) -> dict[str, Array]:
    """jaccard, containment_left and containment_right of the shingle sets, each float64[pairs]."""
    start, sets = store.sets()
    shared = shared_counts(start, sets, left, right)
    a, b = np.diff(start)[left], np.diff(start)[right]
    jaccard = shared / np.maximum(a + b - shared, 1)
    return {"jaccard": jaccard, "containment_left": shared / np.maximum(a, 1), "containment_right": shared / np.maximum(b, 1)}


def _compare_words(store: WordStore, left: Array, right: Array) -> Array:
    """``evidence_kernels.compare_pages`` of all pairs, shared out among threads."""
    pages = (*store.words(), *store.shared(), *store.sets(), *store.names(), store.ngram)
    pieces = [slice(at, at + PIECE) for at in range(0, len(left), PIECE)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        found = list(threads.map(lambda piece: compare_pages(*pages, left[piece], right[piece]), pieces))
    return np.concatenate([np.zeros(0, EVIDENCE), *found])


def is_stored(measures: dict[str, Array], floor: float) -> Array:
    """Which pairs belong in the table: those that score at least ``floor``, and those of which one page holds the other; bool[pairs].

    Pairs that never merge do not, however alike they are: one template can make millions of them.
    """
    agree = (measures["subject_conflict"] == 0) & (measures["shared_notice"] == 0) | (measures["kind"] == "renamed")
    return np.asarray(agree & ((measures["score"] >= floor) | (measures["kind"] == "contained")))


def score_texts(
    left: str,
    right: str,
    plan: Plan,
    told: Mapping[str, tuple[str | None, str | None]] = MappingProxyType({}),
    frequencies: Frequencies | None = None,
) -> dict[str, Any]:
    """``kind``, ``score`` and the measures behind it (see ``tables.EDGES``) of two clean texts.

    ``told`` is what is ``word_store.TOLD`` of both; ``frequencies`` are those of their corpus, by default of none.
    """
    with WordStore(plan.fingerprint.ngram, frequencies) as store:
        store.add(
            pa.array([left, right], pa.large_string()), {name: pl.Series(both, dtype=pl.String) for name, both in told.items()}
        )
        measures = measure_pairs(store, np.array([0]), np.array([1]))
        return {name: values[0].item() for name, values in measures.items()}
