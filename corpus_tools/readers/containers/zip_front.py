"""Reads a zip file whose end is missing: member after member from the front, by the headers that stand before each."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.containers.members import clean_member_name, is_hidden, read_member, refuse_member
from corpus_tools.readers.draft import Draft
from corpus_tools.readers.packing import CHUNK_BYTES
from corpus_tools.readers.stream import ByteStream

_HEADER = struct.Struct("<4s5H3L2H")
"""Signature, version, flags, method, time, date, check, packed size, size, length of the name and of what is extra."""
_LOCAL, _DIRECTORY, _AFTER = b"PK\x03\x04", (b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06"), b"PK\x07\x08"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _SIZE_FOLLOWS, _UTF8 = 1, 8, 1 << 11
_WIDE = 0xFFFFFFFF
_CUT = "the archive ends inside this file"


@dataclass(frozen=True)
class _Header:
    """What stands before a member; ``size`` is the packed one, -1 where it follows the member."""

    name: str
    flags: int
    method: int
    size: int


class _Member:
    """The unpacked bytes of one member; ``cut`` says if the file ended before it did."""

    cut = ""

    def __init__(self, stream: ByteStream, header: _Header) -> None:
        self._stream, self._left = stream, header.size
        self._unpacker = zlib.decompressobj(-15) if header.method == _DEFLATED else None
        self.ended = header.size == 0 and self._unpacker is None

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes, at most CHUNK_BYTES."""
        size = CHUNK_BYTES if size is None or size < 0 else min(size, CHUNK_BYTES)
        given = b""
        while not (given or self.ended or self.cut):
            given = self._stored(size) if self._unpacker is None else self._inflated(size)
        return given

    def _stored(self, size: int) -> bytes:
        given = self._stream.read(min(size, self._left))
        self._left -= len(given)
        self.ended = not self._left
        if not given:
            self.cut = _CUT
        return given

    def _inflated(self, size: int) -> bytes:
        unpacker = self._unpacker
        assert unpacker is not None  # noqa: S101 - for the type checker
        packed = unpacker.unconsumed_tail or self._stream.read(CHUNK_BYTES)
        given = unpacker.decompress(packed, size)
        if unpacker.eof:
            self._stream.unread(unpacker.unused_data)
            self.ended = True
        elif not packed:
            self.cut = _CUT
        return given


def read_from_front(stream: ByteStream, name: str, plan: ReadPlan) -> Iterator[tuple[Draft, str]]:
    """The pages of each member with its name, then what could not be read; the last member may be cut."""
    is_wacz = name.lower().endswith(".wacz")
    problem = "its end is missing, and with it the list of its members: they were read from the front, up to where it ends"
    while (header := _read_header(stream)) is not None:
        member = clean_member_name(header.name)
        is_page = member and not header.name.endswith("/") and (member.startswith("archive/") if is_wacz else not is_hidden(member))
        why = _why_unread(header)
        if why and is_page:
            yield refuse_member(name, member, f"member of the zip file {why}"), member
        if why and header.size < 0:
            problem = f"its end is missing, and after its member {member!r} it cannot be read: that {why}"
            break
        if why:
            stream.skip(header.size)
            continue
        file = _Member(stream, header)
        if is_page:
            for draft in read_member(ByteStream(cast(BinaryIO, file)), name, member, plan):
                yield draft, member
        if not _pass_over(file, stream, header):
            break
    broken = Draft(key="break", where="after the last member", consumed=stream.consumed)
    yield broken.reject(f"broken zip file: {problem}"), ""


def _read_header(stream: ByteStream) -> _Header | None:
    """The header of the next member; None if there is none, or not all of it."""
    fixed = stream.peek(_HEADER.size)
    if len(fixed) < _HEADER.size or not fixed.startswith(_LOCAL):
        return None
    _, _, flags, method, _, _, _, packed, size, name_length, extra_length = _HEADER.unpack(fixed)
    stream.read(_HEADER.size)
    name, extra = stream.read(name_length), stream.read(extra_length)
    if packed == _WIDE or size == _WIDE:
        packed = _wide_size(extra, size == _WIDE, packed)
    known = not flags & _SIZE_FOLLOWS or packed
    return _Header(name.decode("utf-8" if flags & _UTF8 else "cp437", "replace"), flags, method, packed if known else -1)


def _wide_size(extra: bytes, size_too: bool, packed: int) -> int:
    """The packed size as the field for large files (kind 1) has it."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        place = at + 4 + (8 if size_too else 0)
        if kind == 1 and length >= (16 if size_too else 8) and place + 8 <= len(extra):
            return int(struct.unpack_from("<Q", extra, place)[0])
        at += 4 + length
    return packed


def _why_unread(header: _Header) -> str:
    if header.flags & _ENCRYPTED:
        return "is encrypted"
    if header.method not in (_STORED, _DEFLATED):
        return f"is packed by method {header.method}, which needs the list of members"
    return "does not say how long it is" if header.method == _STORED and header.size < 0 else ""


def _pass_over(file: _Member, stream: ByteStream, header: _Header) -> bool:
    """Pass over what was not read of a member, and the sizes that may follow it; False if the file ends or is damaged there."""
    try:
        while file.read():
            pass
    except zlib.error:
        return False
    if file.cut:
        return False
    if header.flags & _SIZE_FOLLOWS:
        signed = 4 if stream.peek(4) == _AFTER else 0
        for length in (12 + signed, 20 + signed):
            after = stream.peek(length + 4)[length:]
            if after == _LOCAL or after in _DIRECTORY or not after:
                stream.skip(length)
                break
    return True
