"""One worker process as its parent holds it: started when needed, asked, and when it ends, what ended it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO

import pyarrow as pa

from corpus_tools.child import child_environment
from corpus_tools.clean.worker import NO_MEMORY, receive, send
from corpus_tools.errors import RunError
from corpus_tools.plan import CleanPlan

# Not -m: the package imports the module itself, and Python warns of a module run twice.
WORKER_CODE = "import sys; from corpus_tools.clean.worker import main; main(sys.argv[1])"
_OWN_SIGNALS = ("SIGSEGV", "SIGBUS", "SIGABRT", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS", "SIGPROF")
"""Signals that a process brings on itself. Any other came from outside: the system was out of memory, or somebody sent it."""
_LARGE_MIB = 1024
"""A process that was killed from outside with so much memory in use may have been killed for that."""
_IDLE = 0.005
"""Share of a core that a process at work has at the least, also on a machine with far too much to do."""
_GRACE = 5.0
"""Seconds in which a process ends that has closed its output."""


@dataclasses.dataclass(frozen=True)
class Death:
    """How a worker ended, in words; whether the cause lay ``outside`` of it; whether it held much memory (``large``)."""

    told: str
    outside: bool = False
    large: bool = False


class WorkerProcess:
    """A process, started when it is first asked and again after it ended."""

    def __init__(self, plan: CleanPlan, page_seconds: float) -> None:
        orders = {"plan": dataclasses.asdict(plan), "page_seconds": page_seconds, "parent": os.getpid()}
        # -P: the folder one stands in may hold a json.py.
        self._command = [sys.executable, "-P", "-c", WORKER_CODE, json.dumps(orders)]
        self._page_seconds = page_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._reaping = threading.Lock()
        self._stopped = self._stalled = False
        self.walks_slowly = False

    def ask(self, pages: pa.RecordBatch) -> pa.RecordBatch | Death:
        """The pages cleaned, or how the process ended over them. RunError where the installation does not let it work."""
        if self._stopped:
            raise RuntimeError("the cleaning pool is closed")
        process = self._process
        if process is None:
            found = self._start()
            if isinstance(found, Death):
                return found
            process = found
        answered = threading.Event()
        # The worker limits its own processor time; this is for one that waits, or was stopped.
        threading.Thread(target=self._watch, args=(process.pid, answered), daemon=True).start()
        try:
            send(process.stdin, pages)  # type: ignore[arg-type]
            answer = receive(process.stdout)  # type: ignore[arg-type]
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

    def _start(self) -> subprocess.Popen[bytes] | Death:
        # One thread a worker: the pool itself fills the cores. A group of its own: Ctrl-C is for the parent.
        environment = child_environment(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(self._command, **pipes, stderr=errors, env=environment, process_group=0)  # type: ignore[call-overload]  # noqa: S603
            self._process = process
            if self._stopped:
                self._kill()
            said = receive(process.stdout)
            if isinstance(said, dict) and said.get("ready"):
                self.walks_slowly = bool(said["slowly"])
                return process  # type: ignore[no-any-return]
            death = self._end()
            if isinstance(said, dict):
                raise RunError(f"a cleaning worker could not be started: {said['fault']}", said["hint"])
            if not death.outside:
                # No page did this: rejecting page after page would hide a broken installation.
                raise RunError(
                    f"a cleaning worker could not be started: {_last_line(errors) or death.told}", "check the installation"
                )
        return death

    def _watch(self, process: int, answered: threading.Event) -> None:
        """End a process that has hardly used the processor for as long as a page may use it; one that is only slow goes on."""
        used = _processor_seconds(process)
        while not answered.wait(self._page_seconds):
            now = _processor_seconds(process)
            if now - used < _IDLE * self._page_seconds:
                self._stalled = True
                self._kill()
                return
            used = now

    def _end(self) -> Death:
        """Wait for the process that closed its output, and say how it ended; one that does not end is killed."""
        process, self._process = self._process, None
        if process is None:
            return Death("is gone", outside=True)
        until = time.monotonic() + _GRACE
        with contextlib.suppress(OSError):  # what is left in a broken pipe cannot be flushed
            if process.stdin is not None:
                process.stdin.close()
        while True:
            with self._reaping:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    process.returncode = os.waitstatus_to_exitcode(status)
                    break
                if time.monotonic() > until:
                    process.kill()
            time.sleep(0.005)
        if process.stdout is not None:
            process.stdout.close()
        stalled, self._stalled = self._stalled, False
        return Death("gave no answer", outside=True) if stalled else _say_death(process.returncode, usage)

    def _kill(self) -> None:
        with self._reaping:
            if self._process is not None and self._process.returncode is None:
                self._process.kill()

    def stop(self) -> None:
        """End the process for good; a slice in work is given up."""
        self._stopped = True
        self._kill()

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


def _say_death(code: int, usage: resource.struct_rusage) -> Death:
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
    peak, ours = (one.ru_maxrss // 1024 for one in (usage, resource.getrusage(resource.RUSAGE_SELF)))
    return Death("gave no answer" if name == "SIGALRM" else f"was killed ({name})", True, peak > max(ours, _LARGE_MIB))


def _last_line(stream: IO[bytes]) -> str:
    stream.seek(0)
    lines = stream.read()[-10_000:].decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
