"""Which file of decisions a run obeys, and what its record keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corpus_tools.errors import SourceError
from corpus_tools.pipeline.stages import STAGES
from corpus_tools.store.decisions import DECISIONS_FILE, OF_STAGE, Decisions, read_decisions
from corpus_tools.store.manifest import sealed
from corpus_tools.store.objects.address import is_address
from corpus_tools.store.objects.scratch import local_copy
from corpus_tools.store.opened import StoredRun


def load_decisions(folder: Path, given: str | Path | None, record: Mapping[str, Any]) -> tuple[Decisions, dict[str, Any]]:
    """The decisions to obey, and the record of them: file, and the digest of what each stage obeys.

    They are those of the file ``given``; else of the file given last time; else of ``decisions.csv`` in the run folder. Raises
    SourceError if a file that was given is not there, PlanError if the file cannot be understood.
    """
    named = given or record.get("decisions", {}).get("given")
    if named is not None and is_address(named):
        decisions = read_decisions(local_copy(named))
        return decisions, {"file": str(named), "digests": decisions.digests(), "given": str(named)}
    if named is not None and not Path(named).is_file():
        raise SourceError(f"decisions file {str(named)!r} does not exist", "name the file with --decisions")
    path = Path(named) if named is not None else folder / DECISIONS_FILE
    decisions = read_decisions(path) if path.is_file() else Decisions()
    found = str(path.resolve()) if named is not None else DECISIONS_FILE
    entry = {"file": found if path.is_file() else None, "digests": decisions.digests()}
    return decisions, entry | ({"given": found} if named is not None else {})


def run_decisions(run: StoredRun) -> Decisions:
    """The decisions that a run obeyed; none if the file has gone."""
    named = run.record.get("decisions", {}).get("file")
    if named and is_address(named):
        return read_decisions(local_copy(named))
    path = run.path / named if named else None  # a file elsewhere is named from the root on
    return read_decisions(path) if path and path.is_file() else Decisions()


def tell_decisions(folder: Path) -> list[str]:
    """What the stages that obey decisions said of them when they last ran."""
    seals = [(stage.name, sealed(folder / stage.folders[-1])) for stage in STAGES if stage.name in OF_STAGE]
    return [f"{name}: {told}" for name, seal in seals if seal for told in seal.totals if " decision" in told]
