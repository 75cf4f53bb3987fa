"""The command line: verbs, exit codes, data on stdout alone, no traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from corpus_tools import cli
from corpus_tools.cli import main


def _call(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as caught:
        main([str(one) for one in arguments])
    return int(caught.value.code or 0)


@pytest.mark.slow
def test_run_status_explain_sweep_report(crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "RUN"
    assert _call("run", crawl, "-o", out, "--workers", "1") == 0
    told = capsys.readouterr()
    assert told.out == "10 pages in: 6 kept, 2 removed in 1 cluster, 2 rejected\n"
    events = [json.loads(line) for line in told.err.splitlines()]
    assert {"start", "finish"} <= {event["event"] for event in events}

    assert _call("run", crawl, "-o", out, "-q") == 0
    told = capsys.readouterr()
    assert "nothing to do" in told.err
    assert told.out.startswith("10 pages in")

    assert _call("status", out, "--json") == 0
    states = json.loads(capsys.readouterr().out)
    assert [stage["state"] for stage in states["stages"]] == ["done"] * 7
    assert _call("status", out, "--threshold", "0.95") == 0
    assert "group.threshold was" in capsys.readouterr().out

    assert _call("explain", out, "crawl/mirror.example/copy.txt", "crawl/mirror.example/near.txt") == 0
    assert "together in cluster" in capsys.readouterr().out

    assert _call("sweep", out, "--at", "0.6", "--at", "0.9", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["threshold"] for row in rows] == [0.6, 0.9]
    assert _call("sweep", out) == 0
    told = capsys.readouterr().out
    assert "group.threshold\n" in told
    assert "group.min_contained\n" in told
    assert "review" in told.splitlines()[-1]
    (out / "labels.csv").write_text("left,right,label\ncrawl/mirror.example/copy.txt,crawl/mirror.example/near.txt,not the same\n")
    wrong = tmp_path / "wrong.csv"
    assert _call("sweep", out, "--setting", "near", "--at", "0.6", "--wrong", wrong) == 0
    told = capsys.readouterr().out
    assert "1 labels were not drawn at random" in told
    assert "by Wilson's method" in told
    assert len(wrong.read_text().splitlines()) == 2
    assert _call("sweep", out, "--setting", "rewrite") == 0
    assert "nothing is recommended" in capsys.readouterr().out

    assert _call("report", out) == 0
    assert capsys.readouterr().out.strip() == str(out / "report.html")
    assert "Content-Security-Policy" in (out / "report.html").read_text()


def test_dry_run_touches_nothing(crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _call("run", crawl, "-o", tmp_path / "RUN", "--dry-run") == 0
    shown = capsys.readouterr().out
    assert "clean        would run" in shown
    assert "10 files" in shown
    assert not (tmp_path / "RUN").exists()


def test_init_prints_a_plan_that_works(tmp_path: Path, crawl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _call("init") == 0
    plan = tmp_path / "corpus.toml"
    plan.write_text(capsys.readouterr().out)
    assert _call("run", crawl, "-o", tmp_path / "RUN", "--plan", plan, "--dry-run") == 0


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["run", "no-such-folder", "-o", "RUN"], 3, "no-such-folder"),
        (["run", "-o", "RUN"], 2, "no source"),
        (["run", "x", "-o", "RUN", "--set", "threshold"], 2, "--set"),
        (["run", "x", "-o", "RUN", "--threshold", "2"], 2, "2"),
        (["run", "x", "-o", "RUN", "--workers", "0"], 2, "--workers"),
        (["run", "x", "-o", "RUN", "--engine", "abacus"], 2, "abacus"),
        (["run", "x", "-o", "RUN", "--treshold", "0.5"], 2, "--threshold"),
        (["run", "x", "-o", "RUN", "--plan", "no.toml"], 3, "no.toml"),
        (["run", "x", "-o", "RUN", "--set", "match.candidate_floor=0.3"], 2, "match.min_score"),
        (["run", "x", "-o", "RUN", "--set", "spin.floor=0.3"], 2, "rewrite"),
        (["status", "."], 2, "not a run folder"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_errors_say_what_and_hint(
    arguments: list[str], code: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    if "no-such-folder" not in arguments and "x" in arguments:
        (tmp_path / "x").mkdir()
        (tmp_path / "x" / "page.txt").write_text("one page with a few words in it, about a dozen or so, no more")
    assert _call(*arguments) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert told in shown.err
    assert shown.err.startswith("error: ")
    assert shown.err.splitlines()[-1].startswith("hint: ")
    assert "Traceback" not in shown.err


@pytest.mark.slow
def test_standard_input(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"id": n, "text": f"page number {n} " + "word " * 20 + str(n)}) + "\n" for n in range(3))
    told = subprocess.run(
        [sys.executable, "-m", "corpus_tools.cli", "run", "-", "-o", str(tmp_path / "RUN"), "-q"],
        input=lines,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("3 pages in: ")


def test_a_closed_pipe_is_no_traceback(crawl: Path, tmp_path: Path) -> None:
    command = f"{sys.executable} -m corpus_tools.cli init; echo code $? >&2"
    told = subprocess.run(
        ["bash", "-c", f"set -o pipefail; ({command}) | head -c 1"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert "Traceback" not in told.stderr
    assert told.stderr.strip() in ("code 0", "code 141")


@pytest.mark.parametrize(("number", "code", "told"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")])
def test_a_signal_that_falls_into_a_lock_is_no_bug(
    number: signal.Signals, code: int, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wait that is interrupted while it takes its lock again raises RuntimeError: release unlocked lock."""
    lock = threading.Condition()

    def work(*given: object, **options: object) -> None:
        with lock:
            lock.release()
            signal.raise_signal(number)

    monkeypatch.setattr(cli, "app", work)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a process that runs tests beside others ignores it
    try:
        assert _call("run") == code
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == f"error: {told}\nhint: run the same command again to resume\n"


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_a_command_whose_streams_are_closed_does_its_work(crawl: Path, tmp_path: Path, closed: str) -> None:
    command = f'"{sys.executable}" -m corpus_tools run "{crawl}" -o "{tmp_path / "RUN"}" --workers 1 {closed}'
    told = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "RUN" / "corpus" / "manifest.json").exists()
    assert told.stdout == ("" if "1>" in closed else "10 pages in: 6 kept, 2 removed in 1 cluster, 2 rejected\n")
