"""WARC: every record ends in a page or a problem, and a broken one costs no other."""

from __future__ import annotations

import bz2
import gzip
import io
import random
from datetime import UTC, datetime

import pyarrow as pa
import pytest
import zstandard
from archives import HTML, http, warc
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.records.warc import read_warc
from corpus_tools.readers.stream import ByteStream

TWO = [warc(http(), "http://www.A.org/1", record_id="1"), warc(http(HTML + b"two"), "http://b.org/2", record_id="2")]


class Kept(io.BytesIO):
    """A file whose bytes can still be had after it was closed."""

    def close(self) -> None:
        self.content = self.getvalue()


def lz4(content: bytes) -> bytes:
    kept = Kept()
    with pa.CompressedOutputStream(kept, "lz4") as stream:
        stream.write(content)
    return kept.content


def problems(rows) -> list[str | None]:
    return [row["problem"] for row in rows]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress, bz2.compress, lz4])
@pytest.mark.parametrize("by_record", [True, False])
def test_pages_whatever_the_compression_and_the_name(rows, pack, by_record: bool) -> None:
    packed = b"".join(map(pack, TWO)) if by_record else pack(b"".join(TWO))
    for name in ("a.warc", "a.warc.gz", "a.warc.gz.bad"):
        first, second = rows(name, packed)
        assert (first["raw"], second["raw"]) == (HTML, HTML + b"two")
        assert first["fetched_at"] == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
        assert (first["url"], first["site"], first["content_type"], first["charset"]) == (
            "http://www.A.org/1",
            "a.org",
            "text/html",
            "utf-8",
        )
        assert (first["source"], second["source"]) == (f"{name} record 1", f"{name} record 2")


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (warc(http(status="404 Not Found")), "HTTP status 404"),
        (warc(http(status="301 Moved")), "HTTP status 301"),
        (warc(http(b"%PDF-1.7 x", kind="application/pdf")), "content type application/pdf is not read"),
        (warc(http(b"%PDF-1.7 x")), "content is application/pdf though text/html was declared"),
        (warc(http(b"<rss/>", kind="text/xml")), "content type text/xml is not read"),
        (warc(http(b"")), "empty page"),
        (warc(b""), "empty page"),
        (warc(http(), record_type="revisit"), "revisit record: the page is stored under an earlier capture"),
        (warc(http(), record_type="odd"), "WARC record type 'odd' is not read"),
        (warc(http(), record_type="continuation"), "continuation record: a page split over records is not joined"),
        (warc(b"x", "dns:a.org", kind="text/dns"), "record of the crawler itself, not of a page"),
        (warc(http(b"User-agent: *", kind="text/plain"), "http://a.org/robots.txt"), "record of the crawler itself, not of a page"),
        (warc(http(), length="12x"), "bad WARC record: Content-Length '12x'"),
        (warc(http(), length=""), "bad WARC record: Content-Length ''"),
        (warc(http(), length="9" * 30), "bad WARC record: Content-Length '999999999999999999999999999999'"),
        (warc(http(gzip.compress(HTML, mtime=0)[:9], Content_Encoding="gzip")), "broken gzip content"),
        (b"rubbish\r\n" * 3, "bad WARC record: 27 bytes that belong to no record"),
        (b"WARC/1.0\r\nX: " + b"y" * 200_000 + b"\r\n\r\n", "bad WARC record: its header does not end"),
        (warc(http(b"<html>" + b"x" * 200_000)), "page is larger than 2048 bytes"),
        (
            warc(http(gzip.compress(b"<html>" + b"\0" * 50_000_000, mtime=0), Content_Encoding="gzip")),
            "page is larger than 2048 bytes",
        ),
    ],
)
def test_a_bad_record_is_one_problem_and_costs_no_other(rows, record: bytes, problem: str) -> None:
    found = rows("a.warc", TWO[0] + record + TWO[1], max_page_bytes=2048)
    assert [row["raw"] for row in found] == [HTML, None, HTML + b"two"]
    assert problems(found)[1].startswith(problem)


