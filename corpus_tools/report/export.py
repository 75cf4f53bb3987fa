"""The corpus in other forms: JSON lines, CSV, or a Markdown file a page; row by row, so that memory does not grow with it."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow.parquet as pq

from corpus_tools.errors import PlanError, RunError
from corpus_tools.store.opened import StoredRun
from corpus_tools.store.parts import list_parts
from corpus_tools.tables import CORPUS

BATCH = 500
"""Rows held at a time."""


def corpus_rows(run: StoredRun, columns: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """The rows of the corpus as plain values, in order; all columns if none are named. PlanError for a column that it lacks."""
    unknown = [name for name in columns if name not in CORPUS.names]
    if unknown:
        raise PlanError(f"the corpus has no column {unknown[0]!r}", f"its columns are {', '.join(CORPUS.names)}")
    for part in list_parts(run.path / "corpus", "data/train"):
        for batch in pq.ParquetFile(part).iter_batches(BATCH, columns=list(columns) or None):
            yield from ({name: row[name] for name in columns or row} for row in batch.to_pylist())


def export_corpus(run: StoredRun, form: str, columns: Sequence[str], out: Path | None) -> str:
    """Write the corpus as ``jsonl``, ``csv`` or ``markdown`` to ``out`` or to stdout; a sentence on what was written.

    Raises PlanError where the form needs a folder, and RunError if something is at ``out``.
    """
    if form == "markdown":
        if out is None or columns:
            raise PlanError(
                "markdown is written as a file for each page, with a head of its own",
                "name a new folder with --out, and no columns",
            )
        return f"{export_markdown(run, out):,} files in {out}"
    if out is None:
        return f"{export_lines(run, form, columns, sys.stdout):,} rows"
    if out.exists():
        raise RunError(f"{out} is there already", "name a new file")
    temporary = out.with_name(f".{out.name}.tmp")
    with temporary.open("w", encoding="utf-8", newline="") as stream:
        rows = export_lines(run, form, columns, stream)
    temporary.replace(out)
    return f"{rows:,} rows in {out}"


def export_lines(run: StoredRun, form: str, columns: Sequence[str], out: IO[str]) -> int:
    """Write the corpus to a stream as ``jsonl`` or ``csv`` (lists and structs as JSON); the number of rows."""
    rows = 0
    write = _json_writer(out) if form == "jsonl" else _csv_writer(out, columns or CORPUS.names)
    for row in corpus_rows(run, columns):
        write(row)
        rows += 1
    return rows


def _json_writer(out: IO[str]) -> Callable[[dict[str, Any]], None]:
    def write(row: dict[str, Any]) -> None:
        out.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")

    return write


def _csv_writer(out: IO[str], columns: Sequence[str]) -> Callable[[dict[str, Any]], None]:
    table = csv.DictWriter(out, columns, lineterminator="\n")
    table.writeheader()

    def write(row: dict[str, Any]) -> None:
        table.writerow({name: _cell(value) for name, value in row.items()})

    return write


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _cell(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return _plain(value) if hasattr(value, "isoformat") else value


def export_markdown(run: StoredRun, folder: Path) -> int:
    """Write a Markdown file for every page, called by its page_id, with a head of its columns; the number of files.

    RunError if ``folder`` is there and not empty: no file of somebody else is touched.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(f"{folder} is not an empty folder", "name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    rows = 0
    for row in corpus_rows(run):
        head = {name: row[name] for name in row if name not in ("text", "markdown", "spam_reasons") and row[name] is not None}
        page = io.StringIO()
        page.write("---\n")
        page.writelines(f"{name}: {json.dumps(value, ensure_ascii=False, default=_plain)}\n" for name, value in head.items())
        page.write(f"---\n\n{row['markdown'] or row['text']}\n")
        (folder / f"{row['page_id']}.md").write_text(page.getvalue(), encoding="utf-8")
        rows += 1
    return rows
