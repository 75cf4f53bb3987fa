"""The input files of a run: what its record says of them, and the table that keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_tools.readers.listing import SourceFile, make_names_unique
from corpus_tools.store.manifest import digest_json
from corpus_tools.store.opened import INPUTS_FILE

if TYPE_CHECKING:
    from corpus_tools.store.earlier import Earlier

Listing = list[tuple[str, int, int]]
"""Name, size in bytes and time of change in nanoseconds of every input file."""


def rename_files(files: Sequence[SourceFile], earlier: Earlier | None) -> list[SourceFile]:
    """``files``, named as they would be in one listing after those of the earlier run."""
    return make_names_unique(files, earlier.listing["name"]) if earlier else list(files)


def list_inputs(files: Sequence[SourceFile], earlier: Earlier | None = None) -> Listing:
    """The input files, those of an earlier run first."""
    new = [(file.name, file.size, file.mtime_ns) for file in files]
    return [*earlier.listing.rows(), *new] if earlier else new


def write_inputs(folder: Path, listing: Listing) -> None:
    """Put the listing into the run folder as a table, by rename."""
    import polars as pl  # a run with nothing to do writes no listing

    schema = {"name": pl.String, "size": pl.Int64, "mtime_ns": pl.Int64}
    temporary = folder / f".{INPUTS_FILE}.tmp"
    pl.DataFrame(listing, schema=schema, orient="row").write_parquet(temporary)
    temporary.replace(folder / INPUTS_FILE)


def describe_inputs(listing: Listing) -> dict[str, Any]:
    """Number of files, their bytes, and a digest of the listing."""
    return {"files": len(listing), "bytes": sum(size for _, size, _ in listing), "digest": digest_json(listing)}
