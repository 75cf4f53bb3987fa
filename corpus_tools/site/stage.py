"""The site stage: extracted pages to documents, stripped passages and rejected pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import narwhals as nw

from corpus_tools import tables
from corpus_tools.engines.context import Context
from corpus_tools.site.carried import choose_fields, same_columns
from corpus_tools.site.counts_table import changed_sites, read_site_rows, site_rows
from corpus_tools.site.decided import PageDecisions, check_restored, resolve_decisions
from corpus_tools.site.distributed import count_sites_over
from corpus_tools.site.doorways import count_doorways
from corpus_tools.site.local import count_here, finish_here
from corpus_tools.site.parts import Finish, finish_stored
from corpus_tools.site.template import SiteCounts
from corpus_tools.store.decisions import DECISIONS_FILE
from corpus_tools.store.earlier import Earlier
from corpus_tools.store.manifest import Manifest, Work, seal
from corpus_tools.store.parts import list_parts, read_part, write_rolling


def make_documents(ctx: Context, work: Work) -> None:
    """The site-level pass: count lines and doorways over all pages, then cut what is template, part by part."""
    sources = list_parts(ctx.folder / "extracted")
    ctx.progress.start("site", 2 * len(sources), "parts")
    counts, again = _count_sites(ctx, sources)
    write_rolling(ctx.folder / "sites", "part", site_rows(counts) if counts else [], tables.SITES, 1_000_000)
    _write_doorways(ctx)
    fields = choose_fields(ctx, sources)
    decided, told = resolve_decisions(ctx.decisions, ctx.engine.scan(ctx.folder / "extracted"))
    # The columns of all parts are the same: where new pages changed a type, all parts are made.
    earlier = _same_decisions(ctx.earlier, work)
    earlier = earlier if earlier and same_columns(earlier.path / "documents", fields) else None
    finish = Finish(ctx.folder, ctx.plan, work.key, earlier, frozenset(again), decided, tuple(fields))
    for _ in ctx.form(finish_here, _finish_by_tasks)(ctx, finish, sources, counts):
        ctx.progress.advance(1)
    for name in ("sites", "doorways", "stripped", "rejected", "documents"):
        parts = ctx.describe(list_parts(ctx.folder / name))
        notes = _tell(ctx, decided, told) if name == "documents" else {}
        seal(ctx.folder / name, Manifest(work, tuple(parts), notes))
    ctx.progress.finish(f"{len(sources):,} parts")


def _same_decisions(earlier: Earlier | None, work: Work) -> Earlier | None:
    """The earlier run, unless people decided other things about its pages then: no finished part of it holds."""
    if earlier is None:
        return None
    before = earlier.manifests["documents"].work.inputs.get(DECISIONS_FILE)
    return earlier if before == work.inputs.get(DECISIONS_FILE) else None


def _tell(ctx: Context, decided: PageDecisions, told: str) -> dict[str, int]:
    """What the seal says of the decisions."""
    missing = check_restored(decided, ctx.engine.scan(ctx.folder / "documents"))
    return {said: 1 for said in (told, missing) if said}


def _write_doorways(ctx: Context) -> None:
    """Templates that pages of the whole input fill with different names; none if pages are not judged."""
    frame = nw.from_native(ctx.engine.scan(ctx.folder / "extracted", columns=["template", "template_names"]))
    doorways = nw.to_native(count_doorways(frame))
    ctx.engine.checkpoint_sorted(doorways, ctx.folder / "doorways", tables.DOORWAYS, 1_000_000, ["template"])


def _count_sites(ctx: Context, sources: list[Path]) -> tuple[SiteCounts | None, set[str]]:
    """Counts over all pages, and the sites whose pages of an earlier run must be cut again."""
    if not ctx.plan.site.template or ctx.plan.clean.focus == "none":
        return None, set()
    if ctx.earlier is None:
        return _count_pages(ctx, sources), set()
    held = [read_part(path) for path in list_parts(ctx.earlier.path / "sites")]
    before, after = read_site_rows(held), read_site_rows(held)
    after.merge(_count_pages(ctx, [path for path in sources if not ctx.earlier.unchanged(path.name, set())]))
    return after, changed_sites(before, after)


def _count_pages(ctx: Context, sources: list[Path]) -> SiteCounts:
    return ctx.form(count_here, _count_by_tasks)(ctx, sources)


def _count_by_tasks(ctx: Context, sources: list[Path]) -> SiteCounts:
    return count_sites_over(partial(ctx.engine.map_tasks, workers=1), sources, ctx.folder / "sites" / ".scratch")


def _finish_by_tasks(ctx: Context, finish: Finish, sources: list[Path], _counts: SiteCounts | None) -> Iterator[Path]:
    """Each task reads the site counts from the run: they are too large to travel with it."""
    return ctx.engine.map_tasks(partial(finish_stored, finish=finish), sources, ctx.workers)
