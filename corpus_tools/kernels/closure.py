"""What code a stage or a kernel depends on: the modules its module imports, directly or not, and the data files beside them."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
NO_ROWS = frozenset(
    f"corpus_tools.{name}"
    for name in (
        "errors",
        "plan",
        "machine",
        "child",
        "shown",
        "markup",
        "progress",
        "engines.context",
        "kernels.cache",
        "kernels.cache_folder",
        "kernels.closure",
        "kernels.entries",
        "kernels.kept",
        "kernels.signatures",
        "kernels.warm_up",
    )
)
"""Modules that decide no row: settings are compared by value, and what is told of the work, or kept to save work, is not part of it."""
# A regular expression and not ``ast``: every process that loads a kernel reads the imports of some dozens of modules.
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ ]+(corpus_tools[\w.]*)[ ]+import[ ]+(?:\(([^)]*)\)|([^\n(#]*))|import[ ]+(corpus_tools[\w.]*))", re.MULTILINE
)
_FOR_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t]+[^\n]*\n|\n)+", re.MULTILINE)


_STARTED = time.time_ns()


# A waiting run asks for it many times a second.
@cache
def closure_digest(module: str, data: bool = True) -> str:
    """32 hex digits over the source of ``module`` and of all it imports of this package, and with ``data`` over their data files.

    Where one of the files has changed since this process began, the digest is that of no other process: what runs here may be
    the older code, and what it makes must not be taken for the work of the newer.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in closure_files(module, data):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
        if path.stat().st_ctime_ns > _STARTED:
            digest.update(f"{os.getpid()} {_STARTED}".encode())
    return digest.hexdigest()


def closure_files(module: str, data: bool = True) -> list[Path]:
    """Files that decide what ``module`` makes, sorted."""
    sources = {path for name in import_closure(module) if (path := _source(name))}
    if not data:
        return sorted(sources)
    folders = {path.parent for path in sources if path.parent != PACKAGE}
    return sorted(sources | {path for folder in folders for path in _data_files(folder)})


def import_closure(module: str) -> set[str]:
    """``module`` and every module of this package it imports, directly or not; ``NO_ROWS`` are not followed."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found and name not in NO_ROWS:
            found.add(name)
            path = _source(name)
            waiting += imported_modules(path) if path else ()
    return found


@cache
def imported_modules(path: Path) -> tuple[str, ...]:
    """Modules of this package that the file imports when it runs, anywhere in it; imports for types alone do not count."""
    text = _FOR_TYPES.sub("", path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for home, several, one_line, plain in _IMPORT.findall(text):
        names = [part.split(" as ")[0].strip() for part in (several or one_line).split(",")]
        found |= {plain} if plain else {home, *(f"{home}.{name}" for name in names if name)}
    return tuple(sorted(name for name in found if _source(name)))


@cache
def _source(module: str) -> Path | None:
    """The file of a module of this package; None for other names, and for packages, which hold no code."""
    head, _, rest = module.partition(".")
    path = PACKAGE.joinpath(*rest.split(".")).with_suffix(".py")
    return path if head == PACKAGE.name and rest and path.is_file() else None


def _data_files(folder: Path) -> Iterator[Path]:
    """Files of a folder that are no Python, and those of its folders that hold no modules."""
    for path in folder.iterdir():
        if path.is_dir():
            if path.name != "__pycache__" and not (path / "__init__.py").exists():
                yield from (file for file in path.rglob("*") if file.is_file())
        elif path.suffix not in (".py", ".pyc") and path.is_file():
            yield path
