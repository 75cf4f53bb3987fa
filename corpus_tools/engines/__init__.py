"""Engines decide where a plan runs: the protocol they share, and how one is opened by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from corpus_tools.errors import MissingExtraError, PlanError
from corpus_tools.store.manifest import Part

Task = TypeVar("Task")
Result = TypeVar("Result")
Kernel = Callable[[pa.RecordBatch], pa.RecordBatch]
GroupKernel = Callable[[pa.Table, pa.Table], pa.Table]


class Engine(Protocol):
    """Where frames live and kernels run. The rows that come out never depend on the engine."""

    name: str
    distributed: bool
    """Whether work is spread over machines: a stage then takes relational steps and tasks over part files,
    where one machine holds arrays."""

    def scan(self, folder: Path, part: str = "", stem: str = "part") -> Any:
        """A lazy frame over ``stem-*.parquet`` of a folder; ``part`` names a column to add with each row's file name."""

    def frame(self, table: pa.Table) -> Any:
        """A lazy frame of a small table."""

    def map_batches(self, frame: Any, kernel: Kernel, schema: pa.Schema) -> Any:
        """A lazy frame of ``kernel`` applied to Arrow batches of ``frame``; it may return fewer rows or more."""

    def map_groups(self, left: Any, right: Any, by: str, kernel: GroupKernel, schema: pa.Schema) -> Any:
        """A lazy frame of ``kernel`` applied to the rows of both frames that share a value of ``by``; one side may be empty."""

    def map_tasks(self, function: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> Iterator[Result]:
        """``function`` over ``tasks``, results in order; the function must be picklable."""

    def hold(self, frame: Any, folder: Path) -> Any:
        """``frame`` worked out once; an engine that keeps rows on disk keeps them in ``folder``."""

    def stream(self, frame: Any, folder: Path) -> Iterator[pa.RecordBatch]:
        """The rows of a frame whose size does not grow with the corpus, in no order, a batch at a time, by way of ``folder``."""

    def checkpoint(self, rows: Iterable[pa.RecordBatch], folder: Path, schema: pa.Schema, rows_per_file: int) -> list[Part]:
        """Write rows as the parts of a folder."""

    def checkpoint_sorted(
        self, frame: Any, folder: Path, schema: pa.Schema, rows_per_file: int, by: Sequence[str], falling: Sequence[str] = ()
    ) -> list[Part]:
        """Write a frame, sorted by unique keys, as ``checkpoint`` writes the same rows: the same bytes.

        Keys that stand in ``falling`` too are sorted from high to low.
        """

    def close(self) -> None:
        """Give back what the engine holds."""


class Session(Protocol):
    """A SparkSession with its Java process; sessions of Spark Connect have none."""

    @property
    def sparkContext(self) -> Any:  # noqa: N802 - Spark's name
        """What tells it from other objects."""


def open_engine(name: str | Engine | Session) -> Engine:
    """The engine called ``name``: polars, spark, or a Spark master such as local[4], spark://HOST:7077, yarn or k8s://HOST.

    An engine is given back as it is; a SparkSession becomes an engine that uses it and leaves it running.
    Raises PlanError if there is no such engine, MissingExtraError if what it needs is not installed.
    """
    if not isinstance(name, str):
        return _open_spark("", name) if hasattr(name, "sparkContext") else _checked(name)
    if name == "polars":
        from corpus_tools.engines.polars import PolarsEngine

        return PolarsEngine()
    if name == "spark" or name == "yarn" or name.startswith(("spark://", "local", "k8s://")):
        return _open_spark("" if name == "spark" else name)
    raise PlanError(f"there is no engine called {name!r}", "choose polars, spark, or a Spark master such as spark://HOST:7077")


def _checked(given: Any) -> Engine:
    if not hasattr(given, "map_tasks"):
        raise PlanError(
            f"engine is a {type(given).__name__}",
            "pass the name of an engine, an Engine, or a SparkSession (but not one of Spark Connect)",
        )
    engine: Engine = given
    return engine


def _open_spark(master: str, session: Any = None) -> Engine:
    for name in ("pyspark", "pandas"):  # Spark's Arrow path needs pandas
        if find_spec(name) is None:
            raise MissingExtraError(f"the Spark engine needs {name}", "install it with: pip install 'corpus-tools[spark]'")
    from corpus_tools.engines.spark import SparkEngine

    return SparkEngine(session, master)
