"""The clean stage: input files to extracted pages, one part file at a time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from corpus_tools.clean.repeats import tell_repeats_apart
from corpus_tools.clean.units import MadePart, Unit, extract_units, make_units
from corpus_tools.engines.context import Context
from corpus_tools.plan import Plan
from corpus_tools.store.manifest import Manifest, Work, seal
from corpus_tools.store.parts import describe_part, list_parts

SLOW_WALK = "HTML was read by the slow walk: this selectolax does not have the functions that the fast one needs"
"""What a run says once, and its status keeps, where ``clean.html.tree.can_walk_fast`` is false."""


def make_extracted(ctx: Context, work: Work) -> None:
    """Read and clean pages, one part file at a time; a part found on disk is not made again."""
    folder = ctx.folder / "extracted"
    if ctx.earlier:
        ctx.earlier.link_extracted(folder)
    ctx.progress.start("clean", sum(file.size for file in ctx.files), "bytes")
    units = list(enumerate(make_units(ctx.files, ctx.plan.read), ctx.earlier.units if ctx.earlier else 0))
    total, slow = 0, False
    for part in ctx.form(_by_one_pool, _by_tasks)(ctx, units, folder):
        total, slow = total + part.rows, slow or part.walked_slowly
        ctx.progress.advance(part.size, pages=total)
    tell_repeats_apart(ctx, folder)
    ctx.progress.finish(f"{total:,} pages cleaned{f'; {SLOW_WALK}' if slow else ''}")
    parts = ctx.engine.map_tasks(describe_part, list_parts(folder), ctx.workers)
    seal(folder, Manifest(work, tuple(parts), {SLOW_WALK: 1} if slow else {}))


def _by_one_pool(ctx: Context, units: list[Unit], folder: Path) -> Iterator[MadePart]:
    """The parts made, by one pool of workers over all units."""
    return extract_units(units, folder, ctx.plan, ctx.workers)


def _by_tasks(ctx: Context, units: list[Unit], folder: Path) -> Iterator[MadePart]:
    """The same, by a task a unit wherever the engine puts it."""
    for made in ctx.engine.map_tasks(partial(_extract_unit, folder=folder, plan=ctx.plan), units, ctx.workers):
        yield from made


def _extract_unit(unit: Unit, folder: Path, plan: Plan) -> list[MadePart]:
    return list(extract_units([unit], folder, plan, 1))
