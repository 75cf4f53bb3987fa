"""Families and representatives: every page that goes has its own kept page, in any order; the kernel and its slow twin."""

from __future__ import annotations

import naive
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.group.components import Families, Pairs, find_families
from corpus_tools.group.graph_kernels import component_roots

Row = tuple[int, int, bool, bool, bool, bool, bool, float, float]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Row], list[int]]:
    """Pages, pairs (left, right, exact, contained, rewritten, left may go, right may go, losses), and a rank for each page."""
    n = draw(st.integers(1, 10))
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=20)) if pairs else []
    rows = []
    for a, b in chosen:
        exact = draw(st.integers(0, 5)) == 0
        left, right = (True, True) if exact else draw(st.sampled_from([(True, False), (False, True), (True, True)]))
        kind = "exact" if exact else draw(st.sampled_from(["near", "contained", "rewrite"]))
        rows.append(
            (
                a,
                b,
                exact,
                kind == "contained",
                kind == "rewrite",
                left,
                right,
                draw(st.integers(0, 9)) / 10,
                draw(st.integers(0, 9)) / 10,
            )
        )
    return n, rows, draw(st.permutations(range(n)))


def _find(rows: list[Row], rank: list[int]) -> Families:
    kinds = (np.int64, np.int64, *[np.bool_] * 5, np.float64, np.float64)
    columns = [np.array([row[at] for row in rows], kind) for at, kind in enumerate(kinds)]
    return find_families(Pairs(*columns), np.array(rank))


@given(graphs())
def test_families_are_the_components_of_the_naive_twin(graph: tuple[int, list[Row], list[int]]) -> None:
    n, rows, rank = graph
    expected = naive.components(n, [row[:2] for row in rows])
    assert component_roots(n, *(np.array([row[side] for row in rows], np.int64) for side in (0, 1))).tolist() == expected
    assert _find(rows, rank).root.tolist() == expected


@given(graphs())
def test_representatives_are_those_of_the_naive_twin(graph: tuple[int, list[Row], list[int]]) -> None:
    n, rows, rank = graph
    assert _find(rows, rank).kept.tolist() == naive.representatives(n, rows, rank)


@given(graphs())
def test_every_page_that_goes_may_go_for_its_own_kept_page(graph: tuple[int, list[Row], list[int]]) -> None:
    n, rows, rank = graph
    found = _find(rows, rank)
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
            assert row[5] if found.leaves_left[page] else row[6]
            assert (same[goes], same[stays]) == (same[page], same[kept])


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_pairs_is_of_no_consequence(graph: tuple[int, list[Row], list[int]], chance) -> None:
    _, rows, rank = graph
    turned = [(b, a, *same, q, p, m, k) if chance.random() < 0.5 else (a, b, *same, p, q, k, m) for a, b, *same, p, q, k, m in rows]
    one, other = _find(rows, rank), _find(chance.sample(turned, len(turned)), rank)
    assert one.root.tolist() == other.root.tolist()
    assert one.kept.tolist() == other.kept.tolist()


@given(graphs())
def test_a_page_of_its_own_changes_nothing(graph: tuple[int, list[Row], list[int]]) -> None:
    n, rows, rank = graph
    grown = _find(rows, [*[place + 1 for place in rank], 0])
    assert grown.kept[:n].tolist() == _find(rows, rank).kept.tolist()
    assert grown.kept[n] == n


def test_a_chain_keeps_several_pages() -> None:
    rows = [(at, at + 1, False, False, False, True, True, 0.05, 0.05) for at in range(17)]
    found = _find(rows, list(range(18)))
    assert set(found.root.tolist()) == {0}
    assert len(set(found.kept.tolist())) == 9
    assert all(abs(page - kept) <= 1 for page, kept in enumerate(found.kept.tolist()))


def test_an_excerpt_that_ranks_first_still_goes_for_the_page_that_holds_it() -> None:
    found = _find([(0, 1, False, True, False, True, False, 0.0, 0.7)], [0, 1])
    assert found.kept.tolist() == [1, 1]


def test_a_page_that_ranks_first_does_not_go_for_one_that_may_not_go_for_it() -> None:
    found = _find([(0, 1, False, False, False, True, False, 0.1, 0.5)], [0, 1])
    assert found.kept.tolist() == [0, 1]


def test_an_original_that_another_page_holds_is_kept_rather_than_what_was_made_from_it() -> None:
    library, original, *spun = range(5)
    rows: list[Row] = [(library, original, False, True, False, False, True, 0.5, 0.0)]
    rows += [(original, page, False, False, True, True, True, 0.1, 0.1) for page in spun]
    assert _find(rows, list(range(5))).kept.tolist() == [library, original, original, original, original]
