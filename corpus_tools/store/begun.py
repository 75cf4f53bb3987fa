"""An unfinished table: which of its parts can be believed, and what goes before other work begins.

Each part of an unfinished table has a record beside it (rows, size, digest), written before the part appears. A part
without a sound record is not taken up. ``started.json`` holds the key of the work under which the parts were begun, so that
parts of another plan are never reused. Files that no stage wrote are not deleted: those that bear the name of a part are set aside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from corpus_tools.errors import RunError
from corpus_tools.store.backing import backing_of, here
from corpus_tools.store.files import digest_bytes, digest_file, open_new, refuse_links, write_bytes, write_json
from corpus_tools.store.manifest import FILE_NAMES, PART_NAME, RECORD, SEAL, STARTED, Part, Work, read_manifest, record_path

SCRATCH = (".scratch", ".sorted", ".places", "data", "removed", "new")
"""Folders that stages make inside a table's folder."""
ASIDE = "set_aside"
"""Folder, inside a table's own, for files that bear the name of a part and that no stage wrote."""
STAMPS = ".seen.json"


def write_record(path: Path, part: Part) -> None:
    """Say beside ``path`` what the part holds that is about to appear there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_new(record_path(path)) as stream:
        stream.write(json.dumps(asdict(part)).encode())


def write_sealed_file(path: Path, content: bytes) -> Part:
    """Write a file that a seal is to hold beside the parts of its table; what is to be sealed of it."""
    part = Part(path.name, 0, len(content), digest_bytes(content))
    write_record(path, part)
    write_bytes(path, content)
    return part


def read_record(path: Path) -> Part | None:
    """What the part at ``path`` was said to hold; None without a readable record."""
    try:
        return Part(**json.loads(here(record_path(path)).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def recorded_parts(folder: Path, stem: str = "part") -> list[Path]:
    """Parts of an unfinished table that are there and have a record, in order."""
    names = {path.name.removeprefix(".").removesuffix(RECORD) for path in folder.glob(f".{stem}-*{RECORD}")}
    keeper = backing_of(folder)
    found = {name for name in names if (folder / name).is_file() or (keeper is not None and keeper.holds(folder / name))}
    return [folder / name for name in sorted(found.union(keeper.begun(folder, stem) if keeper is not None else ()))]


def is_begun(part: Path) -> bool:
    """Whether a part of an unfinished table is there and has a record."""
    keeper = backing_of(part)
    return (part.is_file() and record_path(part).is_file()) or (keeper is not None and keeper.holds(part))


def begin(folder: Path, work: Work) -> bool:
    """Make the folder ready for ``work``; True if it was begun or sealed for the same work, whose sound parts stay."""
    refuse_links(folder)
    keeper = backing_of(folder)
    if keeper is not None:
        keeper.fetch_begun(folder)
    folder.mkdir(parents=True, exist_ok=True)
    refuse_links(folder, *SCRATCH)
    known, ours, key = _known_files(folder)
    # A stage of several folders can die between two seals: a seal of the same work vouches for its parts too.
    same = work.key in (_started_key(folder), key)
    kept = {part.name for part in known.values() if same and _keep(folder, part)}
    _clear(folder, known, kept, ours)
    # The mark of the new work comes after the old parts are gone: a kill in between must not vouch for them.
    write_json(folder / STARTED, {"key": work.key})
    for name in (SEAL, STAMPS):
        (folder / name).unlink(missing_ok=True)
    for path in _inside(folder):
        if path.suffix == ".tmp" and path.name.startswith("."):
            path.unlink(missing_ok=True)
    return same


def _known_files(folder: Path) -> tuple[dict[str, Part], bool, str | None]:
    """Files that a stage wrote, by name; whether what bears the name of a part is ours in any case; the key of the seal.

    A seal that cannot be read still says that the folder is ours.
    """
    known = {}
    for path in _inside(folder):
        name = path.relative_to(folder).as_posix()
        if path.name.endswith(RECORD):
            target = path.with_name(path.name[1 : -len(RECORD)])
            part = read_record(target)
            name = target.relative_to(folder).as_posix()
            known[name] = Part(name, part.rows, part.size, part.digest) if part else Part(name, 0, -1, "")
    try:
        found = read_manifest(folder)
    except RunError:
        return known, True, None
    if found is None:
        return known, False, None
    return {part.name: part for part in (*found.parts, *found.files)} | known, False, found.work.key


def _keep(folder: Path, part: Part) -> bool:
    """Whether the part is there as it was recorded; it then has a record, also where a seal vouched for it."""
    path = folder / part.name
    try:
        sound = not path.is_symlink() and path.stat().st_size == part.size and digest_file(path) == part.digest
    except OSError:
        keeper = backing_of(folder)
        sound = keeper is not None and keeper.is_sound(folder, part)
    if sound:
        write_record(path, Part(path.name, part.rows, part.size, part.digest))
    return sound


def _clear(folder: Path, known: dict[str, Part], kept: set[str], ours: bool) -> None:
    """Delete what stages wrote and is not ``kept``; set aside what only looks like it."""
    for name, part in known.items():
        if name not in kept:
            _drop(folder, name, part)
    for path in list(_inside(folder)):
        name = path.relative_to(folder).as_posix()
        if name in known or not (PART_NAME.fullmatch(name) or name in FILE_NAMES):
            continue
        if ours and PART_NAME.fullmatch(name):
            path.unlink(missing_ok=True)
        else:
            set_aside(folder, path)


def _drop(folder: Path, name: str, part: Part) -> None:
    """Delete a file that a stage wrote, and its record; a card that was edited since is set aside."""
    path = folder / name
    if name in FILE_NAMES and path.is_file() and digest_file(path) != part.digest:
        set_aside(folder, path)
    path.unlink(missing_ok=True)
    record_path(path).unlink(missing_ok=True)


def set_aside(folder: Path, path: Path) -> Path:
    """Move a file that no stage wrote out of the way, to ``set_aside/`` of the table's folder; where it is now."""
    refuse_links(folder, ASIDE)
    (folder / ASIDE).mkdir(exist_ok=True)
    target, number = folder / ASIDE / path.name, 1
    while target.exists() or target.is_symlink():
        number += 1
        target = folder / ASIDE / f"{path.name}.{number}"
    path.replace(target)
    return target


def strange_parts(folder: Path, known: set[str]) -> list[Path]:
    """Files that bear the name of a part and are not ``known`` (names in the folder)."""
    found = ((path, path.relative_to(folder).as_posix()) for path in _inside(folder))
    return [path for path, name in found if PART_NAME.fullmatch(name) and name not in known]


def _inside(folder: Path) -> Iterator[Path]:
    """Files of a table's folder, and of the folder ``data`` in it; links are files."""
    for place in (folder, folder / "data"):
        if place.is_dir() and not place.is_symlink():
            yield from (path for path in sorted(place.iterdir()) if path.is_symlink() or path.is_file())


def _started_key(folder: Path) -> str | None:
    try:
        key = json.loads((folder / STARTED).read_text(encoding="utf-8"))["key"]
        return key if isinstance(key, str) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
