"""The pairs that are grouped: near copies and rewrites as one table, and how often each page is a rewrite."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import narwhals as nw
import polars as pl

from corpus_tools.group.aggregates import mark_merging
from corpus_tools.group.permission import may_go
from corpus_tools.group.renamings import lift_renamings
from corpus_tools.plan import Plan
from corpus_tools.rewrite.rivals import LIKELY
from corpus_tools.store.opened import StoredRun
from corpus_tools.tables import EDGES

NativeFrame = TypeVar("NativeFrame")
"""A lazy frame of any engine; the same kind comes back."""


def join_rewrites(edges: NativeFrame, rewrites: NativeFrame, plan: Plan) -> NativeFrame:
    """Edges of near copies and of rewrites as one table, one row a pair; frames in, same kind out.

    Rewrites below ``rewrite.threshold`` are left out. A pair that is both is the near copy it is, if either page may go as that.
    """
    near, rewritten = (_lazy(frame) for frame in (edges, rewrites))
    rewritten = rewritten.filter(nw.col("score") >= plan.rewrite.threshold).select(EDGES.names)
    enough = near.filter(may_go("left", plan.group) & may_go("right", plan.group))
    added = rewritten.join(enough.select("left", "right"), on=["left", "right"], how="anti")
    kept = near.join(added.select("left", "right"), on=["left", "right"], how="anti")
    return cast(NativeFrame, nw.concat([kept.select(EDGES.names), added]).to_native())


def count_rewritten(rewrites: NativeFrame) -> NativeFrame:
    """page_id and ``rewritten``: of how many pages it is likely (LIKELY) to be the rewrite by its wording; pages that are none are absent.

    A light rewrite may stay below the threshold at which it merges, and be joined to its original as a near copy.
    """
    held = _lazy(rewrites)
    likely = held.filter((nw.col("score") >= LIKELY) & (nw.col("original_by") == "wording"))
    original_is_left = nw.col("original") == nw.col("left")
    rewrite = nw.when(original_is_left).then(nw.col("right")).otherwise(nw.col("left"))
    counted = likely.select(rewrite.alias("page_id")).group_by("page_id").agg(nw.len().cast(nw.Int64).alias("rewritten"))
    return cast(NativeFrame, counted.to_native())


def _lazy(native: Any) -> nw.LazyFrame[Any]:
    frame: nw.LazyFrame[Any] = nw.from_native(native)
    return frame


def grouped_edges(run: StoredRun) -> pl.LazyFrame:
    """The edges a run grouped, sorted by (left, right): near copies, and rewrites where its plan searched for them."""
    edges: pl.LazyFrame = lift_renamings(run.edges)
    if not run.plan.rewrite.enabled:
        return edges
    return join_rewrites(edges, run.rewrites, run.plan).sort("left", "right")


def merging_edges(run: StoredRun) -> pl.LazyFrame:
    """Those of ``grouped_edges`` that let a page go, with ``left_may_go`` and ``right_may_go``, as before a person decided."""
    found: pl.LazyFrame = mark_merging(grouped_edges(run), run.plan.group)
    return found
