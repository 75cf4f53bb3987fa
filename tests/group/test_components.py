"""Components: the definition, stability in any order, a guard against chains, monotone thresholds."""

from __future__ import annotations

import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.group.components import find_components
from corpus_tools.group.graph_kernels import best_paths, component_roots

Edges = list[tuple[int, int, float]]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, Edges, list[int]]:
    """Nodes, distinct edges with scores in steps of .01, and a rank for each node."""
    n = draw(st.integers(1, 12))
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=24)) if pairs else []
    edges = [(a, b, draw(st.integers(30, 100)) / 100) for a, b in chosen]
    return n, edges, draw(st.permutations(range(n)))


def _find(n: int, edges: Edges, rank: list[int], threshold: float, guard: float):
    left, right = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    return find_components(left, right, np.array([edge[2] for edge in edges], np.float64), np.array(rank), threshold, guard)


@given(graphs())
def test_roots_are_those_of_the_naive_twin(graph: tuple[int, Edges, list[int]]) -> None:
    n, edges, _ = graph
    left, right = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    assert component_roots(n, left, right).tolist() == naive.components(n, [edge[:2] for edge in edges])


@given(graphs())
def test_best_paths_are_those_of_the_naive_twin(graph: tuple[int, Edges, list[int]]) -> None:
    n, edges, _ = graph
    left, right = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    worth, via, steps = best_paths(n, left, right, np.array([edge[2] for edge in edges]), np.array([0]))
    assert worth == pytest.approx(naive.best_path(n, edges, 0))
    assert [edge >= 0 for edge in via] == [value > 0 and node > 0 for node, value in enumerate(worth)]
    assert all((count > 0) == (edge >= 0) for count, edge in zip(steps, via, strict=True))


@given(graphs(), st.sampled_from([0.3, 0.5, 0.6, 0.8]), st.sampled_from([0.0, 0.4, 0.7, 1.0]))
def test_clusters_are_those_of_the_naive_twin(graph: tuple[int, Edges, list[int]], threshold: float, guard: float) -> None:
    n, edges, rank = graph
    assert _find(n, edges, rank, threshold, guard).root.tolist() == naive.guarded(n, edges, rank, threshold, guard)


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_edges_is_of_no_consequence(graph: tuple[int, Edges, list[int]], chance) -> None:
    n, edges, rank = graph
    shuffled = [(b, a, score) if chance.random() < 0.5 else (a, b, score) for a, b, score in chance.sample(edges, len(edges))]
    one, other = _find(n, edges, rank, 0.5, 0.4), _find(n, shuffled, rank, 0.5, 0.4)
    for name in ("root", "centre", "steps"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()
    assert one.worth.tolist() == other.worth.tolist()


@given(graphs(), st.sampled_from([0.0, 0.4, 0.8]), st.integers(30, 99), st.integers(0, 60))
def test_a_higher_threshold_never_merges_more(graph: tuple[int, Edges, list[int]], guard: float, low: int, more: int) -> None:
    n, edges, rank = graph
    below, above = (_find(n, edges, rank, threshold / 100, guard).root for threshold in (low, min(100, low + more)))
    for node in range(n):
        assert below[node] == below[above[node]]


@given(graphs(), graphs())
def test_other_pages_change_nothing(one: tuple[int, Edges, list[int]], other: tuple[int, Edges, list[int]]) -> None:
    n, edges, rank = one
    added = [(a + n, b + n, score) for a, b, score in other[1]]
    joint = _find(n + other[0], edges + added, rank + [n + value for value in other[2]], 0.5, 0.4)
    alone = _find(n, edges, rank, 0.5, 0.4)
    assert joint.root[:n].tolist() == alone.root.tolist()
    assert joint.centre[:n].tolist() == alone.centre.tolist()


def test_a_chain_of_weak_links_is_split_and_a_tight_cluster_is_not() -> None:
    chain = [(node, node + 1, 0.62 + 0.003 * node) for node in range(99)]
    tight = [(100, node, 0.9) for node in range(101, 200)]
    found = _find(200, chain + tight, list(range(200)), 0.6, 0.4)
    assert np.bincount(found.root[:100]).max() < 10
    assert set(found.root[100:]) == {100}
    assert (found.worth >= 0.4).all()
    assert set(_find(200, chain + tight, list(range(200)), 0.6, 0.0).root) == {0, 100}


def test_every_member_is_tied_to_its_centre() -> None:
    found = _find(4, [(0, 1, 0.9), (1, 2, 0.8), (0, 2, 0.7)], [3, 1, 0, 2], 0.6, 0.4)
    assert found.centre.tolist() == [2, 2, 2, 3]
    assert found.steps.tolist() == [1, 1, 0, 0]
    assert found.worth.tolist() == [0.7, 0.8, 1.0, 1.0]  # the direct edge speaks, though the way over 1 is worth .72
