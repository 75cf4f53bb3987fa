"""A process that has loaded all that cleaning needs, and forks workers that share it, as its parent asks for them."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
from collections.abc import Callable
from typing import BinaryIO

from corpus_tools.child import end_with
from corpus_tools.clean.workers.frames import tell

Serve = Callable[[BinaryIO, BinaryIO], None]
_REQUEST_BYTES = 1 << 10


def fork_workers(output: BinaryIO, serve: Serve) -> None:
    """Fork a worker for each request, and tell of each that starts and ends, until the parent closes its socket; then end them all.

    Requests come through the socket that stdin is: ``fork`` with the number of a worker and the two pipes that it reads pages from and
    writes to, or ``kill`` with a number. A worker that has ended is not waited for before it was told of, so that no other process can
    have its number when it is killed.
    """
    requests, births = socket.socket(fileno=0), _Births(output, serve)
    while True:
        ready, _, _ = select.select([requests.fileno(), births.ended], [], [])
        if births.ended in ready:
            births.tell_ended()
        if requests.fileno() in ready:
            data, pipes, _, _ = socket.recv_fds(requests, _REQUEST_BYTES, 2)
            if not data:
                births.end_all()
                return
            asked = json.loads(data)
            if "kill" in asked:
                births.kill(asked["kill"])
            else:
                births.fork(asked["fork"], *pipes)


class _Births:
    """The workers that were forked and have not ended: process -> number."""

    def __init__(self, output: BinaryIO, serve: Serve) -> None:
        self._output, self._serve = output, serve
        self._alive: dict[int, int] = {}
        self.ended, self._wake = os.pipe()
        """Readable when a worker may have ended."""
        os.set_blocking(self._wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake)

    def fork(self, number: int, pages: int, results: int) -> None:
        """Fork a worker that reads ``pages`` and writes ``results``."""
        nursery = os.getpid()
        try:
            process = os.fork()
        except OSError as error:
            tell(self._output, worker=number, refused=error.strerror or str(error))
        else:
            if process == 0:
                self._live(nursery, pages, results)
            self._alive[process] = number
            tell(self._output, worker=number, process=process)
        os.close(pages)
        os.close(results)

    def _live(self, nursery: int, pages: int, results: int) -> None:
        """Be a worker, and never return."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            end_with(nursery)
            for inherited in (0, self.ended, self._wake, self._output.fileno()):
                os.close(inherited)
            self._serve(os.fdopen(pages, "rb"), os.fdopen(results, "wb"))
        finally:
            os._exit(0)

    def kill(self, number: int) -> None:
        """End the worker of a number, if there still is one."""
        for process in [process for process, other in self._alive.items() if other == number]:
            os.kill(process, signal.SIGKILL)

    def tell_ended(self) -> None:
        """Tell of every worker that has ended."""
        os.read(self.ended, _REQUEST_BYTES)
        while self._alive:
            process, status, usage = os.wait4(-1, os.WNOHANG)
            if not process:
                return
            code = os.waitstatus_to_exitcode(status)
            tell(self._output, worker=self._alive.pop(process), code=code, peak=usage.ru_maxrss)

    def end_all(self) -> None:
        """End what is left, and wait for it: whoever waits for this process then knows what all of them have used."""
        for process in self._alive:
            os.kill(process, signal.SIGKILL)
        for process in self._alive:
            os.waitpid(process, 0)
