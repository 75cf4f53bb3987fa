"""Workers forked from one process: they end with it, it ends with the pool, and what the system refuses is told."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import cast

import pyarrow as pa
import pytest
from crawls import article, html_page

from corpus_tools import tables
from corpus_tools.clean.workers import spawned
from corpus_tools.clean.workers.endings import Death, Running, end
from corpus_tools.clean.workers.forked import Forker
from corpus_tools.clean.workers.frames import receive, send
from corpus_tools.clean.workers.pool import CleanPool
from corpus_tools.errors import RunError
from corpus_tools.plan import CleanPlan

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")]

REFUSE = """
import errno, os, sys
from corpus_tools.clean.workers import worker
def fork():
    raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
os.fork = fork
worker.main(sys.argv[1])
"""


def page(number: int) -> pa.RecordBatch:
    row = dict.fromkeys(tables.PAGES.names) | {"page_id": f"{number:032x}", "source": "s"}
    return pa.RecordBatch.from_pylist([row | {"raw": html_page(f"page {number}", article(number)).encode()}], tables.PAGES)


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def is_there(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def started(forker: Forker) -> Running:
    held: list[Running] = []
    assert not isinstance(forker.start(held.append), Death)
    return held[0]


def asked(worker: Running) -> pa.RecordBatch | None:
    send(worker.stdin, page(1))
    return cast(pa.RecordBatch | None, receive(worker.stdout))


def test_workers_come_from_one_process_that_has_one_thread_beside_its_allocator() -> None:
    forker = Forker(CleanPlan(), 20.0)
    workers = [started(forker) for _ in range(3)]
    nursery, *others = {parent_of(worker.pid) for worker in workers}
    assert not others
    # Forking a process of several threads may hang its child. That of jemalloc, which Arrow brings, knows of forks.
    names = [(task / "comm").read_text().strip() for task in Path(f"/proc/{nursery}/task").iterdir()]
    assert len(names) - names.count("jemalloc_bg_thd") == 1
    assert all(asked(worker) is not None for worker in workers)
    forker.stop()
    forker.close()
    assert not any(map(is_there, [nursery, *(worker.pid for worker in workers)]))


def test_the_end_of_one_worker_is_told_and_the_others_go_on() -> None:
    forker = Forker(CleanPlan(), 20.0)
    one, other = started(forker), started(forker)
    assert one.ended() is None
    one.kill()
    assert receive(one.stdout) is None
    assert end(one) == Death("was killed (SIGKILL)", outside=True)
    one.kill()  # a number that another process may have by now
    assert asked(other) is not None
    other.stdin.close()
    assert end(other) == Death("ended its worker (exit code 0)")
    forker.stop()
    forker.close()


def test_workers_end_with_the_process_they_come_from_and_the_next_has_a_new_one() -> None:
    forker = Forker(CleanPlan(), 20.0)
    worker = started(forker)
    nursery = parent_of(worker.pid)
    os.kill(nursery, signal.SIGKILL)
    assert receive(worker.stdout) is None
    assert end(worker).outside
    later = started(forker)
    assert parent_of(later.pid) != nursery
    assert asked(later) is not None
    forker.stop()
    forker.close()


def test_a_killed_nursery_costs_no_page() -> None:
    with CleanPool(2, CleanPlan(), page_seconds=20.0) as pool:
        found = pool.extract(page(number) for number in range(40))
        stages = next(found).column("stage").to_pylist()
        (nursery,) = {parent_of(worker._process.pid) for worker in pool._all if worker._process}
        os.kill(nursery, signal.SIGKILL)
        stages += [stage for batch in found for stage in batch.column("stage").to_pylist()]
    assert stages == [None] * 40


def test_a_fork_that_the_system_refuses_stops_the_run_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spawned, "WORKER_CODE", REFUSE)
    with (
        pytest.raises(RunError, match=r"Resource temporarily unavailable[\s\S]*fewer --workers"),
        CleanPool(2, CleanPlan()) as pool,
    ):
        list(pool.extract([page(1)]))


def test_a_pool_that_is_left_while_its_nursery_starts_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spawned, "WORKER_CODE", "import time; time.sleep(600)")
    start = time.monotonic()
    with CleanPool(2, CleanPlan()) as pool:
        pool._threads.submit(pool._run, page(1))
        time.sleep(0.5)
    assert time.monotonic() - start < 10
