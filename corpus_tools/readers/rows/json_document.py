"""Reads a ``.json`` file: one object is one page, an array of objects one page each, anything else JSON lines.

A document without a content column is a problem, not a wrong plan: folders of pages hold such files
(package.json, labels.json).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, make_content_key
from corpus_tools.readers.rows.fields import PageColumns, draft_row
from corpus_tools.readers.rows.jsonl import MAX_VALUES, count_values, read_jsonl
from corpus_tools.readers.rows.lines import find_encoding
from corpus_tools.readers.stream import ByteStream


def read_json(stream: ByteStream, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of one JSON file; a document above ``plan.max_page_bytes`` is not held, unless it is JSON lines."""
    encoding = find_encoding(stream)
    content = stream.peek(plan.max_page_bytes + 1)
    consumed, broken = stream.consumed, stream.broken
    text, note = ("", "") if broken or len(content) > plan.max_page_bytes else encoding.decode(content)
    values = _parse_document(text) if text and count_values(content) <= MAX_VALUES else None
    if content.lstrip()[:1] == b"[" and values is None and not broken:
        yield Draft(key="no page", consumed=consumed).reject(f"{_why_unread(content, plan)}; JSON lines are read at any size")
        return
    if values is None:
        yield from read_jsonl(stream, name, plan)
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


def _why_unread(content: bytes, plan: ReadPlan) -> str:
    if len(content) > plan.max_page_bytes:
        return "JSON array is larger than read.max_page_bytes"
    return (
        f"JSON array of more than {MAX_VALUES:,} values" if count_values(content) > MAX_VALUES else "JSON array is not valid JSON"
    )


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
