"""Which page of a pair may be removed for the other: the one place where thresholds meet evidence."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from corpus_tools.plan import GroupPlan

MARKS = ("left_may_go", "right_may_go", "left_whole", "right_whole")
"""Columns of ``mark_permissions``."""
MAX_UNSAID = 0.02
"""Share of a page's own words that a near copy that says all of it may lack: with more it may be a light rewrite."""


def may_go(side: str, plan: GroupPlan) -> nw.Expr:
    """Whether the page at ``side`` (left or right) of a pair may be removed for the other; over columns of ``tables.EDGES``.

    Exact copies, pairs that a person joined, and rewrites always may (rewrites below their threshold are not among the pairs). A near copy may if the pair
    scores enough and not too many of its own words are lost; a contained page if the other holds enough of them.
    """
    return nw.col("kind").is_in(["exact", "decided", "rewrite"]) | near_enough(side, plan) | _goes_as_held(side, plan)


def near_enough(side: str, plan: GroupPlan) -> nw.Expr:
    """Whether the page at ``side`` may go as a near copy of the other."""
    own, lost = nw.col(f"own_{side}"), nw.col(f"lost_{side}")
    return ~nw.col("kind").is_in(["rewrite", "renamed"]) & (nw.col("score") >= plan.threshold) & (lost <= own * plan.max_lost)


def holds(side: str, plan: GroupPlan) -> nw.Expr:
    """Whether the other page holds the one at ``side``."""
    return (nw.col("kind") == "contained") & (nw.col(f"held_{side}") >= plan.min_contained)


def _goes_as_held(side: str, plan: GroupPlan) -> nw.Expr:
    """Whether the page at ``side`` may go because the other page holds it, which a plan may forbid."""
    return nw.lit(value=False) if plan.contained == "keep" else holds(side, plan)


def stands_whole(side: str, plan: GroupPlan) -> nw.Expr:
    """Whether the other page says all that the one at ``side`` does: it holds it, or is a near copy that lacks hardly a word of it."""
    few_lost = nw.col(f"lost_{side}") <= nw.col(f"own_{side}") * MAX_UNSAID
    return _goes_as_held(side, plan) | (near_enough(side, plan) & few_lost)


def mark_permissions(edges: Any, plan: GroupPlan) -> Any:
    """``edges`` with the bool columns ``MARKS`` (``may_go`` and ``stands_whole`` of both sides), without pairs of which neither page
    may go; the same kind of frame.
    """
    told = [rule(side, plan) for rule in (may_go, stands_whole) for side in ("left", "right")]
    marked = nw.from_native(edges).with_columns(**dict(zip(MARKS, told, strict=True)))
    return marked.filter(nw.col("left_may_go") | nw.col("right_may_go")).to_native()
