"""Arrays that may outgrow memory: in unnamed temporary files, behind memory maps.

The operating system keeps in memory what is used, and drops it when something else needs the room.
"""

from __future__ import annotations

import tempfile
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import DTypeLike

Array = np.ndarray[Any, np.dtype[Any]]


class Scratch:
    """Named arrays on disk. A context manager: leaving it gives the disk space back."""

    def __init__(self) -> None:
        self._files: dict[str, IO[bytes]] = {}
        self._types: dict[str, np.dtype[Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for file in self._files.values():
            file.close()

    def append(self, name: str, values: Array) -> None:
        """Add ``values`` behind those that ``name`` has; all are of one type."""
        values.tofile(self._file(name, values.dtype))

    def read(self, name: str, otherwise: DTypeLike = np.uint8) -> Array:
        """All values of ``name`` so far, flat and read-only; none, of the type ``otherwise``, if nothing was added."""
        if name in self._files:
            file, kind = self._files[name], self._types[name]
            file.flush()
            if size := file.seek(0, 2) // kind.itemsize:
                return np.asarray(np.memmap(file, kind, "r", shape=(size,)))
            otherwise = kind
        return np.frombuffer(b"", otherwise)  # as read-only as a map, which kernels are compiled for

    def room(self, name: str, shape: tuple[int, ...], kind: DTypeLike) -> Array:
        """A new array of zeros to write into; nothing may be appended to it."""
        file, kind = self._file(name, np.dtype(kind)), np.dtype(kind)
        if not (size := int(np.prod(shape)) * kind.itemsize):
            return np.zeros(shape, kind)
        file.truncate(size)
        return np.asarray(np.memmap(file, kind, "r+", shape=shape))

    def _file(self, name: str, kind: np.dtype[Any]) -> IO[bytes]:
        if name not in self._files:
            self._files[name] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
            self._types[name] = kind
        return self._files[name]
