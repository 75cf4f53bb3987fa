"""An earlier run as the base of a new one: its parts are linked, not made again, where they still hold."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from corpus_tools.errors import PlanError, RunError
from corpus_tools.manifest import Manifest, read_manifest
from corpus_tools.parts import read_part
from corpus_tools.plan import Plan
from corpus_tools.runs import INPUTS_FILE, Run

if TYPE_CHECKING:
    from corpus_tools.pages import SourceFile

_NEEDED = ("extracted", "sites", "doorways", "stripped", "rejected", "documents", "signatures", "edges")
_SAME = ("clean", "fingerprint", "match")


@dataclass(frozen=True)
class Earlier:
    """A finished run that a new batch is deduplicated against; it is only read."""

    path: Path

    @staticmethod
    def open(path: str | Path, plan: Plan) -> Earlier:
        """RunError if the run is not finished, PlanError if it cleaned, sketched or matched by other settings."""
        held = Run(path)
        found = Earlier(held.path)
        unfinished = [name for name in _NEEDED if read_manifest(held.path / name) is None]
        if unfinished:
            raise RunError(
                f"{path} is not finished: {unfinished[0]}/ is not sealed", "finish it with: corpus-tools run SOURCE -o RUN"
            )
        theirs, ours = held.plan.to_dict(), plan.to_dict()
        for section in _SAME:
            for name, value in ours[section].items():
                if theirs[section].get(name) != value:
                    raise PlanError(
                        f"{section}.{name} is {value!r}, but {path} was made with {theirs[section].get(name)!r}",
                        "give the earlier run's plan, or run over both sources together",
                    )
        return found

    @cached_property
    def run(self) -> Run:
        """The run itself."""
        return Run(self.path)

    @cached_property
    def manifests(self) -> dict[str, Manifest]:
        """The seals of its tables."""
        found = {name: read_manifest(self.path / name) for name in _NEEDED}
        return {name: manifest for name, manifest in found.items() if manifest is not None}

    @cached_property
    def listing(self) -> pl.DataFrame:
        """Its input files: name, size, mtime_ns."""
        return pl.read_parquet(self.path / INPUTS_FILE)

    @property
    def units(self) -> int:
        """Input units it was made from: new units are numbered after them."""
        return max((int(part.name.split("-")[1]) for part in self.manifests["extracted"].parts), default=-1) + 1

    def rename(self, files: Sequence[SourceFile]) -> list[SourceFile]:
        """``files`` under the names they would have in one listing after the earlier run's."""
        from corpus_tools.readers.listing import unique_names

        return unique_names(files, self.listing["name"])

    def link_extracted(self, folder: Path) -> None:
        """Every cleaned page of the earlier run."""
        for part in self.manifests["extracted"].parts:
            self.link("extracted", part.name, folder)

    @cached_property
    def _finished(self) -> dict[str, str]:
        """Name and digest of its parts of documents."""
        return {part.name: part.digest for part in self.manifests["documents"].parts}

    def unchanged(self, name: str, sites: set[str]) -> bool:
        """Whether a part of ``extracted/`` is the earlier run's, and holds no page of these sites."""
        if name not in self._finished:
            return False
        return not sites or sites.isdisjoint(read_part(self.path / "extracted" / name, ["site"]).column(0).to_pylist())

    def same_documents(self, name: str, digest: str) -> bool:
        """Whether the earlier run holds a part of documents of this name and content."""
        return self._finished.get(name) == digest

    def known(self, signatures: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        """Its edges and signatures, as far as they still hold beside ``signatures`` of the grown run.

        Which comparisons still hold is ``cluster.known.still_known``'s to say, for every engine.
        """
        from corpus_tools.cluster.known import still_known

        seen = self.run.signatures.select("page_id", "content_hash")
        same = still_known(nw.from_native(seen), nw.from_native(signatures)).select("page_id").to_native().collect().lazy()
        edges = self.run.edges.join(same, left_on="left", right_on="page_id", how="semi")
        return edges.join(same, left_on="right", right_on="page_id", how="semi"), self.run.signatures.join(
            same, on="page_id", how="semi"
        )

    def link(self, table: str, name: str, folder: Path) -> None:
        """One part of a table, as a link where the file system has them, else as a copy."""
        source, target = self.path / table / name, folder / name
        if target.exists():
            return
        temporary = target.with_name(f".{name}.tmp")
        temporary.unlink(missing_ok=True)
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)
        temporary.replace(target)
