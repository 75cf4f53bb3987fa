"""Workers forked from one process that has loaded all they need: they start at once, and share its memory."""

from __future__ import annotations

import json
import os
import signal
import socket
import tempfile
import threading
from concurrent.futures import Future
from contextlib import suppress
from itertools import count
from typing import BinaryIO

from corpus_tools.clean.workers.endings import GRACE, Death, Ended, end
from corpus_tools.clean.workers.frames import Said, receive
from corpus_tools.clean.workers.spawned import Hold, Spawned, wait_until_ready, worker_command
from corpus_tools.errors import RunError
from corpus_tools.machine import RESUME
from corpus_tools.plan import CleanPlan

_KILLED = Ended(-signal.SIGKILL, 0)
"""How a worker ends whose nursery is gone: the system sends it this signal."""
_GONE = Death("was killed with the process it came from", outside=True)


class Forker:
    """Starts workers as forks of one process, which is started with the first and again after it was killed."""

    def __init__(self, plan: CleanPlan, page_seconds: float) -> None:
        self._command = worker_command(plan, page_seconds, forks=True)
        self._starting = threading.Lock()
        self._nursery: _Nursery | None = None
        self._stopped = False

    def start(self, hold: Hold) -> Death | bool:
        """Start a worker: whether it walks pages slowly, or how it ended before it was ready. RunError where the installation is at fault."""
        with self._starting:
            if self._stopped:
                return _GONE
            if self._nursery is None or self._nursery.gone:
                self._nursery = _Nursery(self._command)
        found = self._nursery.ready.result()
        return found if isinstance(found, Death) else self._nursery.fork(hold) or found

    def stop(self) -> None:
        """Begin to end all workers; no more are started."""
        with self._starting:
            self._stopped = True
        if self._nursery is not None:
            self._nursery.stop()

    def close(self) -> None:
        """Wait until all workers have ended."""
        if self._nursery is not None:
            self._nursery.close()


class _Nursery:
    """The process that forks, as its parent holds it. A thread of its own starts it and reads what it tells: it ends with that thread."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self.ready: Future[Death | bool] = Future()
        self.gone = False
        self._socket, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process: Spawned | None = None
        self._numbers = count()
        self._started: dict[int, Said] = {}
        self._ended: dict[int, Ended] = {}
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._listen, name="nursery", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        try:
            found = self._open()
        except BaseException as error:
            self.ready.set_exception(error)
        else:
            self.ready.set_result(found)
            if self._process is not None and not isinstance(found, Death):
                while isinstance(said := receive(self._process.stdout), dict):
                    self._take(said)
                end(self._process)
        with self._change:
            self.gone = True
            self._change.notify_all()

    def _open(self) -> Death | bool:
        with tempfile.TemporaryFile() as errors:
            with self._theirs:
                self._process = Spawned(self._command, errors, self._theirs.fileno())
            return wait_until_ready(self._process, errors)

    def _take(self, said: Said) -> None:
        """What became of a worker."""
        with self._change:
            if "code" in said:
                self._ended[said["worker"]] = Ended(said["code"], said["peak"])
            else:
                self._started[said["worker"]] = said
            self._change.notify_all()

    def fork(self, hold: Hold) -> Death | None:
        """Have a worker forked and hand it to ``hold``; or how the nursery ended meanwhile. RunError if the system allows no more."""
        number = next(self._numbers)
        (pages, stdin), (stdout, results) = os.pipe(), os.pipe()
        with suppress(OSError):  # it is gone
            socket.send_fds(self._socket, [json.dumps({"fork": number}).encode()], [pages, results])
        os.close(pages)
        os.close(results)
        with self._change:
            self._change.wait_for(lambda: number in self._started or self.gone)
            said = self._started.pop(number, None)
        if said is not None and "process" in said:
            hold(Forked(self, number, said["process"], stdin, stdout))
            return None
        os.close(stdin)
        os.close(stdout)
        if said is None:
            return _GONE
        raise RunError(
            f"a cleaning worker could not be started: {said['refused']}", f"close programs or give fewer --workers; {RESUME}"
        )

    def kill(self, number: int) -> None:
        """End a worker; nothing if it has ended."""
        with suppress(OSError):
            self._socket.send(json.dumps({"kill": number}).encode())

    def ended(self, number: int) -> Ended | None:
        """How a worker ended; None if it has not."""
        with self._change:
            return self._ended.get(number, _KILLED if self.gone else None)

    def stop(self) -> None:
        """Have all workers end, and then the nursery itself."""
        if self.ready.done():
            self._socket.close()
        elif self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """Wait for all that to happen."""
        self.stop()
        self._thread.join(GRACE)
        if self._thread.is_alive() and self._process is not None:
            self._process.kill()
            self._thread.join()


class Forked:
    """A worker of a nursery."""

    def __init__(self, nursery: _Nursery, number: int, process: int, stdin: int, stdout: int) -> None:
        self._nursery, self._number, self.pid = nursery, number, process
        self.stdin: BinaryIO = os.fdopen(stdin, "wb")
        self.stdout: BinaryIO = os.fdopen(stdout, "rb")

    def kill(self) -> None:
        """End it; nothing if it has ended."""
        self._nursery.kill(self._number)

    def ended(self) -> Ended | None:
        """How it ended; None if it has not."""
        return self._nursery.ended(self._number)
