"""Status of a run at work, of one that was killed and of one that failed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from corpus_tools.errors import RunError
from corpus_tools.pipeline.live import WORKING, read_live, telling
from corpus_tools.progress import Silent
from corpus_tools.report.status import render_status

_WORK = """
import sys, time
from pathlib import Path
from corpus_tools.pipeline.live import telling
from corpus_tools.progress import Silent
with telling(Silent(), Path(sys.argv[1])) as progress:
    progress.start("match", 200, "documents")
    progress._told = 0
    progress.advance(50)
    print("at work", flush=True)
    time.sleep(60)
"""


def _status(folder: Path) -> tuple[str, dict[str, Any]]:
    text = render_status(folder, lambda plan: plan)
    return text, json.loads(render_status(folder, lambda plan: plan, as_json=True))


def _fail(folder: Path) -> None:
    with telling(Silent(), folder) as progress:
        progress.start("group", None, "documents")
        raise RunError("the disk is full", "make room")


def test_a_run_at_work_and_then_killed(done: Any) -> None:
    process = subprocess.Popen([sys.executable, "-c", _WORK, str(done.path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "at work\n"
    text, told = _status(done.path)
    assert f"(process {process.pid}): match at 25% (50 documents of 200 documents)" in text
    assert text.splitlines()[3].startswith("match        running")
    assert (told["live"]["running"], told["live"]["share"], told["live"]["stage"]) == (True, 0.25, "match")
    assert told["live"]["since"] == pytest.approx(time.time(), abs=60)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    text, told = _status(done.path)
    assert "not running" in text
    assert "ended in match at 25% (50 documents of 200 documents): killed, or the machine went down" in text
    assert told["live"]["running"] is False


def test_a_run_that_fails_says_why_and_one_that_ends_well_says_nothing(done: Any) -> None:
    with pytest.raises(RunError):
        _fail(done.path)
    assert "ended in group: RunError: the disk is full" in _status(done.path)[0]
    with telling(Silent(), done.path) as progress:
        progress.start("group", None, "documents")
    assert read_live(done.path) is None
    assert _status(done.path)[1]["live"] is None
    (done.path / WORKING).write_text("{}")
    assert read_live(done.path) is None
