"""Whether a sealed table is still what was sealed.

Size and times of every part are compared, and where a file was touched since it was last found sound, its digest.
``full`` compares every digest, which also finds what a disk changed on its own.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from corpus_tools.errors import RunError
from corpus_tools.store.backing import backing_of
from corpus_tools.store.begun import STAMPS
from corpus_tools.store.files import write_json
from corpus_tools.store.manifest import FILE_NAMES, Manifest, Part, digest_file, read_manifest

Stamp = list[int]
"""Size, time of change and time of change of the inode (nanoseconds): what every writer moves."""


@dataclass(frozen=True)
class Fault:
    """A file of a sealed table that is not what was sealed, and in words how."""

    path: Path
    what: str

    def __str__(self) -> str:
        return f"{self.path} {self.what}"


def find_faults(folder: Path, manifest: Manifest, full: bool = False) -> list[Fault]:
    """Files of the table that are missing, of another size or of another content than was sealed.

    A card that was edited is no fault unless ``full``: people do that.
    """
    seen = {} if full else _read_stamps(folder)
    stamps: dict[str, Stamp] = {}
    faults, doubtful = [], []
    keeper = backing_of(folder)
    for part in (*manifest.parts, *manifest.files):
        stamp = _stamp(folder / part.name)
        edited = part.name in FILE_NAMES and not full
        if stamp is None and keeper is not None:
            problem = keeper.examine(folder, part, full)
            faults += [Fault(folder / part.name, f"{problem} ({_held(part)} were sealed)")] if problem else []
            continue
        if stamp is None or (stamp[0] != part.size and not edited):
            faults.append(Fault(folder / part.name, _say_size(folder / part.name, part, stamp)))
        elif seen.get(part.name) == stamp or edited:
            stamps[part.name] = stamp
        else:
            doubtful.append((part, stamp))
    for (part, stamp), problem in zip(doubtful, _compare(folder, [part for part, _ in doubtful]), strict=True):
        if problem:
            faults.append(Fault(folder / part.name, f"{problem} ({_held(part)} were sealed)"))
        else:
            stamps[part.name] = stamp
    if stamps != seen and not faults:
        _write_stamps(folder, stamps)
    return faults


def remember(folder: Path, manifest: Manifest) -> None:
    """Note how the files of a table that was just sealed look, so that only those touched later are read again."""
    stamps = {part.name: _stamp(folder / part.name) for part in (*manifest.parts, *manifest.files)}
    _write_stamps(folder, {name: stamp for name, stamp in stamps.items() if stamp is not None})


def check_table(folder: Path) -> Manifest | None:
    """The seal of a table that is what was sealed; None without a seal. RunError names the first file that is not."""
    manifest = read_manifest(folder)
    faults = find_faults(folder, manifest) if manifest else []
    if faults:
        raise damaged_error(faults, folder)
    return manifest


def damaged_error(faults: Sequence[Fault], run: Path) -> RunError:
    """The error for a table that cannot be read because of ``faults``."""
    more = f", and {len(faults) - 1:,} more files are damaged" if len(faults) > 1 else ""
    return RunError(f"{faults[0]}{more}", "have it made again from the source: corpus-tools run SOURCE -o RUN")


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def _say_size(path: Path, part: Part, stamp: Stamp | None) -> str:
    if stamp is None:
        return f"is missing: {_held(part)} were sealed"
    return f"is damaged: {stamp[0]:,} bytes are there, {_held(part)} were sealed"


def _held(part: Part) -> str:
    return f"{part.rows:,} rows in {part.size:,} bytes" if part.name.endswith(".parquet") else f"{part.size:,} bytes"


def _compare(folder: Path, parts: Sequence[Part]) -> list[str]:
    """For each part what is wrong with its content, or ''."""

    def compare(part: Part) -> str:
        try:
            return "" if digest_file(folder / part.name) == part.digest else "is damaged: its content is not what was sealed"
        except OSError as error:
            return f"cannot be read: {error.strerror}"

    if len(parts) < 2:
        return [compare(part) for part in parts]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(compare, parts))


def _read_stamps(folder: Path) -> dict[str, Stamp]:
    try:
        held = json.loads((folder / STAMPS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def _write_stamps(folder: Path, stamps: dict[str, Stamp]) -> None:
    with contextlib.suppress(OSError):  # a run folder may be read-only: its digests are then compared each time
        write_json(folder / STAMPS, stamps)
