"""Takes an HTTP response apart: status, type, and the body with its transfer and content codings undone.

After RFC 9112 (messages, chunked coding) and RFC 9110 (content codings), tolerant of what
crawlers store: bodies already decoded under headers that say otherwise, wrong chunk sizes.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from corpus_tools.readers.draft import too_large_problem
from corpus_tools.readers.stream import CHUNK_BYTES, UNPACK_ERRORS

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]{0,1000})?\r?\n")
MAX_HEADER = 1 << 16
"""Bytes of headers read, at most."""


@dataclass(frozen=True)
class Response:
    """``status`` is None when the message has no HTTP head; ``problem`` says why ``body`` is empty or unusable."""

    status: int | None
    content_type: str
    charset: str | None
    body: bytes
    problem: str | None = None


def parse_fields(head: bytes) -> dict[str, str]:
    """Header fields by lower-case name; the first of a repeated field; continuation lines joined."""
    fields: dict[str, str] = {}
    for line in _FOLDED.sub(b" ", head).decode("utf-8", "replace").split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.replace("\0", "").strip())
    return fields


def split_content_type(value: str) -> tuple[str, str | None]:
    """Media type in lower case and charset of a Content-Type value: ('text/html', 'utf-8')."""
    kind, *parameters = value.split(";")
    for parameter in parameters:
        name, _, given = parameter.partition("=")
        if name.strip().lower() == "charset" and given.strip(" \"'"):
            return kind.strip().lower(), given.strip(" \"'").lower()
    return kind.strip().lower(), None


def parse_response(message: bytes, limit: int) -> Response:
    """Parse one stored response; the body is at most ``limit`` bytes, else ``problem`` says it was larger."""
    if message[:5] != b"HTTP/":
        return Response(None, "", None, message)
    end = _HEADER_END.search(message, 0, MAX_HEADER)
    head, body = (message[: end.start()], message[end.end() :]) if end else (message[:MAX_HEADER], b"")
    status = re.match(rb"HTTP/\S*\s+(\d{3})", head)
    fields = parse_fields(head.partition(b"\n")[2])
    kind, charset = split_content_type(fields.get("content-type", ""))
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = undo_chunks(body)
    body, problem = _decode_body(body, fields.get("content-encoding", ""), limit)
    return Response(int(status[1]) if status else 0, kind, charset, body, problem)


def undo_chunks(body: bytes) -> bytes:
    """Undo the chunked coding; a body that is not chunked is returned as it is, a wrong chunk ends it leniently."""
    parts: list[bytes] = []
    at = 0
    while size := _CHUNK_SIZE.match(body, at):
        length = int(size[1], 16)
        if not length:
            return b"".join(parts)
        parts.append(body[size.end() : size.end() + length])
        at = size.end() + length
        at += len(body[at : at + 2]) - len(body[at : at + 2].lstrip(b"\r\n"))
    return b"".join([*parts, body[at:]])


def _decode_body(body: bytes, codings: str, limit: int) -> tuple[bytes, str | None]:
    """Undo the content codings, last applied first; (b'', why) when that fails."""
    for coding in reversed([name.strip().lower() for name in codings.split(",")][:4]):
        try:
            body = _undo(body, coding, limit)
        except UNPACK_ERRORS as error:
            return b"", f"broken {coding} content: {error}"
    return (b"", too_large_problem(limit)) if len(body) > limit else (body, None)


def _undo(body: bytes, coding: str, limit: int) -> bytes:
    """One content coding undone, a little over ``limit`` bytes at most; a body that is plain after all is returned as it is."""
    if coding in ("gzip", "x-gzip") and body[:2] == b"\x1f\x8b":
        return _drain(gzip.GzipFile(fileobj=io.BytesIO(body)).read1, limit)
    if coding == "deflate" and body:
        if body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0:
            return _inflate(body, 15, limit)
        return _inflate(body, -15, limit) if not body.lstrip().startswith(b"<") else body
    if coding == "br" and body and not body.lstrip().startswith(b"<"):
        from fastwarc.stream_io import BrotliReader

        return _drain(BrotliReader(io.BytesIO(body)).read, limit)
    if coding == "zstd" and body[:4] == b"\x28\xb5\x2f\xfd":
        from fastwarc.stream_io import ZstdReader

        return _drain(ZstdReader(io.BytesIO(body)).read, limit)
    return body


def _inflate(body: bytes, window_bits: int, limit: int) -> bytes:
    """DEFLATE data, with or without the zlib wrapper (``window_bits`` as in zlib)."""
    unpacker = zlib.decompressobj(window_bits)
    unpacked = unpacker.decompress(body, limit + 1)
    if not unpacker.eof and len(unpacked) <= limit:
        raise EOFError("it ends too early")
    return unpacked


def _drain(read: Callable[[int], bytes], limit: int) -> bytes:
    """What ``read`` gives, ``limit`` bytes and one chunk at most; rubbish after a whole gzip member is left alone."""
    parts: list[bytes] = []
    held = 0
    try:
        while held <= limit and (chunk := read(CHUNK_BYTES)):
            parts.append(chunk)
            held += len(chunk)
    except gzip.BadGzipFile as error:
        if not (parts and str(error).startswith("Not a gzipped file")):
            raise
    return b"".join(parts)
