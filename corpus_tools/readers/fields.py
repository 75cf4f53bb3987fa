"""Chooses which columns of a JSONL or parquet file hold what, and turns a row into a page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from corpus_tools.errors import PlanError
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, make_content_key, make_storable, too_large_problem
from corpus_tools.readers.sniff import sniff_media_type
from corpus_tools.readers.times import parse_time

HTML_FIELDS = ("html", "raw_html", "raw")
TEXT_FIELDS = ("text", "content", "body")
URL_FIELDS = ("url", "uri", "link")
ID_FIELDS = ("id", "doc_id", "page_id")
TITLE_FIELDS = ("title",)
TIME_FIELDS = ("fetched_at", "crawl_date", "date", "timestamp", "ts")
TYPE_FIELDS = ("content_type", "mime_type", "mime")


@dataclass(frozen=True)
class PageColumns:
    """Column names by meaning, each in the order in which they are tried."""

    html: tuple[str, ...]
    text: tuple[str, ...]
    url: tuple[str, ...]
    id: tuple[str, ...]
    title: tuple[str, ...] = TITLE_FIELDS
    time: tuple[str, ...] = TIME_FIELDS
    type: tuple[str, ...] = TYPE_FIELDS

    @staticmethod
    def of(plan: ReadPlan) -> PageColumns:
        """What the plan names. A named text column alone switches the search for HTML off, and the other way round."""
        named_html, named_text = plan.html_field, plan.text_field
        return PageColumns(
            html=(named_html,) if named_html else () if named_text else HTML_FIELDS,
            text=(named_text,) if named_text else () if named_html else TEXT_FIELDS,
            url=(plan.url_field,) if plan.url_field else URL_FIELDS,
            id=(plan.id_field,) if plan.id_field else ID_FIELDS,
        )

    @lru_cache(maxsize=256)  # noqa: B019 - a handful of instances a process
    def among(self, names: tuple[str, ...]) -> PageColumns:
        """The same with only the columns that are there, spelt as in ``names``: exactly, else whatever the case."""
        folded = {name.casefold(): name for name in reversed(names)}

        def present(tried: tuple[str, ...]) -> tuple[str, ...]:
            found = (name if name in names else folded.get(name.casefold()) for name in tried)
            return tuple(name for name in found if name is not None)

        return PageColumns(*(present(getattr(self, item.name)) for item in fields(self)))

    def content(self) -> tuple[str, ...]:
        """Every column that may hold the page itself."""
        return self.html + self.text

    def every(self) -> tuple[str, ...]:
        """Every column that is read."""
        return self.content() + self.url + self.id + self.title + self.time + self.type


def no_content_error(name: str, found: Iterable[str], columns: PageColumns) -> PlanError:
    """The error for a file whose rows hold neither HTML nor text under the names that are tried."""
    shown = ", ".join(repr(column) for column in list(found)[:40]) or "none"
    tried = ", ".join(columns.content())
    return PlanError(
        f"{name} has no column with a page: it has {shown}; tried {tried}",
        "name the column: read.html_field for HTML, read.text_field for text",
    )


def _first(row: Mapping[str, Any], tried: Iterable[str]) -> Any:
    """The first value that is neither missing, null nor empty."""
    for name in tried:
        value = row.get(name)
        if value is not None and value != "" and value != b"":
            return value
    return None


def _string(row: Mapping[str, Any], tried: Iterable[str]) -> str | None:
    """``_first`` as text: numbers in digits, bytes as UTF-8, anything nested as JSON."""
    value = _first(row, tried)
    if value is None or isinstance(value, str):
        return None if value is None else make_storable(value)
    if isinstance(value, bytes):
        return make_storable(value.decode("utf-8", "replace"))
    return make_storable(json.dumps(value, sort_keys=True, default=str, ensure_ascii=False))


def draft_row(row: Mapping[str, Any], where: str, columns: PageColumns, limit: int) -> Draft:
    """The page of one row, or its problem: no content, content that is not text, or more than ``limit`` bytes."""
    there = columns.among(tuple(row))
    source_id, url = _string(row, there.id), _string(row, there.url)
    page = Draft(key="", where=where, url=url, source_id=source_id, title=_string(row, there.title))
    page.fetched_at = next((time for name in there.time if (time := parse_time(row[name]))), None)
    html = _first(row, there.html)
    content = html if html is not None else _first(row, there.text)
    size = _fill(page, content, html is not None, _string(row, there.type))
    page.key = f"id:{source_id}" if source_id else f"url:{url}" if url else make_content_key(_bytes(page))
    return page.reject(too_large_problem(limit)) if size > limit else page


def _fill(page: Draft, content: object, is_html: bool, declared: str | None) -> int:
    """Put ``content`` into ``page``; its size in bytes."""
    if content is None:
        page.reject("no text: its html and text columns are empty or missing")
        return 0
    if isinstance(content, str):
        page.text = make_storable(content)
        head = page.text[:1024].encode()
        if not page.text:
            page.reject("no text: its text is NUL characters only")
    elif isinstance(content, bytes):
        page.raw = content
        head = content[:1024]
    else:
        page.reject(f"its text is a {type(content).__name__}, not text")
        return 0
    seen = sniff_media_type(head)
    if page.raw is not None and seen.startswith(("image/", "application/pdf", "application/zip", "application/gzip")):
        page.reject(f"content is {seen}, not a page")
    said_html = (declared or "").lower().startswith(("text/html", "application/xhtml"))
    page.content_type = "text/html" if is_html or said_html or seen == "text/html" else "text/plain"
    return len(_bytes(page))


def _bytes(page: Draft) -> bytes:
    return page.raw if page.raw is not None else (page.text or "").encode()
