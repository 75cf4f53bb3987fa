"""Part files of a table: parquet written whole or not at all, the same bytes for the same rows."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_tools.store import backing
from corpus_tools.store.begun import read_record, recorded_parts, write_record
from corpus_tools.store.manifest import Part, digest_file, read_manifest

_NOTE = b"corpus_tools"
_ROW_BYTES = 256
"""What a row counts in a row group besides its text."""
ROWS_PER_FILE = 1_000_000
"""Rows of a part file of a table that no input part lends its bounds to."""
_BY_RANGES = 4 << 20
"""Bytes above which a part in a store is not fetched whole for some of its columns."""
ROW_GROUP = 125_000
"""Rows of a row group in tables that no input part lends its bounds to."""


TEXT_GROUP = 16 << 20
"""Bytes of text after which a row group of the corpus ends: a few requests for whoever reads from afar, and little to hold."""


def write_part(
    path: Path, rows: Iterable[pa.RecordBatch], schema: pa.Schema, note: Any = None, level: int = 3, *, gather: bool = False
) -> Part:
    """Write record batches as one parquet file (zstd, statistics, page index, page checksums), by rename.

    ``note`` is a JSON-able value kept in the file's metadata; ``read_note`` gives it back.
    Row groups follow the batches, so equal batches give equal bytes. With ``gather`` batches go into one row group until it has
    ``TEXT_GROUP`` bytes in a column ``text``, and long texts have no statistics: no reader can use them, and each takes kilobytes of the footer.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two attempts at one task may overlap on a cluster, so each has a file of its own.
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    if note is not None:
        schema = schema.with_metadata({**(schema.metadata or {}), _NOTE: json.dumps(note, sort_keys=True).encode()})
    written = 0
    statistics = [name for name in schema.names if name not in ("text", "markdown")] if gather else True
    options = {"write_statistics": statistics, "write_page_index": True, "write_page_checksum": True}
    with pq.ParquetWriter(temporary, schema, compression="zstd", compression_level=level, **options) as writer:
        for group in _gathered(rows) if gather else ([batch] for batch in rows):
            table = pa.Table.from_batches([batch.cast(schema) if batch.schema != schema else batch for batch in group])
            writer.write_table(table, row_group_size=max(1, table.num_rows))
            written += table.num_rows
    part = Part(path.name, written, temporary.stat().st_size, digest_file(temporary))
    write_record(path, part)
    temporary.replace(path)
    backing.wrote(path)
    return part


def _gathered(rows: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Batches for one row group each; how they are cut follows from the rows alone, not from how they lie in memory."""
    group: list[pa.RecordBatch] = []
    held = 0
    for batch in rows:
        group.append(batch)
        text = pc.sum(pc.binary_length(batch["text"])).as_py() if "text" in batch.schema.names else 0
        held += (text or 0) + _ROW_BYTES * batch.num_rows
        if held >= TEXT_GROUP:
            yield group
            group, held = [], 0
    if group:
        yield group


def write_rolling(
    folder: Path,
    stem: str,
    rows: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    rows_per_file: int,
    level: int = 3,
    *,
    gather: bool = False,
) -> list[Part]:
    """Write batches as ``stem-00000.parquet`` ... of at most ``rows_per_file`` rows; at least one file."""
    folder.mkdir(parents=True, exist_ok=True)
    groups = _regroup(rows, rows_per_file)
    names = (folder / f"{stem}-{index:05d}.parquet" for index in itertools.count())
    parts = [write_part(next(names), group, schema, level=level, gather=gather) for group in groups]
    return parts or [write_part(next(names), [], schema, level=level, gather=gather)]


def _regroup(rows: Iterable[pa.RecordBatch], size: int) -> Iterator[list[pa.RecordBatch]]:
    """Cut a stream of batches into groups of exactly ``size`` rows (the last may be smaller)."""
    group: list[pa.RecordBatch] = []
    held = 0
    for batch in rows:
        while batch.num_rows:
            take = min(size - held, batch.num_rows)
            group.append(batch.slice(0, take))
            batch, held = batch.slice(take), held + take
            if held == size:
                yield group
                group, held = [], 0
    if group:
        yield group


def even_batches(rows: Iterable[pa.RecordBatch], size: int) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of exactly ``size`` (the last may be smaller), each in one piece."""
    for group in _regroup(rows, size):
        yield pa.concat_batches(group)


def read_note(path: Path) -> Any:
    """The note kept in a part's metadata, or None."""
    note = (pq.read_schema(backing.here(path)).metadata or {}).get(_NOTE)
    return None if note is None else json.loads(note)


def describe_part(path: Path) -> Part:
    """Rows, size and digest of a part that is already there: as recorded when it was written or last compared, else as it is."""
    known = read_record(path)
    if known is None:
        backing.here(path)
    return known or Part(path.name, pq.read_metadata(path).num_rows, path.stat().st_size, digest_file(path))


def read_part(path: Path, columns: list[str] | None = None) -> pa.RecordBatch:
    """A part as one record batch."""
    whole = pq.read_table(backing.here(path), partitioning=None) if columns is None else read_columns(path, columns)
    table = whole.combine_chunks()
    batches = table.to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def list_parts(folder: Path, stem: str = "part") -> list[Path]:
    """The table's part files in order: those its seal names, or while it is unfinished those that have a record.

    Whatever else lies in the folder is not read.
    """
    manifest = read_manifest(folder)
    if manifest is not None:
        backing.fetch(folder, [part for part in manifest.parts if part.name.startswith(f"{stem}-")])
    return name_parts(folder, stem)


def name_parts(folder: Path, stem: str = "part") -> list[Path]:
    """As ``list_parts``, of a table of which not all parts are to be read here."""
    manifest = read_manifest(folder)
    if manifest is None:
        return recorded_parts(folder, stem)
    return [folder / part.name for part in manifest.parts if part.name.startswith(f"{stem}-")]


def parts_schema(folder: Path) -> pa.Schema | None:
    """The columns of a table's parts; None if it has none."""
    parts = name_parts(folder)
    return read_schema(parts[0]) if parts else None


def read_schema(part: Path) -> pa.Schema:
    """The columns of a part; of one in a store, no more than its end is read."""
    keeper = backing.backing_of(part)
    if keeper is None or part.exists():
        return pq.read_schema(part)
    with keeper.open(part) as stream:
        return pq.read_schema(stream)


def read_columns(part: Path, columns: list[str]) -> pa.Table:
    """Columns of a part; of a large one in a store no more than those are read."""
    keeper = backing.backing_of(part)
    if keeper is not None and keeper.shared and not part.exists() and keeper.size(part) > _BY_RANGES:
        with keeper.open(part) as stream:
            return pq.read_table(stream, columns=columns, partitioning=None)
    return pq.read_table(backing.here(part), columns=columns, partitioning=None)
