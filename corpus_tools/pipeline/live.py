"""What a run is doing while it does it: a small file in its folder that ``status`` reads, gone when the run ends well."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus_tools.child import born
from corpus_tools.errors import find_interrupt
from corpus_tools.progress import Progress
from corpus_tools.store.backing import wrote

WORKING = ".working.json"
_EVERY = 1.0
"""Seconds between two writings, at least."""


@dataclass(frozen=True)
class Live:
    """What a run was doing when it last said so. Times are seconds since 1970; ``done`` and ``total`` are in ``unit``."""

    pid: int
    host: str
    born: str
    since: float
    stage: str = ""
    stage_since: float = 0.0
    done: int = 0
    total: int | None = None
    unit: str = ""
    told: float = 0.0
    ended: str = ""
    """Why it ended, if it could still say so."""

    @property
    def share(self) -> float | None:
        """How much of the stage is done, 0 to 1, where that is known."""
        return min(1.0, self.done / self.total) if self.total else None

    @property
    def running(self) -> bool | None:
        """Whether the process is still there; None if it runs on another machine."""
        if self.ended:
            return False
        if self.host != socket.gethostname():
            return None
        return born(self.pid) == self.born != ""


def read_live(folder: Path) -> Live | None:
    """What a run says it is doing, or was doing when it ended; None if its last work ended well."""
    try:
        return Live(**json.loads((folder / WORKING).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


class Telling:
    """A progress that also writes what is being done into the run folder; a file that cannot be written stops nothing."""

    def __init__(self, inner: Progress, folder: Path) -> None:
        self._inner, self._path = inner, folder / WORKING
        now = time.time()
        self._held: dict[str, Any] = {"pid": os.getpid(), "host": socket.gethostname(), "born": born(os.getpid()), "since": now}
        self._told = 0.0
        self._write()

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """A stage begins."""
        self._inner.start(stage, total, unit)
        self._held |= {"stage": stage, "stage_since": time.time(), "done": 0, "total": total, "unit": unit}
        self._write()

    def advance(self, amount: int, **counts: int) -> None:
        """``amount`` more is done."""
        self._inner.advance(amount, **counts)
        self._held["done"] = self._held.get("done", 0) + amount
        if time.monotonic() - self._told >= _EVERY:
            self._write()

    def finish(self, note: str = "") -> None:
        """The stage is over."""
        self._inner.finish(note)

    def end(self, why: str) -> None:
        """The work is over: with no ``why`` it went well, and the file goes."""
        if why:
            self._held["ended"] = why
            self._write()
        else:
            self._path.unlink(missing_ok=True)

    def _write(self) -> None:
        self._told = time.monotonic()
        temporary = self._path.with_name(f"{WORKING}.tmp")
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
            temporary.write_text(json.dumps({**self._held, "told": time.time()}), encoding="utf-8")
            temporary.replace(self._path)
            wrote(self._path)


@contextmanager
def telling(inner: Progress, folder: Path) -> Iterator[Progress]:
    """``inner``, told to the run folder too; how the work ended is told at the end."""
    progress = Telling(inner, folder)
    try:
        yield progress
    except BaseException as error:
        progress.end(
            "interrupted"
            if find_interrupt(error)
            else f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        )
        raise
    progress.end("")
