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
from pathlib import Path

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, make_content_key, too_large_problem
from corpus_tools.readers.http import MAX_HEADER, parse_fields, parse_response, split_content_type
from corpus_tools.readers.sniff import sniff_page_type
from corpus_tools.readers.stream import CHUNK_BYTES, ByteStream
from corpus_tools.readers.times import parse_time

_VERSION = re.compile(rb"WARC/\d")
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


def read_warc(path: Path, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of one WARC, WET or WAT file, in file order."""
    passed: Counter[str] = Counter()
    pages = 0
    with ByteStream(path) as stream:
        for record in _records(stream):
            if record.problem is None and record.kind in _OTHER_RECORDS:
                passed[record.kind] += 1
                stream.skip(record.length)
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
    while line := stream.line(CHUNK_BYTES):
        passed += len(line)
        if line.endswith(b"\n") and _VERSION.match(stream.peek(6)):
            break
    return f"bad WARC record: {passed} bytes that belong to no record"


def _read_record(record: _Record, stream: ByteStream, plan: ReadPlan) -> Draft:
    """The page or the problem of one record; its block is taken from the stream."""
    fields = record.fields
    url = fields.get("warc-target-uri", "").removeprefix("<").removesuffix(">").replace(" ", "%20")
    record_id = fields.get("warc-record-id", "").strip("<> ")
    key = f"record:{record_id}" if record_id else f"url:{url}" if url else "bad record"
    page = Draft(key=key, where=f"record {record.number}", url=url or None, fetched_at=parse_time(fields.get("warc-date")))
    problem = record.problem
    if problem is None and record.kind not in _PAGE_RECORDS:
        problem = _WHY_NOT.get(record.kind, f"WARC record type {record.kind[:40]!r} is not read")
    if problem is None and record.length > plan.max_page_bytes + MAX_HEADER:
        problem = too_large_problem(plan.max_page_bytes)
    if problem is not None:
        stream.skip(record.length)
        return page.reject(problem)
    block = stream.read(record.length)
    if len(block) < record.length:
        return page.reject(f"record is truncated: {len(block)} of {record.length} bytes are there")
    if key == "bad record":
        page.key = make_content_key(block)
    return fill_from_record(page, block, fields.get("content-type", ""), plan)


def fill_from_record(page: Draft, block: bytes, declared: str, plan: ReadPlan) -> Draft:
    """Put the content of an archived ``block`` (an HTTP response, or a bare file of the ``declared`` type) into ``page``."""
    response = parse_response(block, plan.max_page_bytes)
    kind, charset = (response.content_type, response.charset) if response.status is not None else split_content_type(declared)
    if kind == "application/http":  # a record that calls itself an HTTP message and has no HTTP head
        kind = ""
    page.content_type, page.charset = kind or None, charset
    if response.status not in (None, 200):
        return page.reject(f"HTTP status {response.status or 'is missing'}")
    if response.problem:
        return page.reject(response.problem)
    if not response.body:
        return page.reject("empty page")
    if len(response.body) > plan.max_page_bytes:
        return page.reject(too_large_problem(plan.max_page_bytes))
    if (page.url or "").startswith(_CRAWLER_SCHEMES) or (page.url or "").endswith("/robots.txt"):
        return page.reject("record of the crawler itself, not of a page")
    page.content_type, problem = sniff_page_type(kind, response.body)
    page.raw = response.body
    return page.reject(problem) if problem else page
