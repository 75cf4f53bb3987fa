"""A folder of this user alone in one for temporary files, and what ended processes left in it."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from corpus_tools.child import born
from corpus_tools.errors import RunError
from corpus_tools.machine import machine_errors


def own_folder(where: Path) -> Path:
    """The folder, made if it is not there; RunError if it belongs to somebody else."""
    base = where.resolve() / f"corpus-tools-{os.getuid()}"
    with machine_errors(base):
        base.mkdir(mode=0o700, exist_ok=True)
        facts = base.lstat()
    if facts.st_uid != os.getuid() or not stat.S_ISDIR(facts.st_mode) or facts.st_mode & 0o022:
        raise RunError(f"{base} belongs to somebody else", "name another folder for temporary files with TMPDIR")
    return base


def sweep(base: Path) -> None:
    """Delete the folders of processes that are gone."""
    for path in base.glob("view-*-*-*"):
        _, pid, when, _ = path.name.split("-")
        with suppress(ValueError):
            if born(int(pid)) != when:
                shutil.rmtree(path, ignore_errors=True)
