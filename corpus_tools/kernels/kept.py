"""Tables that take long to work out, kept on disk beside the compiled kernels: worked out once an installation."""

from __future__ import annotations

import hashlib
import pickle
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, wraps
from pathlib import Path
from typing import Any, TypeVar

from corpus_tools.kernels.cache_folder import cache_folder
from corpus_tools.kernels.closure import closure_digest

Made = TypeVar("Made")
_DIGEST_BYTES = 32


def kept_on_disk(module: str, data: Sequence[Path] = ()) -> Callable[[Callable[[], Made]], Callable[[], Made]]:
    """What a function without arguments gives, read from disk if the source of ``module``, all it imports, and ``data`` are as they were.

    A process asks for it once. The file is as trusted as compiled kernels are; a damaged one is made again.
    """

    def decorate(make: Callable[[], Made]) -> Callable[[], Made]:
        @cache
        @wraps(make)
        def read_or_make() -> Made:
            folder = cache_folder()
            if folder is None:
                return make()
            path = folder / f"{_key(make.__name__, module, data)}.table"
            found: list[Made] = _read(path)
            return found[0] if found else _keep(path, make())

        return read_or_make

    return decorate


def _key(name: str, module: str, data: Sequence[Path]) -> str:
    digest = hashlib.blake2b(f"{name} {closure_digest(module, data=False)}".encode(), digest_size=16)
    for path in data:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> list[Any]:
    """The value in a list; an empty list if the file is not there or not sound."""
    with suppress(OSError):
        stored = path.read_bytes()
        if hashlib.blake2b(stored[_DIGEST_BYTES:], digest_size=_DIGEST_BYTES).digest() == stored[:_DIGEST_BYTES]:
            return [pickle.loads(stored[_DIGEST_BYTES:])]  # noqa: S301 - our own file, digest checked
    return []


def _keep(path: Path, value: Made) -> Made:
    content = pickle.dumps(value, protocol=5)
    passing = path.with_suffix(f".{uuid.uuid4().hex}")
    with suppress(OSError):
        passing.write_bytes(hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest() + content)
        passing.replace(path)
    return value
