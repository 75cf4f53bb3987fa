"""Verbs that go on from cleaned pages: what they cannot make again is never touched, and stale tables are kept only if asked."""

from __future__ import annotations

from collections.abc import Sequence

from corpus_tools.errors import RunError
from corpus_tools.pipeline.stages import STAGES, Stage
from corpus_tools.pipeline.state import work_of
from corpus_tools.plan import Plan
from corpus_tools.store.manifest import read_manifest
from corpus_tools.store.opened import StoredRun
from corpus_tools.store.run_file import plan_of
from corpus_tools.store.sound import damaged_error, find_faults

Kept = dict[str, list[str]]
"""Stages whose tables stay though they are stale, and what has changed since they were made."""


def check_cleaned(held: StoredRun, plan: Plan, verify: bool = False) -> None:
    """RunError unless the pages are cleaned as ``plan`` says and whole: without the source they cannot be cleaned again."""
    changes = _changes(STAGES[0], held, plan)
    folder = held.path / "extracted"
    cleaned = read_manifest(folder)
    if cleaned is None:
        raise RunError(f"{held.path} has no cleaned pages yet", f"finish cleaning with: corpus-tools clean SOURCE -o {held.path}")
    faults = find_faults(folder, cleaned, verify)
    if faults:
        raise damaged_error(faults, held.path)
    if changes:
        raise RunError(
            f"the pages of {held.path} would have to be cleaned again, which needs their source: {'; '.join(changes)}",
            f"give the source: corpus-tools run SOURCE -o {held.path}; or go on with the tables as they are: --keep-stale",
        )


def keep_stale(held: StoredRun, plan: Plan, stages: Sequence[Stage]) -> tuple[Plan, Kept]:
    """The tables of all but the last of ``stages`` as they are: the plan with the settings they were made by, and what changed since.

    Tables that are unfinished or damaged are not kept: they are made again where that is possible.
    """
    kept: Kept = {}
    for stage in stages[:-1]:
        changes = _changes(stage, held, plan)
        found = read_manifest(held.path / stage.folders[-1])
        if changes and found is not None:
            kept[stage.name] = changes
            plan = plan_of(found.work.params, plan)
    return plan, kept


def _changes(stage: Stage, held: StoredRun, plan: Plan) -> list[str]:
    """What has changed since the stage was sealed; nothing for a stage without a seal."""
    found = read_manifest(held.path / stage.folders[-1])
    return work_of(stage, held.path, plan, held.record).changes(found.work) if found else []
