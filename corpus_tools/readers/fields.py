"""Chooses which columns of a JSONL or parquet file hold what, and makes a page of one row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from corpus_tools.errors import PlanError
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, content_key, too_large, valid
from corpus_tools.readers.sniff import media_type
from corpus_tools.readers.times import parse_time

HTML = ("html", "raw_html", "raw")
TEXT = ("text", "content", "body")
URL = ("url", "uri", "link")
ID = ("id", "doc_id", "page_id")
TITLE = ("title",)
TIME = ("fetched_at", "crawl_date", "date", "timestamp", "ts")
TYPE = ("content_type", "mime_type", "mime")


@dataclass(frozen=True)
class Columns:
    """Column names by meaning, each in the order in which they are tried."""

    html: tuple[str, ...]
    text: tuple[str, ...]
    url: tuple[str, ...]
    id: tuple[str, ...]

    @staticmethod
    def of(plan: ReadPlan) -> Columns:
        """What the plan names. A named text column alone switches the search for HTML off, and the other way round."""
        named_html, named_text = plan.html_field, plan.text_field
        return Columns(
            html=(named_html,) if named_html else () if named_text else HTML,
            text=(named_text,) if named_text else () if named_html else TEXT,
            url=(plan.url_field,) if plan.url_field else URL,
            id=(plan.id_field,) if plan.id_field else ID,
        )

    def content(self) -> tuple[str, ...]:
        """Every column that may hold the page itself."""
        return self.html + self.text

    def wanted(self) -> tuple[str, ...]:
        """Every column that is looked at."""
        return self.html + self.text + self.url + self.id + TITLE + TIME + TYPE


def fold(names: Iterable[str]) -> dict[str, str]:
    """Folded name -> name as the file has it; an exact lower-case name wins, then the first."""
    folded: dict[str, str] = {}
    for name in names:
        if name == name.casefold():
            folded[name] = name
        else:
            folded.setdefault(name.casefold(), name)
    return folded


def no_content(name: str, found: Iterable[str], columns: Columns) -> PlanError:
    """The error for a file whose rows hold neither HTML nor text under the names that are tried."""
    shown = ", ".join(repr(column) for column in list(found)[:40]) or "none"
    tried = ", ".join(columns.content())
    return PlanError(
        f"{name} has no column with a page: it has {shown}; tried {tried}",
        "name the column: read.html_field for HTML, read.text_field for text",
    )


def has_content(names: Mapping[str, str], columns: Columns) -> bool:
    """Whether one of the content columns is there (``names`` as from ``fold``)."""
    return any(name in names or name.casefold() in names for name in columns.content())


class Row:
    """One row, looked up by the names of ``Columns`` whatever their case."""

    def __init__(self, values: Mapping[str, Any], names: Mapping[str, str] | None = None) -> None:
        self._values = values
        self._names = fold(values) if names is None else names

    def first(self, tried: Iterable[str]) -> Any:
        """The first value that is neither missing, null nor empty."""
        for name in tried:
            value = self._values.get(name)
            if value is None:
                value = self._values.get(self._names.get(name.casefold(), name))
            if value is not None and value != "" and value != b"":
                return value
        return None

    def string(self, tried: Iterable[str]) -> str | None:
        """``first`` as text: numbers in digits, bytes as UTF-8, anything nested as JSON."""
        value = self.first(tried)
        if value is None or isinstance(value, str):
            return None if value is None else valid(value)
        if isinstance(value, bytes):
            return valid(value.decode("utf-8", "replace"))
        return valid(json.dumps(value, sort_keys=True, default=str, ensure_ascii=False))


def draft(row: Row, where: str, columns: Columns, limit: int) -> Draft:
    """The page of one row, or its problem: no content, content that is no text, or more than ``limit`` bytes."""
    source_id, url = row.string(columns.id), row.string(columns.url)
    page = Draft(key="", where=where, url=url, source_id=source_id, title=row.string(TITLE))
    page.fetched_at = next((time for name in TIME if (time := parse_time(row.first((name,))))), None)
    html = row.first(columns.html)
    content = html if html is not None else row.first(columns.text)
    size = _fill(page, content, html is not None, row.string(TYPE))
    page.key = f"id:{source_id}" if source_id else f"url:{url}" if url else content_key(_bytes(page))
    return page.reject(too_large(limit)) if size > limit else page


def _fill(page: Draft, content: object, is_html: bool, declared: str | None) -> int:
    """Put ``content`` into ``page``; its size in bytes."""
    if content is None:
        page.reject("no text: its html and text columns are empty or missing")
        return 0
    if isinstance(content, str):
        page.text = valid(content)
        head = page.text[:1024].encode()
        if not page.text:
            page.reject("no text: its text is NUL characters only")
    elif isinstance(content, bytes):
        page.raw = content
        head = content[:1024]
    else:
        page.reject(f"its text is a {type(content).__name__}, not text")
        return 0
    seen = media_type(head)
    if page.raw is not None and seen.startswith(("image/", "application/pdf", "application/zip", "application/gzip")):
        page.reject(f"content is {seen}, not a page")
    said_html = (declared or "").lower().startswith(("text/html", "application/xhtml"))
    page.content_type = "text/html" if is_html or said_html or seen == "text/html" else "text/plain"
    return len(_bytes(page))


def _bytes(page: Draft) -> bytes:
    return page.raw if page.raw is not None else (page.text or "").encode()
