"""Puts a finished corpus where others read it: a folder, a bucket or the Hub, with its card, and its seal last of all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus_tools.errors import RunError
from corpus_tools.store import backing
from corpus_tools.store.files import digest_bytes, digest_file
from corpus_tools.store.manifest import FILE_NAMES, PART_NAME, SEAL, Manifest, Part, read_manifest
from corpus_tools.store.objects.address import is_address, parse_address
from corpus_tools.store.objects.targets import Target, open_target
from corpus_tools.store.opened import StoredRun
from corpus_tools.store.sound import damaged_error, find_faults

MARK = "publishing.json"
"""The file that says that a corpus is on its way: it is put first, and goes when the seal is there."""


@dataclass(frozen=True)
class Item:
    """A file of the corpus: its name there, its part in the seal, and the table whose folder it lies in."""

    name: str
    part: Part
    folder: Path


@dataclass(frozen=True)
class Published:
    """What was put where."""

    target: str
    files: int
    size: int
    sent: int
    sent_size: int
    lines: tuple[str, ...] = ()
    dry_run: bool = False

    def __str__(self) -> str:
        verb = "to send" if self.dry_run else "sent"
        there = self.files - self.sent
        return f"{self.target}: {self.files:,} files, {self.size:,} bytes; {self.sent:,} {verb} ({self.sent_size:,} bytes), {there:,} there already"


def publish(
    run: str | Path,
    target: str | Path,
    *,
    removed: bool = False,
    replace: bool = False,
    dry_run: bool = False,
    told: Callable[[str], None] | None = None,
) -> Published:
    """Put the corpus of a finished run, its card and its seal to ``target``: a folder, a bucket or a repository of the Hub.

    What is there already with the same size and digest is not sent again, so a publication that was cut off goes on. With ``removed`` the
    table of removed pages goes too; with ``replace`` another corpus that was published there gives way. With ``dry_run`` nothing is
    written. Raises RunError if the run is not finished or not whole, and if the target holds anything else.
    """
    held = StoredRun(run)
    items = list(_items(held.path, removed))
    place = open_target(parse_address(target, RunError) if is_address(target) else Path(target))
    seal = _seal_of(held.path)
    sent = _plan(place, seal, items, replace)
    lines = tuple(f"{'send' if item in sent else 'there'} {item.part.size:>14,} {item.name}" for item in items)
    size, sent_size = (sum(item.part.size for item in some) for some in (items, sent))
    found = Published(str(place), len(items), size, len(sent), sent_size, lines, dry_run)
    if not dry_run and (sent or MARK in place.names()):
        _send(place, seal, items, sent, told or (lambda line: None))
    return found


def _seal_of(folder: Path) -> Manifest:
    found = read_manifest(folder / "corpus")
    if found is None:
        raise RunError(f"{folder} has no finished corpus", "finish it with: corpus-tools run SOURCE -o RUN")
    return found


def _items(folder: Path, removed: bool) -> Iterator[Item]:
    """The files of the corpus in the order in which they are sent: seals after what they name, the corpus's own last."""
    places = [(folder / "corpus" / "removed", "removed/")] if removed else []
    delta = read_manifest(folder / "corpus" / "new")
    places += [(folder / "corpus" / "new", "new/")] if delta and delta.parts else []
    for place, before in [*places, (folder / "corpus", "")]:
        found = _seal_of(folder) if not before else read_manifest(place)
        if found is None:
            raise RunError(f"{place} is not finished", "finish it with: corpus-tools run SOURCE -o RUN")
        faults = find_faults(place, found, full=True)
        if faults:
            raise damaged_error(faults, folder)
        for part in (*found.files, *found.parts):
            yield Item(before + part.name, part, place)
        content = (place / SEAL).read_bytes()
        yield Item(before + SEAL, Part(SEAL, 0, len(content), digest_bytes(content)), place)


def _plan(place: Target, seal: Manifest, items: list[Item], replace: bool) -> list[Item]:
    """What is still to be sent. RunError if the target holds anything but this corpus, or one that may be replaced."""
    there = place.names()
    known = {item.name for item in items}
    ours = _held_there(place, there)
    if ours is None:
        if there:
            shown = sorted(there)[0]
            raise RunError(
                f"{place} holds something else, such as {shown!r}", "name an empty place, or one where a corpus was published"
            )
    elif ours != seal.digest and not replace:
        raise RunError(f"{place} holds another corpus", "give --replace to put this one in its place, or name another place")
    strange = [name for name in there if name not in known and name != MARK and not _is_corpus_file(name)]
    if strange and ours is not None:
        raise RunError(f"{place} also holds {sorted(strange)[0]!r}", "move it away: a published corpus is alone in its place")
    return [item for item in items if there.get(item.name) != item.part.size or place.digest(item.name) != item.part.digest]


def _is_corpus_file(name: str) -> bool:
    inner = name.removeprefix("removed/").removeprefix("new/")
    return inner in (SEAL, *FILE_NAMES) or PART_NAME.fullmatch(inner) is not None


def _held_there(place: Target, there: dict[str, int]) -> str | None:
    """Digest of the corpus that is there, whole or on its way; '' if its seal cannot be read; None if there is none."""
    for name in (MARK, SEAL):
        if name in there:
            try:
                held = json.loads(place.read(name))
                return str(held["digest"]) if "work" in held or name == MARK else None
            except (ValueError, KeyError, TypeError):
                return "" if name == MARK else None
    return None


def _send(place: Target, seal: Manifest, items: list[Item], sent: list[Item], told: Callable[[str], None]) -> None:
    """The mark first, then what is not this corpus's goes, then its files; the seal last, and the mark goes."""
    there = place.names()
    place.begin()
    place.put_bytes(MARK, json.dumps({"digest": seal.digest, "files": len(items)}).encode())
    gone = [SEAL] if any(item.name == SEAL for item in sent) else []
    known = {item.name for item in items}
    place.delete([name for name in (*gone, *there) if name in there and (name in gone or name not in known) and name != MARK])
    for item in sent:
        path = item.folder / item.part.name
        brought = not path.exists()
        if brought:
            backing.fetch(item.folder, [item.part])
        if digest_file(path) != item.part.digest:
            raise RunError(f"{path} changed while it was published", "run again with the source, then publish again")
        place.put(item.name, path, item.part.digest)
        told(f"sent {item.name}")
        if brought and not place.needs_files:
            path.unlink()
    place.delete([MARK])
    place.finish(f"Corpus {seal.digest}: {seal.rows:,} documents")
