"""Personal data in the columns of documents: counted in ``text``, and where the plan says so replaced wherever a page's words stand."""

from __future__ import annotations

from typing import Any

import polars as pl

from corpus_tools.kernels.normal import count_and_hash
from corpus_tools.write.personal import QUICK, count_personal, redact

COUNTS = ("emails", "phone_numbers")
"""Columns of the corpus that count."""
_TEXTS = ("text", "markdown", "title", "author")


def add_counts(rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` with the columns of ``COUNTS``, counted in ``text``."""
    found = {row: count_personal(text) for row, text in _candidates(rows["text"])}
    counted = [[found.get(row, (0, 0))[place] for row in range(rows.height)] for place in range(len(COUNTS))]
    return rows.with_columns(pl.Series(name, values, pl.Int64) for name, values in zip(COUNTS, counted, strict=True))


def redact_columns(rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` with marks in the place of e-mail addresses and telephone numbers; count and hash of words are those of the new text.

    Addresses of pages, the source and the columns that were carried stay as they are.
    """
    changed = {name: _redacted(rows[name]) for name in _TEXTS if name in rows.columns}
    texts = changed.get("text", {})
    rows = rows.with_columns(_with(rows[name], values) for name, values in changed.items())
    if texts:
        told = {row: count_and_hash(text) for row, text in texts.items()}
        rows = rows.with_columns(
            _with(rows[name], {row: pair[place] for row, pair in told.items()})
            for place, name in enumerate(("n_words", "content_hash"))
        )
    if "spam_reasons" in rows.columns:
        reasons = rows["spam_reasons"]
        shown = {
            row: _without(reasons[row].to_list()) for row in range(rows.height) if reasons[row] is not None and len(reasons[row])
        }
        rows = rows.with_columns(_with(reasons, shown))
    return rows


def _candidates(column: pl.Series) -> list[tuple[int, str]]:
    """Row and text of those that may hold anything: one pass over the column in compiled code leaves most of them out."""
    rows = column.str.contains(QUICK).fill_null(value=False).arg_true()
    return list(zip(rows.to_list(), column.gather(rows).to_list(), strict=True))


def _redacted(column: pl.Series) -> dict[int, str]:
    """Row and new text of those that hold something."""
    told = ((row, redact(text)) for row, text in _candidates(column))
    return {row: text for row, (text, emails, phones) in told if emails or phones}


def _without(reasons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [reason | {"passage": redact(reason["passage"])[0] if reason["passage"] else reason["passage"]} for reason in reasons]


def _with(column: pl.Series, changed: dict[int, Any]) -> pl.Series:
    """The column with other values in some rows."""
    if not changed:
        return column
    values = column.to_list()
    for row, value in changed.items():
        values[row] = value
    return pl.Series(column.name, values, column.dtype)
