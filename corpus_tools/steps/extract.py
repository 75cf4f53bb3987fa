"""Extract: input files to the pages after the page-level pass, one part file at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.manifest import Manifest, Work, seal
from corpus_tools.parts import describe_part, list_parts, read_note, write_part
from corpus_tools.plan import Plan, ReadPlan
from corpus_tools.steps.context import Context

if TYPE_CHECKING:
    from corpus_tools.pages import SourceFile

Unit = tuple[int, "list[SourceFile]"]
"""An input unit: its number and its files."""


def make_units(files: list[SourceFile], plan: ReadPlan) -> list[list[SourceFile]]:
    """Consecutive files in groups of about one part, so that parts never depend on who reads what."""
    units: list[list[SourceFile]] = []
    held = 0
    for file in files:
        if not units or held + file.size > plan.part_bytes or len(units[-1]) >= plan.part_pages:
            units.append([])
            held = 0
        units[-1].append(file)
        held += file.size
    return units


def make_extracted(ctx: Context, work: Work) -> None:
    """Read and clean pages, one part file at a time; a part found on disk is not made again."""
    folder = ctx.folder / "extracted"
    if ctx.earlier:
        ctx.earlier.link_extracted(folder)
    ctx.progress.start("clean", sum(file.size for file in ctx.files), "bytes")
    units = list(enumerate(make_units(ctx.files, ctx.plan.read), ctx.earlier.units if ctx.earlier else 0))
    total = 0
    for rows, size in _extract(ctx, units, folder):
        total += rows
        ctx.progress.advance(size, pages=total)
    ctx.progress.finish(f"{total:,} pages cleaned")
    parts = ctx.engine.map_tasks(describe_part, list_parts(folder), ctx.workers)
    seal(folder, Manifest(work, tuple(parts)))


def _extract(ctx: Context, units: list[Unit], folder: Path) -> Iterator[tuple[int, int]]:
    """Rows and source bytes of each part made: by one pool over all units, or by a task a unit."""
    if not ctx.engine.distributed:
        yield from extract_units(units, folder, ctx.plan, ctx.workers)
        return
    for made in ctx.engine.map_tasks(partial(_extract_unit, folder=folder, plan=ctx.plan), units, ctx.workers):
        yield from made


def _extract_unit(unit: Unit, folder: Path, plan: Plan) -> list[tuple[int, int]]:
    return list(extract_units([unit], folder, plan, 1))


def extract_units(units: list[Unit], folder: Path, plan: Plan, workers: int) -> Iterator[tuple[int, int]]:
    """Write the parts of ``units`` that are not in ``folder`` yet; rows and source bytes of each, as it is written."""
    from corpus_tools.clean import extract_pages

    begun: deque[tuple[Path, list[int], int]] = deque()
    for batch in extract_pages(_unread_parts(units, folder, plan.read, begun), plan.clean, workers):
        path, end, size = begun.popleft()
        write_part(path, [batch], tables.EXTRACTED, note=end)
        yield batch.num_rows, size


def _unread_parts(
    units: list[Unit], folder: Path, plan: ReadPlan, begun: deque[tuple[Path, list[int], int]]
) -> Iterator[pa.RecordBatch]:
    """Batches of pages still to be cleaned; where each goes is put on ``begun`` in the same order."""
    from corpus_tools.pages import Position, read_pages

    for number, files in units:
        made = sorted(folder.glob(f"part-{number:05d}-*.parquet"))
        start = Position(*read_note(made[-1])) if made else Position(0, 0)
        if made and start.file >= len(files):
            continue
        for count, part in enumerate(read_pages(files, plan, start), len(made)):
            end = [part.end.file, part.end.page]
            begun.append((folder / f"part-{number:05d}-{count:05d}.parquet", end, part.bytes_read))
            yield part.batch
