"""What a stage works with: the run folder, the plan, the engine, the input files, an earlier run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from corpus_tools.engines.protocol import Engine
from corpus_tools.plan import Plan
from corpus_tools.progress import Progress
from corpus_tools.store.begun import read_record
from corpus_tools.store.decisions import Decisions
from corpus_tools.store.earlier import Earlier
from corpus_tools.store.manifest import Part, read_manifest
from corpus_tools.store.parts import describe_part

Given = ParamSpec("Given")
Made = TypeVar("Made")


@dataclass
class Context:
    """What a stage works with. ``files`` are the input files (``readers.listing.SourceFile``), which only the clean stage reads."""

    folder: Path
    plan: Plan
    engine: Engine
    workers: int
    progress: Progress
    files: Sequence[Any] = ()
    earlier: Earlier | None = None
    kept_stale: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Stages whose tables stay as they are though something has changed since they were made, and what."""
    decisions: Decisions = field(default_factory=Decisions)
    """What people decided."""
    before: Earlier | None = None
    """The earlier run whose kept pages stay and whose corpus this one is compared with; ``earlier`` is None where a run goes on without
    its source."""

    def rows(self, table: str) -> int:
        """Rows of a sealed table of the run; 0 if it is not sealed."""
        manifest = read_manifest(self.folder / table)
        return manifest.rows if manifest else 0

    def describe(self, paths: Sequence[Path]) -> list[Part]:
        """Rows, size and digest of parts of an unfinished table: by their records, and where one is damaged by the part."""
        known = {path: read_record(path) for path in paths}
        unknown = [path for path, part in known.items() if part is None]
        made = dict(zip(unknown, self.engine.map_tasks(describe_part, unknown, self.workers), strict=True))
        return [known[path] or made[path] for path in paths]

    def form(self, local: Callable[Given, Made], distributed: Callable[Given, Made]) -> Callable[Given, Made]:
        """The form of a step that suits the engine: for one machine, or for many."""
        return distributed if self.engine.distributed else local
