"""Frames in, the same kind of frame out, whatever library made it: which kind a frame is, and its columns for polars.

None of the libraries is imported here: whoever passes a frame has imported it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

import narwhals as nw
import polars as pl
import pyarrow as pa
from narwhals.exceptions import DuplicateError

from corpus_tools.errors import PlanError
from corpus_tools.frame_kinds import (
    TAKEN,
    BatchRows,
    DatasetRows,
    EagerRows,
    LazyRows,
    RelationRows,
    Rows,
    Texts,
    WrappedRows,
    from_arrow,
    one_batch,
    to_arrow,
)

__all__ = ["Frame", "Rows", "from_arrow", "give_back", "open_rows", "take", "to_arrow"]

Frame = TypeVar("Frame")
"""Any kind of frame that ``open_rows`` takes; the same kind comes back."""


def open_rows(frame: Any) -> Rows:
    """``frame`` to be read and given back; PlanError if it is no kind of frame that is known, or two columns have one name."""
    if isinstance(frame, pl.LazyFrame):
        return LazyRows(frame)
    if isinstance(frame, pa.RecordBatch):
        return BatchRows(frame)
    if isinstance(frame, list | tuple):
        return Texts(frame)
    if _is_of(frame, "duckdb", "DuckDBPyRelation"):
        return RelationRows(frame)
    if _is_of(frame, "datasets", "Dataset"):
        return DatasetRows(frame)
    try:
        held = nw.from_native(frame, pass_through=True)
        _ = held.columns if isinstance(held, nw.DataFrame) else []  # some libraries are asked only then
    except DuplicateError as error:
        raise PlanError(f"two columns of the frame have one name: {error}", "give every column its own name") from error
    if isinstance(held, nw.DataFrame):
        return WrappedRows(held) if isinstance(frame, nw.DataFrame) else EagerRows(held)
    hint = "collect it into a frame in memory first" if isinstance(held, nw.LazyFrame) else _hint(frame)
    raise PlanError(f"the frame is a {type(frame).__module__.split('.')[0]}.{type(frame).__name__}", hint)


def take(frame: Any, only: Collection[str] = ()) -> pl.DataFrame | pl.LazyFrame:
    """``frame`` for polars, with those of its columns that are in ``only`` if any are named; PlanError as for ``open_rows``."""
    if isinstance(frame, pl.DataFrame | pl.LazyFrame):
        return frame
    rows = open_rows(frame)
    return pl.DataFrame({name: rows.column(name) for name in rows.names if not only or name in only})


def give_back(table: pa.Table | pl.DataFrame, like: Any) -> Any:
    """``table`` as the kind of frame that ``like`` is; Arrow stays as it is, with its metadata. For a list it is a polars frame."""
    if isinstance(like, pa.Table | pa.RecordBatch):
        given = to_arrow(table) if isinstance(table, pl.DataFrame) else table
        return given if isinstance(like, pa.Table) else one_batch(given)
    return open_rows(like).table(table if isinstance(table, pl.DataFrame) else from_arrow(table))


def _is_of(frame: Any, library: str, name: str) -> bool:
    """Whether ``frame`` is an instance of a class of a library, or of one derived from it."""
    return any(one.__name__ == name and one.__module__.lstrip("_").split(".")[0] == library for one in type(frame).__mro__)


def _hint(frame: Any) -> str:
    if _is_of(frame, "datasets", "DatasetDict") or _is_of(frame, "datasets", "IterableDatasetDict"):
        return "pass one of its splits, for example dataset['train']"
    if _is_of(frame, "datasets", "IterableDataset"):
        return "load it without streaming=True, or write it to parquet files and name these to corpus_tools.run"
    return TAKEN
