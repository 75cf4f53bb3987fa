"""zip, WACZ and tar: members are read as files are, in one pass, and nothing in them leads out, grows without bound or is lost."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
import zstandard
from archives import HTML, http, warc
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.listing import list_sources
from corpus_tools.readers.pages import read_pages

MEMBERS = {
    "site/a.html": HTML,
    "site/b.html.gz": gzip.compress(HTML + b"b", mtime=0),
    "site/lines.jsonl": json.dumps({"url": "http://b.org/", "text": "words"}).encode(),
    "site/table.csv": b"url,text\nhttp://c.org/,words of a table\n",
    "crawl.warc.gz": gzip.compress(warc(http(HTML + b"w"), "http://d.org/"), mtime=0),
    "notes.bin": b"\0\1",
    "empty.html": b"",
}


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return kept.getvalue()


def tarred(members: dict[str, bytes], *links: tarfile.TarInfo) -> bytes:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as archive:
        for name, content in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
        for header in links:
            archive.addfile(header)
    return kept.getvalue()


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, target
    return header


FORMS = {
    "zip": zipped(MEMBERS),
    "stored.zip": zipped(MEMBERS, zipfile.ZIP_STORED),
    "lzma.zip": zipped(MEMBERS, zipfile.ZIP_LZMA),
    "tar": tarred(MEMBERS),
    "tar.gz": gzip.compress(tarred(MEMBERS)),
    "tgz": gzip.compress(tarred(MEMBERS)),
    "tar.bz2": bz2.compress(tarred(MEMBERS)),
    "tar.xz": lzma.compress(tarred(MEMBERS)),
    "tar.zst": zstandard.compress(tarred(MEMBERS)),
    "odd": gzip.compress(tarred(MEMBERS)),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_member_is_read_or_told(rows, form: str) -> None:
    found = rows(f"in.{form}" if form != "odd" else "odd", FORMS[form])
    assert [row["site"] for row in found[2:5]] == ["b.org", "c.org", "d.org"]
    assert [(row["raw"] or b"").decode() or row["text"] for row in found[:5]] == [
        HTML.decode(),
        HTML.decode() + "b",
        "words",
        "words of a table",
        HTML.decode() + "w",
    ]
    assert [row["problem"] for row in found[5:]] == ["file type .bin is not read", "empty file"]
    assert found[3]["source"].endswith("site/table.csv line 2")


def test_pages_have_the_same_ids_and_addresses_packed_or_not(tmp_path: Path) -> None:
    folder = tmp_path / "plain" / "in"
    for name, content in MEMBERS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (tmp_path / "in.zip").write_bytes(FORMS["zip"])
    (tmp_path / "in.tar.gz").write_bytes(FORMS["tar.gz"])

    def pages(source: object) -> set[tuple[str, str, str]]:
        read = (row for part in read_pages(list_sources([source]), ReadPlan()) for row in part.batch.to_pylist())
        return {(row["page_id"], row["url"], row["site"]) for row in read if not row["problem"]}

    expected = pages(folder)
    assert len(expected) == 5
    assert pages(f"{folder}/**/*") == pages(tmp_path / "in.zip") == pages(tmp_path / "in.tar.gz") == expected


def test_a_wacz_gives_its_records_and_not_its_indexes(rows) -> None:
    members = {
        "datapackage.json": b"{}",
        "archive/data.warc.gz": MEMBERS["crawl.warc.gz"],
        "pages/pages.jsonl": json.dumps({"url": "http://d.org/", "text": "words"}).encode(),
        "indexes/index.cdx": b"",
    }
    for name in ("crawl.wacz", "crawl.zip"):
        (page,) = rows(name, zipped(members))
        assert (page["raw"], page["url"]) == (HTML + b"w", "http://d.org/")


def test_names_lead_nowhere_and_links_only_inside(rows, tmp_path: Path) -> None:
    names = {
        "../../../etc/evil.html": HTML,
        "/abs.html": HTML + b"2",
        "C:\\dir\\win.html": HTML + b"3",
        "a/./../b.html": HTML + b"4",
    }
    for found in (rows("in.zip", zipped(names)), rows("in.tar", tarred(names))):
        assert [row["url"] for row in found] == ["in/etc/evil.html", "in/abs.html", "in/dir/win.html", "in/a/b.html"]
    assert {path.name for path in tmp_path.iterdir()} == {"in.zip", "in.tar"}
    links = (
        link("snapshots/x.html", "../blobs/1.html"),
        link("hard.html", "blobs/1.html", tarfile.LNKTYPE),
        link("out.html", "../../outside.html"),
        link("root.html", "/etc/passwd"),
        link("pipe.html", "", tarfile.FIFOTYPE),
    )
    found = rows("links.tar", tarred({"blobs/1.html": HTML}, *links))
    assert [(row["source"], bool(row["problem"])) for row in found] == [
        ("links.tar blobs/1.html", False),
        ("links.tar pipe.html", True),
        ("links.tar out.html", True),
        ("links.tar root.html", True),
    ]


def test_bombs_and_broken_archives_are_problems_in_bounded_time(rows) -> None:
    began = time.perf_counter()
    bomb = zipped({f"{number}.html": b"\0" * 30_000_000 for number in range(3)})
    assert all(row["problem"].startswith("page is larger") for row in rows("a.zip", bomb, max_page_bytes=1 << 20))
    nested = {"inner.zip": FORMS["zip"], "inner.tar": FORMS["tar"], "p.parquet": b"PAR1"}
    assert all("is not read: unpack" in row["problem"] for row in rows("b.zip", zipped(nested)))
    assert rows("c.zip", b"PK\x05\x06 and rubbish")[0]["problem"] == "broken zip file: its end is missing"
    assert rows("d.zip", b"")[0]["problem"] == "empty file"
    assert rows("e.zip", zipped({}))[0]["problem"] == "no page in this file: it holds no files"
    assert "office document" in rows("f.zip", zipped({"[Content_Types].xml": b"<x/>", "a.xml": b"<x/>"}))[0]["problem"]
    cut = rows("g.tar.gz", FORMS["tar.gz"][:-20])
    assert cut[0]["raw"] == HTML
    assert cut[-1]["problem"].startswith("broken gzip stream")
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 40
    assert (
        "extended header is larger"
        in rows("h.tar", header.tobuf(tarfile.USTAR_FORMAT.__class__ and tarfile.GNU_FORMAT))[-1]["problem"]
    )
    assert time.perf_counter() - began < 20


def overlapping(count: int) -> bytes:
    """A zip whose list names one member ``count`` times under different names: all overlap."""
    one = zipped({"0000.html": b"x" * 1_000_000})
    at = one.index(b"PK\x01\x02")
    end = one.index(b"PK\x05\x06")
    entry = one[at:end]
    entries = b"".join(entry.replace(b"0000.html", b"%04d.html" % number) for number in range(count))
    tail = bytearray(one[end:])
    tail[8:12] = count.to_bytes(2, "little") * 2
    tail[12:16] = len(entries).to_bytes(4, "little")
    return one[:at] + entries + bytes(tail)


def test_members_that_overlap_are_a_bomb(rows) -> None:
    assert rows("a.zip", overlapping(400))[0]["problem"].endswith("it is a bomb")


@given(st.binary(max_size=200), st.integers(0, 2500), st.integers(0, 300), st.sampled_from(["zip", "tar", "tar.gz"]))
@settings(max_examples=examples(150))
def test_damage_anywhere_never_raises_and_leaves_a_row(tmp_path_factory, damage: bytes, at: int, cut: int, form: str) -> None:
    path = tmp_path_factory.mktemp("damage") / f"in.{form}"
    path.write_bytes(FORMS[form][:at] + damage + FORMS[form][at + cut :])
    for one in read_pages(list_sources([path]), ReadPlan()):
        assert one.batch.num_rows


LONG = b"<html><body>" + b"".join(b"<p>Sentence %d of a page that is long.</p>" % number for number in range(400))
PAGES = {f"page{number}.html": LONG + b"<p>%d" % number for number in range(4)}


def stored_blind(members: dict[str, bytes]) -> bytes:
    """A zip file written to a pipe: sizes follow each member."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.kept = b""

        def writable(self) -> bool:
            return True

        def write(self, content: bytes) -> int:  # type: ignore[override]
            self.kept += bytes(content)
            return len(content)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, content in members.items():
            archive.writestr(name, content)
    return pipe.kept


