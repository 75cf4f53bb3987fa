"""How every kernel is compiled, and the cache of compiled kernels on disk.

numba's own cache (``cache=True``) keeps an index file a function, which two processes that compile at once can leave
pointing at each other's code (numba issue 4807), and does not notice that a function it calls has changed. This one
has no index: a file holds one function compiled for one signature, its name is a digest of everything the code depends
on (the source of its module and of all that imports, versions, processor), it begins with a digest of its content, and it appears by
rename. What cannot be read, written or trusted is compiled anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import shutil
import sys
import time
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps as _dumps

from corpus_tools.kernels.closure import closure_digest

ENVIRONMENT = "CORPUS_TOOLS_CACHE"
"""Environment variable: another folder for the cache, or ``off``."""
_KEPT_DAYS = 30
_rebuild: Any = CompileResult._rebuild
_serialize: Any = _dumps


def kernel(function: Callable[..., Any]) -> Any:
    """Compile ``function`` when first called, with no Python lock held and no checks; take it from the cache if it is there."""
    compiled = numba.njit(nogil=True, error_model="numpy", boundscheck=False)(function)
    if hasattr(compiled, "_cache") and cache_folder() is not None:
        compiled._cache = _KernelCache(function)
    return compiled


def inlined(function: Callable[..., Any]) -> Any:
    """As ``kernel``, for small functions that are copied into the kernels that call them."""
    return numba.njit(nogil=True, error_model="numpy", boundscheck=False, forceinline=True)(function)


def part(function: Callable[..., Any]) -> Any:
    """As ``kernel``, for functions that only kernels call: compiled into these, without an entry from Python or a place in the cache."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return numba.njit(nogil=True, error_model="numpy", boundscheck=False, **options)(function)


@cache
def cache_folder() -> Path | None:
    """Folder of compiled kernels for this Python and numba; None when there is to be no cache."""
    chosen = os.environ.get(ENVIRONMENT, "")
    if chosen == "off":
        return None
    root = Path(chosen or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "corpus-tools") / "kernels"
    folder = root / _versions_digest()
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, mode=0o700)
            _drop_old(root)
    except (OSError, RuntimeError):
        return None
    return folder


def _versions_digest() -> str:
    """Digest of the versions of all that turns a kernel's source into code."""
    versions = (sys.version, numba.__version__, llvmlite.__version__, np.__version__)
    return hashlib.blake2b(repr(versions).encode(), digest_size=16).hexdigest()


@cache
def _source_digest(module: str) -> str:
    """Digest of the source of a kernel's module and of all it imports."""
    return closure_digest(module, data=False)


def _drop_old(root: Path) -> None:
    """Remove the folders of code that has not been run for a month."""
    for folder in root.iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > _KEPT_DAYS * 86400:
            shutil.rmtree(folder, ignore_errors=True)


class _KernelCache:
    """The cache of one function, with the methods numba's dispatcher calls."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._name = f"{function.__module__}.{function.__qualname__}"
        self._module = function.__module__

    def load_overload(self, signature: Any, context: Any) -> Any:
        """The function compiled for ``signature``; None if the cache has none that is sound."""
        context.refresh()
        path = self._path(signature, context.codegen())
        try:
            stored = path.read_bytes()
            if hashlib.blake2b(stored[32:], digest_size=32).digest() == stored[:32]:
                return _rebuild(context, *pickle.loads(stored[32:]))  # noqa: S301 - our own file, digest checked
        except FileNotFoundError:
            return None
        except Exception:  # whatever numba makes of a file from elsewhere, compiling is the answer
            path.unlink(missing_ok=True)
        return None

    def save_overload(self, signature: Any, result: Any) -> None:
        """Store a compiled function; nothing happens where that cannot be done."""
        if result.library.has_dynamic_globals:
            return
        path = self._path(signature, result.codegen)
        passing = path.with_suffix(f".{uuid.uuid4().hex}")
        with contextlib.suppress(OSError):
            content = _serialize(result._reduce())
            passing.write_bytes(hashlib.blake2b(content, digest_size=32).digest() + content)
            passing.replace(path)

    def _path(self, signature: Any, codegen: Any) -> Path:
        folder = cache_folder()
        assert folder is not None  # noqa: S101 - there is no cache object without a folder
        key = repr((self._name, _source_digest(self._module), str(signature), codegen.magic_tuple()))
        return folder / f"{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}.kernel"

    def enable(self) -> None:
        """Part of numba's interface; this cache is always on."""

    disable = flush = enable
    cache_path = ""
