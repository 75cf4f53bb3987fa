"""Reads parquet by small batches of only the columns that matter: one row is one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft
from corpus_tools.readers.rows.fields import PageColumns, draft_row, no_content_error
from corpus_tools.readers.rows.layouts import LAYOUTS
from corpus_tools.store.objects.stored_file import Place, StoredFile

BATCH_BYTES = 8 << 20
"""Unpacked bytes aimed at in one batch; a row group's average row decides how many rows that is."""

_FIRST_MICROSECOND, _LAST_MICROSECOND = (
    -62_135_596_800_000_000,
    253_402_300_799_999_999,
)  # microseconds from 1970 to the years 1 and 9999


def read_parquet(path: Place, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of one parquet file, in file order; PlanError when it has no content column."""
    columns = PageColumns.of(plan)
    size = path.stat().st_size
    with path.open("rb"):  # an unreadable file is an OSError, a broken one a problem
        pass
    try:
        if not size:
            yield Draft(key="no page").reject("empty file")
            return
        source = path.open("rb") if isinstance(path, StoredFile) else path
        with pq.ParquetFile(source, pre_buffer=False, buffer_size=1 << 16) as file:
            yield from _read_rows(file, name, columns, plan, size)
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError) as error:
        yield Draft(key="break", where="after the last whole row", consumed=size).reject(f"broken parquet file: {str(error)[:300]}")


def _read_rows(file: Any, name: str, columns: PageColumns, plan: ReadPlan, size: int) -> Iterator[Draft]:
    names = file.schema_arrow.names
    there = _readable(columns, names)
    if not there:
        raise no_content_error(name, names, columns)
    total = max(1, file.metadata.num_rows)
    if not file.metadata.num_rows:
        yield Draft(key="no page").reject("no page in this file: it has no rows")
    number = 0
    for group in range(file.num_row_groups):
        part = file.metadata.row_group(group)
        rows = max(1, min(1024, BATCH_BYTES * part.num_rows // max(1, part.total_byte_size)))
        for batch in file.iter_batches(rows, row_groups=[group], columns=there, use_threads=False):
            for row in _plain_values(batch).to_pylist():
                number += 1
                page = draft_row(row, f"row {number}", columns, plan.max_page_bytes)
                page.consumed = size * number // total
                yield page


def _readable(columns: PageColumns, names: list[str]) -> list[str]:
    """The columns of a file that are read, those that paths and known layouts lead into among them; none if none holds a page."""
    folded = {name.casefold(): name for name in reversed(names)}
    tried = [*columns.every(), *(field for layout in LAYOUTS for field in (*layout.marks, layout.url, layout.time, layout.id))]

    def present(wanted: Iterable[str]) -> list[str]:
        heads = [
            name if name in names else folded.get(name.casefold()) or folded.get(name.partition(".")[0].casefold())
            for name in wanted
        ]
        return list(dict.fromkeys(head for head in heads if head is not None))

    return present(tried) if present(columns.content()) else []


def _plain_values(batch: Any) -> Any:
    """Strings as bytes (a writer may have stored something that is not UTF-8), dictionaries undone."""
    arrays = []
    for array in batch.columns:
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if pa.types.is_string(array.type) or pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type):
            array = _decode_strings(array)
        elif pa.types.is_temporal(array.type):
            array = _plain_times(array)
        arrays.append(array)
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _plain_times(array: Any) -> Any:
    """Dates and timestamps as Python can hold them: microseconds, null outside the years 1 to 9999."""
    if not (pa.types.is_timestamp(array.type) or pa.types.is_date(array.type)):
        return pa.nulls(len(array))
    import pyarrow.compute as pc  # slow to load, and only files with times need it

    kind = pa.timestamp("us", getattr(array.type, "tz", None))
    micros = array.cast(kind, safe=False).cast(pa.int64())
    inside = pc.and_(pc.greater_equal(micros, _FIRST_MICROSECOND), pc.less_equal(micros, _LAST_MICROSECOND))
    times = pc.if_else(inside, micros, None).cast(pa.int64()).cast(kind)
    return times.cast(pa.date32()) if pa.types.is_date(array.type) else times


def _decode_strings(array: Any) -> Any:
    try:
        array.validate(full=True)
        return array
    except pa.ArrowInvalid:
        values = array.cast(pa.large_binary()).to_pylist()
        return pa.array([None if value is None else value.decode("utf-8", "replace") for value in values], pa.large_string())
