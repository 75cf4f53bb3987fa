"""A run folder whose documents were put there, not cleaned: what later stages cost at sizes where cleaning would take hours.

The folders up to ``documents/`` are written and sealed as the first two stages would have sealed them, so that any engine
carries on from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.pipeline.stages import STAGES
from corpus_tools.pipeline.state import work_of
from corpus_tools.plan import Plan
from corpus_tools.store.manifest import Manifest, Part, seal
from corpus_tools.store.parts import write_part
from corpus_tools.store.run_file import write_run_file

PART = 1_000
_EMPTY = (("sites", tables.SITES), ("doorways", tables.DOORWAYS), ("stripped", tables.STRIPPED), ("rejected", tables.REJECTED))


def place_run(folder: Path, chunks: Iterable[pa.Table]) -> Path:
    """A run up to ``documents/`` over tables with page_id, content_hash, n_words and text, in parts of 1,000 pages."""
    record: dict[str, Any] = {"plan": Plan().to_dict(), "summary": "", "inputs": {"files": 0, "bytes": 0, "digest": "placed"}}
    made: dict[str, list[Part]] = {"extracted": [], "documents": []}
    for name in (*made, *(name for name, _ in _EMPTY)):
        (folder / name).mkdir(parents=True)
    number = 0
    for chunk in chunks:
        for start in range(0, chunk.num_rows, PART):
            rows = chunk.slice(start, PART)
            for name, schema in (("extracted", tables.EXTRACTED), ("documents", tables.DOCUMENTS)):
                made[name].append(write_part(folder / name / f"part-{number:05d}-00000.parquet", [_filled(rows, schema)], schema))
            number += 1
    made |= {name: [write_part(folder / name / "part-00000-00000.parquet", [], schema)] for name, schema in _EMPTY}
    for stage in STAGES[:2]:
        for name in stage.folders:
            seal(folder / name, Manifest(work_of(stage, folder, Plan(), record), tuple(made[name])))
    write_run_file(folder, record)
    return folder


def _filled(rows: pa.Table, schema: pa.Schema) -> pa.RecordBatch:
    """The rows in ``schema``: texts that count as cleaned by the road ``text``, everything not given null."""
    given = {name: rows[name].cast(schema.field(name).type) for name in rows.column_names}
    given["path"] = pa.array(["text"] * rows.num_rows)
    missing = [field for field in schema if field.name not in given]
    given |= {field.name: pa.nulls(rows.num_rows, field.type) for field in missing}
    return pa.table({name: given[name] for name in schema.names}).cast(schema).combine_chunks().to_batches()[0]
