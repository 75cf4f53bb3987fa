"""Makes small WARC and ARC files, whole or broken as asked."""

from __future__ import annotations

HTML = b"<html><body><p>Sleep apnoea is common.</p></body></html>"


def http(body: bytes = HTML, status: str = "200 OK", kind: str = "text/html; charset=utf-8", **fields: str) -> bytes:
    """An HTTP response; ``fields`` are more headers, with _ for -."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def warc(
    block: bytes,
    url: str = "http://a.org/1",
    record_type: str = "response",
    length: str | None = None,
    record_id: str = "",
    kind: str = "",
) -> bytes:
    """One WARC record; ``length`` replaces the true Content-Length ('' leaves the field out)."""
    fields = [f"WARC-Type: {record_type}", f"WARC-Target-URI: {url}", "WARC-Date: 2024-05-06T07:08:09Z"]
    fields += [f"WARC-Record-ID: <urn:{record_id}>"] if record_id else []
    fields += [f"Content-Type: {kind}"] if kind else []
    length = str(len(block)) if length is None else length
    fields += [f"Content-Length: {length}"] if length else []
    return ("WARC/1.0\r\n" + "\r\n".join(fields) + "\r\n\r\n").encode() + block + b"\r\n\r\n"


def arc(block: bytes, url: str = "http://a.org/1", length: str | None = None) -> bytes:
    """One ARC version 1 record."""
    return f"{url} 1.2.3.4 20080430204825 text/html {len(block) if length is None else length}\n".encode() + block + b"\n"


ARC_HEAD = b"filedesc://x.arc 0.0.0.0 20080430204825 text/plain 76\n1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n\nmeta456789\n\n"
