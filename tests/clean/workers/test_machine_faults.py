"""A fault of the machine is no fault of a page: workers killed from outside, short of memory, or badly installed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest
from crawls import article, html_page

from corpus_tools import api, tables
from corpus_tools.clean.rows import GIVEN_UP
from corpus_tools.clean.workers import endings, spawned
from corpus_tools.clean.workers.pool import CleanPool, Seats
from corpus_tools.errors import RunError
from corpus_tools.pipeline.state import examine
from corpus_tools.plan import CleanPlan, Plan

pytestmark = pytest.mark.slow

MEDDLE = """
import os, signal, sys, time
from pathlib import Path
from corpus_tools.clean import extract; from corpus_tools.clean.workers import worker
real, left = extract.extract_page, Path({left!r})
def extract_page(page, plan):
    if b"kill me" in (page["raw"] or b"") and int(left.read_text()) > 0:
        left.write_text(str(int(left.read_text()) - 1))
        {act}
    return real(page, plan)
extract.extract_page = extract_page
worker.main(sys.argv[1])
"""
KILL = "os.kill(os.getpid(), signal.SIGKILL)"
SWELL = "held = bytearray(b'x') * (3 << 29); os.kill(os.getpid(), signal.SIGKILL)"
VICTIM = html_page("kill me", article(7)).encode()


def _as_from_a_small_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new process counts the memory of the one it came from, and this one holds what all tests before have left."""
    monkeypatch.setattr(endings.resource, "getrusage", lambda who: SimpleNamespace(ru_maxrss=0))


def meddle(monkeypatch: pytest.MonkeyPatch, folder: Path, act: str, times: int) -> None:
    """Have workers do ``act`` at the victim's page, ``times`` times in all."""
    left = folder / "left"
    left.write_text(str(times))
    monkeypatch.setattr(spawned, "WORKER_CODE", MEDDLE.format(left=str(left), act=act))


def clean(*raw: bytes, workers: int = 2, seconds: float = 20.0) -> pa.RecordBatch:
    rows = [dict.fromkeys(tables.PAGES.names) | {"page_id": f"{n:032x}", "source": "s", "raw": one} for n, one in enumerate(raw)]
    with CleanPool(workers, CleanPlan(), page_seconds=seconds) as pool:
        (found,) = pool.extract([pa.RecordBatch.from_pylist(rows, schema=tables.PAGES)])
    return found


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", pytest.param("SIGHUP", marks=pytest.mark.thorough)])
def test_a_worker_killed_from_outside_costs_no_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    meddle(monkeypatch, tmp_path, f"os.kill(os.getpid(), signal.{name})", 3)
    found = clean(html_page("other", article(1)).encode(), VICTIM)
    assert found.column("stage").to_pylist() == [None, None]


def test_workers_that_are_killed_again_and_again_stop_the_run_and_reject_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    meddle(monkeypatch, tmp_path, KILL, 1000)
    with pytest.raises(RunError, match=r"do not stay alive.*SIGKILL[\s\S]*the same command resumes"):
        clean(VICTIM)


def test_a_page_whose_workers_are_killed_with_much_memory_is_given_up_for_now(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _as_from_a_small_process(monkeypatch)
    meddle(monkeypatch, tmp_path, SWELL, 1000)
    found = clean(html_page("other", article(1)).encode(), VICTIM)
    assert found.column("stage").to_pylist() == [None, "clean"]
    assert found.column("reason")[1].as_py().startswith(GIVEN_UP)


def test_a_worker_that_hangs_without_working_is_tried_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    meddle(monkeypatch, tmp_path, "time.sleep(600)", 1)
    assert clean(VICTIM, seconds=1.0).column("stage").to_pylist() == [None]


@pytest.mark.parametrize("ending", ["crash", pytest.param("exit", marks=pytest.mark.thorough)])
def test_a_page_that_ends_new_workers_is_rejected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ending: str) -> None:
    act = "os._exit(9)" if ending == "exit" else "os.kill(os.getpid(), signal.SIGSEGV)"
    meddle(monkeypatch, tmp_path, act, 2)
    assert clean(VICTIM).column("stage").to_pylist() == [None]  # once in company and once alone may be chance
    meddle(monkeypatch, tmp_path, act, 3)
    assert "ended its worker" in clean(VICTIM).column("reason")[0].as_py()


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("import no_such_module_at_all", "installation is not complete: No module named 'no_such_module_at_all'"),
        ("open(worker.__file__ + '.gone')", "installation is not complete: "),
        ("raise OSError(28, 'No space left on device')", "No space left on device"),
    ],
)
def test_a_fault_of_the_installation_stops_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str], act: str, told: str
) -> None:
    meddle(monkeypatch, tmp_path, act, 1000)
    with pytest.raises(RunError, match=told):
        clean(VICTIM)
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import sys; sys.exit('libfoo.so is missing')", "libfoo.so is missing"),
        (
            "from corpus_tools.clean import extract; from corpus_tools.clean.workers import worker; import sys; extract.extract_batch = None; worker.main(sys.argv[1])",
            "report",
        ),
        ("import no_such_module", "no_such_module"),
    ],
)
def test_a_worker_that_cannot_start_stops_the_run_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], code: str, told: str
) -> None:
    monkeypatch.setattr(spawned, "WORKER_CODE", code)
    with pytest.raises(RunError, match=f"could not be started[\\s\\S]*{told}"):
        clean(VICTIM)
    assert capfd.readouterr().err == ""


def test_a_page_that_was_given_up_is_tried_again_by_the_next_run_with_the_source(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for number in range(6):
        (source / f"{number}.html").write_text(html_page("kill me" if number == 3 else f"page {number}", article(number)))
    plan = Plan().with_settings({"read.part_pages": 2})
    whole = api.run(source, tmp_path / "whole", plan, workers=1)
    with monkeypatch.context() as patch:
        _as_from_a_small_process(patch)
        meddle(patch, tmp_path, SWELL, 1000)
        hurt = api.run(source, tmp_path / "RUN", plan, workers=1)
    assert hurt.summary.endswith("1 rejected")
    assert any("given up because of the machine" in note for note in examine(hurt.path)[0].notes)
    assert api.resume(hurt.path, workers=1).summary == hurt.summary
    again = api.run(source, hurt.path, plan, workers=1)
    assert again.summary == whole.summary
    assert again.table("corpus").collect().equals(whole.table("corpus").collect())
    assert api.run(source, hurt.path, plan, workers=1).record["last_run_did"] == []


def test_seats_are_fewer_after_a_kill_and_come_back_after_a_while() -> None:
    seats = Seats(8)
    seats.expect(1000)
    seats.take()
    seats.lower(0)
    assert (seats.allowed, seats.kills) == (4, 1)
    seats.lower(1)
    assert seats.allowed == 1
    for _ in range(1000):
        seats.give_back()
        seats.take()
    assert seats.allowed == 8
