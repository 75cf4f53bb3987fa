"""The rewrite stage: pages that are other pages with their words changed, the words swapped, and which page came first."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import narwhals as nw

from corpus_tools import tables
from corpus_tools.engines.context import Context
from corpus_tools.engines.relational import count_rows
from corpus_tools.frames import to_arrow
from corpus_tools.plan import RewritePlan
from corpus_tools.rewrite import distributed, local
from corpus_tools.rewrite.known import searched_earlier
from corpus_tools.rewrite.sketch import sketch_batch
from corpus_tools.rewrite.vocabulary import VOCABULARY, Vocabulary
from corpus_tools.store.backing import holds
from corpus_tools.store.manifest import Manifest, Part, Work, seal
from corpus_tools.store.parts import describe_part, list_parts, read_part, write_part, write_rolling

FOLDERS = ("vocabulary", "rewrite_signatures", "substitutions", "rewrites")
_ROWS = 1_000_000


def make_rewrites(ctx: Context, work: Work) -> None:
    """Rewrite signatures, pairs of kind ``rewrite`` and substitutions; empty tables where the plan does not ask for them."""
    if ctx.plan.rewrite.enabled:
        _find(ctx)
    else:
        for name, schema in zip(
            FOLDERS, (VOCABULARY, tables.REWRITE_SIGNATURES, tables.SUBSTITUTIONS, tables.REWRITES), strict=True
        ):
            write_rolling(ctx.folder / name, "part", [], schema, _ROWS)
    for name in FOLDERS:
        parts = ctx.describe(list_parts(ctx.folder / name))
        seal(ctx.folder / name, Manifest(work, tuple(parts)))


def _find(ctx: Context) -> None:
    sources = list_parts(ctx.folder / "documents")
    ctx.progress.start("rewrite", len(sources), "parts")
    vocabulary = _make_vocabulary(ctx)
    write_rolling(ctx.folder / "vocabulary", "part", [vocabulary.to_batch()], VOCABULARY, _ROWS)
    sketch = partial(_sketch_part, folder=ctx.folder / "rewrite_signatures", plan=ctx.plan.rewrite, vocabulary=vocabulary)
    for _ in ctx.engine.map_tasks(sketch, sources, ctx.workers):
        ctx.progress.advance(1)
    ctx.form(local.write_pairs, distributed.write_pairs)(ctx, vocabulary)
    merging, substitutions = (
        _count(ctx, name, least) for name, least in (("rewrites", ctx.plan.rewrite.threshold), ("substitutions", 0))
    )
    ctx.progress.finish(f"{merging:,} rewrites, {substitutions:,} substitutions")


def _make_vocabulary(ctx: Context) -> Vocabulary:
    """The vocabulary of the earlier run, so that its pairs hold, or else that of this run's documents."""
    earlier = searched_earlier(ctx.earlier, ctx.plan, ctx.rows("documents"))
    if earlier is not None:
        return Vocabulary.from_batch(to_arrow(earlier.table("vocabulary").collect()))
    return ctx.form(local.make_vocabulary, distributed.make_vocabulary)(ctx)


def _sketch_part(source: Path, folder: Path, plan: RewritePlan, vocabulary: Vocabulary) -> Part:
    if holds(folder / source.name):
        return describe_part(folder / source.name)
    made = sketch_batch(read_part(source, ["page_id", "content_hash", "text"]), plan, vocabulary)
    return write_part(folder / source.name, [made], made.schema)


def _count(ctx: Context, name: str, least: float) -> int:
    """Rows of a table, and if ``least`` is above 0 only those that score it."""
    rows = nw.from_native(ctx.engine.scan(ctx.folder / name))
    return count_rows(rows.filter(nw.col("score") >= least) if least else rows)
