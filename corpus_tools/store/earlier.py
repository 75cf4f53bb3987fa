"""An earlier run as the base of a new one: its parts are linked, not made again, where they still hold."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from corpus_tools.store.backing import fetch, holds, wrote
from corpus_tools.store.begun import write_record
from corpus_tools.store.manifest import Manifest, Part, read_manifest
from corpus_tools.store.opened import INPUTS_FILE, StoredRun
from corpus_tools.store.parts import read_part

NEEDED_TABLES = ("extracted", "sites", "doorways", "stripped", "rejected", "documents", "signatures", "edges")
"""Tables that an earlier run must have finished."""


@dataclass(frozen=True)
class Earlier:
    """A finished run that a new batch is deduplicated against; it is only read."""

    path: Path

    @cached_property
    def run(self) -> StoredRun:
        """The run itself."""
        return StoredRun(self.path)

    @cached_property
    def manifests(self) -> dict[str, Manifest]:
        """The seals of its tables."""
        found = {name: read_manifest(self.path / name) for name in NEEDED_TABLES}
        return {name: manifest for name, manifest in found.items() if manifest is not None}

    @cached_property
    def listing(self) -> pl.DataFrame:
        """Its input files: name, size, mtime_ns."""
        return pl.read_parquet(self.path / INPUTS_FILE)

    @property
    def units(self) -> int:
        """Input units it was made from: new units are numbered after them."""
        return max((int(part.name.split("-")[1]) for part in self.manifests["extracted"].parts), default=-1) + 1

    @cached_property
    def _finished(self) -> dict[str, str]:
        """Name and digest of its parts of documents."""
        return {part.name: part.digest for part in self.manifests["documents"].parts}

    def unchanged(self, name: str, sites: set[str]) -> bool:
        """Whether a part of ``extracted/`` is the earlier run's, and holds no page of these sites."""
        if name not in self._finished:
            return False
        if sites:
            fetch(self.path / "extracted", [self._sealed["extracted"][name]])
        return not sites or sites.isdisjoint(read_part(self.path / "extracted" / name, ["site"]).column(0).to_pylist())

    def same_documents(self, name: str, digest: str) -> bool:
        """Whether the earlier run holds a part of documents of this name and content."""
        return self._finished.get(name) == digest

    @cached_property
    def _sealed(self) -> dict[str, dict[str, Part]]:
        """Its parts, by table and name."""
        return {table: {part.name: part for part in manifest.parts} for table, manifest in self.manifests.items()}

    def link(self, table: str, name: str, folder: Path) -> None:
        """One part of a table, as a link where the file system has them, else as a copy."""
        source, target = self.path / table / name, folder / name
        if holds(target):
            return
        fetch(self.path / table, [self._sealed[table][name]])
        write_record(target, self._sealed[table][name])
        temporary = target.with_name(f".{name}.tmp")
        temporary.unlink(missing_ok=True)
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)
        temporary.replace(target)
        wrote(target)
