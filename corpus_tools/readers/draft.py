"""What a reader hands over for one page, before the page gets its id."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Draft:
    """One input page or one problem.

    ``key`` identifies the page within its file (never a row number: an id, an address or a content
    hash). ``where`` says in words where in the file it is ("line 3"). ``consumed`` is how many bytes
    of the file, as stored, had been read when the page was complete. At most one of ``raw`` and
    ``text`` is set. ``is_path`` says that ``url`` is the path of a file, ``truncated`` that the page's end is missing, ``note`` what else was done to read
    it. Of a row, ``fields`` names the fields it has, ``layout`` the known layout, ``named`` the settings whose field it has
    ("url_field"), and ``carried`` holds the columns of ``read.carry``, as ``rows.carried`` writes values.
    """

    key: str
    where: str = ""
    url: str | None = None
    source_id: str | None = None
    content_type: str | None = None
    charset: str | None = None
    raw: bytes | None = None
    text: str | None = None
    title: str | None = None
    fetched_at: datetime | None = None
    problem: str | None = None
    consumed: int = 0
    is_path: bool = False
    truncated: bool = False
    note: str = ""
    layout: str = ""
    named: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()
    carried: list[str | None] | None = None

    def reject(self, problem: str) -> Draft:
        """The same place in the file without content, rejected for ``problem``."""
        self.raw = self.text = None
        self.truncated = False
        self.problem = problem
        return self

    def say(self, note: str) -> None:
        """Add to what was done to read the page."""
        self.note = f"{self.note}; {note}" if self.note else note


MAX_ADDRESS, MAX_ID = 1 << 15, 1 << 12
"""Bytes of an address and of an id. A page with a longer one is rejected: part of an address is another address."""
MAX_TITLE = 2000
"""Characters of a title; the rest is cut off, and the page's ``path`` says so."""
_SHOWN = 200


def bound_fields(draft: Draft) -> Draft:
    """``draft`` with every field bounded besides the content: rejected for a field that is too long, or its title cut."""
    for name, limit in (("url", MAX_ADDRESS), ("source_id", MAX_ID)):
        value = getattr(draft, name)
        if value and len(value) > limit // 4 and len(value.encode("utf-8", "surrogatepass")) > limit:
            setattr(draft, name, value[:_SHOWN])
            draft.key = make_content_key(draft.key.encode("utf-8", "surrogatepass"))
            what = "address" if name == "url" else "id"
            draft.reject(draft.problem or f"its {what} is longer than {limit} bytes")
    if draft.title and len(draft.title) > MAX_TITLE:
        draft.title = draft.title[:MAX_TITLE]
        draft.say(f"title cut to {MAX_TITLE} characters")
    draft.content_type, draft.charset = ((value or "")[:_SHOWN] or None for value in (draft.content_type, draft.charset))
    draft.where = draft.where[:MAX_TITLE]
    return draft


def make_storable(text: str) -> str:
    """``text`` as it can be stored: NULs dropped, surrogate pairs joined, lone surrogates U+FFFD."""
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def make_content_key(content: bytes) -> str:
    """Key of a page with neither id nor address: 32 hex digits over its content."""
    return "content:" + hashlib.blake2b(content, digest_size=16).hexdigest()


def too_large_problem(limit: int) -> str:
    """The problem of a page above ``limit`` bytes, unpacked."""
    return f"page is larger than {limit} bytes unpacked (read.max_page_bytes)"
