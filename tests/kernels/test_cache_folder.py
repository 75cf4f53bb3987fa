"""The cache of compiled kernels is code that is run: it is used only where no other user can put anything."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus_tools.kernels import cache_folder


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that the environment names."""
    monkeypatch.setenv(cache_folder.ENVIRONMENT, str(tmp_path / "above" / "cache"))
    cache_folder.cache_folder.cache_clear()
    yield tmp_path / "above" / "cache"
    cache_folder.cache_folder.cache_clear()


def test_it_is_made_for_this_user_alone_whatever_the_umask(chosen: Path) -> None:
    before = os.umask(0)
    try:
        chosen.parent.mkdir(mode=0o755)
        chosen.mkdir(mode=0o755)
        folder = cache_folder.cache_folder()
    finally:
        os.umask(before)
    assert folder is not None
    assert [one.stat().st_mode & 0o777 for one in (folder, folder.parent)] == [0o700, 0o700]


@pytest.mark.parametrize("where", ["above", "above/cache", "above/cache/kernels"])
def test_it_is_not_used_where_others_may_write(chosen: Path, tmp_path: Path, where: str) -> None:
    assert cache_folder.cache_folder() is not None
    cache_folder.cache_folder.cache_clear()
    (tmp_path / where).chmod(0o777)
    assert cache_folder.cache_folder() is None
    assert str(tmp_path / where) in cache_folder.why_no_cache()
    assert "written to by others" in cache_folder.why_no_cache()


def test_a_folder_in_which_everybody_keeps_what_is_theirs_will_do(chosen: Path) -> None:
    chosen.parent.mkdir()
    chosen.parent.chmod(0o1777)
    assert cache_folder.cache_folder() is not None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
@pytest.mark.parametrize("where", ["above", "above/cache", "above/cache/kernels"])
def test_it_is_not_used_below_a_folder_of_another_user(chosen: Path, tmp_path: Path, where: str) -> None:
    assert cache_folder.cache_folder() is not None
    cache_folder.cache_folder.cache_clear()
    os.chown(tmp_path / where, 12345, 12345)
    assert cache_folder.cache_folder() is None


def test_a_link_to_a_folder_of_others_is_not_followed(chosen: Path, tmp_path: Path) -> None:
    others = tmp_path / "others"
    others.mkdir(mode=0o777)
    others.chmod(0o777)
    chosen.mkdir(parents=True)
    (chosen / "kernels").symlink_to(others)
    assert cache_folder.cache_folder() is None
