"""The block of an archived record, when the length that its header gives tells the truth and when it does not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus_tools.readers.packing import CHUNK_BYTES
from corpus_tools.readers.records.http import MAX_HEADER
from corpus_tools.readers.stream import ByteStream

_LINE_BYTES = 1 << 12
"""Bytes that a match of ``Framing.next`` spans, at most, and that are enough to know the beginning of a record."""
WRONG_LENGTH = "the length in its header is wrong: it ends where the next record begins"


@dataclass(frozen=True)
class Framing:
    """How the records of a format follow each other.

    ``next`` finds the line ends before the beginning of another record, ``start`` matches that beginning, ``end`` is what
    stands after a block whatever follows.
    """

    next: re.Pattern[bytes]
    start: re.Pattern[bytes]
    end: bytes


WARC = Framing(
    re.compile(rb"\r?\n(?:\r?\n){0,2}(?=WARC/\d\.\d{1,2}\r?\n(?:WARC|Content)-[A-Za-z-]{1,40}:)"),
    re.compile(rb"WARC/"),
    b"\r\n\r\n",
)
_URL_LINE = rb"[a-z]{2,12}:[^\n]{1,2000} [0-9A-Fa-f.:-]{1,45} \d{8,20} [^\n]{1,500}\n"
ARC = Framing(re.compile(rb"\r?\n(?=" + _URL_LINE + rb")"), re.compile(_URL_LINE), b"\n")
_QUICK = re.compile(rb"WARC/|[a-z]{2,12}:")
"""What every beginning of a record begins with: a quick look before a long one."""


@dataclass(frozen=True)
class Block:
    """``content`` is None if it was too large to keep; ``cut`` says that the file ends before the block does."""

    content: bytes | None
    cut: bool = False
    note: str = ""


def take_block(stream: ByteStream, length: int, limit: int, framing: Framing) -> Block:
    """Take a block of ``length`` bytes, or up to the next record where the length is wrong, so that no record is passed over.

    A block of more than ``limit`` bytes and a header is not kept. A block that ends where a record may end is believed.
    """
    if length > limit + MAX_HEADER:
        _pass_over(stream, length, framing)
        return Block(None)
    block = stream.read(length)
    whole = len(block) == length
    if whole and _is_followed_well(stream, framing):
        return Block(block)
    # The beginning of a record may lie across the end that the length gives.
    found = framing.next.search(block + stream.peek(_LINE_BYTES))
    if found and found.start() < length:
        stream.unread(block[found.end() :])
        stream.read(max(0, found.end() - length))
        return Block(block[: found.start()], note=WRONG_LENGTH)
    if not whole:
        return Block(block, cut=True)
    if framing.end and stream.peek(len(framing.end)) == framing.end:  # it did end here, and rubbish follows
        return Block(block)
    rest = _up_to_next(stream, limit + MAX_HEADER - length, framing)
    return Block(block + rest, note=WRONG_LENGTH) if rest is not None else Block(None)


def _is_followed_well(stream: ByteStream, framing: Framing) -> bool:
    """Whether the next record, or the end of the file, comes after nothing but line ends."""
    ahead = stream.peek(_LINE_BYTES).lstrip(b"\r\n")
    return not ahead or framing.start.match(ahead) is not None


def _pass_over(stream: ByteStream, length: int, framing: Framing) -> None:
    """Pass over ``length`` bytes, but not over the beginning of another record."""
    left = length
    while left > 0 and (ahead := stream.peek(min(left, CHUNK_BYTES) + _LINE_BYTES)):
        if found := framing.next.search(ahead):
            stream.read(found.end())
            return
        left -= stream.skip(min(left, max(1, len(ahead) - _LINE_BYTES) if len(ahead) > _LINE_BYTES else len(ahead)))


def _up_to_next(stream: ByteStream, limit: int, framing: Framing) -> bytes | None:
    """The bytes up to the next record or the end, without the line ends before it; None if there are more than ``limit``."""
    parts: list[bytes] = []
    held = 0
    while line := stream.line(CHUNK_BYTES):
        blank = stream.skip_newlines() if line.endswith(b"\n") else 0  # billions of them may follow
        held += len(line) + blank
        if held <= limit:
            parts += (line, b"\n" * blank)
        if line.endswith(b"\n") and _QUICK.match(stream.peek(16)) and framing.start.match(stream.peek(_LINE_BYTES)):
            break
    return b"".join(parts).rstrip(b"\r\n") if held <= limit else None
