"""How a worker ends, and whose fault that was."""

from __future__ import annotations

import contextlib
import resource
import signal
import time
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, Protocol

NO_MEMORY = 12
"""Exit code of a worker that ran out of it outside of a page's own code."""
_OWN_SIGNALS = ("SIGSEGV", "SIGBUS", "SIGABRT", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS", "SIGPROF")
"""Signals that a process brings on itself. Any other came from outside: the system was out of memory, or somebody sent it."""
_LARGE_MIB = 1024
"""A process that was killed from outside with so much memory in use may have been killed for that."""
GRACE = 5.0
"""Seconds in which a process ends that has closed its output."""


class Ended(NamedTuple):
    """The exit code of a process, minus the signal where one ended it, and the most memory it had, in KiB."""

    code: int
    peak: int


@dataclass(frozen=True)
class Death:
    """How a worker ended, in words; whether the cause lay ``outside`` of it; whether it held much memory (``large``)."""

    told: str
    outside: bool = False
    large: bool = False


class Running(Protocol):
    """A worker that was started, however that was done."""

    pid: int
    stdin: BinaryIO
    stdout: BinaryIO

    def kill(self) -> None:
        """End it; nothing if it has ended."""

    def ended(self) -> Ended | None:
        """How it ended; None if it has not."""


def end(running: Running) -> Death:
    """Wait for a process that closed its output, and say how it ended; one that does not end is killed."""
    until = time.monotonic() + GRACE
    with contextlib.suppress(OSError):  # what is left in a broken pipe cannot be flushed
        running.stdin.close()
    while (found := running.ended()) is None:
        if time.monotonic() > until:
            running.kill()
        time.sleep(0.005)
    running.stdout.close()
    return _say_death(*found)


def _say_death(code: int, peak: int) -> Death:
    if code == NO_MEMORY:
        return Death("needs more memory than a page may use")
    if code >= 0:
        return Death(f"ended its worker (exit code {code})")
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    if name == "SIGPROF":
        return Death("took too long and ended its worker")
    if name in _OWN_SIGNALS:
        return Death(f"ended its worker ({name})")
    # A new process counts the memory of the one it came from, up to here.
    held, ours = (one // 1024 for one in (peak, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
    return Death("gave no answer" if name == "SIGALRM" else f"was killed ({name})", True, held > max(ours, _LARGE_MIB))
