"""The embedded engine: polars frames, kernels on threads of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pyarrow as pa

from corpus_tools.engines.protocol import BucketKernel, GroupKernel, Kernel, Result, Task
from corpus_tools.engines.threads import map_on_threads
from corpus_tools.frames import from_arrow, to_arrow
from corpus_tools.store.manifest import Part
from corpus_tools.store.parts import ROW_GROUP, even_batches, list_parts, write_rolling


class PolarsEngine:
    """Runs in this process; kernels release the GIL, so threads use every core."""

    name = "polars"
    distributed = False

    def scan(self, folder: Path, part: str = "", stem: str = "part", columns: Sequence[str] = ()) -> pl.LazyFrame:
        """A lazy frame over the folder's parts, in order; ``part`` names a column to add with each row's file name."""
        frame = pl.scan_parquet(list_parts(folder, stem), include_file_paths=part or None)
        frame = frame.select(*columns, *filter(None, [part])) if columns else frame
        return frame.with_columns(pl.col(part).str.split("/").list.last()) if part else frame

    def frame(self, table: pa.Table) -> pl.LazyFrame:
        """A lazy frame of a table."""
        return from_arrow(table).lazy()

    def map_batches(self, frame: pl.LazyFrame, kernel: Kernel, schema: pa.Schema) -> pl.LazyFrame:
        """``kernel`` over the frame; one batch, since polars hands the whole frame over."""

        def apply(data: pl.DataFrame) -> pl.DataFrame:
            return from_arrow(pa.Table.from_batches([kernel(batch).cast(schema) for batch in _batches(data)], schema=schema))

        return frame.map_batches(apply, schema=from_arrow(schema.empty_table()).schema)

    def map_groups(self, left: pl.LazyFrame, right: pl.LazyFrame, by: str, kernel: GroupKernel, schema: pa.Schema) -> pl.LazyFrame:
        """``kernel`` over the rows of both frames that share a value of ``by``, one value after the other."""
        sides = [frame.collect() for frame in (left, right)]
        groups = [side.partition_by(by, as_dict=True) for side in sides]
        made = [
            kernel(
                *(pa.Table.from_batches(_batches(group.get(key, side.clear()))) for group, side in zip(groups, sides, strict=True))
            )
            for key in dict.fromkeys([*groups[0], *groups[1]])
        ]
        return from_arrow(pa.concat_tables([schema.empty_table(), *(table.cast(schema) for table in made)])).lazy()

    def map_buckets(self, frame: pl.LazyFrame, by: str, kernel: BucketKernel, schema: pa.Schema) -> pl.LazyFrame:
        """``kernel`` over the rows that share a value of ``by``, one value after the other."""
        made = [kernel(pa.Table.from_batches(_batches(rows))).cast(schema) for rows in frame.collect().partition_by(by)]
        return from_arrow(pa.concat_tables([schema.empty_table(), *made])).lazy()

    def number_rows(self, frame: pl.LazyFrame, by: str, name: str, folder: Path) -> pl.LazyFrame:
        """``frame`` in the order of ``by``, its rows numbered."""
        return self.hold(frame.sort(by).with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(name)), folder)

    def map_tasks(self, function: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> Iterator[Result]:
        """``function`` over ``tasks`` on threads; never more than two tasks per worker are under way."""
        if workers <= 1:
            yield from map(function, tasks)
            return
        with ThreadPoolExecutor(workers) as pool:
            yield from map_on_threads(pool, function, tasks, 2 * workers)

    def checkpoint(self, rows: Iterable[pa.RecordBatch], folder: Path, schema: pa.Schema, rows_per_file: int) -> list[Part]:
        """Write rows as ``part-00000.parquet`` ... of the folder."""
        return write_rolling(folder, "part", even_batches(rows, ROW_GROUP), schema, rows_per_file)

    def checkpoint_sorted(
        self,
        frame: pl.LazyFrame,
        folder: Path,
        schema: pa.Schema,
        rows_per_file: int,
        by: Sequence[str],
        falling: Sequence[str] = (),
    ) -> list[Part]:
        """Sort, then write as ``checkpoint`` does."""
        rows = frame.select(schema.names).sort(by, descending=[name in falling for name in by]).collect()
        return self.checkpoint((batch.cast(schema) for batch in _batches(rows)), folder, schema, rows_per_file)

    def stream(self, frame: pl.LazyFrame, folder: Path) -> Iterator[pa.RecordBatch]:
        """The rows as one batch."""
        yield from _batches(frame.collect())

    def hold(self, frame: pl.LazyFrame, folder: Path) -> pl.LazyFrame:
        """``frame`` worked out, in memory."""
        return frame.collect().lazy()

    def close(self) -> None:
        """Nothing is held."""


def _batches(data: pl.DataFrame) -> list[pa.RecordBatch]:
    """The frame as one batch, with types that every Arrow reader knows; one without rows if it has none."""
    table = to_arrow(data).combine_chunks()
    return table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
