"""Tables kept on disk: worked out once, made again when damaged or when what they are made of changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus_tools.kernels import kept

MODULE = "corpus_tools.text"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept, "cache_folder", lambda: tmp_path)
    return tmp_path


def _make(made: list[int], data: Path) -> np.ndarray:
    @kept.kept_on_disk(MODULE, (data,))
    def table() -> np.ndarray:
        made.append(1)
        return np.frombuffer(data.read_bytes(), np.uint8)

    return table()


def test_a_table_is_worked_out_once_and_again_when_its_data_changes(folder: Path) -> None:
    made: list[int] = []
    data = folder / "data"
    data.write_bytes(b"abc")
    first, second = _make(made, data), _make(made, data)
    assert made == [1]
    assert first.tolist() == second.tolist() == [97, 98, 99]
    assert not second.flags.writeable  # as it was made: kernels are compiled for the one or the other
    data.write_bytes(b"xyz")
    assert _make(made, data).tolist() == [120, 121, 122]
    assert made == [1, 1]


def test_a_damaged_file_is_made_again(folder: Path) -> None:
    made: list[int] = []
    data = folder / "data"
    data.write_bytes(b"abc")
    _make(made, data)
    (path,) = folder.glob("*.table")
    path.write_bytes(path.read_bytes()[:-1])
    assert _make(made, data).tolist() == [97, 98, 99]
    assert made == [1, 1]


def test_without_a_cache_it_is_made_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kept, "cache_folder", lambda: None)
    made: list[int] = []
    (tmp_path / "data").write_bytes(b"a")
    for _ in range(2):
        _make(made, tmp_path / "data")
    assert made == [1, 1]
