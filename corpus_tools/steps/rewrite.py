"""Rewrite: pages that synonym software made of other pages, the words it swapped, and which page came first."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa

from corpus_tools import tables
from corpus_tools.errors import PlanError
from corpus_tools.manifest import Manifest, Work, seal
from corpus_tools.parts import describe_part, list_parts, read_part, write_part, write_rolling
from corpus_tools.steps.context import Context
from corpus_tools.vocabulary import VOCABULARY

FOLDERS = ("vocabulary", "spin_signatures", "substitutions", "rewrites")
_ROWS = 1_000_000


def make_rewrites(ctx: Context, work: Work) -> None:
    """Spin signatures, pairs of kind ``spun`` and substitutions; empty tables where the plan does not ask for them."""
    if ctx.plan.spin.enabled:
        _find(ctx)
    else:
        for name, schema in zip(FOLDERS, (VOCABULARY, tables.SPIN_SIGNATURES, tables.SUBSTITUTIONS, tables.REWRITES), strict=True):
            write_rolling(ctx.folder / name, "part", [], schema, _ROWS)
    for name in FOLDERS:
        seal(ctx.folder / name, Manifest(work, tuple(describe_part(path) for path in list_parts(ctx.folder / name))))


def _find(ctx: Context) -> None:
    from corpus_tools.cluster import find_rewrites
    from corpus_tools.fingerprint.spin import count_vocabulary, spin_batch

    if ctx.engine.distributed:
        raise PlanError("spin.enabled is true on a distributed engine", "search for rewrites with the polars engine")
    sources = list_parts(ctx.folder / "documents")
    ctx.progress.start("rewrites", len(sources), "parts")
    pages = sum(describe_part(path).rows for path in sources)
    vocabulary = count_vocabulary(lambda: (read_part(path, ["page_id", "text"]) for path in sources), pages)
    write_rolling(ctx.folder / "vocabulary", "part", [vocabulary.to_batch()], VOCABULARY, _ROWS)
    for source in sources:
        made = spin_batch(read_part(source, ["page_id", "content_hash", "text"]), ctx.plan.spin, vocabulary)
        write_part(ctx.folder / "spin_signatures" / source.name, [made], made.schema)
        ctx.progress.advance(1)
    frames = [ctx.engine.scan(ctx.folder / name) for name in ("spin_signatures", "documents")]
    rewrites, substitutions = find_rewrites(frames[0], frames[1], ctx.plan, vocabulary)
    _write(ctx.folder, rewrites, substitutions)
    merging = rewrites.filter(pl.col("score") >= ctx.plan.spin.threshold).height
    ctx.progress.finish(f"{merging:,} rewrites, {substitutions.num_rows:,} substitutions")


def _write(folder: Path, rewrites: pl.DataFrame, substitutions: pa.Table) -> None:
    table = rewrites.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(tables.REWRITES)
    write_rolling(folder / "rewrites", "part", table.to_batches(), tables.REWRITES, _ROWS)
    write_rolling(folder / "substitutions", "part", substitutions.to_batches(), tables.SUBSTITUTIONS, _ROWS)
