"""What leaves for a terminal or a log: output, and progress as a bar or as JSON events.

Pages, file names and libraries are quoted there, and none of them may steer it. Data goes to stdout, everything else to stderr.
"""

from __future__ import annotations

import json
import re
import sys
import time
from types import TracebackType
from typing import IO, Any, Self

from corpus_tools.errors import CONTROL_CHARACTERS, visible

_UNSAFE = re.compile("[" + "".join(map(chr, CONTROL_CHARACTERS)) + "]")
_EVERY = 1.0
"""Seconds between two events of a stage, at least."""


def json_line(value: Any) -> str:
    """``value`` as JSON that is safe to show: what ``visible`` replaces is written as an escape, so a reader gets it back."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False, default=str))


def say(text: str, stream: IO[str] | None = None, end: str = "\n") -> None:
    """Print ``visible`` text, on standard output by default; what its encoding cannot write is spelt out."""
    stream = sys.stdout if stream is None else stream
    encoding = getattr(stream, "encoding", None) or "utf-8"
    print(visible(text).encode(encoding, "backslashreplace").decode(encoding), file=stream, end=end, flush=True)


class JsonLines:
    """One JSON object a line: ``start``, ``progress`` (at most one a second), ``finish``."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._stage, self._unit, self._total = "", "", None  # type: tuple[str, str, int | None]
        self._done = 0
        self._began = self._told = 0.0

    def _emit(self, event: str, **values: Any) -> None:
        say(json_line({"event": event, **values}), self._stream)

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """Emit a ``start`` event."""
        self._stage, self._unit, self._total, self._done = stage, unit, total, 0
        self._began = self._told = time.monotonic()
        self._emit("start", stage=stage, total=total, unit=unit)

    def advance(self, amount: int, **counts: int) -> None:
        """Emit a ``progress`` event with rate and seconds left, unless one was just sent."""
        self._done += amount
        now = time.monotonic()
        if now - self._told < _EVERY:
            return
        self._told = now
        rate = self._done / (now - self._began)
        left = None if self._total is None or not rate else round((self._total - self._done) / rate, 1)
        self._emit(
            "progress",
            stage=self._stage,
            done=self._done,
            total=self._total,
            unit=self._unit,
            per_second=round(rate, 1),
            seconds_left=left,
            **counts,
        )

    def finish(self, note: str = "") -> None:
        """Emit a ``finish`` event."""
        self._emit("finish", stage=self._stage, done=self._done, seconds=round(time.monotonic() - self._began, 3), note=note)


class Bar:
    """A rich progress bar with rate and time left, one line a stage."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._console = Console(stderr=True)
        self._bar = RichProgress(
            SpinnerColumn(),
            TextColumn("{task.description:<12}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]} {task.fields[rate]} {task.fields[counts]}", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
        )
        self._task: Any = None
        self._began = 0.0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.stop()

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """Add a line for the stage."""
        self._began = time.monotonic()
        self._task = self._bar.add_task(stage, total=total, unit=unit, rate="", counts="")

    def advance(self, amount: int, **counts: int) -> None:
        """Move the stage's line on."""
        shown = ", ".join(f"{value:,} {name}" for name, value in counts.items())
        self._bar.update(self._task, advance=amount, counts=shown)
        task = self._bar.tasks[-1]
        rate = task.completed / max(time.monotonic() - self._began, 1e-9)
        self._bar.update(self._task, rate=f"({rate:,.0f}/s)")

    def finish(self, note: str = "") -> None:
        """Fill the stage's line and put the note beside it."""
        task = self._bar.tasks[-1]
        done = task.completed if task.total is None else task.total
        self._bar.update(self._task, total=max(done, 1), completed=max(done, 1), counts=visible(note))
