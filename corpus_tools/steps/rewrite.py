"""Rewrite: pages that synonym software made of other pages, the words it swapped, and which page came first."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl
import pyarrow as pa

from corpus_tools import tables
from corpus_tools.manifest import Manifest, Part, Work, read_manifest, seal
from corpus_tools.parts import describe_part, list_parts, read_part, write_part, write_rolling
from corpus_tools.plan import SpinPlan
from corpus_tools.steps.context import Context
from corpus_tools.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from corpus_tools.vocabulary import Vocabulary

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
        parts = ctx.engine.map_tasks(describe_part, list_parts(ctx.folder / name), ctx.workers)
        seal(ctx.folder / name, Manifest(work, tuple(parts)))


def _find(ctx: Context) -> None:
    sources = list_parts(ctx.folder / "documents")
    ctx.progress.start("rewrites", len(sources), "parts")
    vocabulary = _count_vocabulary(ctx, sources)
    write_rolling(ctx.folder / "vocabulary", "part", [vocabulary.to_batch()], VOCABULARY, _ROWS)
    sketch = partial(_sketch_part, folder=ctx.folder / "spin_signatures", plan=ctx.plan.spin, vocabulary=vocabulary)
    for _ in ctx.engine.map_tasks(sketch, sources, ctx.workers):
        ctx.progress.advance(1)
    _find_pairs(ctx, vocabulary)
    merging, substitutions = (
        _count(ctx, name, least) for name, least in (("rewrites", ctx.plan.spin.threshold), ("substitutions", 0))
    )
    ctx.progress.finish(f"{merging:,} rewrites, {substitutions:,} substitutions")


def _count_vocabulary(ctx: Context, sources: list[Path]) -> Vocabulary:
    """Counted here on the sample, which is bounded; a distributed engine's executors draw it."""
    from corpus_tools.fingerprint.spin import count_vocabulary

    manifest = read_manifest(ctx.folder / "documents")
    pages = manifest.rows if manifest else 0
    if not ctx.engine.distributed:
        return count_vocabulary(lambda: (read_part(path, ["page_id", "text"]) for path in sources), pages)
    from corpus_tools.cluster.spun_on_batches import SAMPLED, InSample

    scratch = ctx.folder / "vocabulary" / ".scratch"
    documents = nw.from_native(ctx.engine.scan(ctx.folder / "documents")).select("page_id", "text").to_native()
    held = ctx.engine.hold(ctx.engine.map_batches(documents, InSample(pages), SAMPLED), scratch / "held")

    def batches() -> Iterable[pa.RecordBatch]:
        return ctx.engine.stream(held, scratch / "read")

    found = count_vocabulary(batches, pages)
    shutil.rmtree(scratch, ignore_errors=True)
    return found


def _sketch_part(source: Path, folder: Path, plan: SpinPlan, vocabulary: Vocabulary) -> Part:
    from corpus_tools.fingerprint.spin import spin_batch

    if (folder / source.name).exists():
        return describe_part(folder / source.name)
    made = spin_batch(read_part(source, ["page_id", "content_hash", "text"]), plan, vocabulary)
    return write_part(folder / source.name, [made], made.schema)


def _find_pairs(ctx: Context, vocabulary: Vocabulary) -> None:
    signatures, documents, *folders = (ctx.folder / name for name in ("spin_signatures", "documents", "rewrites", "substitutions"))
    if ctx.engine.distributed:
        from corpus_tools.cluster.spun_spread import find_rewrites_spread

        find_rewrites_spread(ctx.engine, signatures, documents, (folders[0], folders[1]), ctx.plan, vocabulary)
        return
    from corpus_tools.cluster import find_rewrites

    rewrites, substitutions = find_rewrites(ctx.engine.scan(signatures), ctx.engine.scan(documents), ctx.plan, vocabulary)
    table = rewrites.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(tables.REWRITES)
    ctx.engine.checkpoint(table.to_batches(), folders[0], tables.REWRITES, _ROWS)
    ctx.engine.checkpoint(substitutions.to_batches(), folders[1], tables.SUBSTITUTIONS, _ROWS)


def _count(ctx: Context, name: str, least: float) -> int:
    """Rows of a table, and if ``least`` is above 0 only those that score it."""
    from corpus_tools.engines.relational import count_rows

    rows = nw.from_native(ctx.engine.scan(ctx.folder / name))
    return count_rows(rows.filter(nw.col("score") >= least) if least else rows)
