"""Lists sources and reads their pages in parts that are the same on every run.

``list_sources`` and ``SourceFile`` live in ``readers.listing``; each format has a module in ``readers``.
"""

from __future__ import annotations

import bisect
import hashlib
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft
from corpus_tools.readers.formats import READERS
from corpus_tools.readers.listing import SourceFile
from corpus_tools.tables import PAGES

_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://(?:[^/?#@]{0,200}@)?(\[[0-9A-Fa-f:.]{2,45}\]|[^\s/?#:@\[\]]{1,253})")
_HOST_FOLDER = re.compile(r"(?:[a-z0-9_-]{1,63}\.){1,8}[a-z]{2,24}", re.ASCII)


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


def make_page_id(source_name: str, key: str, occurrence: int) -> str:
    """32 hex digits, stable across runs and machines (BLAKE2b over the three, lengths included).

    ``key`` is the page's own id, WARC record id, address, path or content hash, never a row number;
    ``occurrence`` counts earlier equal keys in the same source file. Two files cannot share an id:
    names are unique in a listing and part of what is hashed.
    """
    name, own = (part.encode("utf-8", "surrogatepass") for part in (source_name, key))
    content = b"%d:%s%d:%s%d" % (len(name), name, len(own), own, occurrence)
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def find_site(url: str | None, name: str) -> str:
    """Host of ``url`` in lower case without www; else a folder of ``name`` that is a host name; else its first folder."""
    host = _HOST.match(url) if url else None
    return host[1].lower().removeprefix("www.") if host else _folder_site(name)


@lru_cache(maxsize=64)
def _folder_site(name: str) -> str:
    """``find_site`` a page whose address has no host."""
    folders = PurePosixPath(name).parts[:-1]
    host = next((part.lower() for part in folders if _HOST_FOLDER.fullmatch(part.lower())), "")
    return host.removeprefix("www.") or (folders[0] if folders else name)


def read_pages(files: Sequence[SourceFile], plan: ReadPlan, start: Position = Position(0, 0)) -> Iterator[PagePart]:
    """Parts of at most ``plan.part_pages`` pages and ``plan.part_bytes`` bytes (a larger single page is a part alone).

    Where parts end depends only on the listing and the plan: reading from a part's ``end`` gives
    exactly the parts after it. Files before ``start.file`` are not opened; pages before ``start.page``
    are read and dropped. One part and one page are in memory, plus 8 bytes per page already seen in
    the same file. Every file yields at least one row; a row with ``problem`` is to be rejected.
    Raises PlanError when a JSONL or parquet file has no column with text or HTML.
    """
    part = _Part()
    begin = None
    for position, consumed, draft, row in _positioned_rows(files, plan, start):
        if begin is None:
            begin = consumed
        size = len(draft.raw or b"") + len((draft.text or "").encode())
        if part.rows and (len(part.rows) >= plan.part_pages or part.size + size > plan.part_bytes):
            yield part.close(position, consumed - begin)
            part, begin = _Part(), consumed
        part.rows.append(row)
        part.size += size
    if part.rows and begin is not None:
        yield part.close(Position(len(files), 0), sum(file.size for file in files) - begin)


def check_columns(files: Sequence[SourceFile], plan: ReadPlan) -> None:
    """Read the start of every JSONL and parquet file, so that a wrong column name shows before hours of work.

    Raises PlanError, as ``read_pages`` would on reaching that file.
    """
    for file in files:
        if file.format in ("jsonl", "parquet"):
            next(_read_drafts(file, plan), None)


@dataclass
class _Part:
    """Rows gathered for one part."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    size: int = 0

    def close(self, end: Position, bytes_read: int) -> PagePart:
        return PagePart(pa.RecordBatch.from_pylist(self.rows, schema=PAGES), end, bytes_read)


def _positioned_rows(
    files: Sequence[SourceFile], plan: ReadPlan, start: Position
) -> Iterator[tuple[Position, int, Draft, dict[str, Any]]]:
    """From ``start`` on: a page's position, the bytes of all sources consumed before it, the draft and its row."""
    before = sum(file.size for file in files[: start.file])
    for index in range(start.file, len(files)):
        file = files[index]
        seen = _Seen()
        consumed = 0
        for number, draft in enumerate(_read_drafts(file, plan)):
            occurrence = seen.count(draft.key)
            if index > start.file or number >= start.page:
                yield Position(index, number), before + consumed, draft, _page_row(file, draft, occurrence)
            consumed = min(max(consumed, draft.consumed), file.size)
        before += file.size


def _read_drafts(file: SourceFile, plan: ReadPlan) -> Iterator[Draft]:
    """The drafts of one file; a file that cannot be opened is one problem."""
    try:
        yield from READERS[file.format](file.path, file.name, plan)
    except OSError as error:
        yield Draft(key="unreadable", consumed=file.size).reject(f"file cannot be read: {error.strerror or error}")


def _page_row(file: SourceFile, draft: Draft, occurrence: int) -> dict[str, Any]:
    return {
        "page_id": make_page_id(file.name, draft.key, occurrence),
        "source_id": draft.source_id,
        "url": draft.url,
        "site": find_site(draft.url, file.name),
        "source": f"{file.name} {draft.where}".rstrip(),
        "content_type": draft.content_type,
        "charset": draft.charset,
        "raw": draft.raw,
        "text": draft.text,
        "title": draft.title,
        "fetched_at": draft.fetched_at,
        "problem": draft.problem,
    }


class _Seen:
    """Counts equal keys of one file in about 8 bytes a key: a small set in front of sorted runs of 64-bit hashes.

    Two keys of one hash only make the second an occurrence of the first, which keeps ids distinct.
    """

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._runs: list[array[int]] = []
        self._repeats: dict[int, int] = {}

    def count(self, key: str) -> int:
        """How often ``key`` was counted before."""
        hashed = int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        if hashed in self._recent or any(self._in(run, hashed) for run in self._runs):
            self._repeats[hashed] = self._repeats.get(hashed, 0) + 1
            return self._repeats[hashed]
        self._recent.add(hashed)
        if len(self._recent) >= 1 << 16:
            self._merge()
        return 0

    @staticmethod
    def _in(run: array[int], hashed: int) -> bool:
        at = bisect.bisect_left(run, hashed)
        return at < len(run) and run[at] == hashed

    def _merge(self) -> None:
        """Turn the set into a sorted run; runs of like size are joined, so that there are few."""
        run = array("Q", sorted(self._recent))
        self._recent = set()
        while self._runs and len(self._runs[-1]) <= len(run):
            run = array("Q", sorted(self._runs.pop() + run))
        self._runs.append(run)
