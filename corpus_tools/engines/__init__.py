"""Engines decide where a plan runs: the protocol they share, and how one is opened by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from corpus_tools.errors import PlanError
from corpus_tools.manifest import Part

Task = TypeVar("Task")
Result = TypeVar("Result")
Kernel = Callable[[pa.RecordBatch], pa.RecordBatch]


class Engine(Protocol):
    """Where frames live and kernels run. The rows that come out never depend on the engine."""

    name: str

    def scan(self, folder: Path) -> Any:
        """A lazy frame over all parts of a sealed folder."""

    def map_batches(self, frame: Any, kernel: Kernel, schema: pa.Schema) -> Any:
        """A lazy frame of ``kernel`` applied to Arrow batches of ``frame``; rows in the same order."""

    def map_tasks(self, function: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> Iterator[Result]:
        """``function`` over ``tasks``, results in order; the function must be picklable."""

    def checkpoint(self, rows: Iterable[pa.RecordBatch], folder: Path, schema: pa.Schema, rows_per_file: int) -> list[Part]:
        """Write rows as the parts of a folder."""

    def close(self) -> None:
        """Give back what the engine holds."""


def open_engine(name: str) -> Engine:
    """The engine called ``name``; PlanError if there is none."""
    if name == "polars":
        from corpus_tools.engines.polars import PolarsEngine

        return PolarsEngine()
    raise PlanError(f"engine is {name!r}, which is not known", "choose polars")