def test_warcinfo_request_and_metadata_make_no_row(rows) -> None:
    extra = [warc(b"x", record_type=kind) for kind in ("warcinfo", "request", "metadata")]
    assert problems(rows("a.warc", b"".join([*extra, *TWO]))) == [None, None]
    assert problems(rows("a.wat", b"".join(extra))) == ["no page in this file: it holds 1 metadata, 1 request, 1 warcinfo records"]
    assert problems(rows("b.warc", b"")) == ["empty file"]


def test_wet_and_resource_records(rows) -> None:
    wet, resource = rows(
        "a.warc.wet",
        warc("Schlafapnoe ist häufig.".encode(), record_type="conversion", kind="text/plain")
        + warc(HTML, "<http://a.org/x y>", record_type="resource", kind="text/html"),
    )
    assert (wet["content_type"], wet["raw"].decode()) == ("text/plain", "Schlafapnoe ist häufig.")
    assert (resource["content_type"], resource["url"]) == ("text/html", "http://a.org/x%20y")


@pytest.mark.parametrize("record", [0, 1])
def test_a_cut_file_keeps_the_pages_before_the_cut(rows, record: int) -> None:
    content = b"".join(TWO)
    found = rows("a.warc", content[: len(content) - 20])
    assert [(row["raw"], row["truncated"]) for row in found] == [(HTML, False), ((HTML + b"two")[:-16], True)]
    noise = random.Random(1).randbytes(200_000)
    packed = b"".join(gzip.compress(part) for part in (TWO[0], warc(http(HTML + noise)), TWO[1]))
    found = rows("a.warc.gz", packed[:100_000])
    assert found[0]["raw"] == HTML
    assert (HTML + noise).startswith(found[1]["raw"])
    assert [row["truncated"] for row in found] == [False, True, False]
    assert problems(found)[2].startswith("broken gzip stream")


@pytest.mark.parametrize(("pack", "cut"), [(gzip.compress, 1), (zstandard.compress, 1), (bz2.compress, 1), (lz4, 4), (lz4, 40)])
def test_a_cut_stream_is_always_noticed(rows, pack, cut: int) -> None:
    assert problems(rows("a.warc.gz", pack(b"".join(TWO))[:-cut]))[-1]


def test_bare_newlines_and_a_wrong_length_lose_nothing(rows) -> None:
    head, _, block = TWO[0].partition(b"\r\n\r\n")
    bare = head.replace(b"\r\n", b"\n") + b"\n\n" + block.rstrip(b"\r\n") + b"\n\n"
    assert [row["raw"] for row in rows("a.warc", bare + TWO[1])] == [HTML, HTML + b"two"]
    for error in (-30, -10, -1, 1, 3, 10, 200, 300, 10**6, 10**15):
        wrong = rows("b.warc", warc(http(), "http://a.org/w", length=str(len(http()) + error)) + b"".join(TWO))
        assert [row["raw"] and row["raw"].rstrip() for row in wrong] == [HTML if error < 10**12 else None, HTML, HTML + b"two"], (
            error
        )
        assert not any(row["truncated"] for row in wrong)


def test_ids_are_of_the_record_not_of_its_place(rows) -> None:
    ids = [row["page_id"] for row in rows("a.warc", b"".join(TWO))]
    assert [row["page_id"] for row in rows("a.warc", b"".join(reversed(TWO)))] == ids[::-1]
    assert [row["page_id"] for row in rows("b.warc.gz", gzip.compress(b"".join(TWO)))] == ids


@given(st.binary(max_size=300), st.integers(0, 800), st.integers(0, 300))
@settings(max_examples=examples(150))
def test_damage_anywhere_never_raises_and_leaves_a_row(tmp_path_factory, damage: bytes, at: int, cut: int) -> None:
    path = tmp_path_factory.mktemp("damage") / "a.warc"
    content = b"".join(TWO)
    path.write_bytes(content[:at] + damage + content[at + cut :])
    with ByteStream(path) as stream:
        assert list(read_warc(stream, "a.warc", ReadPlan()))
