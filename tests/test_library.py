"""The library in a program of one's own: names, types, threads, asyncio, other processes, and what goes to the logger."""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from crawls import article
from runs import SAMPLES

import corpus_tools as ct

SCRIPT = Path(__file__).with_name("user_script.py")
TEXTS = [article(n % 6) for n in range(18)]
FRAME = pl.DataFrame({"text": TEXTS})


def count_kept(seed: int) -> int:
    """Rows kept of a frame; for other processes."""
    return len(ct.dedup([article(n % (seed + 2)) for n in range(12)]))


def test_errors_progress_plans_and_results_are_public() -> None:
    from corpus_tools import errors, plan

    kinds = [name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, ct.CorpusError)]
    sections = [name for name in vars(plan) if name.endswith("Plan")]
    assert {*kinds, "Progress", "Plan", "Run", "Copies", "Cleaned", "Cut", "Explanation", "Recommendation"} <= set(ct.__all__)
    assert {name for name in sections if name != "WritePlan"} <= set(ct.__all__)


def test_threads_get_what_one_thread_gets() -> None:
    wanted = ct.dedup(FRAME, mark=True)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: ct.dedup(FRAME, mark=True), range(4)))
        pages = list(threads.map(lambda n: ct.clean_text(f"<p>{article(n)}</p>").text, range(6)))
    assert all(one.equals(wanted) for one in found)
    assert pages == [ct.clean_text(f"<p>{article(n)}</p>").text for n in range(6)]


def test_asyncio_goes_on_meanwhile() -> None:
    async def work() -> tuple[int, int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.001)

        beside = asyncio.create_task(tick())
        found = await asyncio.gather(*(asyncio.to_thread(ct.dedup, FRAME) for _ in range(2)))
        beside.cancel()
        return ticks, sum(one.height for one in found)

    ticks, kept = asyncio.run(work())
    assert kept == 2 * ct.dedup(FRAME).height
    assert ticks > 1


@pytest.mark.slow
def test_processes_that_were_spawned_get_the_same() -> None:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as processes:
        assert list(processes.map(count_kept, range(3))) == [count_kept(seed) for seed in range(3)]


@pytest.mark.slow
def test_a_run_in_a_thread_writes_the_same_bytes(tmp_path: Path) -> None:
    async def work() -> None:
        await asyncio.to_thread(ct.run, SAMPLES / "pages", tmp_path / "thread", workers=1)

    asyncio.run(work())
    ct.run(SAMPLES / "pages", tmp_path / "main", workers=1)
    names = ("data", "removed")
    for name in names:
        thread, main = (sorted((tmp_path / where / "corpus" / name).glob("*.parquet")) for where in ("thread", "main"))
        assert [one.read_bytes() for one in thread] == [one.read_bytes() for one in main]


def test_the_library_tells_one_logger_and_prints_nothing(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG, logger="corpus_tools"):
        ct.dedup(FRAME)
    told = [record.getMessage() for record in caplog.records]
    assert {record.name for record in caplog.records} == {"corpus_tools"}
    assert any(one.startswith("fingerprint took") and one.endswith("18 signatures") for one in told)
    assert capsys.readouterr() == ("", "")


def test_a_logger_without_handlers_says_nothing() -> None:
    code = f"import corpus_tools as ct; ct.dedup({TEXTS[:2]!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.slow
def test_a_user_script_runs(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, SCRIPT, SAMPLES / "pages", tmp_path / "RUN"], capture_output=True, text=True, check=True)
    first, last = done.stdout.splitlines()
    assert first.startswith("2 2 3 2 2 True")
    assert "kept" in last
    absent = subprocess.run([sys.executable, SCRIPT, tmp_path / "none", tmp_path / "RUN2"], capture_output=True, text=True)
    assert absent.returncode == 1


@pytest.mark.slow
def test_a_user_script_type_checks_with_mypy() -> None:
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", SCRIPT], capture_output=True, text=True, cwd=SCRIPT.parents[1])
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_a_user_script_type_checks_with_pyright(tmp_path: Path) -> None:
    checker = shutil.which("pyright") or shutil.which("basedpyright")
    if checker is None:
        pytest.skip("needs pyright")
    shutil.copy(SCRIPT, tmp_path)
    settings = {"typeCheckingMode": "strict", "extraPaths": [str(SCRIPT.parents[1])]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run([checker, "--pythonpath", sys.executable], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_verbs(shell: str) -> None:
    done = subprocess.run([sys.executable, "-m", "corpus_tools", "completion", shell], capture_output=True, text=True, check=True)
    assert "fingerprint" in done.stdout
    assert "warm-up" in done.stdout
    if shutil.which(shell):
        checked = subprocess.run([shell, "-n"], input=done.stdout, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
