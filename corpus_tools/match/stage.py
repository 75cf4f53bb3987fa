"""The match stage: signatures to measured pairs."""

from __future__ import annotations

from corpus_tools.engines.context import Context
from corpus_tools.match import distributed, local
from corpus_tools.store.manifest import Manifest, Work, seal


def make_edges(ctx: Context, work: Work) -> None:
    """What many texts hold; candidates, and what they score."""
    ctx.progress.start("match", None, "pairs")
    counted = ctx.form(local.write_frequencies, distributed.write_frequencies)(ctx)
    seal(ctx.folder / "frequencies", Manifest(work, tuple(counted)))
    totals: dict[str, int] = {}
    parts = ctx.form(local.write_edges, distributed.write_edges)(ctx, totals)
    seal(ctx.folder / "edges", Manifest(work, tuple(parts), totals))
    bounded = totals.get("bounded_buckets", 0)
    note = f"; {bounded:,} crowded buckets bounded, {totals['pairs_left_out']:,} pairs in them not compared" if bounded else ""
    ctx.progress.finish(f"{sum(part.rows for part in parts):,} pairs that score at least {ctx.plan.match.min_score}{note}")
