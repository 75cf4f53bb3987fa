"""Reads parquet by small batches of only the columns that matter: one row is one page.

Small files can hold gigabytes: pages that were packed well, one text that a million rows share, rows that cost a bit each. So the
headers of pages are read before Arrow unpacks them, shared texts stay shared, and a batch becomes Python objects a few rows at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, too_large_problem
from corpus_tools.readers.rows.cell_sizes import cell_sizes
from corpus_tools.readers.rows.fields import PageColumns, draft_row, no_content_error
from corpus_tools.readers.rows.jsonl import SLACK
from corpus_tools.readers.rows.layouts import LAYOUTS
from corpus_tools.readers.rows.parquet_pages import walk_pages, why_unreadable
from corpus_tools.store.objects.stored_file import Place, StoredFile

BATCH_BYTES = 8 << 20
"""Unpacked bytes aimed at in one batch, and held as Python objects at a time."""
BATCH_ROWS = 1024
MAX_PAGES = MAX_DICTIONARIES = 128 << 20
"""Unpacked bytes of the largest pages of all columns that are read, together, and of their dictionaries."""
MAX_SHARED = 16 << 20
"""Bytes of a dictionary up to which texts stay shared: every batch then has a copy of it. Rows under a larger one are read few at a
time: one of them may be as large as the dictionary."""
MAX_LEVELS = 16_000_000
"""Values of one page, and of a nested column in one row group: each takes some bytes, whatever it is."""
ROWS_A_BYTE, FREE_ROWS = 4, 100_000
"""Rows that a file may have for each of its bytes, and beside. Rows with texts of their own take more than a byte each."""
MAX_RATIO, FREE_BYTES = 1100, 64 << 20
"""Bytes that the rows may take, each text counted wherever it stands, for each byte of the file, and beside."""

_FIRST_MICROSECOND, _LAST_MICROSECOND = (
    -62_135_596_800_000_000,
    253_402_300_799_999_999,
)  # microseconds from 1970 to the years 1 and 9999


def read_parquet(path: Place, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of one parquet file, in file order; PlanError when it has no content column."""
    columns = PageColumns.of(plan)
    size = path.stat().st_size
    with path.open("rb") as file:  # an unreadable file is an OSError, a broken one a problem
        problem = "" if size else "empty file"
        try:
            problem = problem or why_unreadable(file, size)
            if problem:
                yield Draft(key="no page", consumed=size).reject(
                    problem if not size else f"parquet file that is not read: {problem}"
                )
                return
            yield from _File(path, file, name, columns, plan, size).read()
        except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError) as error:
            why = f"broken parquet file: {str(error)[:300]}"
            yield Draft(key="break", where="after the last whole row", consumed=size).reject(why)


@dataclass(frozen=True)
class _Group:
    """How a row group is read: ``rows`` at a time; columns whose texts stay ``shared``, or whether some are ``copied`` from a large
    dictionary; or why it is not read.
    """

    rows: int
    shared: tuple[str, ...] = ()
    copied: bool = False
    problem: str = ""


