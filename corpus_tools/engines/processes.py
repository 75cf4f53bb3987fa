"""Tasks of Python on several cores of one machine: processes of our own, which end with this one."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, BinaryIO

from corpus_tools.child import child_environment, end_with
from corpus_tools.engines.protocol import Result, Task
from corpus_tools.engines.threads import map_on_threads
from corpus_tools.errors import CorpusError, RunError
from corpus_tools.machine import RESUME, machine_error

# Not -m, and none of multiprocessing's ways: they would run the user's own script a second time.
_CODE = "import sys; from corpus_tools.engines.processes import serve; serve(int(sys.argv[1]))"
_HEAD = 8
"""Bytes of the length before each message."""


class TaskProcess:
    """A process that does ``function`` for one task after the other."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        environment = child_environment(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", POLARS_MAX_THREADS="1")
        # -P: the folder one stands in may hold a json.py. A group of its own: Ctrl-C is for the parent.
        command = [sys.executable, "-P", "-c", _CODE, str(os.getpid())]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, process_group=0
        )
        self._function: Callable[[Any], Any] | None = function

    def do(self, task: Any) -> Any:
        """What the function gives for a task. Its errors are raised here; RunError if the process ends."""
        try:
            if self._function is not None:
                _send(self._process.stdin, self._function)
                self._function = None
            _send(self._process.stdin, task)
            answer = _receive(self._process.stdout)
        except OSError:
            answer = None
        if answer is None:
            code = self._process.wait()
            told = f"was killed (signal {-code})" if code < 0 else f"ended with exit code {code}"
            raise RunError(f"a worker process {told}", f"close other programs or give fewer --workers; {RESUME}")
        fine, made = answer
        if not fine:
            raise made
        return made

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what is left in a broken pipe cannot be flushed
                pipe.close()  # type: ignore[union-attr]
        self._process.wait()


def map_in_processes(function: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> Iterator[Result]:
    """``function`` over ``tasks`` in up to ``workers`` processes, results in order; function, tasks and results must be picklable.

    A process costs some seconds of imports, so this is for tasks of minutes in which threads would wait for each other.
    """
    count = min(workers, len(tasks))
    if count <= 1:
        yield from map(function, tasks)
        return
    held = [TaskProcess(function) for _ in range(count)]
    idle = deque(held)
    threads = ThreadPoolExecutor(count)

    def run(task: Task) -> Result:
        process = idle.popleft()  # as many threads as processes: there is always one
        try:
            made: Result = process.do(task)
            return made
        finally:
            idle.append(process)

    try:
        yield from map_on_threads(threads, run, tasks, 2 * count)
    finally:
        for process in held:  # before the threads: they would wait for a task in work
            process.close()
        threads.shutdown(cancel_futures=True)


def serve(parent: int) -> None:
    """Do tasks until the input ends: first the function comes, then a task at a time."""
    end_with(parent)
    source, output = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    try:
        function = _receive(source)
        while function is not None and (held := _receive_any(source)) is not None:
            _send(output, _try(function, held[0]))
    except BrokenPipeError:
        os._exit(0)  # the parent is gone


def _try(function: Callable[[Any], Any], task: Any) -> tuple[bool, Any]:
    try:
        return True, function(task)
    except Exception as error:
        found = error if isinstance(error, CorpusError) else machine_error(error)
        return False, found or RuntimeError(f"{type(error).__name__}: {error}")


def _send(stream: BinaryIO | Any, value: Any) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(len(data).to_bytes(_HEAD, "little"))
    stream.write(data)
    stream.flush()


def _receive_any(stream: BinaryIO | Any) -> tuple[Any] | None:
    """The next value in a tuple of its own, since it may be None; None at the end of the stream."""
    head = stream.read(_HEAD)
    data = stream.read(int.from_bytes(head, "little")) if len(head) == _HEAD else b""
    # Only ever what this very package wrote, on a pipe between its own processes.
    return (pickle.loads(data),) if head and len(data) == int.from_bytes(head, "little") else None  # noqa: S301


def _receive(stream: BinaryIO | Any) -> Any:
    held = _receive_any(stream)
    return held[0] if held else None
