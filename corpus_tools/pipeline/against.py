"""A new run against an earlier one: may the one be the base of the other, and what are its files called there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corpus_tools.errors import PlanError, RunError
from corpus_tools.plan import Plan
from corpus_tools.readers.listing import SourceFile, make_names_unique
from corpus_tools.store.earlier import NEEDED_TABLES, Earlier
from corpus_tools.store.manifest import read_manifest
from corpus_tools.store.opened import StoredRun

_SAME_SECTIONS = ("clean", "fingerprint", "match")
"""Sections of the plan that must be those of the earlier run."""


def open_earlier(path: str | Path, plan: Plan) -> Earlier:
    """RunError if the run is not finished, PlanError if it cleaned, sketched or matched by other settings."""
    held = StoredRun(path)
    unfinished = [name for name in NEEDED_TABLES if read_manifest(held.path / name) is None]
    if unfinished:
        raise RunError(f"{path} is not finished: {unfinished[0]}/ is not sealed", "finish it with: corpus-tools run SOURCE -o RUN")
    theirs, ours = held.plan.to_dict(), plan.to_dict()
    for section in _SAME_SECTIONS:
        for name, value in ours[section].items():
            if theirs[section].get(name) != value:
                raise PlanError(
                    f"{section}.{name} is {value!r}, but {path} was made with {theirs[section].get(name)!r}",
                    "give the earlier run's plan, or run over both sources together",
                )
    return Earlier(held.path)


def rename_files(files: Sequence[SourceFile], earlier: Earlier | None) -> list[SourceFile]:
    """``files`` under the names they would have in one listing after the earlier run's."""
    return make_names_unique(files, earlier.listing["name"]) if earlier else list(files)
