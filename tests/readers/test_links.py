"""Links in a source folder: each file once, nothing outside unless asked, a Hugging Face cache as what it shows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus_tools.errors import SourceError
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.listing import list_sources
from corpus_tools.readers.pages import read_pages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "in"
    (inside / "deep").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    (inside / "a.html").write_text("<p>a")
    (inside / "blob").write_text("<p>blob")
    (tmp_path / "other" / "secret.html").write_text("<p>secret")
    (inside / "deep" / "again.html").symlink_to("../a.html")
    (inside / "deep" / "named.html").symlink_to("../blob")
    (inside / "deep" / "out.html").symlink_to(tmp_path / "other" / "secret.html")
    (inside / "deep" / "outside").symlink_to(tmp_path / "other")
    os.link(inside / "a.html", inside / "hard.html")
    return inside


def test_every_file_is_listed_once_under_the_name_that_tells_most(folder: Path) -> None:
    expected = [
        ("in/a.html", "html"),
        ("in/deep/named.html", "html"),
        ("in/deep/out.html", "outside"),
        ("in/deep/outside", "outside"),
    ]
    assert [(file.name, file.format) for file in list_sources([folder])] == expected
    through = ("in/deep/outside/secret.html", "outside")  # a glob goes through links itself
    assert [(file.name, file.format) for file in list_sources([f"{folder}/**"])] == [*expected, through]
    assert [(file.name, file.format) for file in list_sources([folder, folder / "deep" / "again.html"])] == expected


def test_links_that_lead_out_are_told_and_followed_when_asked(folder: Path) -> None:
    (part,) = read_pages(list_sources([folder]), ReadPlan())
    told = [row["source"] for row in part.batch.to_pylist() if "leads out of the source folder" in (row["problem"] or "")]
    assert told == ["in/deep/out.html", "in/deep/outside"]
    followed = list_sources([folder], follow_links=True)
    assert [file.name for file in followed] == ["in/a.html", "in/deep/named.html", "in/deep/out.html"]
    linked = folder.parent / "link"
    linked.symlink_to(folder)
    assert list_sources([linked])[0].name == "link/a.html", "what is named is followed"
    only = folder.parent / "only"
    only.mkdir()
    (only / "x.html").symlink_to(folder / "a.html")
    with pytest.raises(SourceError, match=r"holds only links that lead out of it\n.*follow_links"):
        list_sources([only])


@pytest.mark.parametrize("linked", [True, False])
def test_a_hub_cache_counts_each_blob_once(tmp_path: Path, linked: bool) -> None:
    cached = tmp_path / "hub" / "datasets--org--health"
    for place in ("blobs", "refs", "snapshots/one/data", "snapshots/two/data"):
        (cached / place).mkdir(parents=True)
    (cached / "refs" / "main").write_text("one")
    (cached / "blobs" / "9f2c").write_text('{"text": "words"}\n')
    for revision in ("one", "two"):
        file = cached / "snapshots" / revision / "data" / "train.jsonl"
        if linked:
            file.symlink_to("../../../blobs/9f2c")
        else:  # as it is kept where the file system has no links
            file.write_text("../../../blobs/9f2c")
    for source in (tmp_path / "hub", cached, cached / "snapshots" / "one"):
        (file,) = list_sources([source])
        assert (file.format, file.size) == ("jsonl", 18)
        assert file.name.endswith("one/data/train.jsonl")
