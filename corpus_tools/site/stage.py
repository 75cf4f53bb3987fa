"""The site stage: extracted pages to documents, stripped passages and rejected pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa

from corpus_tools import tables
from corpus_tools.engines.context import Context
from corpus_tools.plan import Plan
from corpus_tools.progress import Progress
from corpus_tools.site.carried import add_carried, choose_fields, documents_schema, same_columns
from corpus_tools.site.counts_table import changed_sites, read_site_rows, site_rows
from corpus_tools.site.decided import PageDecisions, check_restored, resolve_decisions
from corpus_tools.site.distributed import count_sites_over, stored_counts
from corpus_tools.site.finish import finish_batch
from corpus_tools.site.template import SiteCounts, count_sites
from corpus_tools.spam.doorways import count_doorways, read_doorways
from corpus_tools.store.backing import holds
from corpus_tools.store.decisions import DECISIONS_FILE
from corpus_tools.store.earlier import Earlier
from corpus_tools.store.manifest import Manifest, Work, seal
from corpus_tools.store.parts import list_parts, read_part, write_part, write_rolling


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
    how: dict[str, Any] = {"folder": ctx.folder, "plan": ctx.plan, "seal": work.key}
    finish = partial(_finish_part, **how, earlier=earlier, again=again, decided=decided, fields=fields)
    for _ in ctx.form(_finish_here, _finish_by_tasks)(ctx, finish, sources, counts, work.key):
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
    return ctx.form(_count_here, _count_by_tasks)(ctx, sources)


def _count_here(ctx: Context, sources: list[Path]) -> SiteCounts:
    return count_sites(_advancing(ctx.progress, sources))


def _count_by_tasks(ctx: Context, sources: list[Path]) -> SiteCounts:
    return count_sites_over(ctx.engine, sources, ctx.folder / "sites" / ".scratch")


def _finish_here(
    _ctx: Context, finish: Callable[..., Path], sources: list[Path], counts: SiteCounts | None, _seal: str
) -> Iterator[Path]:
    for source in sources:
        yield finish(source, counts=counts)


def _finish_by_tasks(
    ctx: Context, finish: Callable[..., Path], sources: list[Path], _counts: SiteCounts | None, seal: str
) -> Iterator[Path]:
    """Each task reads the site counts from the run: they are too large to travel with it."""
    return ctx.engine.map_tasks(partial(_finish_stored, finish=finish, seal=seal), sources, ctx.workers)


def _finish_stored(source: Path, finish: Callable[..., Path], seal: str) -> Path:
    """``finish`` in a process that reads the site counts from the run."""
    return finish(source, counts=stored_counts(source.parent.parent / "sites", seal))


@lru_cache(maxsize=2)
def _stored_doorways(folder: Path, seal: str) -> dict[int, int]:
    """A run's doorways, read once a process; ``seal`` tells one making of the folder from the next."""
    return read_doorways(read_part(path) for path in list_parts(folder))


def _finish_part(
    source: Path,
    folder: Path,
    plan: Plan,
    earlier: Earlier | None,
    again: set[str],
    seal: str,
    decided: PageDecisions,
    counts: SiteCounts | None,
    fields: Sequence[pa.Field[Any]] = (),
) -> Path:
    """One part of documents, stripped and rejected, unless all three are there."""
    folders = {name: folder / name for name in ("stripped", "rejected", "documents")}
    if all(holds(target / source.name) for target in folders.values()):
        return source
    doorways = _stored_doorways(folder / "doorways", seal)
    if earlier and earlier.unchanged(source.name, again) and not _in_changed_doorway(source, earlier, doorways):
        for name, target in folders.items():
            earlier.link(name, source.name, target)
        return source
    extracted = read_part(source)
    documents, stripped, rejected = finish_batch(extracted, counts, plan, doorways, decided)
    write_part(folders["stripped"] / source.name, [stripped], tables.STRIPPED)
    write_part(folders["rejected"] / source.name, [rejected], tables.REJECTED)
    write_part(folders["documents"] / source.name, [add_carried(documents, extracted, fields)], documents_schema(fields))
    return source


def _in_changed_doorway(source: Path, earlier: Earlier, doorways: dict[int, int]) -> bool:
    """Whether a page of the part shares its template with more pages now than in the earlier run."""
    before = _stored_doorways(earlier.path / "doorways", earlier.manifests["doorways"].work.key)
    templates = set(read_part(source, ["template"]).column(0).to_pylist())
    return any(before.get(template) != doorways.get(template) for template in templates)


def _advancing(progress: Progress, sources: list[Path]) -> Iterator[pa.RecordBatch]:
    for source in sources:
        yield read_part(source, ["page_id", "site", "text"])
        progress.advance(1)
