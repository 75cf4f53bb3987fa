"""The embedded engine: polars frames, kernels on threads of this process."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from corpus_tools.engines import Kernel, Result, Task
from corpus_tools.manifest import Part
from corpus_tools.parts import list_parts, write_rolling


class PolarsEngine:
    """Runs in this process; kernels release the GIL, so threads use every core."""

    name = "polars"

    def scan(self, folder: Path) -> pl.LazyFrame:
        """A lazy frame over the folder's parts, in order."""
        return pl.scan_parquet(list_parts(folder))

    def map_batches(self, frame: pl.LazyFrame, kernel: Kernel, schema: pa.Schema) -> pl.LazyFrame:
        """``kernel`` over the frame; one batch, since polars hands the whole frame over."""
        wanted: Any = pl.from_arrow(schema.empty_table())

        def apply(data: pl.DataFrame) -> pl.DataFrame:
            table = data.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
            batches = table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
            made: Any = pl.from_arrow(pa.Table.from_batches([kernel(batch) for batch in batches], schema=schema))
            return made  # type: ignore[no-any-return]

        return frame.map_batches(apply, schema=wanted.schema)

    def map_tasks(self, function: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> Iterator[Result]:
        """``function`` over ``tasks`` on threads; never more than two tasks a worker are under way."""
        if workers <= 1:
            yield from map(function, tasks)
            return
        with ThreadPoolExecutor(workers) as pool:
            waiting: deque[Future[Result]] = deque()
            for task in tasks:
                waiting.append(pool.submit(function, task))
                if len(waiting) >= 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def checkpoint(self, rows: Iterable[pa.RecordBatch], folder: Path, schema: pa.Schema, rows_per_file: int) -> list[Part]:
        """Write rows as ``part-00000.parquet`` ... of the folder."""
        return write_rolling(folder, "part", rows, schema, rows_per_file)

    def close(self) -> None:
        """Nothing is held."""
