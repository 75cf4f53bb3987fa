"""Pages in parts: the same parts from any start, every input in a row, ids that last."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.errors import PlanError
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.listing import list_sources
from corpus_tools.readers.pages import (
    PagePart,
    Position,
    SourceFile,
    find_site,
    make_page_id,
    read_pages,
)
from corpus_tools.readers.start import check_columns
from corpus_tools.tables import PAGES

START = Position(0, 0)


def record(number: int) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>%d" % number
    return b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.org/%d\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (
        number % 3,
        len(block),
        block,
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[SourceFile]:
    """38 rows of every format, problems among them."""
    root = tmp_path_factory.mktemp("mixed") / "in"
    root.mkdir()
    for number in range(5):
        (root / f"page{number}.html").write_text(f"<p>{number}" + "x" * 30_000 * number)
    (root / "empty.txt").write_bytes(b"")
    (root / "notes.csv").write_text("a,b")
    (root / "a.warc.gz").write_bytes(b"".join(gzip.compress(record(number)) for number in range(8)) + b"\x1f\x8bbroken")
    rows = [{"id": number % 4, "text": "word " * 10_000} for number in range(10)]
    (root / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + "{bad}\n")
    pq.write_table(pa.table({"url": ["http://x.org/"] * 10, "text": [None, *"abcdefghi"]}), root / "c.parquet", row_group_size=4)
    (root / "request.warc").write_bytes(record(1).replace(b"Type: response", b"Type: request"))
    return list_sources([root])


def parts(files: list[SourceFile], start: Position = START, **plan: int) -> list[PagePart]:
    return list(read_pages(files, ReadPlan(**plan), start))


def same(left: list[PagePart], right: list[PagePart]) -> bool:
    return len(left) == len(right) and all(
        a.batch.equals(b.batch) and a.end == b.end and a.bytes_read == b.bytes_read for a, b in zip(left, right, strict=True)
    )


def test_every_input_is_in_a_row(files: list[SourceFile]) -> None:
    (whole,) = parts(files)
    rows = whole.batch.to_pylist()
    assert whole.batch.schema.equals(PAGES)
    assert len({row["page_id"] for row in rows}) == len(rows) - 6 == 32, (
        "three captures, three lines and a row of c.parquet are there twice"
    )
    assert {row["source"].split(" ")[0] for row in rows} == {file.name for file in files}
    assert sum(row["problem"] is None for row in rows) == 5 + 8 + 10 + 9
    assert all((row["problem"] is None) == (row["raw"] is not None or row["text"] is not None) for row in rows)
    assert all(row["site"] for row in rows)


@given(st.integers(1, 45), st.integers(1 << 16, 1 << 20))
@settings(max_examples=examples(25))
def test_parts_are_the_same_rows_within_the_bounds(files: list[SourceFile], part_pages: int, part_bytes: int) -> None:
    (whole,) = parts(files)
    some = parts(files, part_pages=part_pages, part_bytes=part_bytes)
    assert pa.Table.from_batches([part.batch for part in some]).combine_chunks().equals(pa.Table.from_batches([whole.batch]))
    assert sum(part.bytes_read for part in some) == whole.bytes_read == sum(file.size for file in files)
    assert some[-1].end == Position(len(files), 0)
    for part in some:
        size = sum(len(row["raw"] or row["text"] or "") for row in part.batch.to_pylist())
        assert part.batch.num_rows == 1 or (part.batch.num_rows <= part_pages and size <= part_bytes)
        assert part.bytes_read >= 0


@pytest.mark.parametrize("part_pages", [1, 3, 7])
def test_a_part_s_end_gives_exactly_the_rest(files: list[SourceFile], part_pages: int) -> None:
    every = parts(files, part_pages=part_pages)
    for number, part in enumerate(every, 1):
        assert same(parts(files, part.end, part_pages=part_pages), every[number:])


def test_files_before_the_start_are_not_opened(files: list[SourceFile]) -> None:
    gone = [SourceFile(file.name, Path("/nowhere"), file.format, file.size, 0) for file in files[:3]]
    rest = parts(files, Position(3, 0))
    assert same(parts([*gone, *files[3:]], Position(3, 0)), rest)
    assert rest[0].batch.num_rows > 0


def test_a_file_that_went_away_is_a_problem(files: list[SourceFile]) -> None:
    for kind in ("html", "text", "warc", "arc", "jsonl", "json", "parquet", "unknown"):
        (part,) = parts([SourceFile("a", Path("/nowhere/a"), kind, 5, 0)])
        (row,) = part.batch.to_pylist()
        assert "No such file" in row["problem"] or "missing" in row["problem"]
        assert part.bytes_read == 5


def test_nothing_in_nothing_out() -> None:
    assert parts([]) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty file"),
        (b"x" * 2000, "page is larger than 1024 bytes"),
        (gzip.compress(b"x" * 50_000_000, mtime=0), "page is larger than 1024 bytes"),
        (gzip.compress(b"words", mtime=0)[:-3], "broken gzip stream"),
        (b"\x89PNG....", "content is image/png"),
    ],
)
def test_a_file_that_is_no_page(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    (part,) = parts(list_sources([tmp_path]), max_page_bytes=1024)
    assert part.batch["problem"][0].as_py().startswith(problem)
    assert part.batch["raw"][0].as_py() is None


def test_html_in_a_text_file_is_html(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"<!DOCTYPE html><p>x")
    (tmp_path / "b.txt").write_bytes(b"Words, 1 < 2.")
    (part,) = parts(list_sources([tmp_path]))
    assert part.batch["content_type"].to_pylist() == ["text/html", "text/plain"]


def test_wrong_columns_show_before_the_first_page(files: list[SourceFile], tmp_path: Path) -> None:
    check_columns(files, ReadPlan())
    (tmp_path / "z.jsonl").write_text('{"words": "x"}\n')
    mixed = [*files, *list_sources([tmp_path])]
    with pytest.raises(PlanError, match=r"z\.jsonl has no column with a page: it has 'words'"):
        check_columns(mixed, ReadPlan())
    with pytest.raises(PlanError, match="tried body_html"):
        check_columns(files, ReadPlan(html_field="body_html"))


def test_page_ids_last() -> None:
    at = datetime(2024, 5, 6, tzinfo=UTC)
    assert make_page_id("url:http://a.org/", at, b"words") == "79cd0782a74288006554155100000000"
    ids = {make_page_id(*given) for given in (("a", None, b"b"), ("a", at, b"b"), ("ab", None, b""), ("", None, b"ab"))}
    assert len(ids) == 4
    assert all(page_id.endswith("0" * 8) and len(page_id) == 32 for page_id in ids)


@pytest.mark.parametrize(
    ("url", "name", "site"),
    [
        ("https://www.Example.org:8080/x", "a/b.html", "example.org"),
        (None, "mirror/www.example.org/a/b.html", "example.org"),
        ("mirror/example.co.uk/a.html", "mirror/example.co.uk/a.html", "example.co.uk"),
        (None, "pages/deep/a.html", "pages"),
        (None, "a.html", "a.html"),
        ("http://[broken", "pages/a.html", "pages"),
    ],
)
def test_sites(url: str | None, name: str, site: str) -> None:
    assert find_site(url, name) == site
