"""Families and representatives: every page that goes has its own kept page, in any order; the kernel and its slow twin."""

from __future__ import annotations

from typing import NamedTuple

import naive
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.group.components import Families, Order, Pairs, find_families
from corpus_tools.group.graph_kernels import component_roots

Row = tuple[int, int, bool, bool, bool, bool, bool, bool, float, float]


class Graph(NamedTuple):
    """``rows``: left, right, exact, rewritten, left may go, right may go, left stands whole on the right, right on the left, losses."""

    n: int
    rows: list[Row]
    rank: list[int]
    merit: list[int]


HELD: Row = (0, 1, False, False, True, False, True, False, 0.0, 0.7)
"""The left page stands whole on the right one."""


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any pairs of up to ten pages."""
    n = draw(st.integers(1, 10))
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=20)) if pairs else []
    rows = []
    for a, b in chosen:
        exact = draw(st.integers(0, 5)) == 0
        left, right = (True, True) if exact else draw(st.sampled_from([(True, False), (False, True), (True, True)]))
        rewritten = not exact and draw(st.booleans())
        whole = draw(st.booleans()), draw(st.booleans())
        losses = draw(st.integers(0, 9)) / 10, draw(st.integers(0, 9)) / 10
        rows.append((a, b, exact, rewritten, left, right, *whole, *losses))
    return Graph(n, rows, draw(st.permutations(range(n))), draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))


def _find(rows: list[Row], rank: list[int], merit: list[int] | None = None) -> Families:
    kinds = (np.int64, np.int64, *[np.bool_] * 6, np.float64, np.float64)
    columns = [np.array([row[at] for row in rows], kind) for at, kind in enumerate(kinds)]
    return find_families(Pairs(*columns), Order(np.array(rank), np.array(merit or [0] * len(rank))))


@given(graphs())
def test_families_are_the_components_of_the_naive_twin(graph: Graph) -> None:
    n, rows, rank, _ = graph
    expected = naive.components(n, [row[:2] for row in rows])
    assert component_roots(n, *(np.array([row[side] for row in rows], np.int64) for side in (0, 1))).tolist() == expected
    assert _find(rows, rank).root.tolist() == expected


@given(graphs())
def test_representatives_are_those_of_the_naive_twin(graph: Graph) -> None:
    n, rows, rank, merit = graph
    assert _find(rows, rank, merit).kept.tolist() == naive.representatives(n, rows, rank, merit)


@given(graphs())
def test_every_page_that_goes_may_go_for_its_own_kept_page(graph: Graph) -> None:
    n, rows, rank, merit = graph
    found = _find(rows, rank, merit)
    same = naive.components(n, [row[:2] for row in rows if row[2]])
    for page in range(n):
        kept, via = found.kept[page], found.via[page]
        assert found.kept[kept] == kept
        if kept == page:
            assert via == -1
        elif via < 0:
            assert same[page] == same[kept]
        else:
            row = rows[via]
            goes, stays = (row[0], row[1]) if found.leaves_left[page] else (row[1], row[0])
            assert row[4] if found.leaves_left[page] else row[5]
            assert (same[goes], same[stays]) == (same[page], same[kept])


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_pairs_is_of_no_consequence(graph: Graph, chance) -> None:
    _, rows, rank, merit = graph
    turned = [
        (b, a, *same, q, p, w, v, m, k) if chance.random() < 0.5 else (a, b, *same, p, q, v, w, k, m)
        for a, b, *same, p, q, v, w, k, m in rows
    ]
    one, other = _find(rows, rank, merit), _find(chance.sample(turned, len(turned)), rank, merit)
    assert one.root.tolist() == other.root.tolist()
    assert one.kept.tolist() == other.kept.tolist()


@given(graphs())
def test_a_page_of_its_own_changes_nothing(graph: Graph) -> None:
    n, rows, rank, merit = graph
    grown = _find(rows, [*[place + 1 for place in rank], 0], [*merit, 0])
    assert grown.kept[:n].tolist() == _find(rows, rank, merit).kept.tolist()
    assert grown.kept[n] == n


def test_a_chain_keeps_several_pages() -> None:
    rows: list[Row] = [(at, at + 1, False, False, True, True, False, False, 0.05, 0.05) for at in range(17)]
    found = _find(rows, list(range(18)))
    assert set(found.root.tolist()) == {0}
    assert len(set(found.kept.tolist())) == 9
    assert all(abs(page - kept) <= 1 for page, kept in enumerate(found.kept.tolist()))


def test_an_excerpt_that_ranks_first_still_goes_for_the_page_that_holds_it() -> None:
    assert _find([HELD], [0, 1]).kept.tolist() == [1, 1]
    assert _find([HELD], [0, 1], [1, 0]).kept.tolist() == [1, 1]


def test_a_page_of_smaller_merit_does_not_go_for_the_page_that_holds_it() -> None:
    assert _find([HELD], [0, 1], [0, 1]).kept.tolist() == [0, 1]


def test_a_page_that_ranks_first_does_not_go_for_one_that_may_not_go_for_it() -> None:
    found = _find([(0, 1, False, False, True, False, False, False, 0.1, 0.5)], [0, 1])
    assert found.kept.tolist() == [0, 1]


def test_an_original_that_another_page_holds_is_kept_rather_than_what_was_made_from_it() -> None:
    library, original, *spun = range(5)
    rows: list[Row] = [(library, original, False, False, False, True, False, True, 0.5, 0.0)]
    rows += [(original, page, False, True, True, True, False, False, 0.1, 0.1) for page in spun]
    assert _find(rows, list(range(5))).kept.tolist() == [library, original, original, original, original]
