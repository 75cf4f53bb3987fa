"""Pairs that an earlier run measured, as relational steps: which still hold, and between which pages they stand now."""

from __future__ import annotations

import narwhals as nw

from corpus_tools.engines.desk import Frame


def still_known(earlier: Frame, sketched: Frame) -> Frame:
    """Rows (page_id, content_hash) of the earlier run's pages whose comparisons still hold; both frames have these columns.

    A page that was cut again may have another text now. Its old text, and pages that shared it, count as
    never compared: an edge of the page stood for them all.
    """
    seen = earlier.select("page_id", "content_hash")
    beside = seen.join(sketched.select("page_id", now="content_hash"), on="page_id", how="left")
    lost = beside.filter(nw.col("now").is_null() | (nw.col("now") != nw.col("content_hash"))).select("content_hash").unique()
    return seen.join(lost, on="content_hash", how="anti")


def mark_known(chosen: Frame, known: Frame) -> Frame:
    """``chosen`` with a column ``old``: whether the earlier run had the text of that content_hash."""
    hashes = known.select("content_hash").unique().with_columns(nw.lit(True).alias("old"))
    return chosen.join(hashes, on="content_hash", how="left").with_columns(nw.col("old").fill_null(False))


def moved_edges(edges: Frame, known: Frame, sketched: Frame) -> Frame:
    """The earlier run's near and contained pairs (left, right) between the pages that stand for their texts now."""
    firsts = sketched.group_by("content_hash").agg(nw.col("page_id").min().alias("first"))
    places = known.join(firsts, on="content_hash").select(of="page_id", first="first")
    near = edges.filter(nw.col("kind") != "exact").select("left", "right")
    for side in ("left", "right"):
        near = near.join(places, left_on=side, right_on="of").drop(side).rename({"first": side})
    return near.select(nw.min_horizontal("left", "right").alias("left"), nw.max_horizontal("left", "right").alias("right"))
