"""Reads a ``.json`` file: one object is one page, an array of objects one page each, anything else JSON lines.

A document without a content column is a problem, not a wrong plan: folders of pages hold such files
(package.json, labels.json).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, make_content_key
from corpus_tools.readers.fields import PageColumns, draft_row
from corpus_tools.readers.jsonl import read_jsonl
from corpus_tools.readers.stream import ByteStream


def read_json(path: Path, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of one JSON file; a document above ``plan.max_page_bytes`` is not held, unless it is JSON lines."""
    with ByteStream(path) as stream:
        content = stream.read(plan.max_page_bytes + 1)
        consumed, broken = stream.consumed, stream.broken
    content = content.removeprefix(b"\xef\xbb\xbf")
    values = None if broken or len(content) > plan.max_page_bytes else _parse_document(content)
    if content[:1] == b"[" and values is None and not broken:
        why = "larger than read.max_page_bytes" if len(content) > plan.max_page_bytes else "not valid JSON"
        yield Draft(key="no page", consumed=consumed).reject(f"JSON array is {why}; JSON lines are read at any size")
        return
    if values is None:
        yield from read_jsonl(path, name, plan)
        return
    items = values if isinstance(values, list) else [values]
    if not items:
        yield Draft(key="no page", consumed=consumed).reject("no page in this file: its JSON array is empty")
    for number, item in enumerate(items, 1):
        page = _read_item(item, f"item {number}" if isinstance(values, list) else "", plan)
        page.consumed = consumed
        yield page


def _parse_document(content: bytes) -> Any:
    """The document, or None if it is not one."""
    try:
        return json.loads(content.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _read_item(item: Any, where: str, plan: ReadPlan) -> Draft:
    columns = PageColumns.of(plan)
    if not isinstance(item, dict):
        key = make_content_key(json.dumps(item).encode())
        return Draft(key=key, where=where).reject(f"JSON {type(item).__name__}, not an object")
    page = draft_row(item, where, columns, plan.max_page_bytes)
    if not columns.among(tuple(item)).content():
        shown = ", ".join(repr(name) for name in list(item)[:20])
        page.reject(f"no text: the object has none of the columns {', '.join(columns.content())}; it has {shown}"[:500])
    return page
