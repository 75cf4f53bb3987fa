"""Sources in an S3 server: the same pages as from files, whatever the network does; what is wrong is said."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from crawls import article, html_page
from stores import Proxy, Server, point_to, upload

from corpus_tools.errors import CorpusError, MissingExtraError, SourceError
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.listing import list_sources
from corpus_tools.readers.pages import read_pages
from corpus_tools.store.objects import opening
from corpus_tools.store.objects.address import parse_address
from corpus_tools.store.objects.stored_file import LAST_WINDOW

pytestmark = pytest.mark.store


def warc_record(number: int) -> bytes:
    page = html_page(f"Page {number}", article(number)).encode()
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://s{number % 3}.example/{number}\r\n"
        f"WARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012d}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + body + b"\r\n\r\n", mtime=0)


def write_forms(folder: Path, pages: int = 40) -> Path:
    """The same kind of page in every form that is read in a different way."""
    folder.mkdir(parents=True)
    rows = [{"id": f"r{n}", "url": f"https://r.example/{n}", "text": article(n), "spare": "x" * 500} for n in range(pages)]
    (folder / "crawl.warc.gz").write_bytes(b"".join(warc_record(number) for number in range(pages)))
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "rows.csv").write_text("id,url,text\n" + "".join(f'{row["id"]},{row["url"]},"{row["text"]}"\n' for row in rows))
    pq.write_table(pa.Table.from_pylist(rows), folder / "rows.parquet", row_group_size=7)
    with zipfile.ZipFile(folder / "pages.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"z{number}.html", html_page(f"Z {number}", article(number)))
    (folder / "b-side").mkdir()
    (folder / "b").mkdir()
    for name in ("b-side/two.html", "b/one.html", "b/.hidden.html", "plain"):
        (folder / name).write_text(html_page(name, article(len(name))))
    return folder


def rows_of(source: object) -> list[dict[str, Any]]:
    files = list_sources([str(source)])
    return [row for part in read_pages(files, ReadPlan()) for row in part.batch.to_pylist()]


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_forms(tmp_path_factory.mktemp("forms") / "crawl")


@pytest.fixture
def stored(server: Server, forms: Path) -> str:
    bucket = server.make_bucket()
    upload(server, bucket, forms, "deep/crawl/")
    return f"{bucket}/deep/crawl"


def test_every_form_gives_the_rows_that_files_give(forms: Path, stored: str) -> None:
    assert rows_of(stored) == rows_of(forms)


@pytest.mark.parametrize("pattern", ["*.csv", "**/*.html", "b*/*", "rows.[jp]*", "**", "b", "?lain", "r*s.[!c]*"])
def test_a_pattern_of_keys_matches_what_it_matches_among_files(forms: Path, stored: str, pattern: str) -> None:
    named = sorted(file.name for file in list_sources([f"{forms}/{pattern}"]))
    assert sorted(file.name for file in list_sources([f"{stored}/{pattern}"])) == named


def test_a_whole_bucket_and_a_single_key_are_sources(server: Server, stored: str) -> None:
    bucket = stored.partition("/deep")[0]
    assert list_sources([bucket])[0].name == f"{bucket.removeprefix('s3://')}/deep/crawl/b/one.html"
    one = list_sources([f"{stored}/rows.csv", f"{stored}/rows.csv"])
    assert [(file.name, file.format) for file in one] == [("rows.csv", "csv")]


@pytest.mark.slow
def test_more_than_a_thousand_keys_are_listed_in_pages_and_in_the_order_of_a_folder(server: Server, tmp_path: Path) -> None:
    for number in range(1203):
        path = tmp_path / "many" / f"{number % 7}{'-x' * (number % 2)}" / f"{number}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"<p>x")
    bucket = server.make_bucket()
    upload(server, bucket, tmp_path / "many", "many/")
    server.send("PUT", f"/{bucket.removeprefix('s3://')}/many/0/")
    assert [file.name for file in list_sources([f"{bucket}/many"])] == [file.name for file in list_sources([tmp_path / "many"])]


def test_a_folder_of_another_prefix_is_not_listed(server: Server, stored: str) -> None:
    server.send("PUT", f"/{stored.removeprefix('s3://')}-more/page.html", b"<p>other")
    assert not [file for file in list_sources([stored]) if "more" in file.name]


@pytest.mark.parametrize(
    ("name", "told"),
    [("nothing", "does not exist"), ("*.xyz", "matches nothing"), ("../s3://no-such-bucket-here/x", "does not exist")],
)
def test_what_is_not_there_is_said(stored: str, name: str, told: str) -> None:
    source = name[3:] if name.startswith("../") else f"{stored}/{name}"
    with pytest.raises(SourceError, match=told) as error:
        list_sources([source])
    assert "\nhint: " in str(error.value)


def test_keys_that_the_store_does_not_know_are_said(server: Server, stored: str) -> None:
    with server.guarded(), pytest.raises(SourceError, match="the store refuses it") as error:
        list_sources([stored])
    assert "AWS_PROFILE" in error.value.hint


@pytest.mark.parametrize("scheme", ["s3", "gs", "az", "hf"])
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    for name in ("obstore", "huggingface_hub"):
        monkeypatch.setitem(sys.modules, name, None)
    for name in ("through_obstore", "hub"):
        monkeypatch.delitem(sys.modules, f"corpus_tools.store.objects.{name}", raising=False)
    monkeypatch.setattr(opening, "_OPEN", {})
    with pytest.raises(MissingExtraError, match="not installed") as error:
        list_sources([f"{scheme}://datasets/owner/name"])
    assert f"'corpus-tools[{scheme}]'" in error.value.hint


@pytest.mark.parametrize("name", ["crawl.warc.gz", "rows.csv", "rows.jsonl", "rows.parquet", "pages.zip", "b/one.html"])
def test_an_object_that_changed_since_it_was_listed_ends_the_reading(server: Server, stored: str, name: str) -> None:
    files = list_sources([f"{stored}/{name}"])
    key = f"/{stored.removeprefix('s3://')}/{name}"
    server.send("PUT", key, server.send("GET", key)[::-1])
    with pytest.raises(SourceError, match="changed between its listing and its reading"):
        list(read_pages(files, ReadPlan()))
    server.send("DELETE", key)
    with pytest.raises(SourceError, match="is gone"):
        list(read_pages(files, ReadPlan()))


def test_a_change_in_the_same_second_and_size_is_another_listing(server: Server) -> None:
    bucket = server.make_bucket()
    found = []
    for content in (b"<p>one", b"<p>two"):
        server.send("PUT", f"/{bucket.removeprefix('s3://')}/a.html", content)
        found.append(list_sources([bucket])[0].mtime_ns)
    assert found[0] != found[1]


@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["busy", "drop", "cut"])
def test_a_network_that_fails_now_and_then_changes_nothing(
    server: Server, forms: Path, stored: str, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    with Proxy(server, lambda number, method, path: wrong if number % 3 else "") as proxy:
        point_to(monkeypatch, proxy.url)
        assert rows_of(stored) == rows_of(forms)
        assert len(proxy.seen) > 20


def test_a_store_that_stays_away_is_an_error_when_the_time_is_up(
    server: Server, stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = list_sources([f"{stored}/crawl.warc.gz"])
    monkeypatch.setenv("CORPUS_TOOLS_STORE_SECONDS", "1.5")
    with Proxy(server, lambda number, method, path: "busy") as proxy:
        point_to(monkeypatch, proxy.url)
        with pytest.raises(SourceError, match=r"the store answered 503 \(tried \d+ times in \d s\)") as error:
            list(read_pages(files, ReadPlan()))
    assert "CORPUS_TOOLS_STORE_SECONDS" in error.value.hint
    assert 3 < len(proxy.seen) < 20


def test_slow_answers_are_waited_for(server: Server, forms: Path, stored: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy(server, lambda number, method, path: "slow" if number % 4 == 0 else "") as proxy:
        proxy.delay = 1.0
        point_to(monkeypatch, proxy.url)
        assert rows_of(f"{stored}/crawl.warc.gz") == rows_of(forms / "crawl.warc.gz")


@pytest.mark.slow
def test_a_large_object_is_read_by_bounded_ranges(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"url": f"https://r.example/{n}", "text": article(n, 3), "spare": str(n) * 4000} for n in range(3000)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "large.parquet", compression="none", use_dictionary=False)
    (tmp_path / "large.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    bucket = server.make_bucket()
    upload(server, bucket, tmp_path)
    with Proxy(server, lambda number, method, path: "") as proxy:
        point_to(monkeypatch, proxy.url)
        size = list_sources([bucket])[0].size
        assert size > 8 * LAST_WINDOW
        assert rows_of(f"{bucket}/large.jsonl") == rows_of(tmp_path / "large.jsonl")
        assert proxy.largest <= LAST_WINDOW
        begun = len(proxy.seen)
        assert rows_of(f"{bucket}/large.parquet") == rows_of(tmp_path / "large.parquet")
        assert proxy.largest <= LAST_WINDOW
        assert len(proxy.seen) - begun < 40  # the column that nobody asked for was not fetched


@pytest.mark.slow
def test_many_small_objects_are_fetched_before_their_turn_and_in_their_order(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(90):
        (tmp_path / f"p{number:03d}.html").write_text(html_page(f"P {number}", article(number, 5)))
    bucket = server.make_bucket()
    upload(server, bucket, tmp_path)
    with Proxy(server, lambda number, method, path: "slow") as proxy:
        proxy.delay = 0.1
        point_to(monkeypatch, proxy.url)
        files = list_sources([bucket])
        began = time.monotonic()
        titles = [row["source"] for part in read_pages(files, ReadPlan()) for row in part.batch.to_pylist()]
        assert time.monotonic() - began < 90 * proxy.delay / 2
        assert len(proxy.seen) == 1 + 90
    assert titles == [file.name for file in files]
    server.send("PUT", f"/{bucket.removeprefix('s3://')}/p050.html", b"<p>changed")
    with pytest.raises(SourceError, match=r"p050\.html changed between"):
        list(read_pages(files, ReadPlan()))


def test_a_listed_object_is_read_in_another_thread_and_as_a_copy(stored: str) -> None:
    file = pickle.loads(pickle.dumps(list_sources([f"{stored}/rows.csv"])[0]))  # noqa: S301 - our own
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(file.path.open("rb").read()))
    thread.start()
    thread.join()
    assert len(found[0]) == file.size


def test_a_range_reader_is_a_file(stored: str) -> None:
    file = list_sources([f"{stored}/rows.csv"])[0].path.open("rb")
    whole = file.read()
    assert file.read(1) == b""
    assert file.seek(-5, io.SEEK_END) == len(whole) - 5
    assert file.read(99) == whole[-5:]
    file.seek(10)
    assert (file.seek(5, io.SEEK_CUR), io.BufferedReader(file).read(7)) == (15, whole[15:22])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="negative"):
        file.seek(-1)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("s3://bucket/a/b/", ("s3", "bucket", "a/b", "")),
        ("s3:/bucket/a", ("s3", "bucket", "a", "")),
        ("S3A://bucket", ("s3", "bucket", "", "")),
        ("abfss://box@account.dfs.core.windows.net/a", ("az", "box", "a", "account")),
        ("hf://datasets/owner/name@v1/data/x", ("hf", "datasets/owner/name@v1", "data/x", "")),
        ("hf://owner/name", ("hf", "owner/name", "", "")),
    ],
)
def test_addresses_are_read(given: str, told: tuple[str, ...]) -> None:
    found = parse_address(given)
    assert (found.scheme, found.bucket, found.key, found.account) == told


@pytest.mark.parametrize("given", ["s3://key:secret@bucket/x", "hf://datasets/owner", "/folder"])
def test_an_address_that_names_no_bucket_is_refused(given: str) -> None:
    with pytest.raises(CorpusError):
        parse_address(given)
