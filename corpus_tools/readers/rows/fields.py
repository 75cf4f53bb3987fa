"""Chooses which fields of a row hold what, and turns the row into a page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from corpus_tools.errors import PlanError
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, make_content_key, make_storable, too_large_problem
from corpus_tools.readers.records.http import unpack_undeclared
from corpus_tools.readers.rows.carried import carry_values, parse_carry
from corpus_tools.readers.rows.layouts import Layout, find_layout
from corpus_tools.readers.rows.lookup import MISSING, find_field
from corpus_tools.readers.sniff import sniff_media_type
from corpus_tools.readers.times import parse_time

HTML_FIELDS = ("html", "raw_html", "html_content", "raw")
TEXT_FIELDS = ("text", "content", "body", "raw_content", "maintext", "paragraphs", "markdown")
URL_FIELDS = (
    "url",
    "uri",
    "link",
    "source_url",
    "page_url",
    "metadata.url",
    "meta.url",
    "metadata.source_url",
    "metadata.sourceURL",
)
ID_FIELDS = ("id", "doc_id", "page_id")
TITLE_FIELDS = ("title", "metadata.title")
TIME_FIELDS = ("fetched_at", "crawl_date", "date", "timestamp", "ts", "date_download", "metadata.date", "meta.timestamp")
TYPE_FIELDS = ("content_type", "mime_type", "mime")
NAMED = {"text_field": "text", "html_field": "html", "url_field": "url", "id_field": "id"}
"""Settings of ``ReadPlan`` that name a field, and what the field holds."""


@dataclass(frozen=True)
class PageColumns:
    """Field names by meaning, each in the order in which they are tried. A name with dots may be a path."""

    html: tuple[str, ...]
    text: tuple[str, ...]
    url: tuple[str, ...]
    id: tuple[str, ...]
    title: tuple[str, ...] = TITLE_FIELDS
    time: tuple[str, ...] = TIME_FIELDS
    type: tuple[str, ...] = TYPE_FIELDS
    named: tuple[tuple[str, str], ...] = ()
    """Settings that the user gave, and the fields that they name."""
    carry: tuple[tuple[str, str], ...] = ()
    """Columns to carry, and the fields that hold them."""

    @staticmethod
    def of(plan: ReadPlan) -> PageColumns:
        """What the plan names. A named text field alone switches the search for HTML off, and the other way round."""
        named_html, named_text = plan.html_field, plan.text_field
        carry = parse_carry(plan.carry)
        given = [(setting, getattr(plan, setting)) for setting in NAMED if getattr(plan, setting)]
        return PageColumns(
            html=(named_html,) if named_html else () if named_text else HTML_FIELDS,
            text=(named_text,) if named_text else () if named_html else TEXT_FIELDS,
            url=(plan.url_field,) if plan.url_field else URL_FIELDS,
            id=(plan.id_field,) if plan.id_field else ID_FIELDS,
            named=(*given, *((f"carry {field}", field) for _, field in carry)),
            carry=carry,
        )

    @lru_cache(maxsize=256)  # noqa: B019 - a handful of instances a process
    def among(self, names: tuple[str, ...]) -> PageColumns:
        """The same with only the fields that may be there: those among ``names``, and paths that begin with one of them."""
        folded = {name.casefold() for name in names}

        def present(tried: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(name for name in tried if _may_be(name.casefold(), folded))

        kept = {item.name: present(getattr(self, item.name)) for item in fields(self) if item.name not in ("named", "carry")}
        return PageColumns(**kept, named=self.named, carry=self.carry)

    @lru_cache(maxsize=64)  # noqa: B019
    def of_layout(self, layout: Layout) -> PageColumns:
        """The same with the fields of a known layout first, where the user names no other."""
        given = {NAMED[setting] for setting, _ in self.named if setting in NAMED}
        first = {"text": layout.text, "url": layout.url, "id": layout.id, "time": layout.time, "title": layout.title}
        changed = {
            name: (field, *(other for other in getattr(self, name) if other != field))
            if field and name not in given
            else getattr(self, name)
            for name, field in first.items()
        }
        if "html" in given:  # a page is HTML then, and its text is not asked for
            changed["text"] = self.text
        return PageColumns(html=self.html, type=self.type, named=self.named, carry=self.carry, **changed)

    def content(self) -> tuple[str, ...]:
        """Every field that may hold the page itself."""
        return self.html + self.text

    def every(self) -> tuple[str, ...]:
        """Every field that is read."""
        found = self.content() + self.url + self.id + self.title + self.time + self.type
        return found + tuple(field for _, field in (*self.named, *self.carry))


def _may_be(name: str, names: set[str]) -> bool:
    if name in names:
        return True
    parts = name.split(".")
    return any(".".join(parts[:count]) in names for count in range(1, len(parts)))


def no_content_error(name: str, found: Iterable[str], columns: PageColumns) -> PlanError:
    """The error for a file whose rows hold neither HTML nor text under the names that are tried."""
    shown = ", ".join(repr(column) for column in list(found)[:40]) or "none"
    tried = ", ".join(columns.content())
    return PlanError(
        f"{name} has no column with a page: it has {shown}; tried {tried}",
        "name the column: read.html_field for HTML, read.text_field for text (a path such as document.text works too)",
    )


def _first(row: Mapping[str, Any], tried: Iterable[str]) -> Any:
    """The first value that is neither missing, null nor empty."""
    for name in tried:
        value = find_field(row, name)
        if value is not MISSING and value is not None and value != "" and value != b"" and value != []:
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
    layout = find_layout(row)
    there = (columns.of_layout(layout) if layout else columns).among(tuple(row))
    source_id, url = _string(row, there.id), _string(row, there.url)
    page = Draft(key="", where=where, url=url, source_id=source_id, title=_string(row, there.title))
    page.fields = tuple(row)
    page.layout = layout.name if layout else ""
    page.named = frozenset(setting for setting, field in columns.named if find_field(row, field) is not MISSING)
    page.fetched_at = next((time for name in there.time if (time := parse_time(find_field(row, name)))), None)
    html = _first(row, there.html)
    content = html if html is not None else _first(row, there.text)
    size = _fill(page, _join_paragraphs(content), html is not None, _string(row, there.type), limit)
    page.key = f"id:{source_id}" if source_id else f"url:{url}" if url else make_content_key(_bytes(page))
    if size > limit:
        page.reject(too_large_problem(limit))
    page.carried, too_long = carry_values(row, columns.carry)
    return page.reject(too_long) if too_long and page.problem is None else page


def _join_paragraphs(content: object) -> object:
    """A list of paragraphs (texts, or objects with a text) as one text, a paragraph a line; anything else as it is."""
    if not isinstance(content, list):
        return content
    texts = [one.get("text") if isinstance(one, Mapping) else one for one in content]
    return "\n".join(text for text in texts if text) if all(text is None or isinstance(text, str) for text in texts) else content


def _fill(page: Draft, content: object, is_html: bool, declared: str | None, limit: int) -> int:
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
        page.raw, whole, note = unpack_undeclared(content, limit)
        page.truncated = not whole
        if note:
            page.say(note)
        head = page.raw[:1024]
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
