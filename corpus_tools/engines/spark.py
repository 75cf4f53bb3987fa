"""The distributed engine: Spark frames, kernels and tasks on executors that share a file system with the driver, or a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name it goes by everywhere
from pyspark.sql.pandas.types import from_arrow_schema

from corpus_tools.engines import sending, stored_frames
from corpus_tools.engines.protocol import BucketKernel, GroupKernel, Kernel, Result, Task
from corpus_tools.engines.slices import cut_files, write_slices
from corpus_tools.engines.spark_session import active_session, make_session, told
from corpus_tools.engines.spark_tasks import piece_name, run_tasks, write_piece
from corpus_tools.engines.stored_frames import one_argument, plain_table
from corpus_tools.errors import CorpusError
from corpus_tools.store.backing import backing_of, clear, here
from corpus_tools.store.manifest import Part
from corpus_tools.store.parts import ROW_GROUP, even_batches, list_parts, write_rolling

TASKS_PER_JOB = 2_000
"""Tasks handed to Spark at a time: what the driver holds of results, and how often progress moves."""
ROUNDS = 8
"""Spark tasks a core that a job of ours is cut into at most: enough for slow ones to be evened out."""
STREAM_ROWS = 1_000
"""Rows that ``stream`` has in the driver's memory at a time."""
_BATCH_ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"
_SETTINGS = {
    _BATCH_ROWS: "2000",  # a batch of pairs carries two texts a row
    "spark.sql.session.timeZone": "UTC",
}
_SETTINGS_FOR_STORES = {
    # Spark takes a table in a store for a few bytes, and would send all of it through the driver to every executor.
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.adaptive.autoBroadcastJoinThreshold": "10MB",  # by what a step has really made
}
_PIECE, _PLACE_BITS = "_piece", 33
"""The column for the sorted piece a row is in, and the bits that Spark counts the rows of a piece with."""
_PARTITIONS = "spark.sql.shuffle.partitions"
_SPARKS_PARTITIONS = 200
_PARTITIONS_A_CORE = 16
"""Pieces of a shuffle for each core, where nobody set their number: Spark's own number is for clusters."""


