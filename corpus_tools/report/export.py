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


def corpus_columns(run: StoredRun) -> list[str]:
    """Columns of the corpus: those of every corpus, and the input's own that were carried into it."""
    parts = list_parts(run.path / "corpus", "data/train")
    return list(pq.read_schema(parts[0]).names) if parts else list(CORPUS.names)


def corpus_rows(run: StoredRun, columns: Sequence[str] = (), *, new: bool = False) -> Iterator[dict[str, Any]]:
    """The rows of the corpus as plain values, in order; all columns if none are named. PlanError for a column that it lacks.

    With ``new`` only documents that the earlier run (``--against``) did not keep; RunError if there is none.
    """
    held = corpus_columns(run)
    unknown = [name for name in columns if name not in held]
    if unknown:
        raise PlanError(f"the corpus has no column {unknown[0]!r}", f"its columns are {', '.join(held)}")
    before = _kept_before(run) if new else frozenset()
    read = list(dict.fromkeys([*columns, "page_id"])) if columns else None
    for part in list_parts(run.path / "corpus", "data/train"):
        for batch in pq.ParquetFile(part).iter_batches(BATCH, columns=read):
            rows = (row for row in batch.to_pylist() if row["page_id"] not in before)
            yield from ({name: row[name] for name in columns or row} for row in rows)


def _kept_before(run: StoredRun) -> frozenset[str]:
    """page_id of every document of the earlier run's corpus."""
    against = run.record.get("against")
    if not against:
        raise RunError(f"{run.path} was not made against an earlier run", "leave --new out: all of its documents are new")
    return frozenset(StoredRun(Path(against)).corpus.select("page_id").collect()["page_id"])


def export_corpus(run: StoredRun, form: str, columns: Sequence[str], out: Path | None, *, new: bool = False) -> str:
    """Write the corpus as ``jsonl``, ``csv`` or ``markdown`` to ``out`` or to stdout; a sentence on what was written.

    ``new`` as for ``corpus_rows``. Raises PlanError where the form needs a folder, and RunError if something is at ``out``.
    """
    if form == "markdown":
        if out is None or columns:
            raise PlanError(
                "markdown is written as a file for each page, with a head of its own",
                "name a new folder with --out, and no columns",
            )
        return f"{export_markdown(run, out, new=new):,} files in {out}"
    if out is None:
        return f"{export_lines(run, form, columns, sys.stdout, new=new):,} rows"
    if out.exists():
        raise RunError(f"{out} is there already", "name a new file")
    temporary = out.with_name(f".{out.name}.tmp")
    with temporary.open("w", encoding="utf-8", newline="") as stream:
        rows = export_lines(run, form, columns, stream, new=new)
    temporary.replace(out)
    return f"{rows:,} rows in {out}"


def export_lines(run: StoredRun, form: str, columns: Sequence[str], out: IO[str], *, new: bool = False) -> int:
    """Write the corpus to a stream as ``jsonl`` or ``csv`` (lists and structs as JSON); the number of rows."""
    rows = 0
    write = _json_writer(out) if form == "jsonl" else _csv_writer(out, columns or corpus_columns(run))
    for row in corpus_rows(run, columns, new=new):
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


def export_markdown(run: StoredRun, folder: Path, *, new: bool = False) -> int:
    """Write a Markdown file for every page, called by its page_id, with a head of its columns; the number of files.

    RunError if ``folder`` is there and not empty: no file of somebody else is touched.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(f"{folder} is not an empty folder", "name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    rows = 0
    for row in corpus_rows(run, new=new):
        head = {name: row[name] for name in row if name not in ("text", "markdown", "spam_reasons") and row[name] is not None}
        page = io.StringIO()
        page.write("---\n")
        page.writelines(f"{name}: {json.dumps(value, ensure_ascii=False, default=_plain)}\n" for name, value in head.items())
        page.write(f"---\n\n{row['markdown'] or row['text']}\n")
        (folder / f"{row['page_id']}.md").write_text(page.getvalue(), encoding="utf-8")
        rows += 1
    return rows
