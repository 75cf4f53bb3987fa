"""The group stage: measured pairs to each document's place."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from corpus_tools.engines.context import Context
from corpus_tools.group import distributed, local
from corpus_tools.group.decisions import resolve_decisions
from corpus_tools.store.manifest import Manifest, Work, seal


def make_clusters(ctx: Context, work: Work) -> None:
    """Components of the edges at the threshold, and the representative of each."""
    folder = ctx.folder / "clusters"
    ctx.progress.start("group", None, "documents")
    decided, told = resolve_decisions(ctx.decisions, ctx.engine.scan(ctx.folder / "documents"))
    parts = ctx.form(local.write_clusters, distributed.write_clusters)(ctx, decided)
    seal(folder, Manifest(work, tuple(parts), {told: 1} if told else {}))
    found = _count_roles(ctx.engine.scan(folder))
    ctx.progress.finish(f"{found.get('removed', 0):,} documents go for one that is kept")


def _count_roles(clusters: Any) -> dict[str, int]:
    lazy: nw.LazyFrame[Any] = nw.from_native(clusters)
    counted = lazy.group_by("role").agg(nw.len().alias("rows")).collect(backend="pyarrow")
    return dict(zip(counted["role"].to_list(), counted["rows"].to_list(), strict=True))
