"""What the objects of a run are called, and which of them are fetched when a run is looked at."""

from __future__ import annotations

import json
from pathlib import Path

from corpus_tools.store.manifest import RECORD, SEAL, STARTED

SMALL = 64 << 20
"""Bytes up to which a file at the top of a run is fetched with it."""
STATUS_FILE = ".working.json"
_TOP_FILES = ("run.json", "inputs.parquet", ".inputs.json", "decisions.csv", "labels.csv", "sample.csv", STATUS_FILE)
CLEARING = "clearing.json"
"""The file of a table that names the objects of it that are being deleted."""
_MARKS = (SEAL, STARTED, CLEARING)


def part_of_record(name: str, table: str) -> str:
    """The name, in its table, of the part that a record speaks of."""
    path = Path(name).relative_to(table)
    return path.with_name(path.name.removeprefix(".").removesuffix(RECORD)).as_posix()


def is_in(name: str, table: str) -> bool:
    """Whether an object belongs to a table itself, not to a table inside it (``corpus/removed``)."""
    rest = name.removeprefix(f"{table}/")
    return name.startswith(f"{table}/") and (rest.count("/") == 0 or (rest.startswith("data/") and rest.count("/") == 1))


def is_looked_at(name: str, size: int) -> bool:
    """Whether an object is fetched with the run: its record, what people wrote, seals, and records of parts."""
    return (name in _TOP_FILES and size <= SMALL) or Path(name).name in _MARKS or name.endswith(RECORD)


def read_names(path: Path) -> set[str]:
    """The names in a file of names; none if it is damaged."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return {name for name in held if isinstance(name, str)}
    except (OSError, ValueError, TypeError):
        return set()
