"""What keeps a run folder beside the file system: nothing for a folder on disk, a store for a run that lives in one.

A run folder on disk is its own keeper, and every function here then does nothing. For a run in a store the folder is scratch:
what is written whole there is put into the store, and what is read there is fetched first.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, Protocol


class Backing(Protocol):
    """A keeper of one run folder. Parts and seals are those of ``store.manifest``."""

    root: Path
    """The run folder on this machine."""
    shared: bool
    """Whether processes elsewhere work on the run too, each in a folder of its own: parts are then here only while they are read."""

    def tell(self, text: str) -> str:
        """``text`` with the place of the run in place of the folder on this machine."""

    def wrote(self, path: Path) -> None:
        """A file of the run was written whole: keep it. A seal is kept after all that it names."""

    def fetch_begun(self, folder: Path) -> None:
        """Have the parts of an unfinished or sealed table here, before it is begun (again)."""

    def fetch(self, folder: Path, parts: Iterable[Any]) -> None:
        """Have these parts of a sealed table here."""

    def examine(self, folder: Path, part: Any, full: bool) -> str:
        """What is wrong with a part that is not here; '' if nothing is."""

    def release(self, folder: Path, manifest: Any) -> None:
        """The parts of a sealed table are not needed here for now."""

    def bring(self, path: Path) -> None:
        """Have a file here that is kept and not here."""

    def open(self, path: Path) -> BinaryIO:
        """A file that is kept, read from where it is kept."""

    def size(self, path: Path) -> int:
        """Bytes of a file that is kept; 0 if that is not known."""

    def holds(self, path: Path) -> bool:
        """Whether a part of an unfinished table is kept and not here."""

    def begun(self, folder: Path, stem: str) -> list[str]:
        """Names of parts of an unfinished table that are kept and that nothing here tells of."""

    def is_sound(self, folder: Path, part: Any) -> bool:
        """Whether what is kept, and not here, is ``part``."""

    def drop(self, path: Path) -> None:
        """A part of an unfinished table is not kept any more: it is made again."""

    def clear(self, folder: Path) -> None:
        """Nothing in a folder for scratch is kept any more."""

    def reference(self, path: Path) -> Any:
        """How ``path`` is told to another process (``store.objects.reference``)."""


class Alone:
    """What a keeper answers of a run that no other process works on: all that is read is here already."""

    shared = False

    def bring(self, path: Path) -> None:
        """See ``Backing``."""

    def holds(self, path: Path) -> bool:
        """See ``Backing``."""
        return False

    def begun(self, folder: Path, stem: str) -> list[str]:
        """See ``Backing``."""
        return []

    def is_sound(self, folder: Path, part: Any) -> bool:
        """See ``Backing``."""
        return False

    def drop(self, path: Path) -> None:
        """See ``Backing``. What is put in its place is put over what is there."""

    def clear(self, folder: Path) -> None:
        """See ``Backing``. Scratch is in the folder and nowhere else."""


_HELD: dict[Path, Backing] = {}


def hold(backing: Backing) -> None:
    """Have ``backing`` keep its folder from now on."""
    _HELD[backing.root] = backing


def let_go(backing: Backing) -> None:
    """The folder is one like others again."""
    _HELD.pop(backing.root, None)


def backing_of(path: Path) -> Backing | None:
    """What keeps the run folder that ``path`` lies in; None for a folder on disk."""
    if not _HELD:
        return None
    return next((_HELD[place] for place in (path, *path.parents) if place in _HELD), None)


def wrote(path: Path) -> None:
    """Tell the keeper, if there is one, that ``path`` was written whole."""
    backing = backing_of(path)
    if backing is not None:
        backing.wrote(path)


def fetch(folder: Path, parts: Iterable[Any]) -> None:
    """Have the keeper, if there is one, bring the parts of a sealed table."""
    backing = backing_of(folder)
    if backing is not None:
        backing.fetch(folder, parts)


def here(path: Path) -> Path:
    """``path``, brought by the keeper if there is one and it is not here."""
    backing = backing_of(path)
    if backing is not None:
        backing.bring(path)
    return path


def holds(path: Path) -> bool:
    """Whether a part of an unfinished table is here, or is kept."""
    backing = backing_of(path)
    return path.exists() or (backing is not None and backing.holds(path))


def drop(path: Path) -> None:
    """A part of an unfinished table goes."""
    path.unlink(missing_ok=True)
    backing = backing_of(path)
    if backing is not None:
        backing.drop(path)


def clear(folder: Path) -> None:
    """A folder for scratch goes, with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)
    backing = backing_of(folder)
    if backing is not None:
        backing.clear(folder)


def keepers() -> list[Backing]:
    """All keepers of this process."""
    return list(_HELD.values())


def tell(text: str) -> str:
    """``text`` with the places of runs in place of the folders that stand for them on this machine."""
    for backing in _HELD.values():
        text = backing.tell(text)
    return text
