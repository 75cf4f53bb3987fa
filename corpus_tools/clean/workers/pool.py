"""Worker processes for cleaning: every core busy, bounded queues, no page can stop the run, no fault of the machine is a page's."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.clean.rows import GIVEN_UP, distinct_pages, rejected_row, repeat_rows
from corpus_tools.clean.workers.endings import Death
from corpus_tools.clean.workers.forked import Forker
from corpus_tools.clean.workers.spawned import Spawner
from corpus_tools.clean.workers.worker_process import WorkerProcess
from corpus_tools.errors import RunError
from corpus_tools.machine import RESUME
from corpus_tools.plan import CleanPlan

SLICE_PAGES = 32
SLICE_BYTES = 8 << 20
"""One worker's task: at most so many pages and about so many bytes of them."""

MAX_BATCHES = 3
"""Batches held while a slow page keeps the first of them from being handed on."""

PAGE_SECONDS = 60.0
"""Processor time of a page: the last resort. Budgets in the cleaner itself end a page long before, the same way on any machine."""


CAN_FORK = sys.platform == "linux"
"""Whether workers are forked from one process: elsewhere libraries of the system do not survive it."""

TRIALS = 3
"""How often a page is tried alone, in a new worker each time, whose workers are killed from outside."""

QUIET_SLICES = 50
"""Slices without a kill after which one more worker may work again."""

WORKER_SLICES = 4
"""Slices of input for which one more worker is started: to start one takes as long as to clean several slices."""


class Seats:
    """How many slices may be in work at once: few while the input is small, and fewer after workers were killed from outside,
    as a machine short of memory does."""

    def __init__(self, count: int) -> None:
        self.allowed = count
        self.kills = 0
        self._count, self._taken, self._quiet, self._wanted = count, 0, 0, 1
        self._change = threading.Condition()

    def expect(self, slices: int) -> None:
        """Allow as many workers as so many slices of input are worth."""
        with self._change:
            self._wanted = 1 + slices // WORKER_SLICES
            self._change.notify_all()

    def take(self) -> None:
        """Wait for a seat."""
        with self._change:
            self._change.wait_for(lambda: self._taken < min(self.allowed, self._wanted))
            self._taken += 1

    def give_back(self) -> None:
        """Free a seat; one more is allowed again after a while without a kill."""
        with self._change:
            self._taken -= 1
            self._quiet += 1
            if self._quiet >= QUIET_SLICES and self.allowed < self._count:
                self.allowed, self._quiet = self.allowed + 1, 0
            self._change.notify_all()

    def lower(self, trial: int) -> None:
        """Give a seat back because its worker was killed, and take it again among half as many; alone, from the second time on."""
        with self._change:
            self.kills += 1
            self._quiet = 0
            self.allowed = 1 if trial else max(1, self.allowed // 2)
        self.give_back()
        self.take()


def _clean_slice(worker: WorkerProcess, pages: pa.RecordBatch, seats: Seats) -> pa.RecordBatch:
    """Clean a slice; if that ends the process, page by page, and reject the pages that end it again."""
    found = worker.ask(pages)
    if isinstance(found, pa.RecordBatch):
        return found
    if found.outside:
        seats.lower(0)
    return pa.concat_batches([_clean_alone(worker, pages.slice(row, 1), seats) for row in range(pages.num_rows)])


def _clean_alone(worker: WorkerProcess, page: pa.RecordBatch, seats: Seats) -> pa.RecordBatch:
    """Clean one page, or reject it for what it does to its worker; a worker killed from outside is no evidence against it.

    RunError if workers keep being killed from outside and nothing points to the page.
    """
    deaths: list[Death] = []
    while len(deaths) < TRIALS:
        found = worker.ask(page)
        if isinstance(found, pa.RecordBatch):
            return found
        deaths.append(found)
        if found.outside:
            seats.lower(len(deaths))
        elif len(deaths) > 1 and not deaths[-2].outside:
            # The first worker had cleaned other pages before; this one was new.
            return _rejected(page, f"cleaning this page {found.told}")
    if not deaths[-1].outside:
        return _rejected(page, f"cleaning this page {deaths[-1].told}")
    if all(death.large for death in deaths) or all(death.told == "gave no answer" for death in deaths):
        return _rejected(page, f"{GIVEN_UP}{TRIALS} times the worker that cleaned it alone {deaths[-1].told}")
    raise RunError(
        f"cleaning workers do not stay alive: the last of {seats.kills} {deaths[-1].told}",
        f"another program ends them, or the machine is short of memory: close programs or give fewer --workers; {RESUME}",
    )


def _rejected(page: pa.RecordBatch, reason: str) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([rejected_row(page.to_pylist()[0], "clean", reason)], schema=tables.EXTRACTED)


class CleanPool:
    """A context manager that holds ``workers`` cleaning processes.

    Rows and their order do not depend on the number of workers. A page that ends its process, or takes about
    ``page_seconds`` of processor time, becomes a row with stage ``clean`` and a reason, and the run goes on. A worker killed
    from outside counts against no page: its pages are tried again, with fewer workers. Raises RunError where that does not
    help, or where the installation does not let workers work. At most ``2 * workers + 2`` slices wait or run at a time.
    """

    def __init__(self, workers: int, plan: CleanPlan, page_seconds: float = PAGE_SECONDS) -> None:
        self._starts = (Forker if workers > 1 and CAN_FORK else Spawner)(plan, page_seconds)
        self._idle: deque[WorkerProcess] = deque(WorkerProcess(self._starts, page_seconds) for _ in range(max(1, workers)))
        self._all = tuple(self._idle)
        self._seats = Seats(len(self._all))
        self._threads = ThreadPoolExecutor(len(self._all), thread_name_prefix="clean")
        self._most_running = 2 * len(self._all) + 2
        self._slices = 0

    def __enter__(self) -> CleanPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for worker in self._all:
            worker.stop()
        self._starts.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._all:
            worker.close()
        self._starts.close()

    @property
    def walks_slowly(self) -> bool:
        """Whether a worker reads pages in Python, because lexbor's functions are not what the compiled walk needs."""
        return any(worker.walks_slowly for worker in self._all)

    @property
    def kills(self) -> int:
        """How many workers were killed from outside so far."""
        return self._seats.kills

    def extract(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Batches of ``tables.PAGES`` to batches of ``tables.EXTRACTED``, in order, read no further than needed."""
        waiting: deque[_Waiting] = deque()
        running: set[Future[pa.RecordBatch]] = set()
        for batch in batches:
            waiting.append(_Waiting(batch))
            for part in waiting[-1].slices():
                while len(running) >= self._most_running:
                    running = wait(running, return_when=FIRST_COMPLETED).not_done
                self._slices += 1
                self._seats.expect(self._slices)
                future = self._threads.submit(self._run, part)
                waiting[-1].parts.append(future)
                running.add(future)
            while len(waiting) > 1 and (waiting[0].done() or len(waiting) > MAX_BATCHES):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _run(self, pages: pa.RecordBatch) -> pa.RecordBatch:
        self._seats.take()
        worker = self._idle.pop()  # one that has started, where there is one; as many threads as workers: it is never empty
        try:
            return _clean_slice(worker, pages, self._seats)
        finally:
            self._idle.append(worker)
            self._seats.give_back()


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
