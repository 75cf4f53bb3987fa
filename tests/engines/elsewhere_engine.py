"""An engine whose tasks and kernels run in a process that shares only the store with this one: the distributed forms without Java."""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from corpus_tools.child import child_environment
from corpus_tools.engines import sending
from corpus_tools.engines.polars import PolarsEngine
from corpus_tools.engines.protocol import BucketKernel, GroupKernel, Kernel, Result, Task
from corpus_tools.errors import CorpusError
from corpus_tools.store.backing import here
from corpus_tools.store.parts import name_parts

WORKER = """
import pickle, struct, sys
from corpus_tools.engines import sending
while head := sys.stdin.buffer.read(8):
    function, given = pickle.loads(sys.stdin.buffer.read(struct.unpack("<Q", head)[0]))
    try:
        found = function(*given)
    except Exception as error:
        found = error
    content = sending.send_back(found)
    sys.stdout.buffer.write(struct.pack("<Q", len(content)) + content)
    sys.stdout.buffer.flush()
"""


class ElsewhereEngine(PolarsEngine):
    """Frames are those of polars; whatever a task or a kernel does, another process does, in a folder of its own."""

    name = "elsewhere"
    distributed = True

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        environment = child_environment(SPARK_LOCAL_DIRS=str(folder))
        tests = Path(__file__).parent
        environment["PYTHONPATH"] = os.pathsep.join((environment["PYTHONPATH"], str(tests), str(tests.parent)))
        for name in [name for name in environment if name.startswith("AWS_")]:
            del environment[name]
        command = [sys.executable, "-c", WORKER]
        self.worker = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def _ask(self, function: Callable[..., Any], *given: Any) -> Any:
        worker = self.worker
        assert worker.stdin is not None
        assert worker.stdout is not None
        content = pickle.dumps((sending.send(function), given))
        worker.stdin.write(struct.pack("<Q", len(content)) + content)
        worker.stdin.flush()
        found = sending.receive(worker.stdout.read(struct.unpack("<Q", worker.stdout.read(8))[0]))
        if isinstance(found, Exception):
            raise found
        return found

    def scan(self, folder: Path, part: str = "", stem: str = "part", columns: Sequence[str] = ()) -> pl.LazyFrame:
        """See ``Engine``. Parts are brought here: frames are this process's."""
        for path in name_parts(folder, stem):
            here(path)
        return super().scan(folder, part, stem, columns)

    def map_batches(self, frame: pl.LazyFrame, kernel: Kernel, schema: pa.Schema) -> pl.LazyFrame:
        """See ``Engine``."""
        return super().map_batches(frame, lambda batch: self._ask(kernel, batch), schema)

    def map_groups(self, left: pl.LazyFrame, right: pl.LazyFrame, by: str, kernel: GroupKernel, schema: pa.Schema) -> pl.LazyFrame:
        """See ``Engine``."""
        return super().map_groups(left, right, by, lambda one, other: self._ask(kernel, one, other), schema)

    def map_buckets(self, frame: pl.LazyFrame, by: str, kernel: BucketKernel, schema: pa.Schema) -> pl.LazyFrame:
        """See ``Engine``."""
        return super().map_buckets(frame, by, lambda rows: self._ask(kernel, rows), schema)

    def map_tasks(self, function: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> Iterator[Result]:
        """See ``Engine``."""
        for task in tasks:
            # One job a task: the task is part of what is sent, and its paths are pickled as places.
            found: Any = self._ask(_Task(function, task))
            if isinstance(found, CorpusError):
                raise found
            yield found

    def end(self) -> None:
        """End the process."""
        self.worker.kill()
        self.worker.wait()


class _Task:
    """A function and what it is called with."""

    def __init__(self, function: Callable[[Any], Any], task: Any) -> None:
        self.function, self.task = function, task

    def __call__(self) -> Any:
        return self.function(self.task)
