"""An object that readers take for a file: opened, it is read by ranges, a few windows of it in memory and none on disk."""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from corpus_tools.errors import SourceError
from corpus_tools.store.objects.address import Address
from corpus_tools.store.objects.bucket import Bucket, Object
from corpus_tools.store.objects.opening import open_bucket

FIRST_WINDOW, LAST_WINDOW = 128 << 10, 4 << 20
"""Bytes of the first range that is read at a place, and of the longest one that reading on leads to."""
WINDOWS = 8
"""Windows that are kept: a parquet file is read at a place for each column."""


@dataclass(frozen=True)
class Facts:
    """What ``stat`` of a path would tell."""

    st_size: int
    st_mtime_ns: int


@dataclass(frozen=True)
class StoredFile:
    """An object of a source. It is the one that was listed, or an error: its etag goes with every request.

    It can be sent to other processes, which open connections of their own.
    """

    address: Address
    size: int
    etag: str
    mtime_ns: int

    def __str__(self) -> str:
        return str(self.address)

    @property
    def name(self) -> str:
        """The last part of the key."""
        return self.address.key.rpartition("/")[2]

    @property
    def suffix(self) -> str:
        """The ending of the name, with its dot."""
        return Path(self.name).suffix

    @property
    def parts(self) -> tuple[str, ...]:
        """Bucket and parts of the key, as of a path."""
        return (self.address.bucket, *self.address.key.split("/"))

    def stat(self) -> Facts:
        """Size and time as listed."""
        return Facts(self.size, self.mtime_ns)

    def exists(self) -> bool:
        """It was listed."""
        return True

    def is_file(self) -> bool:
        """It is one."""
        return True

    def is_dir(self) -> bool:
        """It is none."""
        return False

    def open(self, mode: str = "rb", buffering: int = 0) -> BinaryIO:
        """A file to read and to seek in. Reading raises SourceError if the object changed or the store cannot be reached."""
        return cast(BinaryIO, RangeReader(open_bucket(self.address, SourceError), self.address.key, self.size, self.etag))

    def with_content(self) -> FetchedFile:
        """The same object, its bytes fetched by one request."""
        content = open_bucket(self.address, SourceError).read(self.address.key, 0, self.size, self.etag)
        return FetchedFile(self.address, self.size, self.etag, self.mtime_ns, content)


@dataclass(frozen=True)
class FetchedFile(StoredFile):
    """A small object that is here already."""

    content: bytes

    def open(self, mode: str = "rb", buffering: int = 0) -> BinaryIO:
        """See ``StoredFile``."""
        return io.BytesIO(self.content)


Place = Path | StoredFile
"""Where an input file is."""


class RangeReader(io.RawIOBase):
    """An object as a file: windows of it are fetched as they are needed, longer ones where reading goes on."""

    def __init__(self, bucket: Bucket, key: str, size: int, etag: str | None) -> None:
        self._bucket, self._key, self._size, self._etag = bucket, key, size, etag
        self._at = 0
        self._windows: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        """Always true."""
        return True

    def seekable(self) -> bool:
        """Always true."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go there without a request."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"negative seek position {base + offset}")
        self._at = base + offset
        return self._at

    def size(self) -> int:
        """Bytes of the object."""
        return self._size

    def readinto(self, buffer: object, /) -> int:
        """As of every file."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        found = self.read(len(view))
        view[: len(found)] = found
        return len(found)

    def read(self, size: int = -1, /) -> bytes:
        """The next ``size`` bytes, fewer only at the end."""
        end = self._size if size is None or size < 0 else min(self._size, self._at + size)
        parts = []
        while self._at < end:
            start, window = self._window(end)
            taken = window[self._at - start : end - start]
            parts.append(taken)
            self._at += len(taken)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _window(self, end: int) -> tuple[int, bytes]:
        """The window that holds the place to read from, and where it begins."""
        grown = FIRST_WINDOW
        for start, held in self._windows.items():
            if start <= self._at < start + len(held):
                self._windows.move_to_end(start)
                return start, held
            if start + len(held) == self._at:
                grown = min(2 * len(held), LAST_WINDOW)
                replaced = start
                break
        else:
            replaced = -1
        start = self._at
        held = self._bucket.read(self._key, start, min(self._size, start + max(grown, min(end - start, LAST_WINDOW))), self._etag)
        self._windows.pop(replaced, None)
        self._windows[start] = held
        while len(self._windows) > WINDOWS:
            self._windows.popitem(last=False)
        return start, held


def stored_file(address: Address, found: Object) -> StoredFile:
    """The object of a listing as a file of its bucket.

    Stores keep whole seconds: the rest of the time is taken from the etag, so that a listing tells two versions apart.
    """
    rest = int.from_bytes(found.etag.encode()[-12:], "big") % 1_000_000_000
    time = found.mtime_ns // 1_000_000_000 * 1_000_000_000 + rest
    place = Address(address.scheme, address.bucket, found.key, address.account)
    return StoredFile(place, found.size, found.etag, time)
