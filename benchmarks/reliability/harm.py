"""Harm done to the files of a run: bits flipped, files cut short, emptied, deleted, swapped, added."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

from corpus_tools.pipeline.stages import STAGES

TABLES = [name for stage in STAGES for name in stage.folders]
Harm = Callable[[Path, random.Random], None]


def _flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _truncate(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])


def _zero(path: Path, chance: random.Random) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _swap(path: Path, chance: random.Random) -> None:
    """With another part of its table; where it is the only one, with a part of another table."""
    run = path.parents[2] if path.parent.name in ("data", "removed") else path.parents[1]
    others = [one for one in sorted(path.parent.glob("*.parquet")) if one != path]
    others = others or [one for one in sorted(run.glob("*/*.parquet")) if one.parent != path.parent]
    other = chance.choice(others)
    held = path.read_bytes()
    path.write_bytes(other.read_bytes())
    other.write_bytes(held)


def _add(path: Path, chance: random.Random) -> None:
    stem = path.name.split("-")[0]
    shutil.copyfile(path, path.with_name(f"{stem}-{chance.randrange(50_000, 99_999):05d}.parquet"))


HARMS: dict[str, Harm] = {
    "flip": _flip,
    "truncate": _truncate,
    "zero": _zero,
    "delete": lambda path, chance: path.unlink(),
    "swap": _swap,
    "add": _add,
}


def parts_of(run: Path, table: str) -> list[Path]:
    """The parts of a table as they lie there, in order."""
    return sorted((run / table / "data" if table == "corpus" else run / table).glob("*.parquet"))
