"""Input units and the part files of extracted pages made from them, which never depend on who reads what."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import count, takewhile
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.clean.workers.pool import CleanPool
from corpus_tools.plan import Plan, ReadPlan
from corpus_tools.readers.listing import SourceFile
from corpus_tools.readers.pages import Position, read_pages
from corpus_tools.store.begun import is_begun
from corpus_tools.store.parts import read_note, write_part

Unit = tuple[int, list[SourceFile]]
"""An input unit: its number and its files."""


def make_units(files: Sequence[SourceFile], plan: ReadPlan) -> list[list[SourceFile]]:
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


class MadePart(NamedTuple):
    """A part that was written: its rows, the bytes of the source it came from, whether HTML was read the slow way, workers killed."""

    rows: int
    size: int
    walked_slowly: bool
    kills: int


def extract_units(units: list[Unit], folder: Path, plan: Plan, workers: int) -> Iterator[MadePart]:
    """Write the parts of ``units`` that are not in ``folder`` yet, with ``workers`` processes; each is told of as it is written.

    Even one worker is a process of its own: a page that hangs in C code can only be killed.
    """
    begun: deque[tuple[Path, list[int], int]] = deque()
    told = 0
    with CleanPool(workers, plan.clean) as pool:
        for batch in pool.extract(_unread_parts(units, folder, plan.read, begun)):
            path, end, size = begun.popleft()
            write_part(path, [batch], tables.EXTRACTED, note=end)
            yield MadePart(batch.num_rows, size, pool.walks_slowly, pool.kills - told)
            told = pool.kills


def _unread_parts(
    units: list[Unit], folder: Path, plan: ReadPlan, begun: deque[tuple[Path, list[int], int]]
) -> Iterator[pa.RecordBatch]:
    """Batches of pages still to be cleaned; where each goes is put on ``begun`` in the same order."""
    for number, files in units:
        # Each part says where the next begins, so what comes after a gap is made again.
        made = list(takewhile(is_begun, (folder / f"part-{number:05d}-{part:05d}.parquet" for part in count())))
        start = Position(*read_note(made[-1])) if made else Position(0, 0)
        if made and start.file >= len(files):
            continue
        for place, part in enumerate(read_pages(files, plan, start), len(made)):
            end = [part.end.file, part.end.page]
            begun.append((folder / f"part-{number:05d}-{place:05d}.parquet", end, part.bytes_read))
            yield part.batch
