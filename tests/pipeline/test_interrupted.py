"""A run that is interrupted at any moment carries on to the same bytes.

Most moments need no process to kill: the run folder is copied before every rename and deletion and in the middle of every
part, which is what SIGKILL leaves there, and each copy is carried on. Some runs are interrupted by an error, as Ctrl-C does.
A real SIGKILL comes once a stage.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawls import write_crawl
from interruptions import STAGE_OF, Moments, interrupted
from runs import cleaning_here, file_digests, share

from corpus_tools import api
from corpus_tools.pipeline.stages import STAGES
from corpus_tools.plan import Plan

SETTINGS = {"read.part_pages": 5, "write.rows_per_file": 3, "rewrite.enabled": True}
PLAN = Plan().with_settings(SETTINGS)
OTHER = PLAN.with_settings({"clean.disclaimers": "keep", "fingerprint.ngram": 4, "rewrite.bins": 64, "group.threshold": 0.7})
NAMES = [stage.name for stage in STAGES]
QUICK = ("match", "group")
"""Stages that the quick loop is interrupted in."""

KILLER = """
import json, os, signal, sys
from pathlib import Path
from corpus_tools import api
from corpus_tools.plan import Plan

crawl, run, victim, settings = sys.argv[1:]
rename = Path.replace

def dies(self, target):
    if Path(target) == Path(run, victim):
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)

Path.replace = dies
api.run(crawl, run, Plan().with_settings(json.loads(settings)), workers=1)
"""


@pytest.fixture(scope="module", autouse=True)
def _clean_here() -> Iterator[None]:
    with cleaning_here():
        yield


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return share(tmp_path_factory, "interrupted-crawl", lambda folder: write_crawl(folder / "crawl")) / "crawl"


@pytest.fixture(scope="module")
def whole(crawl: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nothing interrupted; not to be written to."""
    return Path(api.run(crawl, tmp_path_factory.mktemp("whole") / "RUN", PLAN, workers=1).path)


@pytest.fixture(scope="module")
def new(crawl: Path, whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Moments:
    """Every moment of a run into a new folder."""
    return _record(crawl, tmp_path_factory.mktemp("new"), whole)


@pytest.fixture(scope="module")
def again(crawl: Path, whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Moments:
    """Every moment of a run in the folder of a finished run with another plan."""
    folder = tmp_path_factory.mktemp("again")
    api.run(crawl, folder / "RUN", OTHER, workers=1)
    return _record(crawl, folder, whole)


def _record(crawl: Path, folder: Path, whole: Path) -> Moments:
    (folder / "moments").mkdir()
    moments = Moments(folder / "RUN", folder / "moments")
    with moments.record():
        api.run(crawl, moments.run, PLAN, workers=1)
    assert file_digests(moments.run) == file_digests(whole)
    return moments


def _made_until(stage: str, digests: dict[str, str]) -> dict[str, str]:
    """Of the digests of a run's files, those of the tables that the stages up to ``stage`` make."""
    done = NAMES[: NAMES.index(stage) + 1]
    return {name: digest for name, digest in digests.items() if STAGE_OF.get(name.split("/")[0], NAMES[0]) in done}


@pytest.mark.parametrize("stage", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in NAMES])
@pytest.mark.parametrize("kind", ["new", pytest.param("again", marks=pytest.mark.slow)])
def test_a_run_killed_at_any_moment_carries_on(
    request: pytest.FixtureRequest, crawl: Path, whole: Path, kind: str, stage: str
) -> None:
    """To the end of the stage it was killed in, from every moment of it; from the last one, to the end of the run."""
    wanted = file_digests(whole)
    moments = [one for one in request.getfixturevalue(kind).all if one.stage == stage]
    assert len(moments) >= 3
    for moment in moments:
        api.run(crawl, moment.folder, PLAN, workers=1, until=stage)
        assert _made_until(stage, file_digests(moment.folder)) == _made_until(stage, wanted), str(moment)
    api.run(crawl, moments[-1].folder, PLAN, workers=1)
    assert file_digests(moments[-1].folder) == wanted


def test_no_rename_was_missed(new: Moments, whole: Path) -> None:
    """Every file but the card, which is written in place before its seal, comes by a rename that was seen."""
    renamed = {one.path.as_posix() for one in new.all if one.act == "rename"}
    assert renamed >= set(file_digests(whole)) - {"corpus/README.md"}
    assert {one.act for one in new.all} == {"rename", "delete", "write"}


BEGUN = [(stage.folders[0], "rename") for stage in STAGES]
HALF_WAY = [
    (table, "write") for table in ("extracted", "documents", "signatures", "edges", "rewrite_signatures", "clusters", "corpus")
]


@pytest.mark.parametrize(("table", "act"), BEGUN + HALF_WAY)
def test_a_run_interrupted_by_an_error_carries_on(crawl: Path, whole: Path, tmp_path: Path, table: str, act: str) -> None:
    """In the same process: before the first file of a stage is there, and half way through a part."""
    run, stage = tmp_path / "RUN", STAGE_OF[table]
    with interrupted(run, table, act):
        api.run(crawl, run, PLAN, workers=1)
    api.run(crawl, run, PLAN, workers=1, until=stage)
    assert file_digests(run) == _made_until(stage, file_digests(whole))


@pytest.mark.slow
@pytest.mark.parametrize("seal", [f"{stage.folders[-1]}/manifest.json" for stage in STAGES])
def test_a_killed_process_leaves_a_run_that_carries_on(crawl: Path, whole: Path, tmp_path: Path, seal: str) -> None:
    run = tmp_path / "RUN"
    arguments = [str(crawl), str(run), seal, json.dumps(SETTINGS)]
    killed = subprocess.run([sys.executable, "-c", KILLER, *arguments], capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert not (run / seal).exists()
    api.run(crawl, run, PLAN, workers=1)
    assert file_digests(run) == file_digests(whole)
