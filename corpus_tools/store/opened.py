"""A run folder opened for reading: its record, its plan and its tables as polars frames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_tools.errors import PlanError, RunError
from corpus_tools.plan import Plan
from corpus_tools.store.backing import fetch, tell
from corpus_tools.store.decisions import NAME_COLUMNS
from corpus_tools.store.manifest import Manifest
from corpus_tools.store.objects.address import is_address
from corpus_tools.store.objects.scratch import view_run
from corpus_tools.store.paths import local_path
from corpus_tools.store.run_file import INPUTS_FILE, RUN_FILE, read_run_file
from corpus_tools.store.sound import check_table

if TYPE_CHECKING:
    import polars as pl

__all__ = ["INPUTS_FILE", "RUN_FILE", "StoredRun"]

_PREFIX = 6
"""Minimum number of leading digits of a page_id by which a page can be named."""


class StoredRun:
    """A run on disk. Its tables are lazy frames; a table that is not finished yet raises RunError."""

    def __init__(self, path: str | Path) -> None:
        self.path = view_run(path) if is_address(path) else local_path(path, RunError)
        self.record: dict[str, Any] = read_run_file(self.path)
        self._sound: dict[str, Manifest] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({tell(str(self.path))!r}): {self.summary or 'not finished'}"

    @property
    def plan(self) -> Plan:
        """The plan of the last run."""
        return Plan.from_dict(self.record["plan"])

    @property
    def summary(self) -> str:
        """The run's one sentence; empty while it is not finished."""
        return str(self.record.get("summary", ""))

    def table(self, name: str) -> pl.LazyFrame:
        """A finished table by folder name; RunError if the run has not reached it, or if a part is not what was sealed."""
        return self._parts(name)

    def _parts(self, name: str, gone: bool = False) -> pl.LazyFrame:
        """The parts of a table; ``corpus/new`` has those of a second one, of documents that are ``gone``."""
        import polars as pl  # a run with nothing to do reads no table

        folder = self.path / name
        manifest = self._sound.get(name) or check_table(folder)
        if manifest is None:
            raise RunError(f"{folder} is not finished", f"finish it with: corpus-tools run SOURCE -o {self.path}")
        self._sound[name] = manifest
        parts = [part for part in manifest.parts if part.name.startswith("gone-") == gone]
        if not parts:
            raise RunError(
                f"{folder} holds nothing: {self.path} was not made against an earlier corpus",
                "make the run with --against EARLIER; without it all of its documents are new",
            )
        fetch(folder, parts)
        return pl.scan_parquet([folder / part.name for part in parts])

    @property
    def corpus(self) -> pl.LazyFrame:
        """Kept documents."""
        return self.table("corpus")

    @property
    def documents(self) -> pl.LazyFrame:
        """All cleaned pages."""
        return self.table("documents")

    @property
    def stripped(self) -> pl.LazyFrame:
        """Passages cut from pages."""
        return self.table("stripped")

    @property
    def signatures(self) -> pl.LazyFrame:
        """MinHash signatures of documents."""
        return self.table("signatures")

    @property
    def edges(self) -> pl.LazyFrame:
        """Measured pairs."""
        return self.table("edges")

    @property
    def rewrites(self) -> pl.LazyFrame:
        """Pairs of which one page is a rewrite of the other; empty unless the plan looks for rewrites."""
        return self.table("rewrites")

    @property
    def substitutions(self) -> pl.LazyFrame:
        """Words that rewrites swap for each other; empty unless the plan looks for rewrites."""
        return self.table("substitutions")

    @property
    def clusters(self) -> pl.LazyFrame:
        """Each document's cluster and role."""
        return self.table("clusters")

    @property
    def removed(self) -> pl.LazyFrame:
        """Removed copies."""
        return self.table("corpus/removed")

    @property
    def new(self) -> pl.LazyFrame:
        """Documents that the corpus of the earlier run (``against``) does not hold, or holds with another text."""
        return self._parts("corpus/new")

    @property
    def gone(self) -> pl.LazyFrame:
        """Documents of the earlier run's corpus that this one does not hold, with what became of them."""
        return self._parts("corpus/new", gone=True)

    @property
    def rejected(self) -> pl.LazyFrame:
        """Pages that were turned away, with the reason."""
        return self.table("rejected")

    def find_page(self, name: str) -> str:
        """The page_id of the page called ``name``: a page_id or its first digits, a source_id, a url or its ending, or a source.

        Raises PlanError if no document fits, or more than one.
        """
        import polars as pl

        fits = _called(name) | pl.col("url").str.ends_with(f"/{name}")
        if len(name) >= _PREFIX:
            fits |= pl.col("page_id").str.starts_with(name)
        found = self.documents.filter(fits).select("page_id", "url").head(5).collect()
        if found.height == 1:
            return str(found["page_id"][0])
        if found.height == 0:
            hint = self._why_absent(name)
            raise PlanError(f"{self.path} has no document called {name!r}", hint)
        raise PlanError(
            f"{name!r} stands for more than one document: {', '.join(found['page_id'].to_list())}",
            "name the one you mean by its page_id",
        )

    def _why_absent(self, name: str) -> str:
        rejected = self.rejected.filter(_called(name)).head(1).collect()
        if rejected.height:
            return f"that page was rejected: {rejected['reason'][0]}"
        return "name a page by its page_id (at least 6 digits of it), source_id, url or source, as in the documents table"


def _called(name: str) -> pl.Expr:
    import polars as pl

    columns = [pl.col(column) == name for column in NAME_COLUMNS]
    return pl.any_horizontal(columns)
