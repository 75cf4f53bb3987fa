"""Group: measured pairs to each document's place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from corpus_tools import tables
from corpus_tools.manifest import Manifest, Part, Work, seal
from corpus_tools.steps.context import Context


def make_clusters(ctx: Context, work: Work) -> None:
    """Components of the edges at the threshold, and the representative of each."""
    folder = ctx.folder / "clusters"
    ctx.progress.start("cluster", None, "documents")
    parts = _group(ctx, folder)
    seal(folder, Manifest(work, tuple(parts)))
    found = _count_roles(ctx.engine.scan(folder))
    ctx.progress.finish(f"{found.get('removed', 0):,} copies in {found.get('kept', 0):,} clusters")


def _count_roles(clusters: Any) -> dict[str, int]:
    lazy: nw.LazyFrame[Any] = nw.from_native(clusters)
    counted = lazy.group_by("role").agg(nw.len().alias("rows")).collect(backend="pyarrow")
    return dict(zip(counted["role"].to_list(), counted["rows"].to_list(), strict=True))


def _group(ctx: Context, folder: Path) -> list[Part]:
    edges, documents = ctx.folder / "edges", ctx.folder / "documents"
    if ctx.engine.distributed:
        from corpus_tools.cluster.spread import group_spread

        rewrites = ctx.folder / "rewrites" if ctx.plan.spin.enabled else None
        return group_spread(ctx.engine, edges, documents, folder, ctx.plan, rewrites=rewrites)
    from corpus_tools.cluster import cluster_edges, count_rewritten, join_rewrites

    pairs, pages, rewrites = (ctx.engine.scan(folder) for folder in (edges, documents, ctx.folder / "rewrites"))
    if ctx.plan.spin.enabled:
        pairs = join_rewrites(pairs, rewrites, ctx.plan)
        pages = pages.join(count_rewritten(rewrites), on="page_id", how="left")
    frame = cluster_edges(pairs, pages, ctx.plan.group).lazy().collect()
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(tables.CLUSTERS)
    return ctx.engine.checkpoint(table.to_batches(), folder, tables.CLUSTERS, 1_000_000)
