"""What an interruption leaves on disk, without a process to kill: a run folder at every moment, and an error at a chosen one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from corpus_tools.pipeline.stages import STAGES

STAGE_OF = {folder: stage.name for stage in STAGES for folder in stage.folders}
"""The stage that makes each table."""


class Interrupted(BaseException):
    """As Ctrl-C: no handler of ordinary errors sees it, but ``with`` and ``finally`` do."""


@contextmanager
def before_every_act(run: Path, act: Callable[[str, Path], None]) -> Iterator[None]:
    """Call ``act`` before every rename and deletion in ``run`` and in the middle of every part, with what it is and of which file."""

    def announce(what: str, path: Path) -> None:
        if path.is_relative_to(run):
            act(what, path.relative_to(run))

    rename, delete, write = Path.replace, Path.unlink, pq.ParquetWriter.write_table

    def renaming(self: Path, target: str | Path) -> Path:
        announce("rename", Path(target))
        return rename(self, target)

    def deleting(self: Path, missing_ok: bool = False) -> None:
        if self.exists():
            announce("delete", self)
        delete(self, missing_ok)

    def writing(self: Any, *given: Any, **named: Any) -> None:
        write(self, *given, **named)
        announce("write", Path(self.where))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", renaming)
        patch.setattr(Path, "unlink", deleting)
        patch.setattr(pq.ParquetWriter, "write_table", writing)
        yield


@dataclass(frozen=True)
class Moment:
    """A copy of the run folder as it lay before one act: what SIGKILL leaves there, since writes the system took are kept."""

    stage: str
    act: str
    path: Path
    folder: Path

    def __str__(self) -> str:
        return f"{self.stage}: before {self.act} of {self.path}, in {self.folder}"


@dataclass
class Moments:
    """Copies of ``run``, in order, below ``kept``."""

    run: Path
    kept: Path
    all: list[Moment] = field(default_factory=list)

    @contextmanager
    def record(self) -> Iterator[None]:
        """Keep a copy before every act."""
        with before_every_act(self.run, self._keep):
            yield

    def _keep(self, act: str, path: Path) -> None:
        # What lies beside the tables is written by the stage that was last seen at work.
        last = self.all[-1].stage if self.all else STAGES[0].name
        stage = next((stage for folder, stage in STAGE_OF.items() if path.is_relative_to(folder)), last)
        folder = self.kept / f"{len(self.all):04d}"
        shutil.copytree(self.run, folder)
        self.all.append(Moment(stage, act, path, folder))


@contextmanager
def interrupted(run: Path, table: str, act: str, at: int = 0) -> Iterator[None]:
    """Raise ``Interrupted`` before the act number ``at`` of its kind on the files of ``table``; fails if it never comes to that."""
    left = at

    def strike(what: str, path: Path) -> None:
        nonlocal left
        if what == act and path.is_relative_to(table):
            left -= 1
            if left < 0:
                raise Interrupted(f"{act} of {path}")

    with pytest.raises(Interrupted), before_every_act(run, strike):
        yield
