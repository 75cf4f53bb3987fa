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
from corpus_tools.readers.packing import CHUNK_BYTES, UNPACK_ERRORS

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]{0,1000})?\r?\n")
_RANGE = re.compile(r"bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII | re.I)
_ZSTD = b"\x28\xb5\x2f\xfd"
PACKED_TYPES = ("application/gzip", "application/x-gzip", "application/zstd", "application/octet-stream")
"""Declared types under which packed bytes are a file to download and no page."""
MAX_HEADER = 1 << 16
"""Bytes of headers read, at most."""


@dataclass(frozen=True)
class Response:
    """``status`` is None when the message has no HTTP head; ``problem`` says why ``body`` is empty or unusable.

    ``truncated`` says that the end of the body is missing, ``note`` what else was done to read it.
    """

    status: int | None
    content_type: str
    charset: str | None
    body: bytes
    problem: str | None = None
    truncated: bool = False
    note: str = ""


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
        body, whole, note = unpack_undeclared(message, limit)
        return Response(None, "", None, body, None, not whole, note)
    end = _HEADER_END.search(message, 0, MAX_HEADER)
    head, body = (message[: end.start()], message[end.end() :]) if end else (message[:MAX_HEADER], b"")
    status = re.match(rb"HTTP/\S*\s+(\d{3})", head)
    fields = parse_fields(head.partition(b"\n")[2])
    kind, charset = split_content_type(fields.get("content-type", ""))
    body, whole = undo_chunks(body) if "chunked" in fields.get("transfer-encoding", "").lower() else (body, _is_whole(body, fields))
    body, unpacked, problem = _decode_body(body, fields.get("content-encoding", ""), limit)
    note = ""
    if problem is None and kind not in PACKED_TYPES:
        body, again, note = unpack_undeclared(body, limit)
        unpacked = unpacked and again
    truncated = not (whole and unpacked and _covers_all(fields.get("content-range", "")))
    return Response(int(status[1]) if status else 0, kind, charset, body, problem, truncated, note)


def _is_whole(body: bytes, fields: dict[str, str]) -> bool:
    """Whether the body has the bytes that its head promises. A longer one was unpacked by the crawler."""
    promised = fields.get("content-length", "")
    return not (promised.isascii() and promised.isdigit() and len(promised) < 19 and len(body) < int(promised))


def _covers_all(value: str) -> bool:
    """Whether a Content-Range value, if there is one, is that of the whole page."""
    found = _RANGE.match(value)
    return not found or (int(found[1]) == 0 and found[3] in ("*", str(int(found[2]) + 1)))


def undo_chunks(body: bytes) -> tuple[bytes, bool]:
    """Undo the chunked coding; False if the last chunk is not all there.

    A body that is not chunked is returned as it is, and something else than a chunk ends it leniently.
    """
    parts: list[bytes] = []
    at = 0
    while size := _CHUNK_SIZE.match(body, at):
        length = int(size[1], 16)
        if not length:
            return b"".join(parts), True
        parts.append(body[size.end() : size.end() + length])
        if len(parts[-1]) < length:
            return b"".join(parts), False
        at = size.end() + length
        at += len(body[at : at + 2]) - len(body[at : at + 2].lstrip(b"\r\n"))
    return b"".join([*parts, body[at:]]), True


def _decode_body(body: bytes, codings: str, limit: int) -> tuple[bytes, bool, str | None]:
    """Undo the content codings, last applied first: the body as far as it goes, whether that is all, why there is nothing."""
    whole = True
    for coding in reversed([name.strip().lower() for name in codings.split(",")][:4]):
        try:
            body, reached = _undo(body, coding, limit)
        except UNPACK_ERRORS as error:
            return b"", False, f"broken {coding} content: {error}"
        whole = whole and reached
    return (b"", whole, too_large_problem(limit)) if len(body) > limit else (body, whole, None)


def unpack_undeclared(body: bytes, limit: int) -> tuple[bytes, bool, str]:
    """A body that is packed although nothing says so: unpacked, whether it is whole, a note; as it is if that fails."""
    kind = "gzip" if body[:3] == b"\x1f\x8b\x08" else "zstd" if body[:4] == _ZSTD else ""
    if kind:
        try:
            unpacked, whole = _undo(body, kind, limit)
        except UNPACK_ERRORS:
            return body, True, ""
        return unpacked, whole, f"unpacked from {kind}, which was not declared"
    return body, True, ""


def _undo(body: bytes, coding: str, limit: int) -> tuple[bytes, bool]:
    """One content coding undone, a little over ``limit`` bytes at most, and whether its end was reached.

    A body that is plain after all is returned as it is. Raises one of UNPACK_ERRORS if nothing can be unpacked.
    """
    if coding in ("gzip", "x-gzip") and body[:2] == b"\x1f\x8b":
        return _drain(gzip.GzipFile(fileobj=io.BytesIO(body)).read1, limit)
    if coding == "deflate" and body:
        if body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0:
            return _inflate(body, 15, limit)
        return _inflate(body, -15, limit) if not body.lstrip().startswith(b"<") else (body, True)
    if coding == "br" and body and not body.lstrip().startswith(b"<"):
        from fastwarc.stream_io import BrotliReader

        return _drain(BrotliReader(io.BytesIO(body)).read, limit)
    if coding == "zstd" and body[:4] == _ZSTD:
        from fastwarc.stream_io import ZstdReader

        return _drain(ZstdReader(io.BytesIO(body)).read, limit)
    return body, True


def _inflate(body: bytes, window_bits: int, limit: int) -> tuple[bytes, bool]:
    """DEFLATE data, with or without the zlib wrapper (``window_bits`` as in zlib)."""
    unpacker = zlib.decompressobj(window_bits)
    unpacked = unpacker.decompress(body, limit + 1)
    whole = unpacker.eof or len(unpacked) > limit
    if not (unpacked or whole):
        raise EOFError("it ends too early")
    return unpacked, whole


def _drain(read: Callable[[int], bytes], limit: int) -> tuple[bytes, bool]:
    """What ``read`` gives, ``limit`` bytes and one chunk at most, and whether that is all; rubbish after a gzip member is left."""
    parts: list[bytes] = []
    held = 0
    try:
        while held <= limit and (chunk := read(CHUNK_BYTES)):
            parts.append(chunk)
            held += len(chunk)
    except UNPACK_ERRORS as error:
        if not parts:
            raise
        return b"".join(parts), isinstance(error, gzip.BadGzipFile) and str(error).startswith("Not a gzipped file")
    return b"".join(parts), True
