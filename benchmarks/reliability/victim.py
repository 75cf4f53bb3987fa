"""A run that sends itself a signal before one chosen rename or deletion, or in the middle of one part, of one stage."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from corpus_tools.cli import main as run_command_line
from corpus_tools.pipeline.stages import STAGES


def main(run: str, stage: str, act: str, at: str, name: str, *arguments: str) -> None:
    """Run ``corpus-tools`` with ``arguments``; at the act number ``at`` of its kind on the stage's files, send the signal."""
    (folders,) = (one.folders for one in STAGES if one.name == stage)
    left = int(at)

    def strike(did: str, path: Path) -> None:
        nonlocal left
        if did == act and any(path.is_relative_to(Path(run, folder)) for folder in folders):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), getattr(signal, name))

    rename, delete, write = Path.replace, Path.unlink, pq.ParquetWriter.write_table

    def renaming(self: Path, target: str | Path) -> Path:
        strike("rename", Path(target))
        return rename(self, target)

    def deleting(self: Path, missing_ok: bool = False) -> None:
        if self.exists():
            strike("delete", self)
        delete(self, missing_ok)

    def writing(self: Any, *given: Any, **named: Any) -> None:
        write(self, *given, **named)
        strike("write", Path(self.where))

    Path.replace, Path.unlink, pq.ParquetWriter.write_table = renaming, deleting, writing  # type: ignore[assignment,method-assign]
    run_command_line(arguments)


CODE = f"import sys; from {__name__} import main; main(*sys.argv[1:])"
COMMAND = [sys.executable, "-c", CODE]
