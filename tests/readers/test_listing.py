"""Listing: stable names, nothing hidden, nothing lost, and errors that help."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import pytest

from corpus_tools.errors import SourceError
from corpus_tools.readers.listing import list_sources
from corpus_tools.readers.names import guess_format_by_name
from corpus_tools.readers.spool import spool_stdin


def write(root: Path, **files: bytes) -> Path:
    """Files named with __ for / and _dot_ for a dot."""
    for name, content in files.items():
        path = root / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    return write(
        tmp_path / "crawl",
        b__page_dot_html=b"<p>",
        a__x_dot_txt_dot_gz=gzip.compress(b"x"),
        a__y_dot_php=b"<!doctype html><p>",
        a__index=b"<html>",
        a__LICENSE=b"Plain words",
        z_dot_pdf=b"%PDF-",
        odd_dot_bin=gzip.compress(b"WARC/1.0\r\n"),
        _dot_hidden__c_dot_html=b"<p>",
        a___dot_DS_Store=b"\0",
    )


def test_a_folder_is_listed_whole_and_sorted(crawl: Path) -> None:
    assert [(file.name, file.format) for file in list_sources([crawl])] == [
        ("crawl/a/LICENSE", "unknown"),
        ("crawl/a/index", "html"),
        ("crawl/a/x.txt.gz", "text"),
        ("crawl/a/y.php", "html"),
        ("crawl/b/page.html", "html"),
        ("crawl/odd.bin", "warc"),
        ("crawl/z.pdf", "unknown"),
    ]


def test_names_do_not_depend_on_where_one_stands(crawl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = list_sources([crawl])
    monkeypatch.chdir(crawl / "a")
    assert list_sources([".."]) == listed
    assert list_sources(["../../crawl/"]) == listed
    assert [file.name for file in list_sources([crawl / "b" / "page.html"])] == ["page.html"]


def test_globs(crawl: Path) -> None:
    assert [file.name for file in list_sources([f"{crawl}/*/*.html"])] == ["crawl/b/page.html"]
    assert [file.name for file in list_sources([f"{crawl}/**/*.*"])] == [
        f"crawl/{name}" for name in ("a/x.txt.gz", "a/y.php", "b/page.html", "odd.bin", "z.pdf")
    ]
    assert [file.name for file in list_sources([f"{crawl}/[ab]"])] == [
        "crawl/a/LICENSE",
        "crawl/a/index",
        "crawl/a/x.txt.gz",
        "crawl/a/y.php",
        "crawl/b/page.html",
    ]


def test_a_file_reached_twice_is_listed_once_and_equal_names_are_told_apart(crawl: Path, tmp_path: Path) -> None:
    again = write(tmp_path / "other" / "crawl", b__page_dot_html=b"<p>other")
    assert len(list_sources([crawl, crawl / "b", f"{crawl}/**/*.html"])) == 7
    names = [file.name for file in list_sources([crawl, again])]
    assert len(set(names)) == len(names)
    assert names[-1] == "crawl/b/page.html#2"


def test_links_and_odd_files(crawl: Path) -> None:
    (crawl / "b" / "loop").symlink_to(crawl)
    (crawl / "gone.html").symlink_to(crawl / "nowhere")
    os.mkfifo(crawl / "pipe.html")
    listed = {file.name: file.format for file in list_sources([crawl])}
    assert (listed["crawl/gone.html"], listed["crawl/pipe.html"]) == ("unknown", "unknown")
    assert len(listed) == 9
    name = os.fsdecode(b"bad\xff.html")
    (crawl / name).write_bytes(b"<p>")
    assert "crawl/bad\\xff.html" in {file.name for file in list_sources([crawl])}


def test_what_cannot_be_read_is_an_error_with_a_hint(crawl: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "only", a_dot_pdf=b"%PDF", b=b"\0")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "table.xls").write_text("a,b\n")
    for source, says in (
        (tmp_path / "missing", "does not exist"),
        (f"{tmp_path}/*.nothing", "matches nothing"),
        (tmp_path / "empty", "holds no files"),
        (tmp_path / "only", "holds only files of types that cannot be read (.pdf, no extension)"),
        (tmp_path / "pipe", "is a pipe or a device"),
        (tmp_path / "table.xls", "is not of a type that can be read"),
        ("-", "needs a folder"),
    ):
        with pytest.raises(SourceError) as caught:
            list_sources([crawl, source])
        assert says in caught.value.what
        assert caught.value.exit_code == 3
        assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.HTM", "html"),
        ("a.xhtml.zst", "html"),
        ("a.warc.wet.gz", "warc"),
        ("a.warc.lz4", "warc"),
        ("a.ndjson.bz2", "jsonl"),
        ("a.b/c", ""),
        ("a.gz", ""),
    ],
)
def test_formats_by_name(name: str, kind: str) -> None:
    assert guess_format_by_name(name) == kind


def test_stdin_is_kept_and_told_by_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        def __init__(self, content: bytes) -> None:
            self.buffer = io.BytesIO(content)

    for content, kind in (
        (b'{"text": "x"}\n', "jsonl"),
        (gzip.compress(b"<html>", mtime=0), "html"),
        (b"WARC/1.0\r\n", "warc"),
        (b"PAR1...", "parquet"),
        (b"Plain words", "text"),
    ):
        monkeypatch.setattr("sys.stdin", Stdin(content))
        (file,) = list_sources(["-"], spool=tmp_path / "spool")
        assert (file.name, file.format, file.path.read_bytes()) == ("stdin", kind, content)


def test_the_same_pipe_again_keeps_the_copy_and_none_falls_back_to_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nothing came on standard input"):
        spool_stdin(tmp_path, io.BytesIO(b""))
    kept = spool_stdin(tmp_path, io.BytesIO(b"one"))
    os.utime(kept, ns=(5, 5))
    assert spool_stdin(tmp_path, io.BytesIO(b"one")).stat().st_mtime_ns == 5
    assert spool_stdin(tmp_path, io.BytesIO(b"")).read_bytes() == b"one"
    assert spool_stdin(tmp_path, io.BytesIO(b"two")).read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["stdin"]


@pytest.mark.parametrize("name", ["", " "])
def test_an_empty_name_is_not_the_folder_one_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "a.txt").write_text("some words")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match="a variable of the shell may be empty"):
        list_sources([name])
