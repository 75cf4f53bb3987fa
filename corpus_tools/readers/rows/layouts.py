"""The layouts that published collections of pages have: how each is told by its fields, and which field holds what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from corpus_tools.readers.rows.lookup import MISSING, find_field


@dataclass(frozen=True)
class Layout:
    """A known layout. ``marks`` are the fields by which it is told, the others name what holds the page and its address."""

    name: str
    marks: tuple[str, ...]
    text: str
    url: str
    time: str = ""
    id: str = ""
    title: str = ""


LAYOUTS = (
    Layout(
        "OSCAR",
        ("content", "warc_headers"),
        "content",
        "warc_headers.warc-target-uri",
        "warc_headers.warc-date",
        "warc_headers.warc-record-id",
    ),
    Layout("RedPajama-V2", ("raw_content", "url", "date_download"), "raw_content", "url", "date_download", title="title"),
    Layout("FineWeb", ("text", "dump", "url"), "text", "url", "date", "id"),
    Layout("dolma", ("text", "source", "added"), "text", "metadata.url", "added", "id"),
    Layout("datatrove", ("text", "id", "metadata"), "text", "metadata.url", "metadata.date", "id"),
    Layout("RedPajama", ("text", "meta.url"), "text", "meta.url", "meta.timestamp"),
    Layout("Pile", ("text", "meta.pile_set_name"), "text", "meta.url"),
    Layout("HPLT", ("text", "u", "ts"), "text", "u", "ts", "id"),
    Layout("C4", ("text", "timestamp", "url"), "text", "url", "timestamp"),
    Layout("trafilatura", ("text", "hostname", "fingerprint", "source"), "text", "source", "filedate", "id", "title"),
)
"""Layouts in the order in which they are tried: the one with more marks of its own first."""


def find_layout(row: Mapping[str, Any]) -> Layout | None:
    """The layout of a row, None if it has none that is known."""
    for layout in _candidates(tuple(row)):
        if all("." not in mark or find_field(row, mark) is not MISSING for mark in layout.marks):
            return layout
    return None


@lru_cache(maxsize=256)
def _candidates(names: tuple[str, ...]) -> tuple[Layout, ...]:
    """Layouts whose marks at the top level are all there."""
    return tuple(layout for layout in LAYOUTS if all(mark.partition(".")[0] in names for mark in layout.marks))
