"""The packings that files come in: how each is told by its first bytes, and undone with a bound on every call.

gzip (RFC 1952, many members), zstd (RFC 8878, many frames), bzip2, xz, LZ4 frames. Names are not looked at.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import Protocol

CHUNK_BYTES = 1 << 16
"""Bytes unpacked at a time: whatever the file claims, one call of the unpacker yields no more."""

XZ_MEMORY = 256 << 20
"""Bytes of memory that one xz stream may ask for."""

UNPACK_ERRORS = (
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)
"""What the unpackers raise for damaged input, and for packings they do not know."""


class Readable(Protocol):
    """What can be read forward."""

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; b'' at the end."""


class Replayed:
    """A file read forward whose first bytes can be looked at without seeking; ``taken`` counts the bytes read from it."""

    closed = False

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._ahead = b""
        self.taken = 0

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer at the end."""
        while len(self._ahead) < size and (more := self._read(size - len(self._ahead))):
            self._ahead += more
        return self._ahead[:size]

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes, at most CHUNK_BYTES where no size is given."""
        size = CHUNK_BYTES if size is None or size < 0 else size
        if self._ahead:
            given, self._ahead = self._ahead[:size], self._ahead[size:]
            return given
        return self._read(size)

    def _read(self, size: int) -> bytes:
        given = self._source.read(size)
        self.taken += len(given)
        return given

    def tell(self) -> int:
        """Bytes given so far."""
        return self.taken - len(self._ahead)

    def readable(self) -> bool:
        """Always true."""
        return True

    def seekable(self) -> bool:
        """Always false."""
        return False

    def close(self) -> None:
        """Nothing: whoever opened the source closes it."""


def sniff_packing(head: bytes) -> str:
    """Name of the compression that the first 10 bytes of a file show, or ''."""
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    if head[:4] == b"\x28\xb5\x2f\xfd" or (head[1:4] == b"\x2a\x4d\x18" and head[0] >> 4 == 5):
        return "zstd"
    if head[:4] == b"\x04\x22\x4d\x18":
        return "lz4"
    if head[:6] == b"\xfd7zXZ\0":
        return "xz"
    return "bzip2" if head[:3] == b"BZh" and head[4:10] == b"1AY&SY" else ""


class _Pieces:
    """What a function without arguments gives, as something to read."""

    def __init__(self, give: Callable[[], bytes]) -> None:
        self._give = give
        self._held = b""

    def read(self, size: int = -1, /) -> bytes:
        if not self._held:
            self._held = self._give()
        given, self._held = self._held[:size], self._held[size:]
        return given


def open_packing(raw: Replayed, kind: str) -> Readable:
    """Unpacked bytes of ``raw``; reading raises one of UNPACK_ERRORS if the end is missing or the bytes are damaged."""
    if kind == "gzip":
        packed = gzip.GzipFile(fileobj=raw)  # type: ignore[call-overload]
        return _Pieces(lambda: packed.read1(CHUNK_BYTES))
    if kind == "bzip2":
        blocks = bz2.BZ2File(raw)  # type: ignore[call-overload]
        return _Pieces(lambda: blocks.read1(CHUNK_BYTES))
    if kind == "xz":
        return _Pieces(_xz(raw))
    if kind == "zstd":  # zstandard's own reader takes a cut stream for a whole one
        from fastwarc.stream_io import ZstdReader

        frames = ZstdReader(raw)  # type: ignore[arg-type]
        return _Pieces(lambda: frames.read(CHUNK_BYTES))
    # and so does fastwarc's for LZ4; Arrow's loses the read in which the break is, hence small ones
    import pyarrow as pa

    stream = pa.CompressedInputStream(pa.PythonFile(raw, "r"), "lz4")
    return _Pieces(lambda: stream.read(CHUNK_BYTES >> 4))


def _xz(raw: Replayed) -> Callable[[], bytes]:
    """The next unpacked bytes of xz streams, at most CHUNK_BYTES, in bounded memory."""
    state = [lzma.LZMADecompressor(lzma.FORMAT_XZ, XZ_MEMORY)]

    def give() -> bytes:
        while True:
            unpacker = state[0]
            if unpacker.eof:
                rest = unpacker.unused_data.lstrip(b"\0") or raw.read(CHUNK_BYTES)
                if not rest:
                    return b""
                state[0] = unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, XZ_MEMORY)
                given = unpacker.decompress(rest, CHUNK_BYTES)
            else:
                more = raw.read(CHUNK_BYTES) if unpacker.needs_input else b""
                if unpacker.needs_input and not more:
                    raise EOFError("it ends too early")
                given = unpacker.decompress(more, CHUNK_BYTES)
            if given:
                return given

    return give
