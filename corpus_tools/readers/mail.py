"""Reads a page that a browser saved as MHTML, and mail (EML): one page a file.

MHTML (RFC 2557) is a mail whose parts are the page and what it shows. The page is its first HTML part;
frames and images are not pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.errors import CloseBoundaryNotFoundDefect
from email.header import decode_header, make_header
from email.message import Message
from email.policy import Compat32

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, make_storable, too_large_problem
from corpus_tools.readers.files import make_file_draft
from corpus_tools.readers.sniff import sniff_media_type
from corpus_tools.readers.stream import ByteStream
from corpus_tools.readers.times import parse_time

_ADDRESS_FIELDS = ("Snapshot-Content-Location", "Content-Location")
_ERRORS = (ValueError, LookupError, RecursionError, TypeError, AttributeError)
"""What the mail parser raises for input that is no mail."""


MAX_HEADER = 1 << 16
"""Characters of a header field that are read: more than an address may have. The standard library takes time squared over it."""
MAX_PARAMETERS = 64
"""Parameters of a field such as Content-Type that are read, for the same reason."""


class _Bounded(Compat32):
    """Header fields are cut before the standard library looks into them."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        value = value[:MAX_HEADER]
        if value.count(";") > MAX_PARAMETERS and name.lower().startswith("content-"):
            value = ";".join(value.split(";", MAX_PARAMETERS)[:MAX_PARAMETERS])
        return name, value


_POLICY = _Bounded()


def read_mail(stream: ByteStream, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The page of one MHTML or EML file. Of a file above ``plan.max_page_bytes`` the beginning is read, where the page stands."""
    page = make_file_draft(name)
    content = stream.read(plan.max_page_bytes)
    cut = bool(stream.broken or stream.peek(1))
    page.consumed = stream.consumed
    if not content:
        page.reject(stream.broken or "empty file")
    elif sniff_media_type(content) == "text/html":  # saved under the wrong name
        page.raw, page.content_type, page.truncated = content, "text/html", cut
    else:
        try:
            _fill(page, message_from_bytes(content, policy=_POLICY), plan)
        except _ERRORS as error:
            page.reject(f"the mail cannot be read: {type(error).__name__}: {str(error)[:200]}")
        page.truncated = page.raw is not None and page.truncated
    yield page


def _fill(page: Draft, mail: Message, plan: ReadPlan) -> None:
    part = _page_part(mail)
    if part is None:
        kinds = ", ".join(sorted({one.get_content_type() for one in mail.walk() if not one.is_multipart()})[:10])
        page.reject(f"no HTML and no text in this mail: it holds {kinds or 'nothing'}")
        return
    payload = part.get_payload(decode=True)
    page.raw = payload if isinstance(payload, bytes) else b""
    page.content_type, page.charset = part.get_content_type(), part.get_content_charset()
    _identify(page, mail, part)
    last = next((one for one in reversed(list(mail.walk())) if not one.is_multipart()), None)
    unclosed = any(isinstance(defect, CloseBoundaryNotFoundDefect) for one in mail.walk() for defect in one.defects)
    page.truncated = unclosed and last is part
    if not page.raw.strip():
        page.reject("the page in this mail is empty")
    elif len(page.raw) > plan.max_page_bytes:
        page.reject(too_large_problem(plan.max_page_bytes))


def _identify(page: Draft, mail: Message, part: Message) -> None:
    """Address, title, id and time, as the mail's header and the part's say."""
    given = [_text(one.get(field)) for one in (mail, part) for field in _ADDRESS_FIELDS]
    url = next((value for value in given if value and "://" in value), None)
    page.title = _text(mail.get("Subject")) or None
    page.fetched_at = parse_time(_text(mail.get("Date")))
    page.source_id = _text(mail.get("Message-ID")).strip("<> ") or None
    if url:
        page.url, page.is_path, page.key = url, False, f"url:{url}"
    elif page.source_id:
        page.key = f"id:{page.source_id}"


def _page_part(mail: Message) -> Message | None:
    """The first HTML part that is not attached, else the first part of plain text."""
    shown = [part for part in mail.walk() if not part.is_multipart() and part.get_content_disposition() != "attachment"]
    return next(
        (
            part
            for kind in ("text/html", "application/xhtml+xml", "text/plain")
            for part in shown
            if part.get_content_type() == kind
        ),
        None,
    )


def _text(value: object) -> str:
    """A header's value, with encoded words decoded."""
    try:
        return make_storable(" ".join(str(make_header(decode_header(str(value or "")))).split()))
    except _ERRORS:
        return make_storable(" ".join(str(value or "").split()))
