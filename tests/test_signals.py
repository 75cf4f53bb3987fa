"""Signals to a run at work, with real processes: it ends in order, says what to do next, and leaves no worker behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from crawls import article, html_page
from runs import file_digests

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads the list of processes of Linux"),
]


def descendants(process: int) -> set[int]:
    """Processes that ``process`` started, and those that these started."""
    found = set()
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            found |= {int(one) for one in task.read_text().split()}
    return found.union(*map(descendants, found))


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(what: Callable[[], object], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    for number in range(1000):
        (folder / f"{number:04d}.html").write_text(html_page(f"page {number}", article(number, 60)))
    return folder


@pytest.fixture
def at_work(source: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run with two workers that are cleaning, and the process that forked them."""
    command = [sys.executable, "-m", "corpus_tools", "run", str(source), "-o", str(tmp_path / "RUN"), "--workers", "2"]
    command += ["--set", "read.part_pages=20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_for(lambda: len(descendants(process.pid)) >= 3 and list(tmp_path.glob("RUN/extracted/part-*")))
        yield process
        process.kill()


@pytest.mark.parametrize(("number", "code", "told"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")])
def test_a_signal_ends_the_run_in_order(at_work: subprocess.Popen[str], number: signal.Signals, code: int, told: str) -> None:
    workers = descendants(at_work.pid)
    at_work.send_signal(number)
    _, said = at_work.communicate(timeout=60)
    assert at_work.returncode == code
    assert said.splitlines()[-2:] == [f"error: {told}", "hint: run the same command again to resume"]
    assert "Traceback" not in said
    wait_for(lambda: not any(map(alive, workers)), 5)


@pytest.mark.thorough
def test_a_terminated_run_resumes_to_the_same_bytes(at_work: subprocess.Popen[str], source: Path, tmp_path: Path) -> None:
    at_work.terminate()
    at_work.communicate(timeout=60)
    for run in ("RUN", "WHOLE"):
        command = [sys.executable, "-m", "corpus_tools", "run", str(source), "-o", str(tmp_path / run), "-q"]
        subprocess.run([*command, "--set", "read.part_pages=20"], check=True)
    assert file_digests(tmp_path / "RUN") == file_digests(tmp_path / "WHOLE")


def test_workers_end_with_a_run_that_is_killed(at_work: subprocess.Popen[str]) -> None:
    workers = descendants(at_work.pid)
    assert workers
    at_work.kill()
    at_work.wait()
    wait_for(lambda: not any(map(alive, workers)), 5)


def test_a_terminal_interrupts_the_run_and_not_its_workers(at_work: subprocess.Popen[str]) -> None:
    groups = {os.getpgid(worker) for worker in descendants(at_work.pid)}
    assert os.getpgid(at_work.pid) not in groups
