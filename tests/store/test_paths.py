"""Paths and addresses: file:// works wherever a path does, other addresses are refused with what to do instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from crawls import article

from corpus_tools import api, errors
from corpus_tools.api import open_run
from corpus_tools.store.paths import local_path


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("crawl/a b.html", "crawl/a b.html"),
        ("a:b", "a:b"),
        ("file:///data/a%20b?.html", "/data/a b?.html"),
        ("FILE://localhost/data", "/data"),
        (Path("file:///data"), "/data"),
    ],
)
def test_what_is_a_path(given: str | Path, path: str) -> None:
    assert local_path(given, errors.RunError) == Path(path)


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("s3://bucket/crawl/*.warc.gz", "mount the s3 store"),
        (Path("gs://bucket/RUN"), "mount the gs store"),
        ("hdfs://name:8020/crawl", "mount the hdfs store"),
        ("https://site.example/", "download it first"),
        ("file://other/crawl", "mount its folder"),
    ],
)
def test_what_is_not(given: str | Path, hint: str) -> None:
    with pytest.raises(errors.SourceError, match=r"s3:|gs:|hdfs:|https:|file:") as caught:
        local_path(given, errors.SourceError)
    assert hint in caught.value.hint


def test_something_of_that_very_name_is_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s3:" / "crawl").mkdir(parents=True)
    assert local_path("s3:/crawl", errors.SourceError) == Path("s3:/crawl")


@pytest.mark.usefixtures("clean_here")
def test_a_run_from_and_into_addresses(tmp_path: Path) -> None:
    (tmp_path / "my pages").mkdir()
    (tmp_path / "my pages" / "one.txt").write_text(article(1))
    source, out = (tmp_path / "my pages").as_uri(), (tmp_path / "RUN").as_uri()
    assert api.run(f"{source}/*.txt", out, workers=1).path == tmp_path / "RUN"
    assert open_run(out).documents.collect()["source"].to_list() == ["my pages/one.txt"]
    with pytest.raises(errors.RunError, match="'hdfs:/bucket/RUN' is not a place"):
        api.run(source, Path("hdfs://bucket/RUN"))
    with pytest.raises(errors.SourceError, match="is not a place"):
        api.run("hdfs://bucket/crawl", tmp_path / "RUN2")
