"""What a stage works with: the run folder, the plan, the engine, the input files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_tools.engines import Engine
from corpus_tools.plan import Plan
from corpus_tools.progress import Progress

if TYPE_CHECKING:
    from corpus_tools.against import Earlier
    from corpus_tools.pages import SourceFile


@dataclass
class Context:
    """What a stage works with."""

    folder: Path
    plan: Plan
    engine: Engine
    workers: int
    progress: Progress
    files: list[SourceFile] = field(default_factory=list)
    earlier: Earlier | None = None
