"""Write: corpus, removed pages and dataset card; the account is checked before the seal."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import polars as pl

from corpus_tools import tables
from corpus_tools.manifest import Manifest, Part, Work, seal
from corpus_tools.parts import list_parts, write_rolling
from corpus_tools.steps.context import Context


def make_corpus(ctx: Context, work: Work) -> None:
    """Corpus, removed pages and dataset card; the account is checked before the seal."""
    from corpus_tools import corpus

    folder = ctx.folder / "corpus"
    ctx.progress.start("write", None, "files")
    kept, removed = _write(ctx, folder)
    kept = [replace(part, name=f"data/{part.name}") for part in kept]
    corpus_frame = ctx.engine.scan(folder / "data", stem="train")
    ended = (corpus_frame, ctx.engine.scan(folder / "removed"), ctx.engine.scan(ctx.folder / "rejected"))
    account = corpus.check_account(ctx.engine.scan(ctx.folder / "extracted"), *ended)
    stripped = ctx.engine.scan(ctx.folder / "stripped")
    corpus.write_card(folder / "README.md", account, ctx.plan, corpus_frame, stripped, version("corpus-tools"))
    seal(folder / "removed", Manifest(work, tuple(removed)))
    seal(folder, Manifest(work, tuple(kept), vars(account)))
    ctx.progress.finish(f"{account.kept:,} documents in {len(kept):,} files")


def _write(ctx: Context, folder: Path) -> tuple[list[Part], list[Part]]:
    from corpus_tools import corpus

    settings = ctx.plan.write
    if ctx.engine.distributed:
        from corpus_tools.corpus.spread import write_spread

        return write_spread(ctx.engine, ctx.folder / "documents", ctx.folder / "clusters", folder, settings)
    documents = [pl.scan_parquet(path) for path in list_parts(ctx.folder / "documents")]
    clusters = ctx.engine.scan(ctx.folder / "clusters")
    layout = (settings.rows_per_file, settings.compression_level)
    kept = write_rolling(folder / "data", "train", corpus.corpus_rows(documents, clusters), tables.CORPUS, *layout)
    return kept, write_rolling(folder / "removed", "part", corpus.removed_rows(documents, clusters), tables.REMOVED, *layout)
