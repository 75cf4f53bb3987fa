"""Lists sources and reads their pages in parts that are the same on every run.

``list_sources`` and ``SourceFile`` live in ``readers.listing``; each format has a module in ``readers``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa

from corpus_tools.errors import PlanError
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.ahead import fetch_ahead
from corpus_tools.readers.draft import Draft, bound_fields
from corpus_tools.readers.formats import read_file
from corpus_tools.readers.listing import SourceFile
from corpus_tools.readers.names import drop_packing
from corpus_tools.readers.rows.carried import add_partitions, parse_carry, read_partitions
from corpus_tools.tables import PAGES

_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://(?:[^/?#@]{0,200}@)?(\[[0-9A-Fa-f:.]{2,45}\]|[^\s/?#:@\[\]]{1,253})")
_HOST_FOLDER = re.compile(r"(?:[a-z0-9_-]{1,63}\.){1,8}[a-z]{2,24}", re.ASCII)


_SIZED = ("text", "title", "url", "source_id", "source")
ID_DIGITS = 24
"""Digits of a page_id that say what the page is; the other 8 count equal pages."""


@dataclass(frozen=True)
class Position:
    """Where the next part starts: ``file`` is an index in the listing, ``page`` counts that file's pages already read."""

    file: int
    page: int


@dataclass(frozen=True)
class PagePart:
    """Some pages (``tables.PAGES``), where the next part starts, and how many bytes of the sources, as stored, they took."""

    batch: pa.RecordBatch
    end: Position
    bytes_read: int


def make_page_id(key: str, fetched_at: datetime | None, content: bytes) -> str:
    """32 hex digits, the same wherever the page is read from (BLAKE2b over the three, lengths included).

    ``key`` is the page's own id, WARC record id or address, '' if it has none. So neither the name of the
    input file, nor the way in which it is packed or named to a run, nor the place of the page in it changes an id.
    Equal pages get equal ids here, which end in the count 0; ``clean.repeats`` counts them.
    """
    parts = (key.encode("utf-8", "surrogatepass"), fetched_at.isoformat().encode() if fetched_at else b"")
    digest = hashlib.blake2b(digest_size=ID_DIGITS // 2)
    for part in (*parts, content):
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return number_page_id(digest.hexdigest(), 0)


def number_page_id(base: str, count: int) -> str:
    """The page_id of the page with the ``base`` (ID_DIGITS hex digits) that comes after ``count`` equal ones."""
    return f"{base}{count:08x}"


def find_site(url: str | None, name: str) -> str:
    """Host of ``url`` in lower case without www; else a folder of ``name`` that is a host name; else its first folder."""
    host = _HOST.match(url) if url else None
    return host[1].lower().removeprefix("www.") if host else _folder_site(name)


@lru_cache(maxsize=64)
def _folder_site(name: str) -> str:
    """``find_site`` a page whose address has no host."""
    folders = [part for part in name.split("/")[:-1] if part]
    host = next((part.lower() for part in folders if _HOST_FOLDER.fullmatch(part.lower())), "")
    return host.removeprefix("www.") or (folders[0] if folders else name)


def read_pages(files: Sequence[SourceFile], plan: ReadPlan, start: Position = Position(0, 0)) -> Iterator[PagePart]:
    """Parts of at most ``plan.part_pages`` pages and ``plan.part_bytes`` bytes, whatever field they are in (a larger
    single page is a part alone).

    Where parts end depends only on the listing and the plan: reading from a part's ``end`` gives
    exactly the parts after it. Files before ``start.file`` are not opened; pages before ``start.page``
    are read and dropped. One part and one page are in memory. Every file yields at least one row; a row with ``problem`` is to be rejected.
    Raises PlanError when a JSONL or parquet file has no column with text or HTML.
    """
    part = _Part()
    begin = None
    for position, consumed, row in _positioned_rows(files, plan, start):
        if begin is None:
            begin = consumed
        size = _row_bytes(row)
        if part.rows and (len(part.rows) >= plan.part_pages or part.size + size > plan.part_bytes):
            yield part.close(position, consumed - begin)
            part, begin = _Part(), consumed
        part.rows.append(row)
        part.size += size
    if part.rows and begin is not None:
        yield part.close(Position(len(files), 0), sum(file.size for file in files) - begin)


def _row_bytes(row: dict[str, Any]) -> int:
    """Bytes of a page in whatever field they are."""
    size = len(row["raw"] or b"") + sum(len(row[name].encode()) for name in _SIZED if row[name])
    return size + sum(len(value.encode()) for value in row["carried"] or () if value)


@dataclass
class _Part:
    """Rows gathered for one part."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    size: int = 0

    def close(self, end: Position, bytes_read: int) -> PagePart:
        return PagePart(pa.RecordBatch.from_pylist(self.rows, schema=PAGES), end, bytes_read)


def _positioned_rows(
    files: Sequence[SourceFile], plan: ReadPlan, start: Position
) -> Iterator[tuple[Position, int, dict[str, Any]]]:
    """From ``start`` on: a page's position, the bytes of all sources consumed before it, and its row."""
    before = sum(file.size for file in files[: start.file])
    columns = [field for _, field in parse_carry(plan.carry)]
    for index, file in fetch_ahead(files, start.file):
        partitions = read_partitions(file.path.parts) if columns else {}
        consumed = 0
        for number, draft in enumerate(read_drafts(file, plan)):
            if index > start.file or number >= start.page:
                if columns:
                    draft.carried = add_partitions(draft.carried, columns, partitions)
                yield Position(index, number), before + consumed, _page_row(file, bound_fields(draft))
            consumed = min(max(consumed, draft.consumed), file.size)
        before += file.size


def read_drafts(file: SourceFile, plan: ReadPlan) -> Iterator[Draft]:
    """The drafts of one file; a file that cannot be opened is one problem, and so is a CSV file without a page column:
    folders of pages hold such tables. Raises PlanError for JSONL and parquet files without one."""
    try:
        yield from read_file(file.path, file.name, file.format, plan)
    except OSError as error:
        yield Draft(key="unreadable", consumed=file.size).reject(f"file cannot be read: {error.strerror or error}")
    except PlanError as error:
        if file.format != "csv":
            raise
        yield Draft(key="no page", consumed=file.size).reject(error.what)


def _page_row(file: SourceFile, draft: Draft) -> dict[str, Any]:
    content = draft.raw if draft.raw is not None else (draft.text or "").encode()
    known = draft.key.startswith(("id:", "url:", "record:"))
    # What has neither address nor id is known by its content, and what has no content by the file.
    key = draft.key if known else "" if content else f"{draft.key} of {drop_packing(file.name)}"
    return {
        "page_id": make_page_id(key, draft.fetched_at, content),
        "source_id": draft.source_id,
        "url": draft.url,
        "site": find_site(draft.url, draft.url if draft.is_path and draft.url else file.name),
        "source": f"{file.name} {draft.where}".rstrip(),
        "content_type": draft.content_type,
        "charset": draft.charset,
        "raw": draft.raw,
        "text": draft.text,
        "title": draft.title,
        "fetched_at": draft.fetched_at,
        "truncated": draft.truncated,
        "note": draft.note or None,
        "carried": draft.carried,
        "problem": draft.problem,
    }