CUT = {
    "zip": zipped(PAGES),
    "stored.zip": zipped(PAGES, zipfile.ZIP_STORED),
    "piped.zip": stored_blind(PAGES),
    "tar": tarred(PAGES),
    "tar.gz": gzip.compress(tarred(PAGES), mtime=0),
}


@pytest.mark.parametrize("form", CUT)
def test_an_archive_that_was_cut_is_kept_as_far_as_it_goes(rows, form: str) -> None:
    """Members before the cut are whole, the one that was cut is kept as truncated or not there, and a problem says that the rest is missing."""
    content, seen = CUT[form], set()
    for place in range(1, 20):
        found = rows(f"a.{form}", content[: len(content) * place // 20])
        pages = [row["raw"] for row in found if not row["problem"]]
        whole = [page for page in pages if page in PAGES.values()]
        assert whole == list(PAGES.values())[: len(whole)]
        cut = [row for row in found if row["raw"] and row["raw"] not in PAGES.values()]
        assert all(row["truncated"] and LONG.startswith(row["raw"]) for row in cut)
        assert len(cut) <= 1
        if len(whole) < 4:
            assert any(row["problem"] for row in found)
        seen.add((len(whole), len(cut)))
    assert {whole for whole, _ in seen} >= {0, 1, 2, 3}
    assert any(cut for _, cut in seen)


def test_a_wacz_that_was_cut_gives_the_pages_of_its_records(rows) -> None:
    records = [gzip.compress(warc(http(LONG + b"<p>%d" % number), f"http://a.org/{number}"), mtime=0) for number in range(5)]
    members = {"archive/data.warc.gz": b"".join(records), "pages/pages.jsonl": b'{"text": "an index"}\n', "datapackage.json": b"{}"}
    content = zipped(members, zipfile.ZIP_STORED)
    assert [row["url"] for row in rows("a.wacz", content)] == [f"http://a.org/{number}" for number in range(5)]
    in_tar = tarred({"data.warc.gz": b"".join(records)})[: 512 + sum(map(len, records[:3])) + 200]
    for name, kept in (("b.tar", in_tar), ("b.wacz", content[: 60 + sum(map(len, records[:3])) + 200])):
        found = rows(name, kept)
        assert [row["url"] for row in found if not row["problem"]][:3] == [f"http://a.org/{number}" for number in range(3)]
        assert found[-1]["problem"]
    assert all(row["truncated"] for row in found[3:] if not row["problem"])
    assert found[-1]["problem"].startswith("broken zip file: its end is missing")
    whole = rows("c.wacz", content[:-30])
    assert [row["url"] for row in whole if not row["problem"]] == [f"http://a.org/{number}" for number in range(5)]


def test_members_that_need_the_list_are_told_in_a_cut_zip(rows) -> None:
    found = rows("a.zip", zipped({"a.html": HTML}, zipfile.ZIP_BZIP2)[:-30])
    assert found[0]["problem"] == "member of the zip file is packed by method 12, which needs the list of members"
    office = rows("b.zip", zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<y/>"})[:-30])
    assert office[-1]["problem"] == "broken zip file: its end is missing; an office document, not an archive of pages"


@pytest.mark.parametrize("form", ["zip", "stored.zip", "piped.zip"])
@settings(max_examples=examples(40))
@given(damage=st.binary(max_size=20), at=st.integers(0, 3000), cut=st.integers(0, 40), end=st.integers(1, 4000))
def test_a_cut_and_damaged_zip_never_raises(tmp_path_factory, form: str, damage: bytes, at: int, cut: int, end: int) -> None:
    content = CUT[form]
    path = tmp_path_factory.mktemp("cut") / "a.zip"
    path.write_bytes((content[:at] + damage + content[at + cut :])[:-end])
    assert [row for part in read_pages(list_sources([path]), ReadPlan()) for row in part.batch.to_pylist()]
