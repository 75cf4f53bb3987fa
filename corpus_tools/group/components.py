"""Families, and in each the pages that stay: every page that goes is measured against the page kept in its place.

A family is a connected component of the pairs of which one page may stand for the other; it tells lineage. Single linkage alone
glues a chain of weak links to one page, so representatives are chosen among a family's pages instead (``star_kernels``), and a
family may keep several. Exact copies are one node: what is measured for one of them holds for all.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from corpus_tools.group.graph_kernels import component_roots
from corpus_tools.group.star_kernels import choose_representatives

Array = np.ndarray[Any, np.dtype[Any]]


class Families(NamedTuple):
    """Every page's place; arrays of length n."""

    root: Array
    """Smallest page of the family, int64."""
    kept: Array
    """The page that is kept in its place, int64; itself if it stays."""
    via: Array
    """The pair (position in the input arrays) that lets it go, int64; -1 for pages that stay, and for exact copies of the kept page."""
    leaves_left: Array
    """Whether the left page of that pair is the one that goes, bool."""


class Pairs(NamedTuple):
    """Pairs of pages of which one may go for the other; arrays of one length."""

    left: Array
    right: Array
    exact: Array
    rewritten: Array
    """Whether one page is a rewrite of the other, bool."""
    left_may_go: Array
    right_may_go: Array
    left_whole: Array
    """Whether the right page holds all that the left one says, bool: it may then stand for a page that ranks before it."""
    right_whole: Array
    loss_left: Array
    """How much is lost if the left page goes, float64: the smaller, the better the other stands for it."""
    loss_right: Array


class Order(NamedTuple):
    """Which of the n pages is kept rather than which; arrays of length n."""

    rank: Array
    """int64: 0 is kept before 1."""
    merit: Array
    """int64: a page never goes for one of larger merit that ranks after it, whatever that one holds."""


def find_families(pairs: Pairs, pages: Order) -> Families:
    """Families and their representatives."""
    rank, n = pages.rank, len(pages.rank)
    root = component_roots(n, pairs.left, pairs.right)
    node = _first_of_copies(pairs, rank)
    tails, heads, loss, origin, is_left = _arcs(pairs, node)
    whole = np.where(is_left, pairs.left_whole[origin], pairs.right_whole[origin])
    whole &= pages.merit[heads] <= pages.merit[tails]
    order = np.argsort(rank)
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    tails, heads = place[tails], place[heads]
    by_tail = np.lexsort((origin, heads, tails))
    by_head = np.lexsort((tails, heads))
    start, back_start = (_starts(ends, n) for ends in (tails[by_tail], heads[by_head]))
    rewritten = pairs.rewritten[origin[by_tail]]
    chosen = choose_representatives(start, heads[by_tail], loss[by_tail], whole[by_tail], rewritten, back_start, tails[by_head])
    goes = np.flatnonzero(chosen >= 0)
    kept_of, via_of = np.arange(n), np.full(n, -1, np.int64)
    kept_of[order[goes]] = order[heads[by_tail][chosen[goes]]]
    via_of[order[goes]] = origin[by_tail][chosen[goes]]
    leaves_left = np.zeros(n, np.bool_)
    leaves_left[order[goes]] = is_left[by_tail][chosen[goes]]
    return Families(root, kept_of[node], via_of[node], leaves_left[node])


def _first_of_copies(pairs: Pairs, rank: Array) -> Array:
    """For each page, of all its exact copies and itself the one of smallest rank, int64[n]."""
    n = len(rank)
    same = component_roots(n, pairs.left[pairs.exact], pairs.right[pairs.exact])
    order = np.lexsort((rank, same))
    first = np.ones(n, np.bool_)
    first[1:] = same[order][1:] != same[order][:-1]
    best = np.empty(n, np.int64)
    best[same[order][first]] = order[first]
    return np.asarray(best[same])


def _arcs(pairs: Pairs, node: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Arcs between nodes: which may go, for which, what is lost, the pair they come from, and whether its left page goes."""
    left_goes, right_goes = (np.flatnonzero(one & ~pairs.exact) for one in (pairs.left_may_go, pairs.right_may_go))
    tails = np.concatenate([pairs.left[left_goes], pairs.right[right_goes]])
    heads = np.concatenate([pairs.right[left_goes], pairs.left[right_goes]])
    loss = np.concatenate([pairs.loss_left[left_goes], pairs.loss_right[right_goes]])
    is_left = np.arange(len(tails)) < len(left_goes)
    return node[tails], node[heads], loss, np.concatenate([left_goes, right_goes]), is_left


def _starts(ends: Array, n: int) -> Array:
    """Where each node's arcs begin among arcs sorted by ``ends``, int64[n + 1]."""
    return np.concatenate([np.zeros(1, np.int64), np.bincount(ends, minlength=n).cumsum()]).astype(np.int64)
