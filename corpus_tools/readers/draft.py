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
    ``text`` is set.
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

    def reject(self, problem: str) -> Draft:
        """The same place in the file without content, rejected for ``problem``."""
        self.raw = self.text = None
        self.problem = problem
        return self


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
