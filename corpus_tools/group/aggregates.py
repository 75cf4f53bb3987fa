"""Pages that hold several others about different things: none of these goes for such an aggregate, and it joins none of them.

A page that holds two others is one of two: the whole of which they are parts, or an aggregate, in which articles stand one after
the other. The parts of a whole speak of what the rest of it speaks of; an article in an aggregate does not (``echo`` of
``tables.EDGES``). Two such pages that are no pair themselves make the page that holds them an aggregate.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from corpus_tools.group.permission import holds, mark_permissions, near_enough
from corpus_tools.plan import GroupPlan

MAX_ECHO = 1 / 3
"""Share of a page's most frequent words that the rest of the page that holds it also says, up to which it stands in it for itself."""


def part_aggregates(edges: Any, plan: GroupPlan) -> Any:
    """``edges`` (``tables.EDGES``) without the pairs of an aggregate and a page that it holds; a frame of any engine, the same kind out."""
    frame: nw.LazyFrame[Any] = nw.from_native(edges).lazy()
    lazy = isinstance(nw.from_native(edges), nw.LazyFrame)
    if "echo_left" not in frame.collect_schema().names() or plan.contained == "keep":
        return edges
    articles = _articles(frame, plan)
    first = articles.group_by("holder").agg(first=nw.col("page").min())
    others = articles.join(first, on="holder").filter(nw.col("page") != nw.col("first"))
    unlike = others.join(frame.select("left", "right"), left_on=["first", "page"], right_on=["left", "right"], how="anti")
    apart = articles.join(unlike.select("holder").unique(), on="holder", how="semi").select("left", "right")
    kept = frame.join(apart, on=["left", "right"], how="anti")
    return (kept if lazy else kept.collect()).to_native()


def mark_merging(edges: Any, plan: GroupPlan) -> Any:
    """The pairs of ``edges`` that let a page go, marked by ``permission.mark_permissions``; the same kind of frame."""
    return mark_permissions(part_aggregates(edges, plan), plan)


def _articles(edges: nw.LazyFrame[Any], plan: GroupPlan) -> nw.LazyFrame[Any]:
    """Rows (left, right, page, holder) of pairs that could only go as contained, of which the page stands for itself in its holder."""
    sides = []
    for side, other in (("left", "right"), ("right", "left")):
        alone = holds(side, plan) & (nw.col(f"echo_{side}") <= MAX_ECHO) & ~near_enough(side, plan) & ~near_enough(other, plan)
        sides.append(edges.filter(alone).select("left", "right", page=nw.col(side), holder=nw.col(other)))
    return nw.concat(sides)
