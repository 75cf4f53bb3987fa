"""``run.json``: the record of a run, with a checksum of itself; rebuilt from the seals where it is lost or damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpus_tools.errors import PlanError, RunError
from corpus_tools.plan import Plan
from corpus_tools.store.files import digest_json, write_json
from corpus_tools.store.manifest import PART_NAME, SEAL, Manifest, sealed

RUN_FILE = "run.json"
INPUTS_FILE = "inputs.parquet"
LISTING = "the input listing"
"""What a seal of cleaned pages calls the digest of the input files."""


def is_run(folder: Path) -> bool:
    """Whether the folder is a run: it has a record, or a table that was sealed as part of one."""
    return (folder / RUN_FILE).is_file() or any(seal.is_file() for seal in _seals(folder))


def _seals(folder: Path) -> list[Path]:
    """Seals of a run's tables. A copied corpus holds some too, of its removed and its new pages, and is no run."""
    return [seal for seal in sorted(folder.glob(f"*/{SEAL}")) if seal.parent.name not in ("removed", "new") and _is_ours(seal)]


def _is_ours(seal: Path) -> bool:
    """Whether a file of the name of a seal is one, whole or damaged: other programs have a ``manifest.json`` too."""
    try:
        known = b'"work"' in seal.read_bytes()
    except OSError:
        known = False
    return known or any(PART_NAME.fullmatch(path.name) for path in seal.parent.iterdir())


def write_run_file(folder: Path, record: dict[str, Any]) -> None:
    """Store the record, by rename."""
    held = {name: value for name, value in record.items() if name != "checksum"}
    write_json(folder / RUN_FILE, held | {"checksum": digest_json(held)})


def read_run_file(folder: Path) -> dict[str, Any]:
    """The record of a run: as stored, or where it is lost or damaged, what the seals of its tables tell.

    A rebuilt record has ``rebuilt``: why. Raises RunError if the folder is not a run.
    """
    try:
        held = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
        problem = _find_problem(held)
    except (FileNotFoundError, NotADirectoryError):
        held, problem = {}, "is missing"
    except OSError as error:
        raise RunError(f"{folder / RUN_FILE} cannot be read: {error.strerror}", "check who may read the run folder") from None
    except ValueError as error:
        held, problem = {}, f"is damaged: {error}"
    if not problem:
        return dict(held)
    made_by = [found for seal in _seals(folder) if (found := sealed(seal.parent))]
    if not is_run(folder):
        raise no_run_error(folder)
    return _rebuild(made_by) | {"rebuilt": f"{folder / RUN_FILE} {problem}"}


def _find_problem(held: Any) -> str:
    if not isinstance(held, dict):
        return "is damaged: it holds no JSON object"
    told = held.get("checksum")
    if told != digest_json({name: value for name, value in held.items() if name != "checksum"}):
        return "is damaged: it does not agree with its checksum"
    try:
        Plan.from_dict(held["plan"])
    except (KeyError, TypeError, PlanError) as error:
        return f"holds no plan of this version: {getattr(error, 'what', error)}"
    return ""


def no_run_error(folder: Path) -> RunError:
    """What ``folder`` is, since it is no run, and what to name instead."""
    inside = next((above for above in folder.absolute().parents[:3] if above.is_dir() and is_run(above)), None)
    hint = f"name the run itself: {inside}" if inside else "name a run folder, or make one with: corpus-tools run SOURCE -o RUN"
    if not folder.exists():
        return RunError(f"{folder} is not a run folder: it does not exist", hint)
    if not folder.is_dir():
        return RunError(f"{folder} is not a run folder: it is a file", hint)
    return RunError(f"{folder} is not a run folder: it has no {RUN_FILE}", hint)


def _rebuild(seals: list[Manifest]) -> dict[str, Any]:
    """A record from what the seals hold: settings of their stages, and the digest of the input files."""
    seals = sorted(seals, key=lambda found: found.work.stage != "clean")  # what the pages were cleaned by comes first
    settings: dict[str, Any] = {}
    for found in seals:
        settings = found.work.params | settings
    listing = next((found.work.inputs[LISTING] for found in seals if LISTING in found.work.inputs), "")
    return {"plan": plan_of(settings).to_dict(), "inputs": {"digest": listing}, "summary": "", "last_run_did": []}


def plan_of(settings: dict[str, Any], base: Plan | None = None) -> Plan:
    """``base`` with these settings; those that this version does not know, or that do not go together, are left out."""
    plan = base or Plan()
    try:
        return plan.with_settings(settings)
    except PlanError:
        pass
    for name, value in settings.items():
        try:
            plan = plan.with_settings({name: value})
        except PlanError:
            continue
    return plan
