"""Rows as columns of plain values for the report, with repeated values stored once, and how many rows fit into some bytes."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from corpus_tools.report.embed import count_bytes

DIGITS = 4
"""Decimals kept of a number."""


def to_columns(frame: pl.DataFrame, pooled: tuple[str, ...] = ()) -> dict[str, Any]:
    """``rows``: how many, and ``columns``: name -> its values, or of a pooled column ``pool`` and for each row ``at`` (-1 for null)."""
    columns = {name: _pool(frame[name]) if name in pooled else [plain(value) for value in frame[name]] for name in frame.columns}
    return {"rows": frame.height, "columns": columns}


def plain(value: Any) -> Any:
    """A value as JSON can hold it: numbers rounded, times as text; a number that is not finite is none."""
    if isinstance(value, float):
        return round(value, DIGITS) if math.isfinite(value) else None
    return value.isoformat() if hasattr(value, "isoformat") else value


def _pool(values: pl.Series) -> dict[str, Any]:
    at: dict[Any, int] = {}
    numbers = [-1 if value is None else at.setdefault(value, len(at)) for value in values]
    return {"pool": list(at), "at": numbers}


def fit(frame: pl.DataFrame, budget: int) -> pl.DataFrame:
    """The first rows of a frame that take no more than ``budget`` bytes as JSON."""
    spent = 0
    for number, row in enumerate(frame.iter_rows()):
        spent += count_bytes([plain(value) for value in row])
        if spent > budget:
            return frame.head(number)
    return frame
