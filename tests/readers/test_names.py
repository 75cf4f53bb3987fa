"""What names of files tell, beside the path objects of the standard library."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.readers.containers.members import clean_member_name, is_hidden, name_member
from corpus_tools.readers.names import drop_archive, drop_packing, find_ending

_PARTS = st.text(alphabet="ab.gzGZ_ ", min_size=1, max_size=8).filter(
    lambda part: not part.endswith(".")
)  # versions of Python differ there
NAMES = st.lists(_PARTS, min_size=1, max_size=3).map("/".join)


@given(NAMES)
def test_endings_are_those_of_path_objects(name: str) -> None:
    assert find_ending(name) == PurePosixPath(name).suffix


@given(NAMES)
def test_only_the_ending_of_a_packing_is_dropped(name: str) -> None:
    path = PurePosixPath(name)
    packed = path.suffix.lower() in (".gz", ".bz2", ".xz", ".zst", ".zstd", ".lz4")
    assert drop_packing(name) == (name[: -len(path.suffix)] if packed else name)


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("in/pages.tar.gz", "in/pages"),
        ("pages.ZIP", "pages"),
        (".zip", ".zip"),
        ("a.zip/.tar", "a.zip/.tar"),
        ("a.html.gz", "a.html"),
    ],
)
def test_the_ending_of_an_archive_is_dropped_with_its_packing(name: str, bare: str) -> None:
    assert drop_archive(name) == bare


@pytest.mark.parametrize(
    ("archive", "member", "name"),
    [
        ("in.zip", "a.html", "in/a.html"),
        ("in.zip", "in/a.html", "in/a.html"),
        ("in.zip", "in", "in/in"),
        ("in.zip", "inner/a.html", "in/inner/a.html"),
        ("x/in.tar.gz", "in/a.html", "x/in/a.html"),
    ],
)
def test_members_are_named_as_if_unpacked(archive: str, member: str, name: str) -> None:
    assert name_member(archive, member) == name


@pytest.mark.parametrize(
    ("member", "hidden"), [("a/.b/c", True), ("__MACOSX/a", True), ("a/b.c", False), (".a", True), ("a./b", False)]
)
def test_hidden_members(member: str, hidden: bool) -> None:
    assert is_hidden(member) is hidden


@given(NAMES)
def test_a_clean_name_stays_as_it_is(name: str) -> None:
    parts = [part for part in name.split("/") if part not in ("", ".", "..") and not part.endswith(":")]
    assert clean_member_name(name) == "/".join(parts)
