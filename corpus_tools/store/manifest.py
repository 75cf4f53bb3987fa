"""Seals: what a stage read, which settings it had and what it wrote; compared before anything runs again.

A stage folder without ``manifest.json`` is unfinished. A seal holds a checksum of itself, and for every part its rows,
size and digest, so that ``store.sound`` can say whether the table is still what was sealed.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from corpus_tools.errors import RunError
from corpus_tools.store.backing import here
from corpus_tools.store.files import digest_file, digest_json, write_json

__all__ = ["SEAL", "STARTED", "Manifest", "Part", "Work", "digest_file", "digest_json", "read_manifest", "seal", "write_json"]

SEAL = "manifest.json"
STARTED = "started.json"
RECORD = ".record"
"""Ending of the file beside a part of an unfinished table that says what the part holds."""
GIVEN_UP_PAGES = "pages were given up because of the machine; a run with the source tries them again"
"""What the seal of cleaned pages counts among its totals: pages that another run may clean."""
PART_NAME = re.compile(r"(?:data/)?[a-z]+-\d{1,12}(?:-\d{1,12})?\.parquet", re.ASCII)
"""Names of parts, as the stages give them; a seal that names anything else is not ours."""
FILE_NAMES = ("README.md", "croissant.json")
"""Names of other files that a seal may hold."""


@dataclass(frozen=True)
class Part:
    """One parquet file of a table: name, number of rows, size in bytes and digest of its content."""

    name: str
    rows: int
    size: int
    digest: str


@dataclass(frozen=True)
class Work:
    """What decides whether a stage must run: its inputs' digests, its settings, its code, the versions of its libraries."""

    stage: str
    inputs: dict[str, str]
    params: dict[str, Any]
    code: str
    libraries: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Hex digest over all of it."""
        return digest_json(asdict(self))

    def changes(self, other: Work) -> list[str]:
        """What differs from ``other``, the work that was sealed, in words."""
        found = _differences(self.params, other.params, "{name} was {before!r}, is now {now!r}")
        found += _differences(self.inputs, other.inputs, "{name} changed")
        found += _differences(self.libraries, other.libraries, "{name} was {before}, is now {now}")
        if self.code != other.code:
            found.append("the code of this stage changed")
        return found


def _differences(now: dict[str, Any], before: dict[str, Any], told: str) -> list[str]:
    names = (name for name in sorted({*now, *before}) if now.get(name) != before.get(name))
    return [told.format(name=name, before=before.get(name), now=now.get(name)) for name in names]


@dataclass(frozen=True)
class Manifest:
    """A sealed table folder. ``files`` are what else belongs to it, such as the card of the corpus."""

    work: Work
    parts: tuple[Part, ...]
    totals: dict[str, int] = field(default_factory=dict)
    files: tuple[Part, ...] = ()

    @property
    def digest(self) -> str:
        """Digest of the content: equal digests mean equal tables, whatever made them."""
        return digest_json([[part.name, part.digest] for part in self.parts])

    @property
    def rows(self) -> int:
        """Rows in all parts."""
        return sum(part.rows for part in self.parts)


def seal(folder: Path, manifest: Manifest) -> None:
    """Declare a folder finished; what killed attempts left half written goes, and so do the records of its parts."""
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)
    held = {**asdict(manifest), "digest": manifest.digest, "rows": manifest.rows}
    write_json(folder / SEAL, held | {"checksum": digest_json(held)})
    (folder / STARTED).unlink(missing_ok=True)
    for part in (*manifest.parts, *manifest.files):
        record_path(folder / part.name).unlink(missing_ok=True)


def record_path(part: Path) -> Path:
    """The file beside an unfinished table's ``part`` that says what it holds."""
    return part.with_name(f".{part.name}{RECORD}")


def read_manifest(folder: Path) -> Manifest | None:
    """The folder's seal, or None where there is none; RunError if it is damaged, or names files outside the folder."""
    try:
        held = json.loads(here(folder / SEAL).read_text(encoding="utf-8"))
        if "checksum" not in held:
            raise RunError(f"{folder / SEAL} was written by another version of corpus-tools", _way_out(folder))
        checksum = held.pop("checksum")
        files = [tuple(Part(**part) for part in held[name]) for name in ("parts", "files")]
        found = Manifest(Work(**held["work"]), files[0], held["totals"], files[1])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise RunError(f"{folder / SEAL} cannot be read: {error.strerror}", "check who may read it") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError(f"{folder / SEAL} is damaged: {type(error).__name__} {error}", _way_out(folder)) from None
    if checksum != digest_json(held):
        raise RunError(f"{folder / SEAL} is damaged: it does not agree with its checksum", _way_out(folder))
    strange = [part.name for part in found.parts if not PART_NAME.fullmatch(part.name)]
    strange += [part.name for part in found.files if part.name not in FILE_NAMES]
    if strange:
        raise RunError(f"{folder / SEAL} names {strange[0]!r}, which is no part of a table", _way_out(folder))
    return found


def sealed(folder: Path) -> Manifest | None:
    """The folder's seal, or None where there is none or it is damaged: the stage has to be done."""
    try:
        return read_manifest(folder)
    except RunError:
        return None


def _way_out(folder: Path) -> str:
    return f"run again with the source to have {folder.name}/ made again: corpus-tools run SOURCE -o RUN"
