"""Rows of extracted pages, whoever cleans them: equal pages are one, a page that yields nothing is a row with a reason."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.cut import Cut

IDENTITY = ("page_id", "source_id", "url", "site", "source", "fetched_at", "truncated", "carried")
"""Columns of a page that do not depend on its content."""

GIVEN_UP = "given up because of the machine: "
"""How the reason of a rejected page begins that another run with the source tries again."""

_CONTENT = ("raw", "text", "content_type", "charset", "title", "note", "problem")


def distinct_pages(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, list[int]]:
    """The first of each set of equal pages, and for every page the place of its equal there."""
    firsts: list[int] = []
    seen: dict[Any, int] = {}
    places = []
    columns = [batch.column(name) for name in _CONTENT]
    sizes = list(zip(*map(_sizes, columns), strict=True))
    alike = Counter(sizes)
    for row in range(batch.num_rows):
        # What is as long as no other page is not read: most pages of a batch.
        key = sizes[row] if alike[sizes[row]] == 1 else _digest(column[row] for column in columns)
        if key not in seen:
            seen[key] = len(firsts)
            firsts.append(row)
        places.append(seen[key])
    return (batch if len(firsts) == batch.num_rows else batch.take(pa.array(firsts, pa.int64()))), places


def _sizes(column: pa.Array[Any]) -> list[int | None]:
    """Bytes of each value, None for none. Without ``pyarrow.compute``, which takes a worker longer to load than this for some slices."""
    if column.null_count == len(column):
        return [None] * len(column)
    return [value.as_buffer().size if value.is_valid else None for value in column]


def _digest(values: Iterable[pa.Scalar[Any]]) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for value in values:
        data = value.as_buffer() if value.is_valid else None
        digest.update(b"-" if data is None else b"%d:" % data.size)
        if data is not None:
            digest.update(data)
    return digest.digest()


def repeat_rows(cleaned: pa.RecordBatch, places: list[int], pages: pa.RecordBatch) -> pa.RecordBatch:
    """One row a page from the rows of distinct pages: content from ``cleaned``, identity from ``pages``."""
    if cleaned.num_rows != len(places):
        cleaned = cleaned.take(pa.array(places, pa.int64()))
    arrays = [pages.column(name) if name in IDENTITY else cleaned.column(name) for name in tables.EXTRACTED.names]
    return pa.RecordBatch.from_arrays(arrays, schema=tables.EXTRACTED)


def rejected_row(page: dict[str, Any], stage: str, reason: str) -> dict[str, Any]:
    """An ``EXTRACTED`` row for a page that yields no document."""
    row = dict.fromkeys(tables.EXTRACTED.names)
    row.update({name: page.get(name) for name in (*IDENTITY, "title")})
    return row | {"n_words": 0, "content_hash": "", "path": "", "cuts": [], "stage": stage, "reason": reason}


def cut_dict(cut: Cut) -> dict[str, Any]:
    """A cut as a row of the column ``cuts``."""
    return {"kind": cut.kind, "passage": cut.passage, "start": cut.start, "rule": cut.rule}
