"""What the objects of a run are called, and which of them are fetched when a run is looked at; how one is told to another process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus_tools.errors import RunError
from corpus_tools.store.files import digest_file, digest_pieces
from corpus_tools.store.manifest import RECORD, SEAL, STARTED, Part
from corpus_tools.store.objects.address import Address
from corpus_tools.store.objects.bucket import Bucket, Object

_PIECE = 8 << 20
SMALL = 64 << 20
"""Bytes up to which a file at the top of a run is fetched with it."""
STATUS_FILE = ".working.json"
_TOP_FILES = ("run.json", "inputs.parquet", ".inputs.json", "decisions.csv", "labels.csv", "sample.csv", STATUS_FILE)
CLEARING = "clearing.json"
"""The file of a table that names the objects of it that are being deleted."""
_MARKS = (SEAL, STARTED, CLEARING)


@dataclass(frozen=True)
class Reference:
    """A file or a folder of the run at ``place``; of a file, what the process that tells of it knows."""

    place: Address
    name: str
    found: Object | None = None
    digest: str = ""


def left_behind(names: Iterable[str]) -> list[str]:
    """Those of ``names`` that belong to the making of a table whose seal is there."""
    held = list(names)
    tables = [name.removesuffix(f"/{SEAL}") for name in held if name.endswith(f"/{SEAL}")]
    passing = [name for name in held if name.endswith(RECORD) or Path(name).name in (STARTED, CLEARING)]
    return [name for name in passing if any(is_in(name, table) for table in tables)]


def read_pieces(bucket: Bucket, found: Object) -> Iterator[bytes]:
    """An object piece by piece."""
    for start in range(0, found.size, _PIECE):
        yield bucket.read(found.key, start, min(found.size, start + _PIECE), found.etag)


def fetch_object(bucket: Bucket, place: Address, found: Object, path: Path, expected: str, made: str) -> str:
    """The object at ``place`` as a file, by rename; its digest.

    RunError if its content has not the digest ``expected`` ('' for any), which is that of what was ``made``: written or sealed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    coming = path.with_name(f".{path.name}.fetched")
    with coming.open("wb") as stream:
        for piece in read_pieces(bucket, found):
            stream.write(piece)
    digest = digest_file(coming)
    if expected and digest != expected:
        coming.unlink()
        raise RunError(
            f"{place} is damaged: its content is not what was {made}",
            "have it made again from the source: corpus-tools run SOURCE -o RUN --verify",
        )
    coming.replace(path)
    return digest


def compare(bucket: Bucket, found: Object | None, seal: Object | None, part: Part, full: bool) -> str:
    """What is wrong with an object that a seal names as ``part``; '' if nothing is.

    One that is younger than its seal was put by somebody else: its content is compared.
    """
    if found is None:
        return "is missing"
    if found.size != part.size:
        return f"is damaged: {found.size:,} bytes are there"
    if not full and seal is not None and found.mtime_ns <= seal.mtime_ns:
        return ""
    same = digest_pieces(read_pieces(bucket, found)) == part.digest
    return "" if same else "is damaged: its content is not what was sealed"


def is_scratch(name: str) -> bool:
    """Whether an object lies in a folder that a stage keeps for itself while it works."""
    return any(part.startswith(".") for part in Path(name).parts[:-1])


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
