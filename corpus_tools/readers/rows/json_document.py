"""Reads a ``.json`` file: one object is one page, an array of objects one page each, anything else JSON lines.

A document without a content column is a problem, not a wrong plan: folders of pages hold such files
(package.json, labels.json). An array that is too large to hold, or damaged, is read item by item.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, make_content_key
from corpus_tools.readers.rows.fields import PageColumns, draft_row
from corpus_tools.readers.rows.jsonl import MAX_VALUES, SLACK, count_values, read_jsonl
from corpus_tools.readers.rows.lines import find_encoding
from corpus_tools.readers.stream import ByteStream

_WINDOW = 1 << 16
"""Bytes of an array that are looked at first for its next items."""
_SPACE = re.compile(r"[ \t\r\n]*+")


def read_json(stream: ByteStream, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of one JSON file; an object above ``plan.max_page_bytes`` is not held, unless it is JSON lines."""
    encoding = find_encoding(stream)
    content = stream.peek(plan.max_page_bytes + 1)
    consumed, broken = stream.consumed, stream.broken
    text, note = ("", "") if broken or len(content) > plan.max_page_bytes else encoding.decode(content)
    values = _parse_document(text) if text and count_values(content) <= MAX_VALUES else None
    if values is None:
        yield from _read_array(stream, plan) if content.lstrip()[:1] == b"[" else read_jsonl(stream, name, plan)
        return
    items = values if isinstance(values, list) else [values]
    if not items:
        yield Draft(key="no page", consumed=consumed).reject("no page in this file: its JSON array is empty")
    for number, item in enumerate(items, 1):
        page = _read_item(item, f"item {number}" if isinstance(values, list) else "", plan)
        page.consumed = consumed
        if note:
            page.say(note)
        yield page


def _read_array(stream: ByteStream, plan: ReadPlan) -> Iterator[Draft]:
    """The items of an array one after the other, up to what cannot be read."""
    while stream.peek(1) != b"[":
        stream.read(1)
    stream.read(1)
    number = 0
    problem = ""
    for item, problem in _items(stream, plan.max_page_bytes + SLACK):
        if not problem:
            number += 1
            page = _read_item(item, f"item {number}", plan)
            page.consumed = stream.consumed
            yield page
    if problem or stream.broken:
        where = f"after item {number}"
        why = stream.broken or f"the JSON array cannot be read further: {problem}"
        yield Draft(key="break", where=where, consumed=stream.consumed).reject(why)


def _items(stream: ByteStream, limit: int) -> Iterator[tuple[Any, str]]:
    """Each value of an array whose bracket is read, or why there is no more; no value of more than ``limit`` bytes is held."""
    decoder = json.JSONDecoder()
    size, wanted = _WINDOW, ""
    while True:
        held = stream.peek(size)
        ended = len(held) < size
        try:
            text = codecs.getincrementaldecoder("utf-8")().decode(held, final=ended)
        except UnicodeDecodeError as error:
            text, ended = held[: error.start].decode(), True
        at = good = 0
        problem = f"a value of more than {MAX_VALUES:,} values" if count_values(held) > MAX_VALUES else ""
        while not problem:
            at = _SPACE.match(text, good).end()  # type: ignore[union-attr]
            if wanted and text[at : at + 1] == ",":
                at = _SPACE.match(text, at + 1).end()  # type: ignore[union-attr]
            elif text[at : at + 1] == "]":
                rest = stream.read(len(text[: at + 1].encode())) and stream.peek(_WINDOW).strip()
                yield from [(None, "there is something after its end")] if rest else []
                return
            elif wanted and at < len(text):
                problem = "a comma is missing"
                break
            try:
                value, end = decoder.raw_decode(text, at)
            except (ValueError, RecursionError) as error:
                problem = str(error)[:200]
                break
            if end == len(text) and not ended:  # a number may go on
                problem = "it may go on"
                break
            good, wanted = end, ","
            yield value, ""
        if good:
            stream.read(len(text[:good].encode()))
            size = _WINDOW
        elif ended or size >= limit or count_values(held) > MAX_VALUES:
            if not ended and size >= limit:
                problem = f"an item is larger than {limit} bytes (read.max_page_bytes)"
            yield None, "it ends too early" if ended and at >= len(text) else problem
            return
        else:
            size = min(4 * size, limit)


def _parse_document(text: str) -> Any:
    """The document, or None if it is not one."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _read_item(item: Any, where: str, plan: ReadPlan) -> Draft:
    columns = PageColumns.of(plan)
    if not isinstance(item, dict):
        key = make_content_key(json.dumps(item).encode())
        return Draft(key=key, where=where).reject(f"JSON {type(item).__name__}, not an object")
    page = draft_row(item, where, columns, plan.max_page_bytes)
    if page.problem and not columns.among(tuple(item)).content():
        shown = ", ".join(repr(name) for name in list(item)[:20])
        page.reject(f"no text: the object has none of the columns {', '.join(columns.content())}; it has {shown}"[:500])
    return page
