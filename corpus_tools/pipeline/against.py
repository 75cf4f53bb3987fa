"""A new run against an earlier one: whether the two go together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from corpus_tools.errors import PlanError, RunError
from corpus_tools.pipeline.inputs import read_digest
from corpus_tools.pipeline.stages import STAGES
from corpus_tools.plan import Plan
from corpus_tools.store.earlier import NEEDED_TABLES, Earlier
from corpus_tools.store.manifest import read_manifest
from corpus_tools.store.opened import INPUTS_FILE, StoredRun
from corpus_tools.store.run_file import LISTING
from corpus_tools.store.sound import Fault, damaged_error, find_faults

_AGAIN = "running it again with its own source"

_SAME_SECTIONS = ("clean", "site", "fingerprint", "match")
"""Sections of the plan that must be the same as in the earlier run."""


def open_earlier(path: str | Path, plan: Plan, verify: bool = False) -> Earlier:
    """Open the earlier run. RunError if it is unfinished, damaged or of another version, PlanError if its settings are others.

    With ``verify`` the digests of all its tables are compared.
    """
    held = StoredRun(path)
    unfinished = [name for name in NEEDED_TABLES if read_manifest(held.path / name) is None]
    if unfinished:
        raise RunError(
            f"{path} is not finished: {unfinished[0]}/ is missing or incomplete", "finish it with: corpus-tools run SOURCE -o RUN"
        )
    faults = [fault for name in NEEDED_TABLES for fault in _faults(held.path / name, verify)]
    if faults:
        raise damaged_error(faults, held.path)
    _check_listing(held.path)
    _check_code(held.path)
    theirs, ours = held.plan.to_dict(), plan.to_dict()
    for section in _SAME_SECTIONS:
        for name, value in ours[section].items():
            if theirs[section].get(name) != value:
                raise PlanError(
                    f"{section}.{name} is {value!r}, but {path} was made with {theirs[section].get(name)!r}",
                    "use the plan of the earlier run, or run over both sources together",
                )
    if held.plan.read.carry != plan.read.carry:
        raise PlanError(
            f"read.carry is {list(plan.read.carry)!r}, but {path} was made with {list(held.plan.read.carry)!r}",
            "carry the same columns as the earlier run, or run over both sources together",
        )
    return Earlier(held.path)


def _faults(folder: Path, verify: bool) -> list[Fault]:
    manifest = read_manifest(folder)
    return find_faults(folder, manifest, verify) if manifest else []


def _check_listing(folder: Path) -> None:
    """RunError unless the table of input files is the one that the pages were cleaned from."""
    cleaned = read_manifest(folder / "extracted")
    if cleaned is not None and read_digest(folder) != cleaned.work.inputs.get(LISTING):
        raise RunError(f"{folder / INPUTS_FILE} is missing or damaged", f"{_AGAIN} has it written again")


def _check_code(folder: Path) -> None:
    """RunError if a table was made by other code, or with another version of a library that decides it, than a run would now."""
    for stage in STAGES:
        for name in stage.folders:
            made = read_manifest(folder / name) if name in NEEDED_TABLES else None
            if made is not None:
                now = replace(made.work, code=stage.code_digest(), libraries=stage.versions())
                changes = now.changes(made.work)
                if changes:
                    raise RunError(
                        f"{folder / name} is not what this version makes: {'; '.join(changes)}",
                        f"{_AGAIN} brings it up to date; or run over both sources together",
                    )
