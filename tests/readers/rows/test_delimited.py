"""CSV and TSV: whatever the delimiter, quotes and encoding, every row is a page or a problem."""

from __future__ import annotations

import csv
import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.errors import PlanError
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.rows.delimited import read_csv
from corpus_tools.readers.stream import ByteStream

ROWS = [
    ("http://a.org/1", 'Sleep, they said, is "cheap".\nThe second line; with | signs\tand more.'),
    ("http://a.org/2", "Schlaflosigkeit trifft häufig ältere Menschen, für die Müdigkeit schließlich üblich wird."),
]


def table(rows: list[tuple[str, str]], **dialect: object) -> str:
    kept = io.StringIO()
    csv.writer(kept, **dialect).writerows([("url", "text"), *rows])
    return kept.getvalue()


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_dialects_and_encodings(rows, delimiter: str, line_end: str, quoting: int, encoding: str) -> None:
    content = table(ROWS, delimiter=delimiter, lineterminator=line_end, quoting=quoting).encode(encoding)
    found = rows("pages.csv", content)
    assert [(row["url"], row["text"]) for row in found] == ROWS
    assert [row["site"] for row in found] == ["a.org"] * 2
    assert [row["source"] for row in found] == ["pages.csv line 2", "pages.csv line 4"]


def test_quotes_that_are_only_signs_and_quotes_that_are_escaped(rows) -> None:
    speech = 'url\ttext\nhttp://a.org/1\t"Hello," she said\nhttp://a.org/2\t"No" is an answer\n'
    assert [row["text"] for row in rows("a.tsv", speech.encode())] == ['"Hello," she said', '"No" is an answer']
    escaped = table([("u", 'a "b" c, d')], doublequote=False, escapechar="\\", quoting=csv.QUOTE_ALL)
    assert [row["text"] for row in rows("b.csv", escaped.encode())] == ['a "b" c, d']


def test_a_quote_left_open_costs_one_line_and_a_cut_row_is_kept(rows) -> None:
    stray = 'url,text\nu1,"one\nu2,two\nu3,three\n'
    found = rows("a.csv", stray.encode())
    assert [(row["url"], row["text"].strip(), row["truncated"]) for row in found] == [
        ("u1", "one", True),
        ("u2", "two", False),
        ("u3", "three", False),
    ]
    cut = table(ROWS)[:60]
    assert [(row["url"], row["truncated"]) for row in rows("b.csv", cut.encode())] == [("http://a.org/1", True)]
    packed = gzip.compress(table([("u", "word " * 30_000)] * 9).encode(), mtime=0)
    broken = rows("c.csv.gz", packed[: len(packed) // 2])
    assert broken[-1]["problem"].startswith("broken gzip stream")


def test_rows_that_do_not_fit(rows) -> None:
    found = rows("a.csv", b"url,text\nu1,one, two\nu2\nu3,three\n\nu4," + b"x" * 200_000 + b"\nu5,five\n", max_page_bytes=1024)
    assert [row["text"] for row in found] == [None, None, "three", None, "five"]
    assert [row["problem"] for row in found if row["problem"]] == [
        "the row has 3 fields, the first line 2: quotation marks are missing",
        "no text: its html and text columns are empty or missing",
        "page is larger than 1024 bytes unpacked (read.max_page_bytes)",
    ]


@pytest.mark.parametrize(
    "text", ["line of words\n" * 20_000, "x" * 200_000 + "\nlast", 'say ""no""\n' * 30_000, "\n" + "x" * 200_000]
)
def test_a_row_that_is_too_large_ends_where_its_quote_closes(rows, text: str) -> None:
    found = rows("a.csv", f'url,text\nu1,one\nu2,"{text}"\nu3,three\n'.encode(), max_page_bytes=1024)
    assert [row["url"] for row in found] == ["u1", None, "u3"]
    assert found[1]["problem"] == "page is larger than 1024 bytes unpacked (read.max_page_bytes)"
    never = rows("b.csv", f'url,text\nu1,one\nu2,"{text}'.encode() + b"\nmore words" * 100_000, max_page_bytes=1024)
    assert len(never) == 2
    assert never[1]["problem"].endswith("its quotation mark is not closed, so the rest of the file is in this row")


def test_a_single_table_without_pages_is_a_wrong_plan_and_one_among_others_a_problem(rows, tmp_path) -> None:
    from corpus_tools.readers.listing import list_sources
    from corpus_tools.readers.start import check_columns

    (tmp_path / "labels.csv").write_text("a,b\n1,2\n")
    with pytest.raises(PlanError, match=r"has no column with a page: it has 'a', 'b'"):
        check_columns(list_sources([tmp_path]), ReadPlan())
    (tmp_path / "page.html").write_text("<p>x")
    check_columns(list_sources([tmp_path]), ReadPlan())
    assert "it has 'a', 'b'" in rows("labels.csv", b"a,b\n1,2\n")[0]["problem"]
    assert rows("empty.csv", b"")[0]["problem"] == "empty file"
    assert rows("none.csv", b"url,text\n")[0]["problem"] == "no page in this file: it has no rows"


FIELD = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=30)


@given(st.lists(st.tuples(FIELD, FIELD), min_size=1, max_size=6))
@settings(max_examples=examples(60))
def test_what_csv_writes_is_read(tmp_path_factory, written: list[tuple[str, str]]) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    content = table([(f"http://a.org/{number}", text) for number, (_, text) in enumerate(written)], quoting=csv.QUOTE_ALL)
    path.write_bytes(content.encode())
    with ByteStream(path) as stream:
        found = list(read_csv(stream, "a.csv", ReadPlan()))
    assert [draft.text for draft in found if draft.text] == [text for _, text in written if text]


@given(st.binary(max_size=400))
@settings(max_examples=examples(200))
def test_no_bytes_raise(tmp_path_factory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(b"url,text\n" + content)
    with ByteStream(path) as stream:
        assert list(read_csv(stream, "a.csv", ReadPlan()))
