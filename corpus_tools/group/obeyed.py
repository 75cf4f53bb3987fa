"""Families under what people decided: pages held, pairs never one, and what is then said of a page."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import polars as pl

from corpus_tools.group.components import Families, Order, Pairs, find_families
from corpus_tools.group.decisions import BY_A_PERSON, DECIDED, PairDecisions
from corpus_tools.group.graph_kernels import component_roots
from corpus_tools.group.permission import MARKS

Array = np.ndarray[Any, np.dtype[Any]]


def hold_first(ranked: pl.DataFrame, decided: PairDecisions) -> pl.DataFrame:
    """``ranked`` (``keep.rank_documents``) with the pages that a person keeps before all others."""
    if not decided.keep:
        return ranked
    held = ranked["page_id"].is_in(list(decided.keep))
    order = ranked.select(pl.lit(held).not_().alias("held"), "rank").with_row_index("at").sort("held", "rank")
    rank = order.with_columns(pl.int_range(pl.len()).alias("now")).sort("at")["now"]
    return ranked.with_columns(rank.alias("rank"))


def part_pairs(passing: pl.DataFrame, ranked: pl.DataFrame, decided: PairDecisions) -> pl.DataFrame:
    """``passing`` (``permission.mark_permissions``) as decisions leave it.

    Exact copies and joined pages are one node of the graph. Where two of them are not one, or both are to be kept, the one that
    ranks later leaves the node, and stays. Nothing that is one with a held page may go for another.
    """
    if not decided:
        return passing
    at = _places(ranked["page_id"], decided)
    rank = ranked["rank"].to_numpy()
    left, right = (_positions(passing[side], ranked["page_id"]) for side in ("left", "right"))
    linked = passing["kind"].is_in(["exact", DECIDED]).to_numpy()
    root = component_roots(len(rank), left[linked], right[linked])
    leaving = _leaving(at, root, rank)
    if leaving:
        gone = np.isin(left, leaving) | np.isin(right, leaving)
        touched = linked & np.isin(root[left], root[leaving])
        kinds = {int(root[here]) for here in left[touched & (passing["kind"] == DECIDED).to_numpy()]}
        links = _links(root, leaving, ranked, passing, kinds)
        rest = passing.filter(pl.Series(~(touched | (linked & gone)))).join(links, on=["left", "right"], how="anti")
        passing = pl.concat([rest, links]).sort("left", "right")
    return _hold(passing, ranked["page_id"], at["keep"])


def _hold(passing: pl.DataFrame, page_ids: pl.Series, held: list[int]) -> pl.DataFrame:
    """``passing`` in which nothing that is one with a held page may go for another page."""
    left, right = (_positions(passing[side], page_ids) for side in ("left", "right"))
    linked = passing["kind"].is_in(["exact", DECIDED]).to_numpy()
    root = component_roots(len(page_ids), left[linked], right[linked])
    stays = {side: pl.Series(np.isin(root[at], root[held])) & ~pl.Series(linked) for side, at in (("left", left), ("right", right))}
    return passing.with_columns(
        left_may_go=pl.col("left_may_go") & ~stays["left"], right_may_go=pl.col("right_may_go") & ~stays["right"]
    )


def _places(page_ids: pl.Series, decided: PairDecisions) -> dict[str, Any]:
    """Positions of the pages in ``apart`` (pairs) and ``keep``, of those that are here: a bucket holds only some families."""
    row = {page: at for at, page in enumerate(page_ids.to_list())} if decided else {}
    apart = [(row[left], row[right]) for left, right in decided.apart if left in row and right in row]
    return {"apart": np.array(apart, np.int64).reshape(-1, 2), "keep": [row[page] for page in decided.keep if page in row]}


def _positions(ids: pl.Series, page_ids: pl.Series) -> Array:
    return page_ids.search_sorted(ids).cast(pl.Int64).to_numpy()


def _leaving(at: dict[str, Any], root: Array, rank: Array) -> list[int]:
    """The later one of two pages of one node that are not one, and all but the first of those to be kept."""
    leaving = {int(max(pair, key=lambda page: rank[page])) for pair in at["apart"] if root[pair[0]] == root[pair[1]]}
    first: dict[int, int] = {}
    for page in sorted(at["keep"], key=lambda page: rank[page]):
        if first.setdefault(int(root[page]), page) != page:
            leaving.add(page)
    return sorted(leaving)


def _links(root: Array, leaving: list[int], ranked: pl.DataFrame, passing: pl.DataFrame, joined: set[int]) -> pl.DataFrame:
    """A chain through what is left of every node that a page leaves, as pairs of ``passing``."""
    rows = []
    for node in sorted(set(root[leaving].tolist())):
        members = [page for page in np.flatnonzero(root == node).tolist() if page not in leaving]
        kind = DECIDED if node in joined else "exact"
        for one, other in itertools.pairwise(members):
            words = {"own_left": ranked["n_words"][one], "own_right": ranked["n_words"][other], "lost_left": 0, "lost_right": 0}
            ends = {"left": ranked["page_id"][one], "right": ranked["page_id"][other]}
            rows.append({**ends, "kind": kind, "score": 1.0, "jaccard": 1.0, **words, **dict.fromkeys(MARKS, True)})
    return pl.DataFrame(rows, passing.schema)


def find_decided_families(pairs: Pairs, pages: Order, page_ids: pl.Series, decided: PairDecisions) -> Families:
    """``find_families``, again and again until no two pages that are not one go for, or are, the same page.

    Each time the pages to which that happens may no longer go for that page: of two the one that ranks later, and never what is
    one with the page itself. A page that nothing may stand for stays.
    """
    apart = _places(page_ids, decided)["apart"]
    found = find_families(pairs, pages)
    while len(broken := apart[found.kept[apart[:, 0]] == found.kept[apart[:, 1]]]):
        pairs = _forbid(pairs, broken, found.kept[broken[:, 0]], pages.rank)
        found = find_families(pairs, pages)
    return found


def _forbid(pairs: Pairs, broken: Array, kept: Array, rank: Array) -> Pairs:
    node = component_roots(len(rank), pairs.left[pairs.exact], pairs.right[pairs.exact])
    left_may_go, right_may_go = pairs.left_may_go.copy(), pairs.right_may_go.copy()
    for (one, other), keeper in zip(broken, kept, strict=True):
        movers = [page for page in (one, other) if node[page] != node[keeper]]
        mover = max(movers, key=lambda page: rank[page])
        left, right = node[pairs.left], node[pairs.right]
        left_may_go &= ~((left == node[mover]) & (right == node[keeper]))
        right_may_go &= ~((right == node[mover]) & (left == node[keeper]))
    return pairs._replace(left_may_go=left_may_go, right_may_go=right_may_go)


def retell_removed(removed: pl.DataFrame, members: pl.DataFrame, passing: pl.DataFrame, decided: PairDecisions) -> pl.DataFrame:
    """``removed`` (``local.explain_members``), told as it is of pages that go only because a person joined them to another page.

    Their measures are those of the very pair of the page and its kept page, null where that pair was never measured.
    """
    if not decided.together:
        return removed
    ids = members["page_id"]
    left, right = (_positions(passing[side], ids) for side in ("left", "right"))
    exact = (passing["kind"] == "exact").to_numpy()
    copies = component_roots(len(ids), left[exact], right[exact])
    gone = members.filter(pl.col("at") != pl.col("kept")).sort("at")
    at, kept, via = (gone[name].to_numpy() for name in ("at", "kept", "via"))
    tail = np.where(via < 0, kept, np.where(gone["leaves_left"].to_numpy(), left[via], right[via]))
    joined = gone.with_columns(ids.gather(kept).alias("kept_id")).filter(pl.Series(copies[at] != copies[tail]))
    told = joined.join(_measured(passing), left_on=["page_id", "kept_id"], right_on=["goes", "for"], how="left")
    names = members.select(pl.col("at").alias("kept"), pl.col("name").alias("kept_name"))
    told = told.join(names, on="kept", how="left").select(
        "at",
        pl.lit(DECIDED).alias("kind"),
        "similarity",
        "lost",
        "lost_words",
        pl.format("removed: one with {}: " + BY_A_PERSON, "kept_name").alias("why_removed"),
    )
    return pl.concat([removed.join(told, on="at", how="anti"), told.cast(removed.schema)]).sort("at")


def _measured(passing: pl.DataFrame) -> pl.DataFrame:
    """What is lost if one page goes for another, for both directions of every pair: goes, for, similarity, lost, lost_words."""
    sides = []
    for one, other in (("left", "right"), ("right", "left")):
        lost = pl.col(f"lost_{one}")
        share = lost / pl.max_horizontal(f"own_{one}", 1)
        sides.append(
            passing.select(pl.col(one).alias("goes"), pl.col(other).alias("for"), similarity="score", lost=share, lost_words=lost)
        )
    return pl.concat(sides)


def retell_kept(clusters: pl.DataFrame, decided: PairDecisions) -> pl.DataFrame:
    """``tables.CLUSTERS`` with what a person decided said of pages that stay."""
    if not decided.apart and not decided.keep:
        return clusters
    names = dict(decided.names)
    said: dict[str, str] = {}
    for left, right in decided.apart:
        for page, other in ((left, right), (right, left)):
            said[page] = f"{said[page]}, nor with {names[other]}" if page in said else f"not one with {names[other]}"
    told = [f"; {said[page]}: {BY_A_PERSON}" if page in said else "" for page in clusters["page_id"]]
    stays, held = pl.col("role") != "removed", pl.col("page_id").is_in(list(decided.keep))
    reason = pl.when(held & stays).then(pl.lit(f"kept: {BY_A_PERSON}")).otherwise("reason")
    return clusters.with_columns(pl.when(stays).then(reason + pl.Series(told)).otherwise("reason").alias("reason"))
