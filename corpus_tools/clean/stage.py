"""The clean stage: input files to extracted pages, one part file at a time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow.compute as pc

from corpus_tools.clean.repeats import tell_repeats_apart
from corpus_tools.clean.rows import GIVEN_UP
from corpus_tools.clean.units import MadePart, Unit, extract_units, make_units
from corpus_tools.engines.context import Context
from corpus_tools.plan import Plan
from corpus_tools.store.backing import drop
from corpus_tools.store.manifest import GIVEN_UP_PAGES, Manifest, Work, record_path, seal
from corpus_tools.store.parts import list_parts, read_columns

SLOW_WALK = "HTML was read by the slow walk: this selectolax does not have the functions that the fast one needs"
"""What a run says once, and its status keeps, where ``clean.html.tree.can_walk_fast`` is false."""

KILLED = "{:,} workers were killed from outside; their pages were tried again with fewer workers"


def make_extracted(ctx: Context, work: Work) -> None:
    """Read and clean pages, one part file at a time; a part found on disk is not made again, unless pages of it were given up."""
    folder = ctx.folder / "extracted"
    first = ctx.earlier.units if ctx.earlier else 0
    drop_given_up(ctx, folder, first)
    if ctx.earlier:
        names = [part.name for part in ctx.earlier.manifests["extracted"].parts]
        for _ in ctx.engine.map_tasks(partial(ctx.earlier.link, "extracted", folder=folder), names, ctx.workers):
            pass
    ctx.progress.start("clean", sum(file.size for file in ctx.files), "bytes")
    units = list(enumerate(make_units(ctx.files, ctx.plan.read), first))
    total, slow, kills = 0, False, 0
    for part in ctx.form(_by_one_pool, _by_tasks)(ctx, units, folder):
        total, slow, kills = total + part.rows, slow or part.walked_slowly, kills + part.kills
        ctx.progress.advance(part.size, pages=total)
    tell_repeats_apart(ctx, folder)
    told = [f"{total:,} pages cleaned", *([SLOW_WALK] if slow else []), *([KILLED.format(kills)] if kills else [])]
    ctx.progress.finish("; ".join(told))
    paths = list_parts(folder)
    parts = ctx.describe(paths)
    given_up = sum(ctx.engine.map_tasks(count_given_up, paths, ctx.workers))
    totals = ({SLOW_WALK: 1} if slow else {}) | ({GIVEN_UP_PAGES: given_up} if given_up else {})
    seal(folder, Manifest(work, tuple(parts), totals))


def drop_given_up(ctx: Context, folder: Path, first: int) -> None:
    """Delete parts from unit ``first`` on with pages that were given up because of the machine: they are tried again."""
    paths = [path for path in list_parts(folder) if int(path.name.split("-")[1]) >= first]
    for path, given_up in zip(paths, ctx.engine.map_tasks(count_given_up, paths, ctx.workers), strict=True):
        if given_up:
            drop(path)
            record_path(path).unlink(missing_ok=True)


def _by_one_pool(ctx: Context, units: list[Unit], folder: Path) -> Iterator[MadePart]:
    """The parts made, by one pool of workers over all units."""
    return extract_units(units, folder, ctx.plan, ctx.workers)


def _by_tasks(ctx: Context, units: list[Unit], folder: Path) -> Iterator[MadePart]:
    """The same, by a task a unit wherever the engine puts it."""
    for made in ctx.engine.map_tasks(partial(_extract_unit, folder=folder, plan=ctx.plan), units, ctx.workers):
        yield from made


def _extract_unit(unit: Unit, folder: Path, plan: Plan) -> list[MadePart]:
    return list(extract_units([unit], folder, plan, 1))


def count_given_up(path: Path) -> int:
    """Pages of a part of extracted pages that were rejected because of the machine, not of what they hold."""
    reasons = read_columns(path, ["reason"]).column(0)
    return int(pc.sum(pc.starts_with(reasons, GIVEN_UP)).as_py() or 0)
