"""Runs that many tests look at, each made once for all test workers, and digests of what a run wrote."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pyarrow as pa
import pytest

from corpus_tools import api
from corpus_tools.clean import units
from corpus_tools.clean.extract import extract_batch
from corpus_tools.plan import CleanPlan, Plan
from corpus_tools.store.begun import record_path

SAMPLES = Path(__file__).parents[1] / "samples"
SAMPLES_PLAN = Plan().with_settings({"read.part_pages": 20, "write.rows_per_file": 9, "rewrite.enabled": True})
"""Rewrites and all, and few pages to a part, so that every table has several."""


def share(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """This worker's copy of the folder ``name``, which is made once for all workers of a test session. Not to be written to.

    Each has its own, because reading a run stamps what was verified: what one reads, another may be copying.
    """
    own = factory.getbasetemp() / name
    if own.exists():
        return own
    if "PYTEST_XDIST_WORKER" not in os.environ:
        own.mkdir()
        make(own)
        return own
    folder = factory.getbasetemp().parent / name  # of all workers; a run's record names it, so it is made where it stays
    made = folder.with_suffix(".made")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            folder.mkdir()
            make(folder)
            made.touch()
    return Path(shutil.copytree(folder, own))


def run_over_samples(folder: Path) -> None:
    """The sample pages through the embedded engine with one worker, in ``folder / "RUN"``."""
    api.run(SAMPLES / "pages", folder / "RUN", SAMPLES_PLAN, workers=1)


@contextmanager
def cleaning_here() -> Iterator[None]:
    """Clean in this process, where a test is not about worker processes: each run would start its own, which takes seconds."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(units, "CleanPool", _PoolHere)
        yield


class _PoolHere:
    """Stands for ``CleanPool`` without processes."""

    walks_slowly, kills = False, 0

    def __init__(self, workers: int, plan: CleanPlan) -> None:
        self._plan = plan

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def extract(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return (extract_batch(batch, self._plan) for batch in batches)


def file_digests(folder: Path) -> dict[str, str]:
    """Digest of every table file, card and seal below a folder."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in (".parquet", ".md") or path.name == "manifest.json"]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def link_part(part: Path, folder: Path) -> None:
    """A part of another table as one of the unfinished table in ``folder``."""
    (folder / part.name).symlink_to(part)
    record_path(folder / part.name).write_text("{}")
