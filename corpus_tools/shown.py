"""What leaves for a terminal or a log: output, and progress as a bar or as JSON events.

Pages, file names and libraries are quoted there, and none of them may steer it. Data goes to stdout, everything else to stderr.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
import time
from collections.abc import Callable
from importlib import import_module
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from corpus_tools.errors import CONTROL_CHARACTERS, visible
from corpus_tools.markup import plain

if TYPE_CHECKING:
    from rich.console import Console

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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing is left to do."""

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
    """A bar for the stage at work (name, bar, share, rate, time left), which fits any width; what is done is a line with its note."""

    def __init__(self, console: Console | None = None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as RichProgress

        self._console = console or Console(stderr=True)
        self._bar = RichProgress(
            TextColumn(f"{{task.description:<{_NAME}}}", markup=False),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[share]:>4}", markup=False),
            TextColumn("{task.fields[rate]:>15}", markup=False),
            TextColumn("{task.fields[left]:>12}", markup=False),
            console=self._console,
            expand=True,
        )
        self._task: Any = None
        self._unit = ""
        self._began = 0.0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.stop()

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """Show a bar for the stage."""
        self._began, self._unit = time.monotonic(), unit
        self._task = self._bar.add_task(stage, total=total, share="", rate="", left="")

    def advance(self, amount: int, **counts: int) -> None:
        """Move the bar on."""
        self._bar.update(self._task, advance=amount)
        task = self._bar.tasks[-1]
        rate = task.completed / max(time.monotonic() - self._began, 1e-9)
        share = f"{min(1.0, task.completed / task.total):.0%}" if task.total else ""
        left = _clock((task.total - task.completed) / rate) + " left" if task.total and rate else ""
        self._bar.update(self._task, share=share, rate=_rate(rate, self._unit), left=left)

    def finish(self, note: str = "") -> None:
        """Put a line for the stage in the place of its bar: how long it took, and the note, folded to the width."""
        task = self._bar.tasks[-1]
        self._bar.remove_task(task.id)
        head = f"{task.description:<{_NAME}} {_clock(time.monotonic() - self._began):>7}  "
        room = max(20, self._console.width - len(head) - 1)
        lines = textwrap.wrap(visible(note), room) or [""]
        folded = f"\n{' ' * len(head)}".join(lines)
        self._console.print(head + folded, markup=False, highlight=False, soft_wrap=True)


class NotebookBar:
    """The stages in a notebook: a bar for the one at work, and a line with its note for each that is done."""

    def __init__(self, display: Callable[..., Any] | None = None) -> None:
        self._display = display
        self._handle: Any = None
        self._done: list[str] = []
        self._stage, self._unit, self._total, self._amount = "", "", None, 0  # type: tuple[str, str, int | None, int]
        self._began = self._told = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._show("")

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """Show a bar for the stage."""
        self._stage, self._unit, self._total, self._amount = stage, unit, total, 0
        self._began = self._told = time.monotonic()
        self._show(self._bar())

    def advance(self, amount: int, **counts: int) -> None:
        """Move the bar on, twice a second at most."""
        self._amount += amount
        if time.monotonic() - self._told > _EVERY / 2:
            self._told = time.monotonic()
            self._show(self._bar())

    def finish(self, note: str = "") -> None:
        """Put a line for the stage in the place of its bar."""
        self._done.append(f"{self._stage}, {_clock(time.monotonic() - self._began)}: {note}")
        self._show("")

    def _bar(self) -> str:
        rate = _rate(self._amount / max(time.monotonic() - self._began, 1e-9), self._unit)
        value = f' value="{self._amount}" max="{self._total}"' if self._total else ""
        return f'<div>{plain(self._stage)} <progress aria-label="{plain(self._stage)}"{value}></progress> {plain(rate)}</div>'

    def _show(self, bar: str) -> None:
        data = {"text/html": "".join(f"<div>{plain(one)}</div>" for one in self._done) + bar, "text/plain": "\n".join(self._done)}
        if self._handle is not None:
            self._handle.update(data, raw=True)
        else:
            display = self._display or import_module("IPython.display").display
            self._handle = display(data, raw=True, display_id=True)


def show_progress() -> Bar | NotebookBar | JsonLines:
    """Progress for where the code runs, to be used with ``with`` and given as ``progress=``.

    A bar in a notebook or a terminal, and JSON lines on standard error elsewhere.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None and hasattr(shell, "kernel"):
        return NotebookBar()
    return Bar() if sys.stderr.isatty() else JsonLines()


_NAME = 11
"""Width of the longest name of a stage."""


def _rate(per_second: float, unit: str) -> str:
    return f"{per_second / 1e6:,.1f} MB/s" if unit == "bytes" else f"{per_second:,.0f} {unit}/s"


def _clock(seconds: float) -> str:
    """``0:07``, ``12:30`` or ``1:02:03``."""
    hours, rest = divmod(int(seconds + 0.5), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
