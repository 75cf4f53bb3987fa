"""Shared input: a small crawl and one finished run over it, and one run over the samples; kernels compiled before workers split."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from crawls import write_crawl
from hypothesis import settings
from needs import IN_CI, Loop, need
from runs import cleaning_here, run_over_samples, share
from stores import Server, s3_server

from corpus_tools import api
from corpus_tools.api import Run
from corpus_tools.plan import Plan

# A loaded machine is no defect; failures must come back the same on the next run.
settings.register_profile("full", deadline=None, derandomize=True, max_examples=40)
settings.register_profile("quick", settings.get_profile("full"), max_examples=10)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--thorough`` for the tests that CI has no time for."""
    parser.addoption(
        "--thorough", action="store_true", help="also try every further point of kinds that are covered (before a release)"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is ``thorough``, unless it is asked for; ``thorough("spark")`` is so for that parameter alone.

    What is shared out at once and has the most slow tests comes first, so that no worker is left with it at the end.
    """
    if not config.getoption("thorough"):
        _leave_out_thorough(config, items)
    slow = Counter(
        _shared_out(item.nodeid) for item in items if item.get_closest_marker("slow") or item.get_closest_marker("spark")
    )
    items.sort(key=lambda item: -slow[_shared_out(item.nodeid)])


def _leave_out_thorough(config: pytest.Config, items: list[pytest.Item]) -> None:

    def is_thorough(item: pytest.Item) -> bool:
        mark = item.get_closest_marker("thorough")
        return mark is not None and all(f"[{parameter}" in item.name for parameter in mark.args)

    left_out = [item for item in items if is_thorough(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def pytest_configure(config: pytest.Config) -> None:
    """Choose how thorough properties are; on the process that hands out tests, compile what the workers will need."""
    Loop.quick = "not slow" in config.getoption("markexpr") and not IN_CI
    settings.load_profile("quick" if Loop.quick else "full")
    if config.getoption("numprocesses", None) and not config.getoption("collectonly"):
        _warm_up()


def _warm_up() -> None:
    """Fill the cache of compiled kernels once, before workers split and each compiles the same.

    Without a place for the cache there is nothing to do ahead, and every test still runs.
    """
    subprocess.run([sys.executable, "-m", "corpus_tools.cli", "warm-up"], check=False, stdout=subprocess.DEVNULL)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """One file to a worker, and all tests of the engines to one: a Spark cluster is started once."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _shared_out(nodeid)

    config.option.loadscopereorder = False  # by how many tests there are, which says little about how long they take
    return Scheduling(config, log)


def _shared_out(nodeid: str) -> str:
    """What is given to one worker at once: a file, or all tests of the engines."""
    file = nodeid.split("::")[0]
    return "tests/engines" if file.startswith("tests/engines/") else file


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Handlers of signals as they were: a worker that a test runs in this process ignores Ctrl-C, and processes inherit that."""
    held = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in held.items():
        if handler is not None and signal.getsignal(number) is not handler:
            signal.signal(number, handler)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A crawl and the run over it in parts of three pages, made once; not to be written to."""

    def make(folder: Path) -> None:
        plan = Plan().with_settings({"read.part_pages": 3})
        api.run(write_crawl(folder / "crawl"), folder / "RUN", plan, workers=1)

    folder = share(tmp_path_factory, "finished", make)
    return folder / "crawl", folder / "RUN"


@pytest.fixture(scope="session")
def samples_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run over the sample pages with ``runs.SAMPLES_PLAN``, made once; not to be written to."""
    return Run(share(tmp_path_factory, "samples", run_over_samples) / "RUN")


@pytest.fixture
def crawl(finished: tuple[Path, Path], tmp_path: Path) -> Path:
    """A folder of pages: 6 articles, 2 copies of the first, 2 files that hold no page."""
    return Path(shutil.copytree(finished[0], tmp_path / "crawl"))


@pytest.fixture
def done(finished: tuple[Path, Path], crawl: Path, tmp_path: Path) -> Run:
    """A finished run over ``crawl``, in parts of three pages."""
    return Run(shutil.copytree(finished[1], tmp_path / "RUN"))


@pytest.fixture
def clean_here() -> Iterator[None]:
    """``runs.cleaning_here`` for one test."""
    with cleaning_here():
        yield


@pytest.fixture(scope="session")
def running_server() -> Iterator[Server]:
    """One S3 server for all tests that ask for it."""
    need(find_spec("obstore") and find_spec("moto"), "obstore and moto")
    with s3_server() as server:
        yield server