@dataclass
class _File:
    """A parquet file being read: by Arrow from ``path``, and its headers from ``file``."""

    path: Place
    file: BinaryIO
    name: str
    columns: PageColumns
    plan: ReadPlan
    size: int
    given: int = 0

    def read(self) -> Iterator[Draft]:
        """The pages, row group after row group."""
        with self._open() as whole:
            metadata, names = whole.metadata, whole.schema_arrow.names
            there = _readable(self.columns, names)
            if not there:
                raise no_content_error(self.name, names, self.columns)
            total = metadata.num_rows
            if not total:
                yield Draft(key="no page").reject("no page in this file: it has no rows")
            elif total > FREE_ROWS + ROWS_A_BYTE * self.size:
                why = f"parquet file that is not read: {total:,} rows in {self.size:,} bytes"
                yield Draft(key="no page", consumed=self.size).reject(why)
                return
            nested = {
                whole.schema.column(at).path for at in range(len(whole.schema)) if whole.schema.column(at).max_repetition_level
            }
            first = 0
            for number in range(metadata.num_row_groups):
                group = metadata.row_group(number)
                found = self._look_at(group, set(there), nested)
                for draft in self._read_group(number, metadata, there, found, first):
                    draft.consumed = self.size * min(first + group.num_rows, total) // total
                    yield draft
                first += group.num_rows

    def _open(self, shared: Iterable[str] = (), metadata: Any = None) -> Any:
        """The file for Arrow; the footer is read but once where its ``metadata`` are given."""
        source = self.path.open("rb") if isinstance(self.path, StoredFile) else self.path
        return pq.ParquetFile(source, pre_buffer=False, buffer_size=1 << 16, metadata=metadata, read_dictionary=list(shared))

    def _look_at(self, group: Any, there: set[str], nested: set[str]) -> _Group:
        """What the headers say of the columns of a row group that are read."""
        rows, pages, dictionaries, copied = BATCH_ROWS, 0, 0, False
        shared = []
        for place in range(group.num_columns):
            column = group.column(place)
            path = column.path_in_schema
            if path.partition(".")[0] not in there:
                continue
            if path in nested and column.num_values > MAX_LEVELS:
                return _Group(0, problem=f"{column.num_values:,} values in its column {path!r}")
            start = min(at for at in (column.dictionary_page_offset, column.data_page_offset) if at)
            largest = dictionary = 0
            for page in walk_pages(self.file, start, column.total_compressed_size):
                if page.values > MAX_LEVELS:
                    return _Group(0, problem=f"{page.values:,} values in a page of its column {path!r}")
                if page.is_dictionary:
                    dictionary = max(dictionary, page.size)
                else:
                    largest = max(largest, page.size)
                    values = 1 if page.shares else max(1, page.values)
                    rows = min(rows, max(1, BATCH_BYTES * values // max(1, page.size)))
            if dictionary > MAX_SHARED:
                copied = True
                rows = min(rows, max(1, MAX_DICTIONARIES // (2 * dictionary)))
            elif dictionary and column.physical_type == "BYTE_ARRAY":
                shared.append(path)
            pages, dictionaries = pages + largest, dictionaries + dictionary
        if pages > MAX_PAGES or dictionaries > MAX_DICTIONARIES:
            return _Group(0, problem=f"pages of {pages:,} bytes and dictionaries of {dictionaries:,} bytes, unpacked")
        return _Group(rows, tuple(shared), copied)

    def _read_group(self, number: int, metadata: Any, there: list[str], found: _Group, first: int) -> Iterator[Draft]:
        if found.problem:
            rows = metadata.row_group(number).num_rows
            page = Draft(key=f"row group {number}", where=f"rows {first + 1} to {first + rows}")
            yield page.reject(
                f"{rows:,} rows that are not read: they have {found.problem}; write the file again with smaller pages"
            )
            return
        with self._open(found.shared, metadata) as file:
            for batch in file.iter_batches(found.rows, row_groups=[number], columns=there, use_threads=False):
                for row, size, too_large in _plain_rows(batch, self.plan.max_page_bytes + SLACK):
                    first += 1
                    self.given += size if found.copied or not too_large else 0
                    if self.given > FREE_BYTES + MAX_RATIO * self.size:
                        raise ValueError(f"it unpacks to more than {MAX_RATIO} times its size")
                    page = draft_row(row, f"row {first}", self.columns, self.plan.max_page_bytes)
                    yield page.reject(too_large_problem(self.plan.max_page_bytes)) if too_large else page


def _plain_rows(batch: pa.RecordBatch, limit: int) -> Iterator[tuple[dict[str, Any], int, bool]]:
    """The rows of a batch as Python objects, BATCH_BYTES of them at a time, with the bytes of each.

    Of a row of more than ``limit`` bytes, which is told by True, only the short values are there. A shared text costs nothing then.
    """
    by_column = [cell_sizes(array) for array in batch.columns]
    sizes = np.sum(by_column, axis=0) if by_column else np.zeros(batch.num_rows, np.int64)
    start = 0
    while start < batch.num_rows:
        if sizes[start] > limit:
            short = [name for name, of in zip(batch.schema.names, by_column, strict=True) if of[start] <= SLACK // len(by_column)]
            held = _plain_values(batch.slice(start, 1).select(short)).to_pylist() if short else [{}]
            yield dict.fromkeys(batch.schema.names) | held[0], int(sizes[start]), True
            start += 1
            continue
        end, held_bytes = start, 0
        while end < batch.num_rows and sizes[end] <= limit and (end == start or held_bytes + sizes[end] <= BATCH_BYTES):
            held_bytes += int(sizes[end])
            end += 1
        rows = _plain_values(batch.slice(start, end - start)).to_pylist()
        for row, size in zip(rows, sizes[start:end].tolist(), strict=True):
            yield row, size, False
        start = end


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
