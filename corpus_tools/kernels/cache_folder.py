"""Where compiled kernels are kept, and whether the place can be trusted; without importing the compiler."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
import time
from functools import cache
from importlib.metadata import version
from pathlib import Path

ENVIRONMENT = "CORPUS_TOOLS_CACHE"
"""Environment variable: another folder for the cache, or ``off``."""
_KEPT_DAYS = 30


@cache
def cache_folder() -> Path | None:
    """Folder of compiled kernels for this Python and compiler; None when there is to be no cache, or none that can be trusted."""
    root = cache_root()
    if root is None:
        return None
    folder = root / _versions_digest()
    try:
        if not folder.is_dir():
            # One after the other: of folders made on the way, mkdir would let others write to what the umask allows.
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.mkdir(exist_ok=True, mode=0o700)
            _drop_old(root)
        return folder if is_trusted(folder) and is_trusted(root) and not _replaceable(root) else None
    except (OSError, RuntimeError):
        return None


def cache_root() -> Path | None:
    """Where compiled kernels are kept, by the environment; None if it is ``off``. ``~/.cache/corpus-tools/kernels`` by default."""
    chosen = os.environ.get(ENVIRONMENT, "")
    if chosen == "off":
        return None
    return Path(chosen or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "corpus-tools") / "kernels"


def why_no_cache() -> str:
    """In words, why ``cache_folder`` is None."""
    root = cache_root()
    if root is None:
        return f"{ENVIRONMENT} is off"
    held = next((folder for folder in (root, *root.parents) if folder.exists()), root)
    loose = root if held == root and not is_trusted(root) else _replaceable(root)
    return f"{loose} may be written to by others" if loose else f"{held} cannot be written to"


def is_trusted(folder: Path) -> bool:
    """Whether only this user may write to ``folder``: what is in it is run as code."""
    found = folder.stat()
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _replaceable(folder: Path) -> Path | None:
    """The folder above ``folder`` in which any user could put another in its place; None if there is none."""
    for above in folder.resolve().parents:
        found = above.stat()
        everybody = found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX
        if everybody or found.st_uid not in (0, os.geteuid()):
            return above
    return None


def _versions_digest() -> str:
    """Digest of the versions of all that turns a kernel's source into code."""
    versions = (sys.version, *(version(name) for name in ("numba", "llvmlite", "numpy")))
    return hashlib.blake2b(repr(versions).encode(), digest_size=16).hexdigest()


def _drop_old(root: Path) -> None:
    """Remove the folders of versions that have not been run for a month."""
    for folder in root.iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > _KEPT_DAYS * 86400:
            shutil.rmtree(folder, ignore_errors=True)
