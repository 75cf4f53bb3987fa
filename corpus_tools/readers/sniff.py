"""Tells what bytes are by looking at them, and which media types are pages.

Follows the WHATWG MIME Sniffing standard, reduced to what scraped collections hold.
"""

from __future__ import annotations

import re

SNIFFED_BYTES = 1024
"""Number of bytes examined."""

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG", "image/png"),
    (b"GIF8", "image/gif"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"PAR1", "application/parquet"),
    (b"WARC/", "application/warc"),
    (b"filedesc://", "application/arc"),
)
_TAR = (257, b"ustar")
_MAIL = re.compile(
    rb"(?:From|To|Date|Subject|MIME-Version|Snapshot-Content-Location|Return-Path|Received|Delivered-To|Message-ID|X-[A-Za-z-]{1,30}):[ \t]",
    re.I,
)
_MAIL_MARK = re.compile(rb"^(?:MIME-Version|Content-Type|Message-ID):", re.I | re.M)
_TAGS = b"html|head|body|title|script|style|meta|link|iframe|h[1-6]|div|font|table|br|p|a|b|article|main|section"
_HTML = re.compile(rb"<(?:" + _TAGS + rb")[\s>/]", re.I)
_DOCTYPE = re.compile(rb"<!doctype\s+html", re.I)
_PROLOG = re.compile(rb"\s*(?:<\?xml[^>]{0,500}\?>\s*)?(?:<!--.{0,800}?-->\s*)*(?:<!doctype[^>]{0,500}>\s*)?", re.S | re.I)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_JSON_OBJECT = re.compile(rb'\s*\{\s*(?:"|\}\s*$)')

_PAGE_TYPES = {
    "text/html": "text/html",
    "application/xhtml+xml": "text/html",
    "application/xhtml": "text/html",
    "text/plain": "text/plain",
    "text/markdown": "text/plain",
}
_XML_TYPES = ("text/xml", "application/xml")
_UNSAID = ("", "unk", "unknown", "no-type", "unknown/unknown", "application/unknown", "content/unknown", "application/octet-stream")


FORMATS = {
    "text/html": "html",
    "text/plain": "text",
    "application/warc": "warc",
    "application/arc": "arc",
    "application/json": "jsonl",
    "application/parquet": "parquet",
    "application/x-tar": "tar",
    "application/zip": "zip",
    "message/rfc822": "mail",
}
"""Format of a file by the media type that its first bytes show."""
UNKNOWN_FORMAT = "unknown"


def sniff_format(head: bytes, *, loose: bool = False) -> str:
    """Format that the first bytes of a file tell, UNKNOWN_FORMAT if they tell none.

    Plain text and zip files count only if ``loose``: a LICENSE is no page, and an office document is a zip file.
    """
    found = FORMATS.get(sniff_media_type(head), UNKNOWN_FORMAT) if head else UNKNOWN_FORMAT
    return UNKNOWN_FORMAT if found in ("text", "zip") and not loose else found


def sniff_media_type(head: bytes) -> str:
    """Media type that the first bytes show: a known binary type, text/html, text/xml, application/json or text/plain."""
    head = head[:SNIFFED_BYTES]
    if head.startswith(_UTF16):  # let ASCII markup show; nothing is decoded here
        head = head[2:].replace(b"\0", b"")
    head = head.removeprefix(b"\xef\xbb\xbf")
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[_TAR[0] :].startswith(_TAR[1]):
        return "application/x-tar"
    if _MAIL.match(head) and _MAIL_MARK.search(head):
        return "message/rfc822"
    prolog = _PROLOG.match(head)
    if prolog and (_HTML.match(head, prolog.end()) or _DOCTYPE.search(prolog[0])):
        return "text/html"
    if re.match(rb"\s*<\?xml", head):
        return "text/xml"
    if _BINARY.search(head):
        return "application/octet-stream"
    return "application/json" if _JSON_OBJECT.match(head) else "text/plain"


def sniff_page_type(declared: str, content: bytes) -> tuple[str, str | None]:
    """What the cleaning path needs: ('text/html' or 'text/plain', None), or (type, why it is not read).

    ``declared`` is a media type in lower case without parameters, '' if none was given. A declared
    page type loses to a binary signature; an undeclared or unknown type is sniffed.
    """
    seen = sniff_media_type(content)
    if declared in _UNSAID or (declared in _XML_TYPES and seen == "text/html"):
        declared = seen
    kind = _PAGE_TYPES.get(declared)
    if kind is None:
        return declared, f"content type {declared} is not read"
    if not seen.startswith("text/") and seen not in ("application/json", "application/octet-stream"):
        return declared, f"content is {seen} though {declared} was declared"
    return kind, None
