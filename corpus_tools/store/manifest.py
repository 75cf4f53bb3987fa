"""Seals: what a stage read, which settings it had and what it wrote; compared before anything runs again.

A stage folder without ``manifest.json`` is unfinished. ``started.json`` holds the key under which
its parts were begun, so that parts made under another plan are never reused.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from corpus_tools.errors import RunError

SEAL = "manifest.json"
STARTED = "started.json"


@dataclass(frozen=True)
class Part:
    """One parquet file of a table: name, number of rows, size in bytes and digest of its content."""

    name: str
    rows: int
    size: int
    digest: str


@dataclass(frozen=True)
class Work:
    """What decides whether a stage must run: its inputs' digests, its settings, its code."""

    stage: str
    inputs: dict[str, str]
    params: dict[str, Any]
    code: str

    @property
    def key(self) -> str:
        """Hex digest over all of it."""
        return digest_json(asdict(self))

    def changes(self, other: Work) -> list[str]:
        """What differs from ``other``, the work that was sealed, in words."""
        found = [
            f"{name} was {other.params.get(name)!r}, is now {self.params.get(name)!r}"
            for name in sorted({*self.params, *other.params})
            if self.params.get(name) != other.params.get(name)
        ]
        found += [
            f"{name} changed" for name in sorted({*self.inputs, *other.inputs}) if self.inputs.get(name) != other.inputs.get(name)
        ]
        if self.code != other.code:
            found.append("the code of this stage changed")
        return found


@dataclass(frozen=True)
class Manifest:
    """A sealed table folder."""

    work: Work
    parts: tuple[Part, ...]
    totals: dict[str, int] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Digest of the content: equal digests mean equal tables, whatever made them."""
        return digest_json([[part.name, part.digest] for part in self.parts])

    @property
    def rows(self) -> int:
        """Rows in all parts."""
        return sum(part.rows for part in self.parts)


def digest_json(value: Any) -> str:
    """32 hex digits over a JSON-able value, keys sorted."""
    return hashlib.blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=16).hexdigest()


def digest_file(path: Path) -> str:
    """32 hex digits over a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def write_json(path: Path, value: Any) -> None:
    """Write JSON so that a reader sees the old file or the new one, never half of it."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump(value, stream, indent=1, sort_keys=True, ensure_ascii=False)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def seal(folder: Path, manifest: Manifest) -> None:
    """Declare a folder finished; what killed attempts left half written goes."""
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)
    write_json(folder / SEAL, {**asdict(manifest), "digest": manifest.digest, "rows": manifest.rows})
    (folder / STARTED).unlink(missing_ok=True)


def read_manifest(folder: Path) -> Manifest | None:
    """The folder's seal, or None where there is none; RunError if it is damaged."""
    try:
        held = json.loads((folder / SEAL).read_text(encoding="utf-8"))
        return Manifest(Work(**held["work"]), tuple(Part(**part) for part in held["parts"]), held["totals"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{folder / SEAL} is damaged: {error}", f"delete the folder {folder} and run again") from None


def begin(folder: Path, work: Work) -> bool:
    """Make the folder ready for ``work``; True if parts of the same work were found and stay."""
    folder.mkdir(parents=True, exist_ok=True)
    # A stage of several folders can die between two seals: a seal of the same work vouches for its parts too.
    same = work.key in (_started_key(folder), _sealed_key(folder))
    if not same:
        # The mark of the new work comes after the old parts are gone: a kill in between must not vouch for them.
        _clear(folder, {".parquet", ".md", ".tmp"})
    write_json(folder / STARTED, {"key": work.key})
    (folder / SEAL).unlink(missing_ok=True)
    _clear(folder, {".tmp"})
    return same


def _clear(folder: Path, endings: set[str]) -> None:
    """Delete what a stage writes, by ending: a user's own file in a run folder is not ours to delete."""
    if ".parquet" in endings:
        (folder / SEAL).unlink(missing_ok=True)
    for path in folder.rglob("*"):
        if path.suffix in endings:
            path.unlink()


def _sealed_key(folder: Path) -> str | None:
    try:
        sealed = read_manifest(folder)
    except RunError:
        return None
    return None if sealed is None else sealed.work.key


def _started_key(folder: Path) -> str | None:
    try:
        key = json.loads((folder / STARTED).read_text(encoding="utf-8"))["key"]
        return key if isinstance(key, str) else None
    except (OSError, ValueError, KeyError):
        return None
