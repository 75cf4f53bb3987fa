"""Walks a source folder: every file once, links followed only inside it unless asked, a Hugging Face cache as what it shows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MAX_POINTER = 1024
"""Bytes of a file that stands for a link where a file system has none."""


class Found(NamedTuple):
    """A file at ``path``, which is called ``name`` in the folder; ``outside`` says that it is a link that leads out of it."""

    path: Path
    name: Path
    outside: bool = False


def walk_files(folder: Path, *, follow_links: bool = False, inside: Path | None = None) -> Iterator[Found]:
    """Files below ``folder`` in the order of their names, linked folders too, each folder once, hidden ones left out.

    Links may lead wherever they do in the folder ``inside``, which is ``folder`` itself by default.
    """
    root = _root(inside or folder)
    seen: set[tuple[int, int]] = set()
    todo = [folder]
    while todo:
        path = todo.pop()
        if path != folder and not follow_links and path.is_symlink() and path.exists() and not path.resolve().is_relative_to(root):
            yield Found(path, path, outside=True)
            continue
        if not path.is_dir():
            yield Found(_pointed_at(path) or path, path)
            continue
        place = path.stat()
        if (place.st_dev, place.st_ino) in seen:
            continue
        seen.add((place.st_dev, place.st_ino))
        try:
            names = sorted(entry.name for entry in os.scandir(path) if not entry.name.startswith("."))
        except OSError:  # an unreadable folder is listed itself, and becomes a problem
            yield Found(path, path)
            continue
        if is_hub_cache(path):  # blobs and refs are how it is stored; what it holds is linked from snapshots
            names = ["snapshots"]
        todo += [path / name for name in reversed(names)]


def is_hub_cache(folder: Path) -> bool:
    """Whether a folder is how the Hugging Face Hub's client caches a repository."""
    return (folder / "snapshots").is_dir() and (folder / "blobs").is_dir() and (folder / "refs").is_dir()


def _root(folder: Path) -> Path:
    """The folder that links may not lead out of: the source, or the cached repository that it is a part of."""
    real = folder.resolve()
    return next((parent for parent in real.parents if is_hub_cache(parent) and real.is_relative_to(parent / "snapshots")), real)


def _pointed_at(path: Path) -> Path | None:
    """The blob that a small file in a cached repository names, as links are kept where a file system has none; None for others."""
    repository = next((parent for parent in path.parents if is_hub_cache(parent)), None) if "snapshots" in path.parts else None
    try:
        if repository is None or path.is_symlink() or not 0 < path.stat().st_size <= MAX_POINTER:
            return None
        target = (path.parent / path.read_text(encoding="utf-8").strip()).resolve()
        return target if target.is_relative_to(repository.resolve() / "blobs") and target.is_file() else None
    except (OSError, ValueError):
        return None
