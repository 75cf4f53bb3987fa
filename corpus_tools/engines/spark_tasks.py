"""What executors do of ours: work tasks by their numbers, and write the pieces of a sorted table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark import TaskContext

from corpus_tools.engines import sending
from corpus_tools.errors import CorpusError, RunError
from corpus_tools.store.parts import write_part


def run_tasks(batches: Iterator[pa.RecordBatch], function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[pa.RecordBatch]:
    """On an executor: work the tasks whose numbers stand in ``batches``."""
    for batch in batches:
        for number in batch.column(0).to_pylist():
            result: Any
            try:
                result = function(tasks[number])
            except CorpusError as error:  # the same on every attempt
                result = error
            except FileNotFoundError as error:
                raise RunError(
                    f"{error.filename} is not on a machine of the cluster",
                    "sources, earlier run and run folder lie in a store, or under the same path on every machine",
                ) from None
            yield pa.RecordBatch.from_pydict({"id": [number], "result": [sending.send_back(result)]})


def piece_name(piece: int) -> str:
    """The file of a sorted piece."""
    return f"piece-{piece:06d}.parquet"


def write_piece(batches: Iterator[pa.RecordBatch], folder: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """On an executor: write one sorted partition as a file and return how many rows it has."""
    context = TaskContext.get()
    assert context is not None  # noqa: S101 - we are in a task
    piece = context.partitionId()
    written = write_part(folder / piece_name(piece), (batch.cast(schema) for batch in batches), schema, level=1)
    yield pa.RecordBatch.from_pydict({"piece": pa.array([piece], pa.int32()), "rows": [written.rows]})
