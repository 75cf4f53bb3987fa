"""A new run against an earlier one: whether the two go together."""

from __future__ import annotations

from pathlib import Path

from corpus_tools.errors import PlanError, RunError
from corpus_tools.plan import Plan
from corpus_tools.store.earlier import NEEDED_TABLES, Earlier
from corpus_tools.store.manifest import read_manifest
from corpus_tools.store.opened import StoredRun

_SAME_SECTIONS = ("clean", "fingerprint", "match")
"""Sections of the plan that must be the same as in the earlier run."""


def open_earlier(path: str | Path, plan: Plan) -> Earlier:
    """Open the earlier run. RunError if it is not finished, PlanError if it cleaned, fingerprinted or matched by other settings."""
    held = StoredRun(path)
    unfinished = [name for name in NEEDED_TABLES if read_manifest(held.path / name) is None]
    if unfinished:
        raise RunError(
            f"{path} is not finished: {unfinished[0]}/ is missing or incomplete", "finish it with: corpus-tools run SOURCE -o RUN"
        )
    theirs, ours = held.plan.to_dict(), plan.to_dict()
    for section in _SAME_SECTIONS:
        for name, value in ours[section].items():
            if theirs[section].get(name) != value:
                raise PlanError(
                    f"{section}.{name} is {value!r}, but {path} was made with {theirs[section].get(name)!r}",
                    "use the plan of the earlier run, or run over both sources together",
                )
    return Earlier(held.path)
