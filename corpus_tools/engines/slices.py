"""Rows in sorted pieces on disk to part files of an even size, one task per file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_tools.store.backing import here
from corpus_tools.store.manifest import Part
from corpus_tools.store.parts import ROW_GROUP, even_batches, write_part


@dataclass(frozen=True)
class Slice:
    """Rows ``start`` to ``stop`` of a piece."""

    path: Path
    start: int
    stop: int


def cut_files(pieces: Sequence[tuple[Path, int]], rows_per_file: int) -> list[tuple[int, tuple[Slice, ...]]]:
    """The number of each file of ``rows_per_file`` rows, and what it takes from the pieces (path, rows), in order.

    The last file may be smaller; without rows there is one that takes nothing.
    """
    files: list[list[Slice]] = []
    room = 0
    for path, rows in pieces:
        start = 0
        while start < rows:
            if room == 0:
                files.append([])
                room = rows_per_file
            take = min(room, rows - start)
            files[-1].append(Slice(path, start, start + take))
            start, room = start + take, room - take
    return [(number, tuple(file)) for number, file in enumerate(files or [[]])]


def write_slices(task: tuple[int, tuple[Slice, ...]], folder: Path, schema: pa.Schema) -> Part:
    """Write file ``part-NUMBER.parquet`` of ``folder`` from its slices; a row group of the pieces is in memory at a time."""
    number, slices = task
    rows = (batch.cast(schema) for one in slices for batch in read_slice(one))
    return write_part(folder / f"part-{number:05d}.parquet", even_batches(rows, ROW_GROUP), schema)


def read_slice(wanted: Slice) -> Iterator[pa.RecordBatch]:
    """The rows of a slice in batches."""
    at = 0
    with pq.ParquetFile(here(wanted.path)) as file:
        for batch in file.iter_batches(batch_size=ROW_GROUP):
            start, stop = max(wanted.start - at, 0), min(wanted.stop - at, batch.num_rows)
            if start < stop:
                yield batch.slice(start, stop - start)
            at += batch.num_rows
            if at >= wanted.stop:
                return
