"""A user's own columns in the documents: their types are chosen once the kinds of all their values are known."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.engines.context import Context
from corpus_tools.readers.rows.carried import parse_carry
from corpus_tools.store.parts import parts_schema, read_part

_TIME = pa.timestamp("us", tz="UTC")


def choose_fields(ctx: Context, sources: list[Path]) -> list[pa.Field[Any]]:
    """The carried columns of the run with their types: what all values of a column are, text where they are of several kinds."""
    carry = parse_carry(ctx.plan.read.carry)
    if not carry:
        return []
    kinds: list[set[str]] = [set() for _ in carry]
    for found in ctx.engine.map_tasks(read_kinds, sources, ctx.workers):
        for held, more in zip(kinds, found, strict=False):
            held.update(more)
    docs = [{"doc": f"the input's own field {field}"} for _, field in carry]
    return [pa.field(column, choose_type(held), metadata=doc) for (column, _), held, doc in zip(carry, kinds, docs, strict=True)]


def read_kinds(path: Path) -> list[set[str]]:
    """The kinds of the values of each carried column in one part of ``extracted``; empty if the part carries none."""
    kinds: list[set[str]] = []
    for values in read_part(path, ["carried"]).column(0).to_pylist():
        if values:
            kinds = kinds or [set() for _ in values]
            for held, value in zip(kinds, values, strict=True):
                held.update(value[:1] if value else ())
    return kinds


def choose_type(kinds: set[str]) -> pa.DataType:
    """The type that holds values of all these kinds (letters as in ``readers.rows.carried``)."""
    if kinds == {"i"}:
        return pa.int64()
    if kinds and kinds <= {"i", "f"}:
        return pa.float64()
    if kinds and kinds <= {"t", "d"}:
        return _TIME if "t" in kinds else pa.date32()
    return {"b": pa.bool_(), "l": pa.list_(pa.string())}.get("".join(kinds), pa.string())


def add_carried(documents: pa.RecordBatch, extracted: pa.RecordBatch, fields: Sequence[pa.Field[Any]]) -> pa.RecordBatch:
    """``documents`` with the carried columns of the same pages of ``extracted``."""
    if not fields:
        return documents
    ids = extracted.column("page_id").to_pylist()
    held = dict(zip(ids, extracted.column("carried").to_pylist(), strict=True))
    rows = [held[page_id] or [None] * len(fields) for page_id in documents.column("page_id").to_pylist()]
    made = [pa.array([_read_value(row[place], field.type) for row in rows], field.type) for place, field in enumerate(fields)]
    return pa.RecordBatch.from_arrays([*documents.columns, *made], schema=documents_schema(fields))


def documents_schema(fields: Sequence[pa.Field[Any]]) -> pa.Schema:
    """``tables.DOCUMENTS`` with carried columns."""
    return pa.schema([*tables.DOCUMENTS, *fields])


def same_columns(folder: Path, fields: Sequence[pa.Field[Any]]) -> bool:
    """Whether the documents in ``folder`` (an earlier run's) have these very columns."""
    held = parts_schema(folder)
    return held is None or held.remove_metadata().equals(documents_schema(fields).remove_metadata())


_READ: dict[pa.DataType, Callable[[str], Any]] = {
    pa.int64(): int,
    pa.float64(): float,
    pa.bool_(): "true".__eq__,
    pa.date32(): date.fromisoformat,
    pa.list_(pa.string()): json.loads,
}


def _read_value(value: str | None, kind: pa.DataType) -> Any:
    """A carried value as ``kind`` holds it."""
    if value is None:
        return None
    if kind == _TIME:
        return datetime.fromisoformat(value[1:] if value[0] == "t" else f"{value[1:]}T00:00:00+00:00")
    return _READ.get(kind, str)(value[1:])