class SparkEngine:
    """Runs on Spark. Sources and run folder must lie under the same paths on the driver and on every executor, or in stores.

    ``session`` is used if given, else the active session, else one is made for ``master`` (the
    environment's SPARK_MASTER, spark-submit's own, or local[*] if empty) and stopped by ``close``.
    What needs it raises MissingExtraError where a session must be made and there is no Java, PlanError
    where ``master`` is not that of the active session (a process has one).
    """

    name = "spark"
    distributed = True

    def __init__(self, session: SparkSession | None = None, master: str = "") -> None:
        self._given, self._master = session, master
        self._owns = False
        self._before: dict[str, str | None] = {}

    @cached_property
    def session(self) -> SparkSession:
        """The session, found or made when it is first needed: a run with nothing to do starts none."""
        found = self._given or active_session(self._master)
        session = found or make_session(self._master)
        self._owns = found is None
        self._set(session, _SETTINGS)
        if session.conf.get(_PARTITIONS, None) is None:
            self._set(
                session, {_PARTITIONS: str(min(_SPARKS_PARTITIONS, _PARTITIONS_A_CORE * session.sparkContext.defaultParallelism))}
            )
        return session

    def _set(self, session: SparkSession, settings: Mapping[str, str]) -> None:
        """Settings for as long as the engine is open."""
        for name, value in settings.items():
            self._before.setdefault(name, session.conf.get(name, None))
            session.conf.set(name, value)

    def _stored_session(self) -> SparkSession:
        """The session, to read tables in a store."""
        self._set(self.session, _SETTINGS_FOR_STORES)
        return self.session

    def scan(self, folder: Path, part: str = "", stem: str = "part", columns: Sequence[str] = ()) -> DataFrame:
        """A lazy frame over the folder's parts, in no order; ``part`` names a column to add with each row's file name."""
        if backing_of(folder) is not None:
            return stored_frames.scan_stored(self._stored_session(), folder, part, stem, columns)
        # An ancient date is no reason to fail: pyarrow and polars write the calendar that Spark 3 and later read.
        listed = list_parts(folder, stem)
        folder, stem = (folder / stem).parent, Path(stem).name
        reader = self.session.read.option("pathGlobFilter", f"{stem}-*.parquet").option("datetimeRebaseMode", "CORRECTED")
        # Spark lists one folder faster than many files; a file that is no part of the table must not be among them.
        places = [folder] if {*folder.glob(f"{stem}-*.parquet")} == {*listed} else listed
        frame = reader.parquet(*(place.absolute().as_uri() for place in places))
        frame = frame.select(*columns, *(["_metadata"] if part else [])) if columns else frame
        return frame.withColumn(part, F.col("_metadata.file_name")) if part else frame

    def frame(self, table: pa.Table) -> DataFrame:
        """A lazy frame of a table that the driver holds."""
        return self.session.createDataFrame(plain_table(table), schema=from_arrow_schema(table.schema))

    def map_batches(self, frame: DataFrame, kernel: Kernel, schema: pa.Schema) -> DataFrame:
        """``kernel`` over Arrow batches, wherever they are (``mapInArrow``)."""

        sent = sending.send(kernel)

        def apply(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                yield from plain_table(pa.Table.from_batches([sent(batch).cast(schema)])).to_batches()

        return frame.mapInArrow(apply, from_arrow_schema(schema))

    def map_groups(self, left: DataFrame, right: DataFrame, by: str, kernel: GroupKernel, schema: pa.Schema) -> DataFrame:
        """``kernel`` over the rows of both frames that share a value of ``by``; one group is in an executor's memory."""

        sent = sending.send(kernel)

        def apply(one: pa.Table, other: pa.Table) -> pa.Table:
            return plain_table(sent(one, other).cast(schema))

        return left.groupBy(by).cogroup(right.groupBy(by)).applyInArrow(apply, from_arrow_schema(schema))

    def map_buckets(self, frame: DataFrame, by: str, kernel: BucketKernel, schema: pa.Schema) -> DataFrame:
        """``kernel`` over the rows that share a value of ``by``; those of one value are in an executor's memory."""

        sent = sending.send(kernel)

        def apply(rows: pa.Table) -> pa.Table:
            return plain_table(sent(rows).cast(schema))

        return frame.groupBy(by).applyInArrow(apply, from_arrow_schema(schema))

    def number_rows(self, frame: DataFrame, by: str, name: str, folder: Path) -> DataFrame:
        """``frame``, sorted and held: a row's number is its place in its sorted piece and the rows of the pieces before.

        One row per sorted piece reaches the driver.
        """
        piece, place = F.spark_partition_id(), F.monotonically_increasing_id().bitwiseAND((1 << _PLACE_BITS) - 1)
        held = self.hold(frame.orderBy(by).withColumns({_PIECE: piece, name: place}), folder)
        with told():
            counted = held.groupBy(_PIECE).count().toArrow().to_pydict()
        sizes = dict(zip(counted[_PIECE], counted["count"], strict=True))
        before = [0, *accumulate(sizes.get(at, 0) for at in range(max(sizes, default=0)))]
        return held.withColumn(name, F.col(name) + F.element_at(F.lit(before), F.col(_PIECE) + 1)).drop(_PIECE)

    def map_tasks(self, function: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> Iterator[Result]:
        """``function`` over ``tasks`` on the executors: Spark tries again what a lost executor had.

        A Spark task costs about 0.15 CPU seconds whatever it does, so if there are many more tasks than cores it
        takes several neighbouring ones of ours. ``workers`` is not used: the cluster has its own. A CorpusError comes
        back as itself.
        """
        for start in range(0, len(tasks), TASKS_PER_JOB):
            chosen = tasks[start : start + TASKS_PER_JOB]
            slots = ROUNDS * self.session.sparkContext.defaultParallelism
            ids = self.session.range(0, len(chosen), 1, min(len(chosen), slots))
            with told():
                run = one_argument(sending.send(partial(run_tasks, function=function, tasks=chosen)))
                rows = ids.mapInArrow(run, "id long, result binary").toArrow()
            # All of them first: what tasks put is to be known before one of them raises.
            values = [sending.receive(result) for result in rows.sort_by("id")["result"].to_pylist()]
            for value in values:
                if isinstance(value, CorpusError):
                    raise value
                yield value

    def hold(self, frame: DataFrame, folder: Path) -> DataFrame:
        """``frame`` worked out into parquet files in ``folder``: they outlive the executors that wrote them."""
        paths = _write_out(frame, folder)
        if backing_of(folder) is not None:
            return stored_frames.read_stored(self._stored_session(), paths, frame.schema)
        return self.session.read.schema(frame.schema).parquet(folder.absolute().as_uri())

    def stream(self, frame: DataFrame, folder: Path) -> Iterator[pa.RecordBatch]:
        """The rows, written by the executors and read by the driver ``STREAM_ROWS`` at a time."""
        for path in _write_out(frame, folder):
            with pq.ParquetFile(here(path)) as file:
                yield from file.iter_batches(STREAM_ROWS)

    def checkpoint(self, rows: Iterable[pa.RecordBatch], folder: Path, schema: pa.Schema, rows_per_file: int) -> list[Part]:
        """Write rows that the driver streams as ``part-00000.parquet`` ... of the folder."""
        return write_rolling(folder, "part", even_batches(rows, ROW_GROUP), schema, rows_per_file)

    def checkpoint_sorted(
        self,
        frame: DataFrame,
        folder: Path,
        schema: pa.Schema,
        rows_per_file: int,
        by: Sequence[str],
        falling: Sequence[str] = (),
    ) -> list[Part]:
        """Sort over the executors, then have each part file written by a task from the sorted pieces it spans.

        One row per sorted piece and one per part file reach the driver.
        """
        scratch = folder.absolute() / ".sorted"
        clear(scratch)
        scratch.mkdir(parents=True)
        held = self.hold(frame.select(schema.names), scratch / "rows")  # a sort reads its input twice
        ordered = held.orderBy(*[F.col(name).desc() if name in falling else F.col(name) for name in by])
        write = one_argument(sending.send(partial(write_piece, folder=scratch, schema=schema)))
        with told():
            pieces = ordered.mapInArrow(write, "piece int, rows long").toArrow()
        counts = [(scratch / piece_name(row["piece"]), row["rows"]) for row in pieces.sort_by("piece").to_pylist()]
        tasks = cut_files(counts, rows_per_file)
        parts = list(self.map_tasks(partial(write_slices, folder=folder.absolute(), schema=schema), tasks, 0))
        clear(scratch)
        return parts

    def close(self) -> None:
        """Stop the session if it was made here, else leave it as it was found."""
        session = self.__dict__.pop("session", None)
        if session is not None and self._owns:
            session.stop()
        elif session is not None:
            for name, value in self._before.items():
                if value is None:
                    session.conf.unset(name)
                else:
                    session.conf.set(name, value)


def _write_out(frame: DataFrame, folder: Path) -> list[Path]:
    """Work ``frame`` out into parquet files in ``folder``, by the executors; the files."""
    with told():
        if backing_of(folder) is not None:
            return stored_frames.hold_stored(frame, folder)
        frame.write.mode("overwrite").parquet(folder.absolute().as_uri())
    return sorted(folder.glob("part-*.parquet"))
