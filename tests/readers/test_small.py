"""The small parts: streams, sniffing, times."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus_tools.readers.packing import sniff_packing
from corpus_tools.readers.sniff import sniff_media_type, sniff_page_type
from corpus_tools.readers.stream import ByteStream
from corpus_tools.readers.times import parse_time


@given(
    st.binary(max_size=500),
    st.lists(st.tuples(st.sampled_from(["read", "line", "skip", "peek", "newlines"]), st.integers(1, 60)), max_size=40),
)
def test_stream_reads_as_a_file_does(tmp_path_factory, content: bytes, steps: list[tuple[str, int]]) -> None:
    assume(not sniff_packing(content))  # packed twice: it would be unpacked again
    path = tmp_path_factory.mktemp("stream") / "file"
    path.write_bytes(gzip.compress(content))
    at = 0
    with ByteStream(path) as stream:
        for step, size in steps:
            rest = content[at:]
            if step == "peek":
                assert stream.peek(size) == rest[:size]
            elif step == "read":
                assert stream.read(size) == rest[:size]
                at += min(size, len(rest))
            elif step == "skip":
                assert stream.skip(size) == min(size, len(rest))
                at += min(size, len(rest))
            elif step == "line":
                expected = rest[:size][: rest[:size].find(b"\n") + 1] or rest[:size]
                assert stream.line(size) == expected
                at += len(expected)
            else:
                blank = len(rest) - len(rest.lstrip(b"\r\n"))
                assert stream.skip_newlines() == rest[:blank].count(b"\n")
                at += blank
        assert stream.read(1000) == content[at:]
        assert stream.broken is None


def test_long_lines_take_linear_time(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 60_000_000 + b"\n" * 3_000_000)
    began = time.perf_counter()
    with ByteStream(path) as stream:
        assert len(stream.line(100_000_000)) == 60_000_001
        assert stream.skip_newlines() == 2_999_999
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\n<!-- x --><!DOCTYPE html>", "text/html"),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html>", "text/html"),
        (b"\xef\xbb\xbf<HTML>", "text/html"),
        ("<html>".encode("utf-16"), "text/html"),
        (b"<?xml version='1.0'?><rss>", "text/xml"),
        (b'{"text": "x"}', "application/json"),
        (b"Plain words <b>", "text/plain"),
        (b"<3 hearts", "text/plain"),
        (b"\0\1\2", "application/octet-stream"),
        (b"PAR1", "application/parquet"),
        (b"", "text/plain"),
    ],
)
def test_media_types(head: bytes, kind: str) -> None:
    assert sniff_media_type(head) == kind


def test_what_is_a_page() -> None:
    assert sniff_page_type("", b"<html>") == ("text/html", None)
    assert sniff_page_type("application/xhtml+xml", b"<html>") == ("text/html", None)
    assert sniff_page_type("application/xml", b"<?xml?><html>") == ("text/html", None)
    assert sniff_page_type("text/plain", b"<html>") == ("text/plain", None)
    assert sniff_page_type("text/markdown", b"# x") == ("text/plain", None)
    assert sniff_page_type("image/png", b"\x89PNG")[1] == "content type image/png is not read"
    assert sniff_page_type("application/octet-stream", b"\0\1")[1] == "content type application/octet-stream is not read"


@pytest.mark.parametrize(
    "value",
    [
        "2024-01-02T03:04:05Z",
        "2024-01-02 03:04:05",
        "2024-01-02T05:04:05+02:00",
        "20240102030405",
        "Tue, 02 Jan 2024 03:04:05 GMT",
        1704164645,
        1704164645.0,
        1704164645000,
        1704164645000000,
        1704164645000000000,
        "1704164645",
        datetime(2024, 1, 2, 3, 4, 5),
        datetime(2024, 1, 2, 4, 4, 5, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_times(value: object) -> None:
    assert parse_time(value) == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_what_is_no_time() -> None:
    assert parse_time("2024-01-02") == parse_time("20240102") == parse_time(date(2024, 1, 2)) == datetime(2024, 1, 2, tzinfo=UTC)
    assert [
        parse_time(value) for value in (None, "", "null", "yesterday", True, -5, 1e300, float("nan"), [], "9" * 99, "99999999")
    ] == [None] * 11


@given(st.text(max_size=120) | st.integers() | st.floats())
def test_no_value_raises(value: object) -> None:
    assert parse_time(value) is None or parse_time(value).tzinfo is UTC
