"""One worker process as its parent holds it: started when needed, asked, and when it ends, what ended it."""

from __future__ import annotations

import math
import os
import threading
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from corpus_tools.clean.workers.endings import Death, Running, end
from corpus_tools.clean.workers.frames import receive, send
from corpus_tools.clean.workers.spawned import Hold
from corpus_tools.errors import RunError

_IDLE = 0.005
"""Share of a core that a process at work has at the least, also on a machine with far too much to do."""


class Starts(Protocol):
    """What starts workers."""

    def start(self, hold: Hold) -> Death | bool:
        """Start one and hand it to ``hold``: whether it walks pages slowly, or how it ended before it was ready."""


class WorkerProcess:
    """A process, started when it is first asked and again after it ended."""

    def __init__(self, starts: Starts, page_seconds: float) -> None:
        self._starts = starts
        self._page_seconds = page_seconds
        self._process: Running | None = None
        self._stopped = self._stalled = False
        self.walks_slowly = False

    @property
    def has_started(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    def ask(self, pages: pa.RecordBatch) -> pa.RecordBatch | Death:
        """The pages cleaned, or how the process ended over them. RunError where the installation does not let it work."""
        if self._stopped:
            raise RuntimeError("the cleaning pool is closed")
        if self._process is None:
            found = self._starts.start(self._hold)
            if isinstance(found, Death):
                self._process = None
                return found
            self.walks_slowly = found
        process = self._process
        if process is None:
            return Death("is gone", outside=True)
        answered = threading.Event()
        # The worker limits its own processor time; this is for one that waits, or was stopped.
        threading.Thread(target=self._watch, args=(process, answered), daemon=True).start()
        try:
            send(process.stdin, pages)
            answer = receive(process.stdout)
        except (OSError, pa.ArrowException):
            answer = None
        finally:
            answered.set()
        if isinstance(answer, pa.RecordBatch):
            return answer
        death = self._end()
        if answer is not None:
            raise RunError(f"cleaning cannot go on: {answer['fault']}", answer["hint"])
        return death

    def _hold(self, process: Running) -> None:
        self._process = process
        if self._stopped:
            process.kill()

    def _watch(self, process: Running, answered: threading.Event) -> None:
        """End a process that has hardly used the processor for as long as a page may use it; one that is only slow goes on."""
        used = _processor_seconds(process.pid)
        while not answered.wait(self._page_seconds):
            now = _processor_seconds(process.pid)
            if now - used < _IDLE * self._page_seconds:
                self._stalled = True
                process.kill()
                return
            used = now

    def _end(self) -> Death:
        """Wait for the process that closed its output, and say how it ended."""
        process, self._process = self._process, None
        if process is None:
            return Death("is gone", outside=True)
        death = end(process)
        stalled, self._stalled = self._stalled, False
        return Death("gave no answer", outside=True) if stalled else death

    def stop(self) -> None:
        """End the process for good; a slice in work is given up."""
        self._stopped = True
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """Release what ``stop`` left; call it when no slice is in work."""
        self._end()


def _processor_seconds(process: int) -> float:
    """What a process has used; inf where the system does not say, so that its own limits decide."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return math.inf
