"""The pool gives the same rows for any number of workers, and no page can stop a run."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator

import pyarrow as pa
import pytest

from corpus_tools import tables
from corpus_tools.clean import extract
from corpus_tools.clean.extract import extract_batch
from corpus_tools.clean.workers import pool, spawned
from corpus_tools.clean.workers.pool import CleanPool
from corpus_tools.plan import CleanPlan, Plan, SitePlan
from corpus_tools.site.finish import finish_batch

PLAN = CleanPlan()
SHORT = Plan(site=SitePlan(min_words=3))
ARTICLE = "<html><body><nav><a href=/>Home</a></nav><article><h1>Title {n}</h1><p>{text}</p></article></body></html>"
TEXT = "The dose is taken with water, once a day, and never with milk. Ask a nurse if you are unsure about it. "

SABOTAGE = """
import ctypes, os, sys
from corpus_tools.clean import extract; from corpus_tools.clean.workers import worker
real = extract.extract_page
def extract_page(page, plan):
    if b"kill me" in page["raw"]:
        os._exit(9)
    if b"crash me" in page["raw"]:
        ctypes.string_at(0)
    if b"hang me" in page["raw"]:
        while True:
            pass
    return real(page, plan)
extract.extract_page = extract_page
worker.main(sys.argv[1])
"""


def pages(*raw: bytes | None, start: int = 0) -> pa.RecordBatch:
    rows = [
        dict.fromkeys(tables.PAGES.names) | {"page_id": f"{start + i:032x}", "url": f"http://a.example/{start + i}", "raw": data}
        for i, data in enumerate(raw)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=tables.PAGES)


def article(n: int) -> bytes:
    return ARTICLE.format(n=n, text=TEXT * (1 + n % 5)).encode()


def batches(count: int = 4, size: int = 20) -> Iterator[pa.RecordBatch]:
    for batch in range(count):
        yield pages(*(article(batch * size + i) for i in range(size)), start=batch * size)


@pytest.fixture(scope="module")
def two_workers() -> Iterator[CleanPool]:
    """A pool whose workers, once started, serve all tests that do not harm them."""
    with CleanPool(2, PLAN) as workers:
        yield workers


@pytest.mark.slow
def test_rows_do_not_depend_on_the_number_of_workers(two_workers: CleanPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SLICE_PAGES", 3)
    alone = [extract_batch(batch, PLAN) for batch in batches()]
    with CleanPool(1, PLAN) as one_worker:
        found = [list(workers.extract(batches())) for workers in (one_worker, two_workers)]
    for together in found:
        assert [batch.num_rows for batch in together] == [20] * 4
        assert all(left.equals(right) for left, right in zip(alone, together, strict=True))


@pytest.mark.slow
def test_a_page_that_kills_or_hangs_its_worker_is_a_row_and_the_rest_is_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spawned, "WORKER_CODE", SABOTAGE)
    batch = pages(article(1), b"<p>kill me", article(2), b"<p>hang me", article(3), b"<p>crash me")
    with CleanPool(2, PLAN, page_seconds=5.0) as workers:
        (found,) = workers.extract([batch])
    assert found.column("page_id").equals(batch.column("page_id"))
    assert found.column("stage").to_pylist() == [None, "clean", None, "clean", None, "clean"]
    reasons = found.column("reason").to_pylist()
    assert all("ended its worker" in reasons[place] for place in (1, 3, 5))
    documents, _, rejected = finish_batch(found, None, SHORT)
    assert (documents.num_rows, rejected.num_rows) == (3, 3)


def test_input_is_read_no_further_than_needed(two_workers: CleanPool) -> None:
    asked = itertools.count()

    def endless() -> Iterator[pa.RecordBatch]:
        for number in asked:
            yield pages(article(number), start=number)

    found = list(itertools.islice(two_workers.extract(endless()), 3))
    assert len(found) == 3
    assert next(asked) < 30


def test_a_small_input_starts_one_worker_and_a_larger_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SLICE_PAGES", 2)
    with CleanPool(2, PLAN) as workers:
        list(workers.extract(batches(count=1, size=6)))
        assert sum(worker.has_started for worker in workers._all) == 1
        list(workers.extract(batches(count=2, size=20)))
        assert all(worker.has_started for worker in workers._all)


def test_workers_that_are_not_forked_give_the_same_rows(two_workers: CleanPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SLICE_PAGES", 3)
    monkeypatch.setattr(pool, "CAN_FORK", False)
    with CleanPool(2, PLAN) as workers:
        for left, right in zip(workers.extract(batches()), two_workers.extract(batches()), strict=True):
            assert left.equals(right)


def test_leaving_early_ends_the_workers() -> None:
    with CleanPool(2, PLAN) as workers:
        next(iter(workers.extract(batches())))
        processes = [worker._process for worker in workers._all if worker._process]
    assert processes
    assert all(process.ended() is not None for process in processes)


def test_an_empty_batch_stays_an_empty_batch(two_workers: CleanPool) -> None:
    assert [batch.num_rows for batch in two_workers.extract([pages(), pages(article(1))])] == [0, 1]


def test_equal_pages_are_cleaned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = extract.extract_page
    monkeypatch.setattr(extract, "extract_page", lambda page, plan: seen.append(page["page_id"]) or real(page, plan))
    found = extract_batch(pages(article(1), article(2), article(1), article(1)), PLAN)
    assert len(seen) == 2
    texts = found.column("text").to_pylist()
    assert texts[0] == texts[2] == texts[3] != texts[1]
    assert found.column("url").to_pylist() == [f"http://a.example/{i}" for i in range(4)]
    assert found.column("page_id").to_pylist() == [f"{i:032x}" for i in range(4)]


def test_every_page_is_a_document_or_rejected_with_a_reason() -> None:
    batch = pages(article(1), b"", None, b"<p>two words</p>", b"\x00\xff\xfe", start=5)
    documents, stripped, rejected = finish_batch(extract_batch(batch, CleanPlan()), None, Plan())
    assert documents.num_rows + rejected.num_rows == 5
    assert documents.schema.equals(tables.DOCUMENTS)
    assert stripped.schema.equals(tables.STRIPPED)
    assert all(rejected.column("reason").to_pylist())
    assert set(rejected.column("stage").to_pylist()) <= {"read", "clean", "site"}


def test_a_problem_met_while_reading_is_handed_on() -> None:
    row = pages(None).to_pylist()[0] | {"problem": "gzip ends too early"}
    found = extract_batch(pa.RecordBatch.from_pylist([row], schema=tables.PAGES), PLAN).to_pylist()[0]
    assert (found["stage"], found["reason"], found["text"]) == ("read", "gzip ends too early", None)


def test_a_worker_that_is_ready_has_compiled_all_that_a_page_needs() -> None:
    code = """
import importlib
from corpus_tools.clean.workers.worker import _warm_up
from corpus_tools.kernels.entries import ENTRIES
from corpus_tools.plan import CleanPlan
for kind in ("text/html", "text/plain"):
    _warm_up(kind, CleanPlan())
for module, kernels in ENTRIES["clean"].items():
    for name, _ in kernels:
        if not getattr(importlib.import_module(f"corpus_tools.{module}"), name).signatures:
            print(module, name)
"""
    found = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=300)
    assert found.stdout == ""


def test_a_pool_says_when_its_workers_read_pages_the_slow_way(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = "from corpus_tools.clean.html import tree; tree._functions = lambda: None; "
    monkeypatch.setattr(spawned, "WORKER_CODE", slow + spawned.WORKER_CODE)
    with CleanPool(1, PLAN) as workers:
        assert not workers.walks_slowly
        (found,) = workers.extract([pages(article(1))])
        assert workers.walks_slowly
    assert found.column("stage").to_pylist() == [None]
