"""The input files of a run as a table, and what its record says of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from corpus_tools.readers.listing import SourceFile
from corpus_tools.store.earlier import Earlier
from corpus_tools.store.manifest import digest_json
from corpus_tools.store.opened import INPUTS_FILE


def table_of_inputs(files: Sequence[SourceFile], earlier: Earlier | None = None) -> pl.DataFrame:
    """Name, size and time of change of every input file, those of an earlier run first."""
    schema = {"name": pl.String, "size": pl.Int64, "mtime_ns": pl.Int64}
    new = pl.DataFrame([(file.name, file.size, file.mtime_ns) for file in files], schema=schema, orient="row")
    return pl.concat([earlier.listing, new]) if earlier else new


def write_inputs(folder: Path, listing: pl.DataFrame) -> None:
    """Put the table into the run folder, by rename."""
    temporary = folder / f".{INPUTS_FILE}.tmp"
    listing.write_parquet(temporary)
    temporary.replace(folder / INPUTS_FILE)


def describe_inputs(listing: pl.DataFrame) -> dict[str, Any]:
    """Number of files, their bytes, and a digest of the table."""
    return {"files": listing.height, "bytes": listing["size"].sum(), "digest": digest_json(listing.rows())}
