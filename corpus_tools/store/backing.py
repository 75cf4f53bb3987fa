"""What keeps a run folder beside the file system: nothing for a folder on disk, a store for a run that lives in one.

A run folder on disk is its own keeper, and every function here then does nothing. For a run in a store the folder is scratch:
what is written whole there is put into the store, and what is read there is fetched first.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol


class Backing(Protocol):
    """A keeper of one run folder. Parts and seals are those of ``store.manifest``."""

    root: Path
    """The run folder on this machine."""

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


def tell(text: str) -> str:
    """``text`` with the places of runs in place of the folders that stand for them on this machine."""
    for backing in _HELD.values():
        text = backing.tell(text)
    return text
