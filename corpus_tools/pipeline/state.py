"""Where the stages of a run stand: what each would do now, held against what its seal says it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus_tools.errors import RunError
from corpus_tools.pipeline.decided import load_decisions
from corpus_tools.pipeline.inputs import describe_inputs, list_inputs, rename_files
from corpus_tools.pipeline.stages import STAGES, Stage
from corpus_tools.plan import Plan
from corpus_tools.readers.listing import list_sources
from corpus_tools.store.decisions import DECISIONS_FILE
from corpus_tools.store.manifest import GIVEN_UP_PAGES, STARTED, Work, read_manifest, sealed
from corpus_tools.store.opened import StoredRun
from corpus_tools.store.run_file import LISTING
from corpus_tools.store.sound import find_faults


@dataclass(frozen=True)
class State:
    """Where a stage stands: ``done``, ``stale`` (and why), ``partial`` (some parts are there) or ``missing``."""

    stage: str
    state: str
    reasons: tuple[str, ...] = ()
    rows: int = 0
    notes: tuple[str, ...] = ()


def work_of(stage: Stage, folder: Path, plan: Plan, record: dict[str, Any]) -> Work:
    """What the stage would do now; an input that is not finished yet counts as unknown."""
    inputs = {LISTING: record.get("inputs", {}).get("digest", "")} if not stage.after else {}
    for name in stage.after:
        manifest = sealed(folder / name)
        inputs[f"{name}/"] = manifest.digest if manifest else ""
    if stage.name == "write" and record.get("against_corpus"):
        inputs["the corpus of the earlier run"] = record["against_corpus"]
    decided = record.get("decisions", {}).get("digests", {}).get(stage.name)
    if decided:
        inputs[DECISIONS_FILE] = decided
    params = stage.params(plan)
    if stage.name == "write" and record.get("kept_stale"):  # the card says it
        params["tables kept as they were"] = record["kept_stale"]
    return Work(stage.name, inputs, params, stage.code_digest(), stage.versions())


@dataclass(frozen=True)
class Examiner:
    """Tells which stages are done: ``full`` compares the digests of all their tables.

    ``with_source``: the input is there, so pages that were given up because of the machine can be tried again.
    """

    folder: Path
    plan: Plan
    record: dict[str, Any]
    full: bool = False
    with_source: bool = False

    def is_done(self, stage: Stage) -> bool:
        """Whether all seals of the stage are those of this very work, or are to be kept, and its tables are what was sealed."""
        key = work_of(stage, self.folder, self.plan, self.record).key
        seals = [sealed(self.folder / name) for name in stage.folders]
        kept = stage.name in self.record.get("kept_stale", {})
        if self.with_source and any(seal and seal.totals.get(GIVEN_UP_PAGES) for seal in seals):
            return False
        return all(seal is not None and (kept or seal.work.key == key) for seal in seals) and not self.faults(stage)

    def faults(self, stage: Stage) -> list[str]:
        """Seals and files of the stage's tables that are damaged, in words."""
        found: list[str] = []
        for name in stage.folders:
            try:
                seal = read_manifest(self.folder / name)
            except RunError as error:
                found.append(error.what)
                continue
            found += [str(fault) for fault in find_faults(self.folder / name, seal, self.full)] if seal else []
        return found


def examine(
    folder: str | Path,
    plan: Plan | None = None,
    sources: Sequence[str | Path] | None = None,
    decisions: str | Path | None = None,
) -> list[State]:
    """The state of every stage of a run under its own plan or another one; nothing runs.

    With ``sources`` the input listing is compared too; ``decisions`` as for a run. Raises RunError if there is no run, and
    SourceError if a source is missing.
    """
    held = StoredRun(folder)
    record = dict(held.record)
    record["decisions"] = load_decisions(held.path, decisions, record)[1]
    if sources is not None:
        from corpus_tools.store.earlier import Earlier

        earlier = Earlier(StoredRun(record["against"]).path) if record.get("against") else None
        links = (plan or held.plan).read.follow_links
        files = rename_files(list_sources([name for name in sources if str(name) != "-"], follow_links=links), earlier)
        record["inputs"] = describe_inputs(list_inputs(files, earlier))
    states: list[State] = []
    for stage in STAGES:
        states.append(_examine_stage(stage, held.path, plan or held.plan, record, states))
    return states


def _examine_stage(stage: Stage, folder: Path, plan: Plan, record: dict[str, Any], before: list[State]) -> State:
    faults = Examiner(folder, plan, record).faults(stage)
    seals = [sealed(folder / name) for name in stage.folders]
    last = seals[-1]
    if last is None or None in seals:
        partial = any((folder / name / STARTED).exists() for name in stage.folders)
        return State(stage.name, "stale" if faults else "partial" if partial else "missing", tuple(faults))
    reasons = faults + work_of(stage, folder, plan, record).changes(last.work)
    makers = {name: made.name for made in STAGES for name in made.folders}
    notes = [
        _say_total(*total) for total in last.totals.items() if " " in total[0]
    ]  # what a stage has to say stands in its seal among the totals
    redone = {state.stage for state in before if state.state != "done"}
    reasons += [f"{name}/ will be made again" for name in stage.after if makers[name] in redone]
    return State(stage.name, "stale" if reasons else "done", tuple(reasons), last.rows, tuple(notes))


def _say_total(name: str, count: int) -> str:
    return f"{count:,} {name}" if name == GIVEN_UP_PAGES else name
