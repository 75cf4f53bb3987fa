"""Workers that are processes of their own from the start: each loads all that cleaning needs."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import IO, BinaryIO, cast

from corpus_tools.child import child_environment
from corpus_tools.clean.workers import worker
from corpus_tools.clean.workers.endings import Death, Ended, Running, end
from corpus_tools.clean.workers.frames import receive
from corpus_tools.errors import RunError
from corpus_tools.plan import CleanPlan

# Not -m: Python would have the module twice.
WORKER_CODE = f"import sys; from {worker.__name__} import main; main(sys.argv[1])"

Hold = Callable[[Running], None]
"""Called with a worker as soon as there is one, so that it can be killed before it is ready."""


class Spawned:
    """A process that was started here."""

    def __init__(self, command: list[str], errors: IO[bytes], stdin: int = subprocess.PIPE) -> None:
        # One thread a worker: the pool itself fills the cores. A group of its own: Ctrl-C is for the parent.
        environment = child_environment(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
        streams = {"stdin": stdin, "stdout": subprocess.PIPE, "stderr": errors}
        self._process = subprocess.Popen(command, **streams, env=environment, process_group=0)  # type: ignore[call-overload]  # noqa: S603
        self.pid: int = self._process.pid
        self.stdin = cast(BinaryIO, self._process.stdin or open(os.devnull, "wb"))  # noqa: PTH123, SIM115 - closed as a pipe would be
        self.stdout: BinaryIO = self._process.stdout
        self._reaping = threading.Lock()
        self._ended: Ended | None = None

    def kill(self) -> None:
        """End it; nothing if it has ended."""
        with self._reaping:
            if self._ended is None:
                self._process.kill()

    def ended(self) -> Ended | None:
        """How it ended; None if it has not."""
        with self._reaping:
            if self._ended is None:
                pid, status, usage = os.wait4(self.pid, os.WNOHANG)
                if pid:
                    self._process.returncode = os.waitstatus_to_exitcode(status)
                    self._ended = Ended(self._process.returncode, usage.ru_maxrss)
            return self._ended


class Spawner:
    """Starts workers as processes of their own."""

    def __init__(self, plan: CleanPlan, page_seconds: float) -> None:
        self._command = worker_command(plan, page_seconds)

    def start(self, hold: Hold) -> Death | bool:
        """Start a worker: whether it walks pages slowly, or how it ended before it was ready. RunError where the installation is at fault."""
        with tempfile.TemporaryFile() as errors:
            process = Spawned(self._command, errors)
            hold(process)
            return wait_until_ready(process, errors)

    def stop(self) -> None:
        """Nothing: whoever holds a worker kills it."""

    def close(self) -> None:
        """Nothing is held here."""


def worker_command(plan: CleanPlan, page_seconds: float, *, forks: bool = False) -> list[str]:
    """The command of a worker, or of the process that ``forks`` workers."""
    orders = {"plan": dataclasses.asdict(plan), "page_seconds": page_seconds, "parent": os.getpid(), "forks": forks}
    # -P: the folder one stands in may hold a json.py.
    return [sys.executable, "-P", "-c", WORKER_CODE, json.dumps(orders)]


def wait_until_ready(process: Running, errors: IO[bytes]) -> Death | bool:
    """Whether a process that is ready walks pages slowly, or how it ended before; RunError where no page can be cleaned."""
    said = receive(process.stdout)
    if isinstance(said, dict) and said.get("ready"):
        return bool(said["slowly"])
    death = end(process)
    if isinstance(said, dict):
        raise RunError(f"a cleaning worker could not be started: {said['fault']}", said["hint"])
    if not death.outside:
        # No page did this: rejecting page after page would hide a broken installation.
        raise RunError(f"a cleaning worker could not be started: {_last_line(errors) or death.told}", "check the installation")
    return death


def _last_line(stream: IO[bytes]) -> str:
    stream.seek(0)
    lines = stream.read()[-10_000:].decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
