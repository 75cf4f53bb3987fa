"""JSON lines, JSON documents and parquet: which column is what, and rows that hold no page."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.errors import PlanError
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.rows.fields import PageColumns, draft_row
from corpus_tools.readers.rows.fitting import PATIENCE


def lines(*objects: object) -> bytes:
    return "".join(json.dumps(item) + "\n" for item in objects).encode()


def table(**columns: object) -> bytes:
    kept = io.BytesIO()
    pq.write_table(pa.table(columns), kept, row_group_size=2)
    return kept.getvalue()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_the_usual_columns_are_found(rows, pack) -> None:
    one = {"id": 7, "URL": "http://www.a.org/x", "Text": "Sleep\0 \ud83d\ude34 \ud800", "title": "T", "crawl_date": "2024-01-02"}
    found = rows("a.jsonl.gz", pack(b"\xef\xbb\xbf\n\n" + lines(one, {"html": "<p>x", "text": "x"}, {"content": "<html>y"})))
    first, second, third = found
    assert (first["source_id"], first["url"], first["site"], first["title"]) == ("7", "http://www.a.org/x", "a.org", "T")
    assert (first["text"], first["content_type"]) == ("Sleep 😴 \ufffd", "text/plain")
    assert first["fetched_at"] == datetime(2024, 1, 2, tzinfo=UTC)
    assert (second["text"], second["content_type"]) == ("<p>x", "text/html")
    assert (third["text"], third["content_type"]) == ("<html>y", "text/html")
    assert [row["source"] for row in found] == [f"a.jsonl.gz line {number}" for number in (3, 4, 5)]


def test_named_columns_win(rows) -> None:
    content = lines({"html": "<p>x", "text": "x", "words": "w", "nr": 3, "at": "http://a.org/"})
    assert rows("a.jsonl", content, text_field="text")[0]["text"] == "x"
    assert rows("a.jsonl", content, text_field="words", html_field="missing")[0]["text"] == "w"
    named = rows("a.jsonl", content, id_field="nr", url_field="at")[0]
    assert (named["source_id"], named["url"]) == ("3", "http://a.org/")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{bad}", "invalid JSON: "),
        (b"[1, 2]", "JSON list, not an object"),
        (b"3", "JSON int, not an object"),
        (b"[" * 60_000, "invalid JSON: "),
        (b'{"text": null, "html": ""}', "no text: "),
        (b'{"text": 5}', "its text is a int, not text"),
        (b'{"text": "' + b"x" * 200_000 + b'"}', "page is larger than 1024 bytes"),
        (b'{"text": "' + b"x" * 2_000 + b'"}', "page is larger than 1024 bytes"),
        (b'{"text": ' + b"9" * 5_000 + b"}", "invalid JSON: "),
    ],
)
def test_a_bad_line_is_one_problem_with_its_number(rows, line: bytes, problem: str) -> None:
    found = rows("a.jsonl", lines({"text": "one"}) + line + b"\n\r\n" + lines({"text": "two"}).strip(), max_page_bytes=1024)
    assert [row["text"] for row in found] == ["one", None, "two"]
    assert found[1]["problem"].startswith(problem)
    assert found[1]["source"] == "a.jsonl line 2"


def test_a_letter_that_is_no_utf8_is_decoded_or_told(rows) -> None:
    latin = rows("a.jsonl", b'{"text": "caf\xe9 now"}')[0]
    assert (latin["text"], latin["note"]) == ("caf\xe9 now", "read as windows-1252")
    cut = rows("b.jsonl", json.dumps({"text": "\u0435\u0436" * 20}, ensure_ascii=False).encode()[:-3] + b'"}')[0]
    assert cut["text"].endswith("\u0435\ufffd")
    assert cut["note"] == "read as utf-8; 1 bytes of its line that are none became U+FFFD"


def test_a_cut_stream_keeps_whole_lines(rows) -> None:
    packed = gzip.compress(lines({"text": "one"})) + gzip.compress(lines({"text": "two" * 1000}))[:-12]
    found = rows("a.jsonl.gz", packed)
    assert found[0]["text"] == "one"
    assert [bool(row["problem"]) for row in found] == [False, True]
    assert found[1]["problem"].startswith("broken gzip stream")


def test_a_line_of_a_bomb_is_never_held(rows) -> None:
    bomb = zstandard.compress(b'{"text": "' + b"x" * 300_000_000 + b'"}\n' + lines({"text": "after"}))
    tracemalloc.start()
    found = rows("a.jsonl.zst", bomb, max_page_bytes=1 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [row["text"] for row in found] == [None, "after"]
    assert peak < 16 << 20


def test_no_content_column_is_a_wrong_plan(rows) -> None:
    with pytest.raises(PlanError, match=r"a.jsonl has no column with a page: it has 'words', 'n'.*\n.*read.text_field"):
        rows("a.jsonl", lines({"words": "x"}, {"n": 1}))
    with pytest.raises(PlanError, match="'words', 'n'"):
        rows("a.parquet", table(words=["x"], n=[1]))
    with pytest.raises(PlanError, match="tried body_text"):
        rows("a.jsonl", lines({"text": "x"}), text_field="body_text")
    with pytest.raises(PlanError, match="'n'"):
        rows("b.jsonl", lines(*[{"n": 1}] * (PATIENCE + 1), {"text": "too late"}))
    late = rows("c.jsonl", b"bad\n" * 300 + lines(*[{"n": 1}] * (PATIENCE - 1), {"text": "in time"}))
    assert [row["text"] for row in late if row["problem"] is None] == ["in time"]
    assert len(late) == 300 + PATIENCE


def test_json_documents(rows) -> None:
    assert [row["text"] for row in rows("a.json", json.dumps([{"text": "one"}, {"text": "two"}], indent=1).encode())] == [
        "one",
        "two",
    ]
    assert [row["text"] for row in rows("b.json", json.dumps({"text": "one"}, indent=1).encode())] == ["one"]
    assert [row["text"] for row in rows("c.json", lines({"text": "one"}, {"text": "two"}))] == ["one", "two"]
    stray = rows("package.json", b'{"name": "x", "version": "1"}')
    assert "it has 'name', 'version'" in stray[0]["problem"]
    assert rows("d.json", b"[]")[0]["problem"] == "no page in this file: its JSON array is empty"
    found = rows("e.json", b'[{"text": "' + b"x" * 5000 + b'"}]', max_page_bytes=1024)
    assert found[0]["problem"] == "page is larger than 1024 bytes unpacked (read.max_page_bytes)"
    assert rows("g.json", b"")[0]["problem"] == "empty file"


def test_an_array_too_large_to_hold_is_read_item_by_item(rows) -> None:
    pages = [{"text": f"größe {number} " + "x" * 900, "n": number} for number in range(400)]
    content = json.dumps(pages, ensure_ascii=False).encode()
    assert [row["text"] for row in rows("a.json", content, max_page_bytes=1024)] == [page["text"] for page in pages]
    spaced = json.dumps(pages, indent=2).encode() + b"\n \n"
    assert [row["text"] for row in rows("b.json", spaced, max_page_bytes=1024)] == [page["text"] for page in pages]
    numbers = rows("c.json", b"[" + b",".join(b"%d" % number for number in range(50_000)) + b"]", max_page_bytes=1024)
    assert {row["problem"] for row in numbers} == {"JSON int, not an object"}
    assert len(numbers) == 50_000


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (b"", "it ends too early"),
        (b",", "it ends too early"),
        (b',{"text": "cut', "Unterminated string"),
        (b' {"text": "no comma"}]', "a comma is missing"),
        (b"] [1]", "there is something after its end"),
        (b',{"text": "caf\xe9"}]', "Unterminated string"),
        (b"," + b"[" * 60_000 + b"]" * 60_000, "an item is larger"),
    ],
)
def test_a_damaged_array_is_kept_up_to_the_damage(rows, end: bytes, told: str) -> None:
    found = rows(
        "a.json", b'[{"text": "one"},\n {"text": "two"}' + end + (b" " * 5000 if end != b"," else b""), max_page_bytes=4096
    )
    assert [row["text"] for row in found[:2]] == ["one", "two"]
    (last,) = found[2:]
    assert told in last["problem"]
    assert last["source"] == "a.json after item 2"


def test_an_item_too_large_ends_an_array(rows) -> None:
    found = rows("a.json", b'[{"text": "one"}, {"text": "' + b"x" * 200_000 + b'"}, {"text": "three"}]', max_page_bytes=4096)
    assert [row["problem"] for row in found] == [
        None,
        "the JSON array cannot be read further: an item is larger than 69632 bytes (read.max_page_bytes)",
    ]


def test_parquet_rows(rows) -> None:
    content = table(
        id=[1, 2, 3, 4, 5],
        html=pa.array([b"<p>caf\xe9", None, b"", b"%PDF-1.4", b"<p>5"], pa.binary()),
        text=["a", "b", None, "d", "e"],
        timestamp=pa.array([1_700_000_000_123_456_789] * 5, pa.timestamp("ns")),
        day=[date(2024, 1, 2)] * 5,
    )
    first, second, third, fourth, fifth = rows("a.parquet", content)
    assert (first["raw"], first["content_type"], first["source_id"]) == (b"<p>caf\xe9", "text/html", "1")
    assert first["fetched_at"] == datetime(2023, 11, 14, 22, 13, 20, 123456, tzinfo=UTC)
    assert (second["text"], second["content_type"]) == ("b", "text/plain")
    assert third["problem"].startswith("no text")
    assert fourth["problem"] == "content is application/pdf, not a page"
    assert (fifth["source"], fifth["raw"]) == ("a.parquet row 5", b"<p>5")


def test_parquet_times_out_of_range_are_unknown(rows) -> None:
    for kind in (pa.timestamp("us"), pa.timestamp("ns", "Europe/Paris"), pa.timestamp("s"), pa.date64()):
        times = pa.array([9_000_000_000_000_000_000, 86_400_000_000_000, None], pa.int64()).cast(kind)
        found = rows(
            "a.parquet", table(text=["a", "b", "c"], ts=times) if kind != pa.timestamp("s") else table(text=["a"], ts=times[2:])
        )
        assert found[-1]["fetched_at"] is None
        assert not any(row["problem"] for row in found)
    assert rows("b.parquet", table(text=["a"], ts=pa.array([5], pa.duration("s"))))[0]["fetched_at"] is None


def test_parquet_strings_of_every_kind(rows) -> None:
    for kind in (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())):
        assert [row["text"] for row in rows("a.parquet", table(text=pa.array(["one", "zwölf"]).cast(kind)))] == ["one", "zwölf"]
    broken = pa.array([b"caf\xe9", b"ok"], pa.binary()).view(pa.string())
    assert [row["text"] for row in rows("a.parquet", table(text=broken))] == ["caf\ufffd", "ok"]


def test_broken_parquet_is_one_problem(rows) -> None:
    content = table(text=["x" * 100] * 10)
    assert rows("a.parquet", content[:-30])[0]["problem"].startswith("broken parquet file")
    assert rows("b.parquet", b"")[0]["problem"] == "empty file"
    assert rows("c.parquet", table(text=pa.array([], pa.string())))[0]["problem"] == "no page in this file: it has no rows"
    damaged = content.replace(b"PAR1", b"PAR1" + b"\0" * 40, 1)
    assert rows("d.parquet", damaged)[-1]["problem"]


def test_keys_are_id_then_address_then_content(rows) -> None:
    columns = PageColumns.of(ReadPlan())
    assert draft_row({"id": 1, "url": "u", "text": "t"}, "", columns, 99).key == "id:1"
    assert draft_row({"url": "u", "text": "t"}, "", columns, 99).key == "url:u"
    assert draft_row({"text": "t"}, "", columns, 99).key == draft_row({"body": "t"}, "line 9", columns, 99).key


JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda part: st.lists(part), max_leaves=4)


@given(st.dictionaries(st.sampled_from(["id", "url", "text", "html", "title", "date", "ts", "mime"]), JSON))
def test_no_row_raises_and_every_row_can_be_stored(values) -> None:
    page = draft_row(values, "", PageColumns.of(ReadPlan()), 100)
    assert page.problem or page.text
    for value in (page.key, page.url, page.source_id, page.title, page.text or "", page.problem):
        assert value is None or isinstance(value.encode(), bytes)
