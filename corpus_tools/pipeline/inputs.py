"""The input files of a run: what its record says of them, and the table that keeps them."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_tools.readers.listing import SourceFile, make_names_unique
from corpus_tools.store.files import digest_bytes, digest_file, digest_json, write_bytes, write_json
from corpus_tools.store.run_file import INPUTS_FILE

if TYPE_CHECKING:
    from corpus_tools.store.earlier import Earlier

_CHECK = ".inputs.json"
"""Digests of the listing's rows and of its file."""
Listing = list[tuple[str, int, int]]
"""Name, size in bytes and time of change in nanoseconds of every input file."""


def rename_files(files: Sequence[SourceFile], earlier: Earlier | None) -> list[SourceFile]:
    """``files``, named as they would be in one listing after those of the earlier run."""
    return make_names_unique(files, earlier.listing["name"]) if earlier else list(files)


def list_inputs(files: Sequence[SourceFile], earlier: Earlier | None = None) -> Listing:
    """The input files, those of an earlier run first."""
    new = [(file.name, file.size, file.mtime_ns) for file in files]
    return [*earlier.listing.rows(), *new] if earlier else new


def write_inputs(folder: Path, listing: Listing, digest: str) -> None:
    """Put the listing into the run folder as a table, by rename; nothing happens if it is there, with the ``digest`` of its rows."""
    if read_digest(folder) == digest:
        return
    import polars as pl  # a run with nothing to do writes no listing

    schema = {"name": pl.String, "size": pl.Int64, "mtime_ns": pl.Int64}
    sink = io.BytesIO()
    pl.DataFrame(listing, schema=schema, orient="row").write_parquet(sink)
    content = sink.getvalue()
    write_bytes(folder / INPUTS_FILE, content)
    write_json(folder / _CHECK, {"rows": digest, "file": digest_bytes(content)})


def read_digest(folder: Path) -> str:
    """Digest of the rows of the listing in the run folder; empty if the file is missing or not what was written."""
    try:
        held = json.loads((folder / _CHECK).read_text(encoding="utf-8"))
        return str(held["rows"]) if digest_file(folder / INPUTS_FILE) == held["file"] else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def describe_inputs(listing: Listing) -> dict[str, Any]:
    """Number of files, their bytes, and a digest of the listing."""
    return {"files": len(listing), "bytes": sum(size for _, size, _ in listing), "digest": digest_json(listing)}
