"""Spark frames of parts in a store, and frames written there: each task fetches its parts, or puts the one it made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import TaskContext
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.sql.types import StructType

from corpus_tools.engines import sending
from corpus_tools.store.backing import backing_of, here
from corpus_tools.store.parts import even_batches, name_parts, read_schema, write_part

BYTES_A_TASK = 64 << 20
"""Bytes of parts that a task reads, about, where there are enough of them for every core."""
READ_ROWS = 2_000
HELD_ROWS = 20_000
"""Rows of a row group of what is held in the store for a while."""
_WRITTEN = "name string, rows long, puts binary"


def scan_stored(session: SparkSession, folder: Path, part: str, stem: str, columns: Sequence[str]) -> DataFrame:
    """``SparkEngine.scan`` of a table in a store."""
    paths = name_parts(folder, stem)
    held = read_schema(paths[0])
    fields = [held.field(name) for name in columns or held.names] + ([pa.field(part, pa.string())] if part else [])
    return read_stored(session, paths, from_arrow_schema(plain_schema(pa.schema(fields))), part)


def read_stored(session: SparkSession, paths: Sequence[Path], schema: StructType, part: str = "") -> DataFrame:
    """The rows of parts in a store, with the columns of ``schema``; ``part`` is the one for the name of each row's file."""
    if not paths:
        return session.createDataFrame([], schema)
    keeper = backing_of(paths[0])
    size = sum(keeper.size(path) for path in paths) if keeper is not None else 0
    tasks = min(len(paths), max(session.sparkContext.defaultParallelism, size // BYTES_A_TASK))
    read = sending.send(partial(_read_parts, paths=list(paths), columns=[n for n in schema.names if n != part], part=part))
    return session.range(0, len(paths), 1, tasks).mapInArrow(one_argument(read), schema)


def _read_parts(
    batches: Iterable[pa.RecordBatch], paths: Sequence[Path], columns: list[str], part: str
) -> Iterator[pa.RecordBatch]:
    """On an executor: the rows of the parts whose numbers stand in ``batches``; one part at a time is here."""
    for batch in batches:
        for number in batch.column(0).to_pylist():
            path = paths[number]
            with pq.ParquetFile(here(path)) as file:
                path.unlink(missing_ok=True)  # it is open
                for rows in file.iter_batches(READ_ROWS, columns=columns):
                    chosen = rows.select(columns)
                    if part:
                        chosen = chosen.append_column(part, pa.array([path.name] * rows.num_rows, pa.string()))
                    yield from plain_table(pa.Table.from_batches([chosen])).to_batches()


def hold_stored(frame: DataFrame, folder: Path) -> list[Path]:
    """Work ``frame`` out into parts below ``folder``, one a task that has rows."""
    write = sending.send(partial(_write_rows, folder=folder, schema=to_arrow_schema(frame.schema)))
    rows = frame.mapInArrow(one_argument(write), _WRITTEN).toArrow().sort_by("name").to_pylist()
    for row in rows:
        sending.receive(row["puts"])
    return [folder / row["name"] for row in rows]


def _write_rows(batches: Iterator[pa.RecordBatch], folder: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """On an executor: write one partition as a part, if it has rows. Each attempt has a name of its own."""
    first = next((batch for batch in batches if batch.num_rows), None)
    if first is None:
        return
    context = TaskContext.get()
    assert context is not None  # noqa: S101 - we are in a task
    path = folder / f"part-{context.partitionId():06d}-{context.taskAttemptId()}.parquet"

    def rows() -> Iterator[pa.RecordBatch]:
        yield first
        yield from batches

    written = write_part(path, even_batches((batch.cast(schema) for batch in rows()), HELD_ROWS), schema, level=1)
    yield pa.RecordBatch.from_pydict({"name": [path.name], "rows": [written.rows], "puts": [sending.send_back(None)]})


def one_argument(function: Callable[..., Iterator[pa.RecordBatch]]) -> Callable[[Iterator[pa.RecordBatch]], Any]:
    """``function`` as Spark wants to see it."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return function(batches)

    return run


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema with types that Spark's Arrow reader takes whatever its settings: no large offsets."""
    small = {pa.large_string(): pa.string(), pa.large_binary(): pa.binary()}
    return pa.schema([pa.field(field.name, small.get(field.type, field.type)) for field in schema])


def plain_table(table: pa.Table) -> pa.Table:
    """The table as ``plain_schema`` has it."""
    return table.cast(plain_schema(table.schema))
