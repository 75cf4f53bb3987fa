"""Reads ARC files (Internet Archive, version 1 and 2), the format before WARC: every record but the first is a page.

Records are framed here for the same reason as in WARC: every byte ends up in a page or in a problem. The URL line of
version 1 is ``url ip date type length``; version 2 puts five more fields before the length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, too_large_problem
from corpus_tools.readers.packing import CHUNK_BYTES
from corpus_tools.readers.records.record_block import ARC, take_block
from corpus_tools.readers.records.warc import fill_from_record
from corpus_tools.readers.stream import ByteStream
from corpus_tools.readers.times import parse_time

MAX_URL_LINE = 1 << 13
"""Bytes of a URL line, at most."""

_IP = re.compile(r"[0-9A-Fa-f.:]{1,45}|-")
_DATE = re.compile(r"\d{8,20}")
_LENGTH = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(slots=True)
class _UrlLine:
    """One URL line, taken apart; ``length`` is -1 if it is not a number."""

    url: str
    date: str
    kind: str
    length: int


def read_arc(stream: ByteStream, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of one ARC file, in file order."""
    number = 0
    while line := _next_line(stream):
        number += 1
        page = _read_record(line, number, stream, plan)
        if page is not None:
            page.consumed = stream.consumed
            yield page
    if stream.broken:
        yield Draft(key="break", where="after the last whole record", consumed=stream.consumed).reject(stream.broken)
    elif number < 2:
        yield Draft(key="no page").reject("no page in this file" if number else "empty file")


def _next_line(stream: ByteStream) -> bytes:
    """The next line that is not empty, cut at CHUNK_BYTES bytes; b'' at the end."""
    stream.skip_newlines()
    return stream.line(CHUNK_BYTES)


def _parse_url_line(line: bytes) -> _UrlLine | None:
    """The fields of a URL line, or None if the line is not one. The address may hold spaces, so fields are counted from the end."""
    parts = line[:MAX_URL_LINE].decode("utf-8", "replace").rstrip().rsplit(" ", 9)
    for n_fields in (5, 10):
        ip, date, kind = parts[1 - n_fields : 4 - n_fields or None] if len(parts) >= n_fields else ("", "", "")
        if _IP.fullmatch(ip) and _DATE.fullmatch(date):
            length = int(parts[-1]) if _LENGTH.fullmatch(parts[-1]) else -1
            return _UrlLine(" ".join(parts[: 1 - n_fields]), date, kind, length)
    return None


def _read_record(line: bytes, number: int, stream: ByteStream, plan: ReadPlan) -> Draft | None:
    """The page or problem that begins at ``line``; None for the file's own description."""
    head = _parse_url_line(line)
    described = line.startswith(b"filedesc:")
    if head is None or head.length < 0:
        why = "its length is no number" if head else "no URL line"
        passed = len(line) + _skip_to_url_line(stream)
        problem = Draft(key="bad record", where=f"record {number}", url=head.url if head else None)
        return None if described else problem.reject(f"bad ARC record: {why}, {passed} bytes passed over")
    if described:
        take_block(stream, head.length, plan.max_page_bytes, ARC)
        return None
    url = head.url.replace(" ", "%20")
    page = Draft(key=f"url:{url}", where=f"record {number}", url=url, fetched_at=parse_time(head.date[:14]))
    block = take_block(stream, head.length, plan.max_page_bytes, ARC)
    if block.content is None:
        return page.reject(too_large_problem(plan.max_page_bytes))
    page.truncated = block.cut
    if block.note:
        page.say(block.note)
    return fill_from_record(page, block.content, head.kind, plan)


def _skip_to_url_line(stream: ByteStream) -> int:
    """Pass over lines up to the next URL line; how many bytes that were."""
    passed = 0
    while ahead := stream.peek(MAX_URL_LINE):
        line = ahead[: ahead.find(b"\n") + 1] or ahead
        if line.startswith(b"filedesc:") or (b"://" in line[:40] and _parse_url_line(line)):
            break
        passed += stream.skip(len(line))
    return passed
