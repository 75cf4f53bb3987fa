"""A user's own columns on their way through: each value as a text that says what kind it was, so that types are chosen knowing all.

The first letter of such a text is the kind: s text, i whole number, f number, b true or false, t time, d day,
l list of texts (as JSON), j anything else (as JSON).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote

from corpus_tools import tables
from corpus_tools.errors import PlanError
from corpus_tools.readers.draft import make_storable
from corpus_tools.readers.rows.lookup import MISSING, find_field

MAX_CARRIED = 1 << 20
"""Bytes of one carried value."""

_INT64 = 1 << 63
_NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"


def parse_carry(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Columns and the fields that hold them: 'lang' is both, 'metadata.lang' becomes column lang, 'code=lang' column code.

    Raises PlanError for a column that the corpus has already.
    """
    found = []
    taken = {name.casefold() for name in tables.CORPUS.names}
    for name in names:
        column, equals, field = name.partition("=")
        column, field = (column, field) if equals else (name.rpartition(".")[2], name)
        if not column.strip() or not field.strip():
            raise PlanError(f"read.carry holds {name!r}", "name a field, a path to one, or column=field")
        if column.casefold() in taken:
            raise PlanError(
                f"read.carry would make a second column {column!r} in the corpus", f"give it another name: input_{column}={field}"
            )
        taken.add(column.casefold())
        found.append((column, field))
    return tuple(found)


def carry_values(row: Mapping[str, Any], carry: Sequence[tuple[str, str]]) -> tuple[list[str | None] | None, str]:
    """The carried values of a row, in order, and why they cannot be carried ('' if they can); None if none are asked for."""
    if not carry:
        return None, ""
    values = [write_value(find_field(row, field)) for _, field in carry]
    for place, value in enumerate(values):
        if value is not None and len(value.encode()) > MAX_CARRIED:
            return [None] * len(values), f"its field {carry[place][1]!r} is larger than {MAX_CARRIED} bytes and cannot be carried"
    return values, ""


def write_value(value: Any) -> str | None:
    """A value with the letter of its kind before it; None for null, for what is missing and for numbers that are none."""
    if value is MISSING or value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, str):
        return "s" + make_storable(value)
    if isinstance(value, bytes):
        return "s" + make_storable(value.decode("utf-8", "replace"))
    if isinstance(value, bool):
        return f"b{'true' if value else 'false'}"
    if isinstance(value, int):
        return f"i{value}" if -_INT64 <= value < _INT64 else f"j{value}"
    if isinstance(value, float):
        return f"f{value!r}"
    if isinstance(value, datetime):
        return "t" + (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return f"d{value.isoformat()}"
    letter = "l" if isinstance(value, list) and all(isinstance(one, str) for one in value) else "j"
    return letter + make_storable(json.dumps(value, sort_keys=True, default=str, ensure_ascii=False))


def read_partitions(parts: Sequence[str]) -> dict[str, str | None]:
    """Names and values of Hive partitions in the folders of a path: ('lang=de', 'part-0.parquet') holds lang, de."""
    found: dict[str, str | None] = {}
    for part in parts[:-1]:
        name, equals, value = part.partition("=")
        if equals and name:
            found[unquote(name)] = None if value == _NULL_PARTITION else unquote(value)
    return found


def add_partitions(
    values: list[str | None] | None, fields: Sequence[str], partitions: Mapping[str, str | None]
) -> list[str | None]:
    """The carried values of a page, those of Hive partitions where it has none of its own."""
    own = values or [None] * len(fields)
    return [write_value(partitions.get(field)) if value is None else value for value, field in zip(own, fields, strict=True)]
