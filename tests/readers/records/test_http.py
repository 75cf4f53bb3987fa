"""HTTP: codings are undone within the bound, and headers that lie are forgiven."""

from __future__ import annotations

import gzip
import time
import zlib

import pytest
import zstandard
from archives import HTML, http
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.readers.records.http import parse_response, split_content_type, undo_chunks

BROTLI_100K = bytes.fromhex("5b9f86815f222c1e0b04b2fc0200")  # 100,000 times "a", from the reference encoder


def chunked(body: bytes, size: int = 7) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;ext=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("zstd", zstandard.compress),
    ],
)
def test_content_codings(coding: str, pack) -> None:
    assert parse_response(http(pack(HTML), Content_Encoding=coding), 1000).body == HTML
    assert parse_response(http(chunked(pack(HTML)), Content_Encoding=coding, Transfer_Encoding="chunked"), 1000).body == HTML
    assert parse_response(http(HTML, Content_Encoding=coding), 1000).body == HTML, "already decoded by the crawler"
    large = parse_response(http(pack(b"x" * 100_000), Content_Encoding=coding), 1000)
    assert (large.body, large.problem) == (b"", "page is larger than 1000 bytes unpacked (read.max_page_bytes)")
    broken = parse_response(http(pack(HTML)[:-9], Content_Encoding=coding), 1000)
    assert HTML.startswith(broken.body)
    assert broken.truncated if broken.body else broken.problem.startswith(f"broken {coding} content")


def test_brotli() -> None:
    hello = bytes.fromhex("0b028068656c6c6f03")  # from the reference encoder, too
    assert parse_response(http(hello, Content_Encoding="br"), 1000).body == b"hello"
    assert parse_response(http(BROTLI_100K, Content_Encoding="br"), 200_000).body == b"a" * 100_000
    assert parse_response(http(BROTLI_100K, Content_Encoding="br"), 1000).problem.startswith("page is larger")
    assert parse_response(http(BROTLI_100K[:-4], Content_Encoding="br"), 200_000).problem.startswith("broken br content")
    assert parse_response(http(b"\xff\xff\xff", Content_Encoding="br"), 1000).problem.startswith("broken br content")


def test_two_codings_are_undone_in_turn() -> None:
    assert parse_response(http(gzip.compress(zlib.compress(HTML)), Content_Encoding="deflate, gzip"), 1000).body == HTML


def test_chunks_that_lie() -> None:
    assert undo_chunks(HTML) == (HTML, True)
    assert undo_chunks(b"5\r\nhello\r\n") == (b"hello", True)
    assert undo_chunks(b"ffff\r\nhello") == (b"hello", False)
    assert undo_chunks(b"5\nhello\n6\n world0\n\n") == (b"hello world", True)
    assert undo_chunks(b"5\r\nhello\r\nno chunk") == (b"hellono chunk", True)


@given(st.binary(max_size=200), st.integers(1, 50))
def test_chunks_round_trip(body: bytes, size: int) -> None:
    assert undo_chunks(chunked(body, size)) == (body, True)


@given(st.binary(max_size=300))
def test_no_message_raises(message: bytes) -> None:
    parse_response(b"HTTP/1.1 " + message, 1000)
    for coding in ("gzip", "deflate", "br", "zstd"):
        assert len(parse_response(http(message, Content_Encoding=coding, Transfer_Encoding="chunked"), 100).body) <= 100


def test_heads_that_are_odd() -> None:
    assert parse_response(b"no head", 9).status is None
    assert parse_response(b"HTTP/1.1 200", 9).status == 200
    assert parse_response(b"HTTP/1.0 OK\r\n\r\nx", 9).status == 0
    folded = parse_response(b"HTTP/1.1 200\nContent-Type: text/html;\n charset='KOI8-R'\nContent-Type: text/css\n\nx", 9)
    assert (folded.content_type, folded.charset, folded.body) == ("text/html", "koi8-r", b"x")
    assert split_content_type("") == ("", None)


def test_time_is_bounded() -> None:
    began = time.perf_counter()
    parse_response(http(gzip.compress(b"") * 100_000, Content_Encoding="gzip"), 1 << 20)
    parse_response(b"HTTP/1.1 200\r\n" + b"A: b\r\n c\r\n" * 6_000 + b"\r\nx", 1 << 20)
    parse_response(http(b"1\r\nx\r\n" * 300_000, Transfer_Encoding="chunked"), 1 << 20)
    assert time.perf_counter() - began < 15
