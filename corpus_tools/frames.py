"""Frames in, the same kind of frame out; and frames of polars to Arrow and back."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import polars as pl
import pyarrow as pa

from corpus_tools.errors import PlanError

Frame = TypeVar("Frame")
"""A polars DataFrame or LazyFrame, or a pyarrow Table; the same kind comes back."""


def take(frame: Any) -> pl.DataFrame | pl.LazyFrame:
    """``frame`` for polars; PlanError if it is neither a polars frame nor an Arrow table."""
    if isinstance(frame, pl.DataFrame | pl.LazyFrame):
        return frame
    if isinstance(frame, pa.Table | pa.RecordBatch):
        return from_arrow(frame)
    raise PlanError(f"the frame is a {type(frame).__name__}", "pass a polars DataFrame or LazyFrame, or a pyarrow Table")


def give_back(table: pa.Table | pl.DataFrame, like: Any) -> Any:
    """``table`` as the kind of frame that ``like`` is."""
    if isinstance(like, pa.Table | pa.RecordBatch):
        return table.to_arrow() if isinstance(table, pl.DataFrame) else table
    frame = table if isinstance(table, pl.DataFrame) else from_arrow(table)
    return frame.lazy() if isinstance(like, pl.LazyFrame) else frame


def from_arrow(table: pa.Table | pa.RecordBatch) -> pl.DataFrame:
    """An Arrow table as a polars frame."""
    return cast(pl.DataFrame, pl.from_arrow(table))


def to_arrow(frame: pl.DataFrame) -> pa.Table:
    """A polars frame as an Arrow table, with types that every Arrow reader knows."""
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())
