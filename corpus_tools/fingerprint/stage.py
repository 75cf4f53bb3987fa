"""The fingerprint stage: a part of signatures for each part of documents."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from corpus_tools.engines.context import Context
from corpus_tools.fingerprint.sketch import fingerprint_batch
from corpus_tools.plan import Plan
from corpus_tools.store.backing import here, holds
from corpus_tools.store.earlier import Earlier
from corpus_tools.store.manifest import Manifest, Part, Work, digest_file, seal
from corpus_tools.store.parts import describe_part, list_parts, read_part, write_part


def _sketch_part(source: Path, plan: Plan, folder: Path, earlier: Earlier | None) -> Part:
    target = folder / source.name
    if earlier and earlier.same_documents(source.name, digest_file(here(source))):
        earlier.link("signatures", source.name, folder)
    if holds(target):
        return describe_part(target)
    made = fingerprint_batch(read_part(source, ["page_id", "content_hash", "n_words", "text"]), plan.fingerprint)
    return write_part(target, [made], made.schema)


def make_signatures(ctx: Context, work: Work) -> None:
    """Sketch documents, one part of signatures for each part of documents."""
    folder = ctx.folder / "signatures"
    sources = list_parts(ctx.folder / "documents")
    ctx.progress.start("fingerprint", len(sources), "parts")
    parts = []
    for part in ctx.engine.map_tasks(
        partial(_sketch_part, plan=ctx.plan, folder=folder, earlier=ctx.earlier), sources, ctx.workers
    ):
        parts.append(part)
        ctx.progress.advance(1)
    seal(folder, Manifest(work, tuple(parts)))
    ctx.progress.finish(f"{sum(part.rows for part in parts):,} signatures")
