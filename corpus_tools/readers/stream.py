"""Reads a file forward, unpacking as it goes, with a bound on every call; a broken stream ends early and says so."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from types import TracebackType
from typing import BinaryIO

from corpus_tools.readers.packing import CHUNK_BYTES, UNPACK_ERRORS, Replayed, open_packing, sniff_packing
from corpus_tools.store.objects.stored_file import Place

MAX_LAYERS = 2
"""Packings inside each other that are undone: a file that was packed twice by mistake is common, more is an attack."""
MAX_RATIO, MAX_FREE = 1100, 1 << 30
"""A packed file may unpack to so many times its size (gzip cannot do more) and so many bytes beside."""


class ByteStream:
    """Unpacked bytes of one file. ``broken`` is None or why the stream ended before its end.

    ``source`` is a path, or an open file that need not seek (a member of an archive) and is not closed. One that ends
    early says why in its attribute ``cut``, so that what was unpacked before is not lost as by an error.
    Raises OSError when a path cannot be opened; reading never raises.
    """

    def __init__(self, source: Place | BinaryIO) -> None:
        self._own = source.open("rb", buffering=0) if isinstance(source, Place) else None
        self._raw = Replayed(self._own or source)  # type: ignore[arg-type]
        self._source = source
        self.broken: str | None = None
        self._ended = False
        self._buffer = b""
        self._at = 0
        self._given = 0
        self._next: Callable[[], bytes] = lambda: self._raw.read(CHUNK_BYTES)
        self.kind = ""
        self._unpack()

    def _unpack(self) -> None:
        """Undo the packings that the first bytes show."""
        inner = self._raw
        for _ in range(MAX_LAYERS):
            try:
                kind = sniff_packing(inner.peek(10))
                if not kind:
                    break
                self.kind = self.kind or kind
                inner = Replayed(open_packing(inner, kind))
            except UNPACK_ERRORS as error:
                self._break(error)
                return
        if inner is not self._raw:
            self._next = lambda: inner.read(CHUNK_BYTES)

    def _break(self, error: Exception) -> None:
        self.broken, self._ended = f"broken {self.kind or 'file'} stream: {error}", True

    def transcode(self, encoding: str) -> None:
        """Give UTF-8 from here on for bytes in ``encoding`` (of UTF-16 and UTF-32, a mark is dropped); call it before reading."""
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        inner = self._next

        def convert() -> bytes:
            while chunk := inner():
                if text := decoder.decode(chunk):
                    return text.encode("utf-8", "replace")
            return decoder.decode(b"", final=True).encode("utf-8", "replace")

        self._next = convert
        held, self._at = self._buffer[self._at :], 0
        self._buffer = decoder.decode(held, final=self._ended).encode("utf-8", "replace")

    def __enter__(self) -> ByteStream:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._own is not None:
            self._own.close()

    @property
    def consumed(self) -> int:
        """Bytes of the stored file read so far."""
        return self._raw.taken

    def _fill(self, wanted: int) -> None:
        """Have ``wanted`` bytes in the buffer, or all that is left."""
        parts = [self._buffer[self._at :]]
        held = len(parts[0])
        while held < wanted and not self._ended:
            try:
                chunk = self._next()
            except UNPACK_ERRORS as error:
                self._break(error)
                chunk = b""
            if not (chunk or self._ended):
                self._ended, self.broken = True, getattr(self._source, "cut", "") or None
            self._given += len(chunk)
            if self.kind and self._given > MAX_FREE + MAX_RATIO * self._raw.taken:
                self._break(ValueError(f"it unpacks to more than {MAX_RATIO} times its size"))
            parts.append(chunk)
            held += len(chunk)
        self._buffer, self._at = b"".join(parts), 0

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes without taking them; fewer at the end."""
        if len(self._buffer) - self._at < size and not self._ended:
            self._fill(size)
        return self._buffer[self._at : self._at + size]

    def read(self, size: int, /) -> bytes:
        """The next ``size`` bytes; fewer only at the end."""
        taken = self.peek(size)
        self._at += len(taken)
        return taken

    def unread(self, content: bytes) -> None:
        """Put ``content`` back: it is read next."""
        self._buffer, self._at = content + self._buffer[self._at :], 0

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

    def skip_line(self, counted: bytes = b"\n") -> int:
        """Pass over the rest of the line, however long; how many of the byte ``counted`` it had."""
        found = 0
        while taken := self.line(CHUNK_BYTES):
            found += taken.count(counted)
            if taken.endswith(b"\n"):
                break
        return found
