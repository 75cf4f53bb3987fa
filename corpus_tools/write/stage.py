"""The write stage: corpus, removed pages and dataset card; the account is checked before the seal."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

from corpus_tools.engines.context import Context
from corpus_tools.store.manifest import Manifest, Work, seal
from corpus_tools.write import distributed, local
from corpus_tools.write.account import check_account, count_lost
from corpus_tools.write.card import count_personal_data, tell_personal_data, write_card
from corpus_tools.write.croissant import FILE, hash_file, write_croissant
from corpus_tools.write.delta import write_delta
from corpus_tools.write.personal_columns import COUNTS

TOLD = ["page_id", "language", "site", "licence", *COUNTS]
"""Columns of the corpus that its account and its card need."""


def make_corpus(ctx: Context, work: Work) -> None:
    """Corpus, removed pages and dataset card; the account is checked before the seal."""
    folder = ctx.folder / "corpus"
    ctx.progress.start("write", None, "files")
    kept, removed = ctx.form(local.write_corpus, distributed.write_corpus)(ctx, folder)
    kept = [replace(part, name=f"data/{part.name}") for part in kept]
    corpus_frame = ctx.engine.scan(folder / "data", stem="train", columns=TOLD)
    taken = ctx.engine.scan(folder / "removed", columns=["page_id", "cluster_id", "lost_words"])
    ended = (corpus_frame, taken, ctx.engine.scan(ctx.folder / "rejected", columns=["page_id"]))
    account = check_account(ctx.engine.scan(ctx.folder / "extracted", columns=["page_id"]), *ended)
    personal = count_personal_data(corpus_frame)
    lost = count_lost(taken, ctx.engine.scan(ctx.folder / "documents", columns=["page_id", "n_words"]))
    account = replace(account, **lost, **{name: found for name, (found, _) in personal.items()})
    told = tell_personal_data(personal, ctx.plan.write.redact)
    stripped = ctx.engine.scan(ctx.folder / "stripped", columns=["kind"])
    schema = local.corpus_schema(ctx.folder / "documents")
    delta = write_delta(ctx, folder, schema, ctx.folder / "rejected")
    changed = (delta.new, delta.gone) if delta.parts else None
    card = write_card(
        folder / "README.md",
        account,
        ctx.plan,
        corpus_frame,
        stripped,
        version("corpus-tools"),
        ctx.kept_stale,
        schema=schema,
        delta=changed,
        personal=told,
    )
    hashed = ctx.engine.map_tasks(hash_file, [folder / part.name for part in kept], ctx.workers)
    described = write_croissant(folder / FILE, hashed, schema, ctx.plan.write, f"{account.sentence()}.", told)
    seal(folder / "removed", Manifest(work, tuple(removed)))
    seal(folder / "new", Manifest(work, delta.parts))
    seal(folder, Manifest(work, tuple(kept), vars(account), (card, described)))
    news = f"{delta.new:,} new and {delta.gone:,} gone since the earlier run" if delta.parts else ""
    ctx.progress.finish("; ".join(filter(None, (f"{account.kept:,} documents in {len(kept):,} files", account.loss(), news))))
