"""Shared input: a small crawl and one finished run over it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from crawls import write_crawl
from hypothesis import settings

from corpus_tools import api
from corpus_tools.api import Run
from corpus_tools.plan import Plan

# A loaded machine is no defect; failures must come back the same on the next run.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A crawl and the run over it in parts of three pages, made once; not to be written to."""
    folder = tmp_path_factory.mktemp("finished")
    crawl = write_crawl(folder / "crawl")
    api.run(crawl, folder / "RUN", Plan().with_settings({"read.part_pages": 3}), workers=1)
    return crawl, folder / "RUN"


@pytest.fixture
def crawl(finished: tuple[Path, Path], tmp_path: Path) -> Path:
    """A folder of pages: 6 articles, 2 copies of the first, 2 files that hold no page."""
    return Path(shutil.copytree(finished[0], tmp_path / "crawl"))


@pytest.fixture
def done(finished: tuple[Path, Path], crawl: Path, tmp_path: Path) -> Run:
    """A finished run over ``crawl``, in parts of three pages."""
    return Run(shutil.copytree(finished[1], tmp_path / "RUN"))
