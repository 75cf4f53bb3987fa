"""Finds a field of a row by its name or by the path to it, as in ``metadata.url``."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from typing import Any, Final

MISSING: Final = object()
"""What ``find_field`` gives where there is no such field; a field that is null is there."""

MAX_PACKED = 1 << 16
"""Characters of an object stored as text (``"{'url': ...}"``) that is looked into, at most."""


def find_field(row: Mapping[str, Any], name: str) -> Any:
    """The value of the field called ``name``, whatever the case, or of the one that the path leads to; else MISSING."""
    value = _own(row, name)
    if value is not MISSING or "." not in name:
        return value
    head, _, rest = name.partition(".")
    while rest:
        inner = as_mapping(_own(row, head))
        if inner is not None and (value := find_field(inner, rest)) is not MISSING:
            return value
        more, _, rest = rest.partition(".")
        head = f"{head}.{more}"
    return MISSING


def _own(row: Mapping[str, Any], name: str) -> Any:
    if name in row:
        return row[name]
    folded = name.casefold()
    return next((value for key, value in row.items() if isinstance(key, str) and key.casefold() == folded), MISSING)


def as_mapping(value: Any) -> Mapping[str, Any] | None:
    """``value`` as an object: it is one, or a list of pairs (a parquet map), or one written as JSON or Python; else None."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list) and value and all(isinstance(one, tuple) and len(one) == 2 for one in value):
        return {str(key): held for key, held in value}
    if isinstance(value, str) and value.startswith("{") and len(value) <= MAX_PACKED:
        for read in (json.loads, ast.literal_eval):
            try:
                found = read(value)
            except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
                continue
            return found if isinstance(found, Mapping) else None
    return None
