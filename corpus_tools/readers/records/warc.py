"""Reads WARC 0.17 to 1.1 files: response, resource and conversion (WET) records are pages.

Records are framed here, following ISO 28500, and not by a library: every byte has to end up in a page or
in a problem, and a broken record must not cost those after it. (fastwarc stops at the first broken
record and silently skips a record with bare newlines; its decompressors are used.)

warcinfo, request and metadata records are not pages. A WAT file holds nothing else, so it yields
the one problem that every file without a page yields.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, make_content_key, too_large_problem
from corpus_tools.readers.packing import CHUNK_BYTES
from corpus_tools.readers.records.http import MAX_HEADER, Response, parse_fields, parse_response, split_content_type
from corpus_tools.readers.records.record_block import WARC, take_block
from corpus_tools.readers.sniff import sniff_page_type
from corpus_tools.readers.stream import ByteStream
from corpus_tools.readers.times import parse_time

_VERSION = re.compile(rb"WARC/\d")
_NEXT_VERSION, _VERSION_BYTES = re.compile(rb"\n(?=WARC/\d)"), 7
_OTHER_RECORDS = ("warcinfo", "request", "metadata")
_WHY_NOT = {
    "revisit": "revisit record: the page is stored under an earlier capture",
    "continuation": "continuation record: a page split over records is not joined",
}
_CRAWLER_SCHEMES = ("metadata:", "urn:", "dns:", "whois:")
_PAGE_RECORDS = ("response", "resource", "conversion")


@dataclass(slots=True)
class _Record:
    """``number`` counts the file's records from 1; ``problem`` is set when the frame itself is broken."""

    number: int
    fields: dict[str, str]
    length: int
    problem: str | None = None

    @property
    def kind(self) -> str:
        return self.fields.get("warc-type", "").lower()


def read_warc(stream: ByteStream, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of one WARC, WET or WAT file, in file order."""
    passed: Counter[str] = Counter()
    pages = 0
    for record in _records(stream):
        if record.problem is None and record.kind in _OTHER_RECORDS:
            passed[record.kind] += 1
            take_block(stream, record.length, plan.max_page_bytes, WARC)
            continue
        page = _read_record(record, stream, plan)
        page.consumed = stream.consumed
        pages += 1
        yield page
    if stream.broken:
        yield Draft(key="break", where="after the last whole record", consumed=stream.consumed).reject(stream.broken)
    elif not pages:
        held = ", ".join(f"{count} {kind}" for kind, count in sorted(passed.items())) or "no"
        yield Draft(key="no page").reject(f"no page in this file: it holds {held} records" if passed else "empty file")


def _records(stream: ByteStream) -> Iterator[_Record]:
    """Frame after frame; the consumer takes the block of ``length`` bytes before it asks for the next."""
    number = 0
    while True:
        stream.skip_newlines()
        if not stream.peek(1):
            return
        number += 1
        if not _VERSION.match(stream.peek(6)):
            yield _Record(number, {}, 0, _skip_to_record(stream))
            continue
        head = _read_header(stream)
        fields = parse_fields(head.partition(b"\n")[2])
        length = fields.get("content-length", "")
        if length.isascii() and length.isdigit() and len(length) < 19:
            yield _Record(number, fields, int(length))
        else:
            problem = f"bad WARC record: Content-Length {length[:40]!r}" if head else "bad WARC record: its header does not end"
            _skip_to_record(stream)
            yield _Record(number, fields, 0, problem)


def _read_header(stream: ByteStream) -> bytes:
    """The header up to its empty line; b'' when there is none within MAX_HEADER bytes."""
    lines: list[bytes] = []
    size = 0
    while size < MAX_HEADER and (line := stream.line(MAX_HEADER)):
        if not line.strip():
            return b"".join(lines)
        lines.append(line)
        size += len(line)
    return b""


def _skip_to_record(stream: ByteStream) -> str:
    """Pass over bytes up to the next line that begins a record; say how many."""
    passed = 0
    while ahead := stream.peek(CHUNK_BYTES):
        if found := _NEXT_VERSION.search(ahead):
            passed += stream.skip(found.end())
            break
        # The beginning of a record may lie across the end of what is looked at.
        passed += stream.skip(max(1, len(ahead) - _VERSION_BYTES) if len(ahead) == CHUNK_BYTES else len(ahead))
    return f"bad WARC record: {passed} bytes that belong to no record"


def _read_record(record: _Record, stream: ByteStream, plan: ReadPlan) -> Draft:
    """The page or the problem of one record; its block is taken from the stream."""
    fields = record.fields
    url = fields.get("warc-target-uri", "").removeprefix("<").removesuffix(">").replace(" ", "%20")
    record_id = fields.get("warc-record-id", "").strip("<> ")
    key = f"record:{record_id}" if record_id else f"url:{url}" if url else "bad record"
    page = Draft(key=key, where=f"record {record.number}", url=url or None, fetched_at=parse_time(fields.get("warc-date")))
    problem = ""
    if record.problem is None and record.kind not in _PAGE_RECORDS:
        problem = _WHY_NOT.get(record.kind, f"WARC record type {record.kind[:40]!r} is not read")
    if record.problem is not None:  # what it held was passed over with it
        return page.reject(record.problem)
    block = take_block(stream, record.length, plan.max_page_bytes, WARC)
    if problem or block.content is None:
        return page.reject(problem or too_large_problem(plan.max_page_bytes))
    if key == "bad record":
        page.key = make_content_key(block.content)
    if block.note:
        page.say(block.note)
    page.truncated = block.cut or bool(fields.get("warc-truncated"))
    return fill_from_record(page, block.content, fields.get("content-type", ""), plan)


def fill_from_record(page: Draft, block: bytes, declared: str, plan: ReadPlan) -> Draft:
    """Put the content of an archived ``block`` (an HTTP response, or a bare file of the ``declared`` type) into ``page``."""
    response = parse_response(block, plan.max_page_bytes)
    kind, charset = (response.content_type, response.charset) if response.status is not None else split_content_type(declared)
    if kind == "application/http":  # a record that calls itself an HTTP message and has no HTTP head
        kind = ""
    page.content_type, page.charset = kind or None, charset
    if problem := _why_no_page(page, response, plan):
        return page.reject(problem)
    page.content_type, unread = sniff_page_type(kind, response.body)
    page.raw = response.body
    page.truncated = page.truncated or response.truncated
    if response.note:
        page.say(response.note)
    return page.reject(unread) if unread else page


def _why_no_page(page: Draft, response: Response, plan: ReadPlan) -> str:
    """Why a response is not a page; '' if it may be one."""
    if response.status is not None and not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
        return f"HTTP status {response.status or 'is missing'}"
    if response.problem:
        return response.problem
    if not response.body:
        return "empty page" if not page.truncated else "empty page: the record was cut before its content"
    if len(response.body) > plan.max_page_bytes:
        return too_large_problem(plan.max_page_bytes)
    if (page.url or "").startswith(_CRAWLER_SCHEMES) or (page.url or "").endswith("/robots.txt"):
        return "record of the crawler itself, not of a page"
    return ""
