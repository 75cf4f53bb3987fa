"""Pages whose end is missing are kept as far as they go and marked; statuses and packings that servers forget to say."""

from __future__ import annotations

import gzip
import io
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from archives import HTML, http, warc

LONG = b"<html><body>" + b"".join(b"<p>Paragraph %d of a long page.</p>" % number for number in range(20_000))


@pytest.mark.parametrize(
    ("record", "truncated"),
    [
        (warc(http()), False),
        (warc(http(Content_Length=str(len(HTML)))), False),
        (warc(http(Content_Length=str(len(HTML) + 5))), True),
        (warc(http(Content_Length="9", Content_Encoding="gzip")), False),
        (warc(http(Content_Length="x")), False),
        (warc(http(b"ffff\r\n" + HTML, Transfer_Encoding="chunked")), True),
        (warc(http(b"%x\r\n%s\r\n0\r\n\r\n" % (len(HTML), HTML), Transfer_Encoding="chunked")), False),
        (warc(http(status="206 Partial Content", Content_Range=f"bytes 0-{len(HTML) - 1}/{len(HTML)}")), False),
        (warc(http(status="206 Partial Content", Content_Range=f"bytes 0-{len(HTML) - 1}/9999")), True),
        (warc(http()).replace(b"WARC-Date", b"WARC-Truncated: length\r\nWARC-Date"), True),
    ],
)
def test_a_page_that_is_cut_is_marked(rows, record: bytes, truncated: bool) -> None:
    (page,) = rows("a.warc", record)
    assert (page["raw"], page["truncated"]) == (HTML, truncated)


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("zstd", zstandard.compress), ("", gzip.compress)]
)
def test_cut_content_is_kept_as_far_as_it_goes(rows, coding: str, pack) -> None:
    packed = pack(LONG)
    fields = {"Content_Encoding": coding} if coding else {}
    whole, cut = rows("a.warc", warc(http(packed, **fields)) + warc(http(packed[: len(packed) // 2], **fields)))
    assert (whole["raw"], whole["truncated"]) == (LONG, False)
    assert LONG.startswith(cut["raw"])
    assert len(cut["raw"]) > len(LONG) // 4
    assert cut["truncated"]


def test_cut_files_are_kept_as_far_as_they_go(rows) -> None:
    packed = gzip.compress(LONG, mtime=0)
    (page,) = rows("a.html.gz", packed[: len(packed) // 2])
    assert LONG.startswith(page["raw"])
    assert page["truncated"]
    assert page["note"].startswith("broken gzip stream")
    assert page["url"] == "a.html"


@pytest.mark.parametrize("status", ["203 Non-Authoritative Information", "200", "202 Accepted", "226 IM Used"])
def test_statuses_that_are_pages(rows, status: str) -> None:
    assert rows("a.warc", warc(http(status=status)))[0]["raw"] == HTML


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lambda body: gzip.compress(gzip.compress(body))])
def test_packed_bodies_that_nothing_declares(rows, pack) -> None:
    packed = pack(HTML)
    assert rows("a.html", packed)[0]["raw"] == HTML
    kept = io.BytesIO()
    once = gzip.compress(HTML)
    pq.write_table(pa.table({"url": ["http://a.org/"], "html": [once]}), kept)
    for page in (*rows("a.warc", warc(http(once))), *rows("a.parquet", kept.getvalue())):
        assert page["raw"] == HTML
        assert page["note"] == "unpacked from gzip, which was not declared"
    assert "application/gzip" in rows("b.warc", warc(http(once, kind="application/gzip")))[0]["problem"]
