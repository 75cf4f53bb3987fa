"""Clean: the site-level pass over extracted pages; documents, stripped passages and rejected pages come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.manifest import Manifest, Work, seal
from corpus_tools.parts import describe_part, list_parts, read_part, write_part, write_rolling
from corpus_tools.plan import Plan
from corpus_tools.progress import Progress
from corpus_tools.steps.context import Context

if TYPE_CHECKING:
    from corpus_tools.against import Earlier
    from corpus_tools.clean.site import SiteCounts


def make_documents(ctx: Context, work: Work) -> None:
    """The site-level pass: count lines over all pages, then cut what is template, part by part."""
    from corpus_tools.clean.site_table import site_rows

    sources = list_parts(ctx.folder / "extracted")
    ctx.progress.start("site", 2 * len(sources), "parts")
    counts, again = _count_sites(ctx, sources)
    write_rolling(ctx.folder / "sites", "part", site_rows(counts) if counts else [], tables.SITES, 1_000_000)
    finish = partial(_finish_part, folder=ctx.folder, plan=ctx.plan, earlier=ctx.earlier, again=again)
    if ctx.engine.distributed:
        done = ctx.engine.map_tasks(partial(_finish_stored, finish=finish, seal=work.key if counts else ""), sources, ctx.workers)
    else:
        done = (finish(source, counts=counts) for source in sources)
    for _ in done:
        ctx.progress.advance(1)
    for name in ("sites", "stripped", "rejected", "documents"):
        parts = ctx.engine.map_tasks(describe_part, list_parts(ctx.folder / name), ctx.workers)
        seal(ctx.folder / name, Manifest(work, tuple(parts)))
    ctx.progress.finish(f"{len(sources):,} parts")


def _count_sites(ctx: Context, sources: list[Path]) -> tuple[SiteCounts | None, set[str]]:
    """Counts over all pages, and the sites whose pages of an earlier run must be cut again."""
    from corpus_tools.clean.site_table import changed_sites, read_site_rows

    if not ctx.plan.clean.site_template:
        return None, set()
    if ctx.earlier is None:
        return _counted(ctx, sources), set()
    held = [read_part(path) for path in list_parts(ctx.earlier.path / "sites")]
    before, after = read_site_rows(held), read_site_rows(held)
    after.merge(_counted(ctx, [path for path in sources if not ctx.earlier.unchanged(path.name, set())]))
    return after, changed_sites(before, after)


def _counted(ctx: Context, sources: list[Path]) -> SiteCounts:
    from corpus_tools.clean import count_sites
    from corpus_tools.spread import count_sites_over

    if ctx.engine.distributed:
        return count_sites_over(ctx.engine, sources, ctx.folder / "sites" / ".scratch")
    return count_sites(_advancing(ctx.progress, sources))


def _finish_stored(source: Path, finish: Callable[..., None], seal: str) -> None:
    """``finish`` in a process that reads the site counts from the run."""
    from corpus_tools.spread import stored_counts

    finish(source, counts=stored_counts(source.parent.parent / "sites", seal) if seal else None)


def _finish_part(
    source: Path, folder: Path, plan: Plan, earlier: Earlier | None, again: set[str], counts: SiteCounts | None
) -> None:
    """One part of documents, stripped and rejected, unless it is there; documents last, so that it vouches for all."""
    from corpus_tools.clean import finish_batch

    folders = {name: folder / name for name in ("stripped", "rejected", "documents")}
    if (folders["documents"] / source.name).exists():
        return
    if earlier and earlier.unchanged(source.name, again):
        for name, target in folders.items():
            earlier.link(name, source.name, target)
        return
    documents, stripped, rejected = finish_batch(read_part(source), counts, plan.clean)
    write_part(folders["stripped"] / source.name, [stripped], tables.STRIPPED)
    write_part(folders["rejected"] / source.name, [rejected], tables.REJECTED)
    write_part(folders["documents"] / source.name, [documents], tables.DOCUMENTS)


def _advancing(progress: Progress, sources: list[Path]) -> Iterator[pa.RecordBatch]:
    for source in sources:
        yield read_part(source, ["page_id", "site", "text"])
        progress.advance(1)
