"""Reads a file forward, unpacking as it goes, with a bound on every call; a broken stream ends early and says so.

Compression is recognised by the first bytes, never by the name: gzip (RFC 1952, many members), zstd
(RFC 8878, many frames), bzip2, LZ4 frames.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

CHUNK_BYTES = 1 << 16
"""Bytes unpacked at a time: whatever the file claims, one call of the unpacker yields no more."""

UNPACK_ERRORS = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError)
"""What the unpackers raise for damaged input."""


def sniff_packing(head: bytes) -> str:
    """Name of the compression that the first 10 bytes of a file show, or ''."""
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    if head[:4] == b"\x28\xb5\x2f\xfd" or (head[1:4] == b"\x2a\x4d\x18" and head[0] >> 4 == 5):
        return "zstd"
    if head[:4] == b"\x04\x22\x4d\x18":
        return "lz4"
    return "bzip2" if head[:3] == b"BZh" and head[4:10] == b"1AY&SY" else ""


def _unpacker(raw: BinaryIO, kind: str) -> Callable[[], bytes]:
    """A function that gives the next unpacked bytes of ``raw``, at most CHUNK_BYTES, b'' at the end; raises if the end is missing."""
    if kind == "gzip":
        return partial(gzip.GzipFile(fileobj=raw).read1, CHUNK_BYTES)
    if kind == "bzip2":
        return partial(bz2.BZ2File(raw).read1, CHUNK_BYTES)
    if kind == "zstd":  # zstandard's own reader takes a cut stream for a whole one
        from fastwarc.stream_io import ZstdReader

        return partial(ZstdReader(raw).read, CHUNK_BYTES)
    if kind == "lz4":  # and so does fastwarc's for LZ4; Arrow's loses the read in which the break is, hence small ones
        import pyarrow as pa

        return partial(pa.CompressedInputStream(raw, "lz4").read, CHUNK_BYTES >> 4)
    return partial(raw.read, CHUNK_BYTES)


class ByteStream:
    """Unpacked bytes of one file. ``broken`` is None or why the stream ended before its end.

    Raises OSError when the file cannot be opened; reading never raises.
    """

    def __init__(self, path: Path) -> None:
        self._raw = path.open("rb", buffering=0)
        self.kind = sniff_packing(self._raw.read(10))
        self._raw.seek(0)
        self._next = _unpacker(self._raw, self.kind)
        self.broken: str | None = None
        self._ended = False
        self._buffer = b""
        self._at = 0

    def __enter__(self) -> ByteStream:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._raw.close()

    @property
    def consumed(self) -> int:
        """Bytes of the stored file read so far."""
        return self._raw.tell()

    def _fill(self, wanted: int) -> None:
        """Have ``wanted`` bytes in the buffer, or all that is left."""
        parts = [self._buffer[self._at :]]
        held = len(parts[0])
        while held < wanted and not self._ended:
            try:
                chunk = self._next()
            except UNPACK_ERRORS as error:
                self.broken, chunk = f"broken {self.kind or 'file'} stream: {error}", b""
            self._ended = not chunk
            parts.append(chunk)
            held += len(chunk)
        self._buffer, self._at = b"".join(parts), 0

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes without taking them; fewer at the end."""
        if len(self._buffer) - self._at < size and not self._ended:
            self._fill(size)
        return self._buffer[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes; fewer only at the end."""
        taken = self.peek(size)
        self._at += len(taken)
        return taken

    def line(self, limit: int) -> bytes:
        """Bytes up to and including the next newline; cut at ``limit`` bytes; b'' at the end."""
        size = CHUNK_BYTES
        while True:
            found = self._buffer.find(b"\n", self._at, self._at + limit)
            if found >= 0:
                return self.read(found + 1 - self._at)
            if self._ended or len(self._buffer) - self._at >= limit:
                return self.read(limit)
            self._fill(min(size, limit))
            size *= 2  # so that a long line is copied a few times, not once a chunk

    def skip(self, size: int) -> int:
        """Pass over ``size`` bytes without keeping them; how many there were."""
        passed = 0
        while passed < size:
            taken = len(self.read(min(CHUNK_BYTES, size - passed)))
            if not taken:
                break
            passed += taken
        return passed

    def skip_newlines(self) -> int:
        """Pass over line ends (also billions of them); how many newlines there were."""
        newlines = 0
        size = 4
        while ahead := self.peek(size):
            blank = len(ahead) - len(ahead.lstrip(b"\r\n"))
            newlines += ahead.count(b"\n", 0, blank)
            self._at += blank
            if blank < len(ahead):
                break
            size = CHUNK_BYTES
        return newlines

    def skip_line(self) -> None:
        """Pass over the rest of the line, however long."""
        while (taken := self.line(CHUNK_BYTES)) and not taken.endswith(b"\n"):
            pass
