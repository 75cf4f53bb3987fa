"""Relational steps of matching and grouping, written once in narwhals for polars and Spark frames alike.

Frames are narwhals LazyFrames. Nothing here is collected but counts; every step is a shuffle of rows
of known width, so that what it costs can be worked out beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import narwhals as nw

from corpus_tools.engines.desk import Frame

Hold = Callable[[Frame], Frame]
"""Makes an engine work a frame out once and keep the rows."""


def split_exact(sketched: Frame, hold: Hold) -> tuple[Frame, Frame]:
    """Exact copies as pairs (left, right) around the smallest page_id of each content_hash, and the rows of those pages.

    ``sketched`` has page_id and content_hash. A hash that many pages share is one small row after the
    first, local, half of the aggregation. What comes back is read more than once, so the first pages are held.
    """
    firsts = hold(sketched.group_by("content_hash").agg(nw.col("page_id").min().alias("first")))
    pages = sketched.select("page_id", "content_hash").join(firsts, on="content_hash")
    pairs = pages.filter(nw.col("page_id") != nw.col("first")).select(left="first", right="page_id")
    return pairs, sketched.join(firsts.select("first"), left_on="page_id", right_on="first", how="semi")


def order_pairs(pairs: Frame) -> Frame:
    """(left, right) with the smaller id left."""
    smaller = nw.col("left") < nw.col("right")
    return pairs.select(
        nw.when(smaller).then(nw.col("left")).otherwise(nw.col("right")).alias("left"),
        nw.when(smaller).then(nw.col("right")).otherwise(nw.col("left")).alias("right"),
    )


def join_ends(pairs: Frame, pages: Frame, names: list[str]) -> Frame:
    """``pairs`` with the columns ``names`` of both pages, as NAME_left and NAME_right; null where a page is not known."""

    def join_end(frame: Frame, side: str) -> Frame:
        chosen = pages.select(nw.col("page_id").alias("of"), *[nw.col(name).alias(f"{name}_{side}") for name in names])
        return frame.join(chosen, left_on=side, right_on="of", how="left")

    return reduce(join_end, ("left", "right"), pairs)


def label_components(edges: Frame, hold: Hold) -> Frame:
    """Connected components: rows (page_id, root), root the smallest page_id, for every page that has an edge.

    Alternating large-star and small-star (Kiveris, Lattanzi, Mirrokni, Rastogi, Vassilvitskii 2014,
    "Connected components in MapReduce and beyond"): about log n rounds, each a few shuffles of rows
    of two ids, whatever the diameter. ``hold`` is called every round, so that no plan grows long.
    """
    stars = hold(order_pairs(edges).unique())
    while not _is_forest_of_stars(stars):
        stars = hold(small_star(large_star(stars)).unique())
    members = stars.select(page_id="right", root="left")
    return nw.concat([members, stars.select(page_id="left", root="left").unique()])


def large_star(edges: Frame) -> Frame:
    """Every page's larger neighbours are tied to the smallest page among it and its neighbours. ``edges``: left < right."""
    both = nw.concat([edges.select("left", "right"), edges.select(left="right", right="left")])
    least = both.group_by("left").agg(nw.col("right").min().alias("least"))
    centre = nw.when(nw.col("least") < nw.col("left")).then(nw.col("least")).otherwise(nw.col("left"))
    larger = both.filter(nw.col("right") > nw.col("left"))
    return larger.join(least.with_columns(centre.alias("least")), on="left").select(left="least", right="right")


def small_star(edges: Frame) -> Frame:
    """Every page and its smaller neighbours are tied to the smallest of those. ``edges``: left < right."""
    least = edges.group_by("right").agg(nw.col("left").min().alias("least"))
    tied = edges.join(least, on="right").filter(nw.col("left") != nw.col("least")).select(left="least", right="left")
    return nw.concat([tied, least.select(left="least", right="right")])


def _is_forest_of_stars(edges: Frame) -> bool:
    """Whether every page has at most one smaller neighbour and no such neighbour has one of its own."""
    children = edges.group_by("right").agg(nw.len().alias("parents"))
    torn = children.filter(nw.col("parents") > 1).select(page="right")
    chained = edges.join(children.select("right"), left_on="left", right_on="right", how="semi").select(page="left")
    return count_rows(nw.concat([torn, chained])) == 0


def count_rows(frame: Frame) -> int:
    """Number of rows."""
    return int(frame.select(nw.len().alias("rows")).collect(backend="pyarrow")["rows"].to_list()[0])
