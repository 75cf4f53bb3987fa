"""Worker processes for cleaning: every core busy, bounded queues, no page can stop the run."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.clean.rows import distinct_pages, rejected_row, repeat_rows
from corpus_tools.clean.worker import READY, READY_SLOW, receive, send
from corpus_tools.errors import RunError
from corpus_tools.kernels.warm_up import child_environment
from corpus_tools.plan import CleanPlan

SLICE_PAGES = 32
SLICE_BYTES = 8 << 20
"""One worker's task: at most so many pages and about so many bytes of them."""

MAX_BATCHES = 3
"""Batches held while a slow page keeps the first of them from being handed on."""

PAGE_SECONDS = 60.0
"""The last resort. Budgets in the cleaner itself end a page long before, and the same way on any machine."""


# Not -m: the package imports the module itself, and Python warns of a module run twice.
WORKER_CODE = "import sys; from corpus_tools.clean.worker import main; main(sys.argv[1])"


class _Worker:
    """One worker process, started when first needed and again after it died."""

    def __init__(self, plan: CleanPlan, page_seconds: float) -> None:
        # -P: the folder one stands in may hold a json.py.
        self._command = [sys.executable, "-P", "-c", WORKER_CODE, json.dumps(dataclasses.asdict(plan))]
        self._page_seconds = page_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self.walks_slowly = False

    def extract(self, pages: pa.RecordBatch) -> pa.RecordBatch:
        """Clean a slice; if that kills or hangs the process, page by page, and reject those that do."""
        found = self._attempt(pages)
        if found is not None:
            return found
        rows = [
            self._attempt(page) or _killed(page, self._page_seconds) for page in (pages.slice(i, 1) for i in range(pages.num_rows))
        ]
        return pa.concat_batches(rows)

    def _attempt(self, pages: pa.RecordBatch) -> pa.RecordBatch | None:
        if self._stopped:
            raise RuntimeError("the cleaning pool is closed")
        process = self._process or self._start()
        assert process.stdin is not None  # noqa: S101 - for the type checker
        assert process.stdout is not None  # noqa: S101
        timer = threading.Timer(self._page_seconds * (1 + pages.num_rows / 8), process.kill)
        timer.daemon = True
        timer.start()
        try:
            send(process.stdin, pages)  # type: ignore[arg-type]
            found = receive(process.stdout)  # type: ignore[arg-type]
        except (OSError, pa.ArrowException):
            found = None
        finally:
            timer.cancel()
        if found is None:
            self._end()
        return found

    def _start(self) -> subprocess.Popen[bytes]:
        # One thread a worker: the pool itself fills the cores.
        environment = child_environment(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
        process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)  # noqa: S603
        self._process = process
        if self._stopped:
            process.kill()
        said = process.stdout.read(len(READY)) if process.stdout else b""
        self.walks_slowly = said == READY_SLOW
        if said not in (READY, READY_SLOW):
            # No page did this: rejecting page after page would hide a broken installation.
            self._end()
            raise RunError("a cleaning worker could not be started", "its own message is above; check the installation")
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):  # what is left in a broken pipe cannot be flushed
                if stream is not None:
                    stream.close()

    def stop(self) -> None:
        """End the process for good; a slice in work is given up."""
        self._stopped = True
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """Release what ``stop`` left; call it when no slice is in work."""
        self._end()


def _killed(page: pa.RecordBatch, seconds: float) -> pa.RecordBatch:
    reason = f"cleaning this page ended its worker, or took over {seconds:.0f} s"
    return pa.RecordBatch.from_pylist([rejected_row(page.to_pylist()[0], "clean", reason)], schema=tables.EXTRACTED)


class CleanPool:
    """A context manager that holds ``workers`` cleaning processes.

    Rows and their order do not depend on the number of workers. A page that kills or hangs its
    process becomes a row with stage ``clean`` and a reason, and the run goes on. At most
    ``2 * workers + 2`` slices of pages wait or run at a time.
    """

    def __init__(self, workers: int, plan: CleanPlan, page_seconds: float = PAGE_SECONDS) -> None:
        self._idle: deque[_Worker] = deque(_Worker(plan, page_seconds) for _ in range(max(1, workers)))
        self._all = tuple(self._idle)
        self._threads = ThreadPoolExecutor(len(self._all), thread_name_prefix="clean")
        self._most_running = 2 * len(self._all) + 2

    def __enter__(self) -> CleanPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for worker in self._all:
            worker.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._all:
            worker.close()

    @property
    def walks_slowly(self) -> bool:
        """Whether a worker reads pages in Python, because lexbor's functions are not what the compiled walk needs."""
        return any(worker.walks_slowly for worker in self._all)

    def extract(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Batches of ``tables.PAGES`` to batches of ``tables.EXTRACTED``, in order, read no further than needed."""
        waiting: deque[_Waiting] = deque()
        running: set[Future[pa.RecordBatch]] = set()
        for batch in batches:
            waiting.append(_Waiting(batch))
            for part in waiting[-1].slices():
                while len(running) >= self._most_running:
                    running = wait(running, return_when=FIRST_COMPLETED).not_done
                future = self._threads.submit(self._run, part)
                waiting[-1].parts.append(future)
                running.add(future)
            while len(waiting) > 1 and (waiting[0].done() or len(waiting) > MAX_BATCHES):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _run(self, pages: pa.RecordBatch) -> pa.RecordBatch:
        worker = self._idle.popleft()  # as many threads as workers: there is always one
        try:
            return worker.extract(pages)
        finally:
            self._idle.append(worker)


class _Waiting:
    """A batch whose slices are being cleaned."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self._batch = batch
        self._distinct, self._places = distinct_pages(batch)
        self.parts: list[Future[pa.RecordBatch]] = []

    def slices(self) -> Iterator[pa.RecordBatch]:
        """The distinct pages in slices bounded in pages and bytes."""
        sizes = _page_bytes(self._distinct)
        start = held = 0
        for row, size in enumerate(sizes):
            if row > start and (row - start >= SLICE_PAGES or held + size > SLICE_BYTES):
                yield self._distinct.slice(start, row - start)
                start, held = row, 0
            held += size
        if len(sizes) > start:
            yield self._distinct.slice(start)

    def done(self) -> bool:
        """Whether every slice is cleaned."""
        return all(part.done() for part in self.parts)

    def result(self) -> pa.RecordBatch:
        """The whole batch, cleaned; waits for what is missing."""
        parts = [part.result() for part in self.parts]
        cleaned = pa.concat_batches(parts) if parts else pa.RecordBatch.from_pylist([], schema=tables.EXTRACTED)
        return repeat_rows(cleaned, self._places, self._batch)


def _page_bytes(batch: pa.RecordBatch) -> list[int]:
    import pyarrow.compute as pc

    total = [0] * batch.num_rows
    for name in ("raw", "text"):
        lengths = pc.binary_length(batch.column(name)).to_pylist()
        total = [had + (length or 0) for had, length in zip(total, lengths, strict=True)]
    return total
