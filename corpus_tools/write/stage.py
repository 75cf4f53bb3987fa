"""The write stage: corpus, removed pages and dataset card; the account is checked before the seal."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

from corpus_tools.engines.context import Context
from corpus_tools.store.manifest import Manifest, Work, seal
from corpus_tools.write import distributed, local
from corpus_tools.write.account import check_account, count_lost
from corpus_tools.write.card import write_card


def make_corpus(ctx: Context, work: Work) -> None:
    """Corpus, removed pages and dataset card; the account is checked before the seal."""
    folder = ctx.folder / "corpus"
    ctx.progress.start("write", None, "files")
    kept, removed = ctx.form(local.write_corpus, distributed.write_corpus)(ctx, folder)
    kept = [replace(part, name=f"data/{part.name}") for part in kept]
    corpus_frame = ctx.engine.scan(folder / "data", stem="train", columns=["page_id", "language", "site"])
    taken = ctx.engine.scan(folder / "removed", columns=["page_id", "cluster_id", "lost_words"])
    ended = (corpus_frame, taken, ctx.engine.scan(ctx.folder / "rejected", columns=["page_id"]))
    account = check_account(ctx.engine.scan(ctx.folder / "extracted", columns=["page_id"]), *ended)
    account = replace(account, **count_lost(ended[1], ctx.engine.scan(ctx.folder / "documents", columns=["page_id", "n_words"])))
    stripped = ctx.engine.scan(ctx.folder / "stripped", columns=["kind"])
    schema = local.corpus_schema(ctx.folder / "documents")
    card = write_card(
        folder / "README.md", account, ctx.plan, corpus_frame, stripped, version("corpus-tools"), ctx.kept_stale, schema
    )
    seal(folder / "removed", Manifest(work, tuple(removed)))
    seal(folder, Manifest(work, tuple(kept), vars(account), (card,)))
    ctx.progress.finish("; ".join(filter(None, (f"{account.kept:,} documents in {len(kept):,} files", account.loss()))))
