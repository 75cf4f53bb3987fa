"""ARC: both versions, addresses with spaces, and rubbish between records."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime

from archives import ARC_HEAD, HTML, arc, http


def test_pages_of_version_1_and_2(rows) -> None:
    block = http()
    second = f"http://b.org/ 1.2.3.4 20080430204826 text/html 200 - - 0 x.arc.gz {len(block)}\n".encode() + block + b"\n"
    content = ARC_HEAD + arc(block, "http://a.org/q?x=a b&c=d e") + second
    for name, packed in (("a.arc", content), ("a.arc.gz", gzip.compress(content)), ("odd.gz", gzip.compress(content))):
        one, two = rows(name, packed)
        assert (one["raw"], two["raw"]) == (HTML, HTML)
        assert (one["url"], two["url"]) == ("http://a.org/q?x=a%20b&c=d%20e", "http://b.org/")
        assert one["fetched_at"] == datetime(2008, 4, 30, 20, 48, 25, tzinfo=UTC)
        assert one["source"] == f"{name} record 2"


def test_every_broken_record_is_told_and_costs_no_other(rows) -> None:
    bad = [arc(b"", length="-1"), arc(b"", "http://a.org/abc", length="abc"), b"rubbish\n" * 3]
    found = rows("a.arc", ARC_HEAD + bad[0] + arc(http()) + bad[1] + bad[2] + arc(http(), "http://a.org/3") + arc(http())[:-30])
    assert [row["raw"] for row in found] == [None, HTML, None, HTML, HTML[:-29]]
    assert [row["problem"] for row in found if row["problem"]] == [
        f"bad ARC record: its length is no number, {len(bad[0])} bytes passed over",
        f"bad ARC record: its length is no number, {len(bad[1] + bad[2])} bytes passed over",
    ]
    assert [row["truncated"] for row in found] == [False] * 4 + [True]
    assert found[2]["url"] == "http://a.org/abc"


def test_a_wrong_length_passes_over_no_other_record(rows) -> None:
    for error in (-20, -1, 10, 150, 10**15):
        wrong = arc(http(), "http://a.org/w", length=str(len(http()) + error))
        found = rows("a.arc", ARC_HEAD + wrong + arc(http(), "http://a.org/2") + arc(http(), "http://a.org/3"))
        assert [row["raw"] for row in found] == [HTML if error < 10**12 else None, HTML, HTML], error


def test_large_records_and_empty_files(rows) -> None:
    assert rows("a.arc", ARC_HEAD + arc(http(b"x" * 200_000)) + arc(http()), max_page_bytes=1024)[1]["raw"] == HTML
    assert [row["problem"] for row in rows("b.arc", ARC_HEAD)] == ["no page in this file"]
    assert [row["problem"] for row in rows("c.arc", b"")] == ["empty file"]


def test_time_is_bounded(rows) -> None:
    began = time.perf_counter()
    rows("a.arc", ARC_HEAD + b"11111111 " * 300_000 + b"\n" * 1_000_000 + b"http://x \n" * 50_000)
    assert time.perf_counter() - began < 10
