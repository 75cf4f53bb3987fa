"""Match: signatures to measured pairs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.manifest import Manifest, Part, Work, seal
from corpus_tools.progress import Progress
from corpus_tools.steps.context import Context


def make_edges(ctx: Context, work: Work) -> None:
    """Candidates and their exact scores."""
    folder = ctx.folder / "edges"
    ctx.progress.start("match", None, "pairs")
    totals: dict[str, int] = {}
    parts = _match(ctx, folder, totals)
    seal(folder, Manifest(work, tuple(parts), totals))
    bounded = totals.get("bounded_buckets", 0)
    note = f"; {bounded:,} crowded buckets bounded, {totals['pairs_left_out']:,} pairs in them not compared" if bounded else ""
    ctx.progress.finish(f"{sum(part.rows for part in parts):,} pairs scored {ctx.plan.match.candidate_floor} and up{note}")


def _match(ctx: Context, folder: Path, totals: dict[str, int]) -> list[Part]:
    signatures, documents = ctx.folder / "signatures", ctx.folder / "documents"
    if ctx.engine.distributed:
        from corpus_tools.cluster.spread import match_spread

        earlier = (ctx.earlier.path / "edges", ctx.earlier.path / "signatures") if ctx.earlier else None
        return match_spread(ctx.engine, signatures, documents, folder, ctx.plan, totals, earlier)
    from corpus_tools.cluster import match_edges

    known = ctx.earlier.known(ctx.engine.scan(signatures)) if ctx.earlier else None
    rows = match_edges(ctx.engine.scan(signatures), ctx.engine.scan(documents), ctx.plan, known=known, totals=totals)
    return ctx.engine.checkpoint(_counting(ctx.progress, rows), folder, tables.EDGES, 1_000_000)


def _counting(progress: Progress, rows: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in rows:
        yield batch
        progress.advance(batch.num_rows)
