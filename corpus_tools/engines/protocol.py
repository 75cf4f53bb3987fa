"""What an engine is: where frames live and kernels run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import pyarrow as pa

    from corpus_tools.store.manifest import Part

Task = TypeVar("Task")
Result = TypeVar("Result")
Kernel = Callable[["pa.RecordBatch"], "pa.RecordBatch"]
GroupKernel = Callable[["pa.Table", "pa.Table"], "pa.Table"]
BucketKernel = Callable[["pa.Table"], "pa.Table"]


class Engine(Protocol):
    """Where frames live and kernels run. The rows that come out never depend on the engine."""

    name: str
    distributed: bool
    """Whether work is spread over machines: a stage then takes relational steps and tasks over part files,
    where one machine holds arrays."""

    def scan(self, folder: Path, part: str = "", stem: str = "part", columns: Sequence[str] = ()) -> Any:
        """A lazy frame over ``stem-*.parquet`` of a folder, with ``columns`` (all for none).

        ``part`` names a column to add with each row's file name.
        """

    def frame(self, table: pa.Table) -> Any:
        """A lazy frame of a small table."""

    def map_batches(self, frame: Any, kernel: Kernel, schema: pa.Schema) -> Any:
        """A lazy frame of ``kernel`` applied to Arrow batches of ``frame``; it may return fewer rows or more."""

    def map_groups(self, left: Any, right: Any, by: str, kernel: GroupKernel, schema: pa.Schema) -> Any:
        """A lazy frame of ``kernel`` applied to the rows of both frames that share a value of ``by``; one side may be empty."""

    def map_buckets(self, frame: Any, by: str, kernel: BucketKernel, schema: pa.Schema) -> Any:
        """A lazy frame of ``kernel`` applied to the rows of ``frame`` that share a value of ``by``."""

    def number_rows(self, frame: Any, by: str, name: str, folder: Path) -> Any:
        """``frame``, worked out once as by ``hold``, with a column ``name``: 0, 1, 2 ... in the order of ``by``, whose values are distinct."""

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
