"""Seals: atomic, compared by content, taken up only for the same work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.errors import RunError
from corpus_tools.store import manifest, parts
from corpus_tools.store.begun import begin
from corpus_tools.store.manifest import Manifest, Part, Work
from corpus_tools.store.parts import describe_part, list_parts, read_note, read_part, write_part, write_rolling

WORK = Work("match", {"signatures/": "ab"}, {"match.recall": 0.99}, "code")
SCHEMA = pa.schema([("n", pa.int64())])


def _batch(*numbers: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(numbers, pa.int64())], schema=SCHEMA)


def test_a_seal_is_read_back_and_removes_the_start_mark(tmp_path: Path) -> None:
    begin(tmp_path, WORK)
    sealed = Manifest(WORK, (Part("part-0.parquet", 3, 10, "aa"),), {"pages": 3})
    manifest.seal(tmp_path, sealed)
    assert manifest.read_manifest(tmp_path) == sealed
    assert sorted(path.name for path in tmp_path.iterdir()) == [manifest.SEAL]


def test_no_seal_and_a_damaged_seal(tmp_path: Path) -> None:
    assert manifest.read_manifest(tmp_path) is None
    (tmp_path / manifest.SEAL).write_text("{", encoding="utf-8")
    with pytest.raises(RunError, match="damaged"):
        manifest.read_manifest(tmp_path)


def test_parts_of_other_work_go_and_parts_of_the_same_work_stay(tmp_path: Path) -> None:
    assert not begin(tmp_path, WORK)
    write_part(tmp_path / "part-00000.parquet", [_batch(1)], SCHEMA)
    (tmp_path / ".part-00001.parquet.tmp").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("the user's own", encoding="utf-8")
    assert begin(tmp_path, WORK)
    assert [path.name for path in list_parts(tmp_path)] == ["part-00000.parquet"]
    assert not (tmp_path / ".part-00001.parquet.tmp").exists()
    assert not begin(tmp_path, replace(WORK, params={"match.recall": 0.9}))
    assert list_parts(tmp_path) == []
    assert (tmp_path / "notes.txt").exists()


def test_changes_are_told_in_words() -> None:
    now = Work("match", {"signatures/": "cd"}, {"match.recall": 0.9}, "other")
    told = now.changes(WORK)
    assert told == ["match.recall was 0.99, is now 0.9", "signatures/ changed", "the code of this stage changed"]
    assert WORK.changes(WORK) == []


def test_notes_and_descriptions_survive(tmp_path: Path) -> None:
    path = tmp_path / "part-00000.parquet"
    part = write_part(path, [_batch(1, 2), _batch(3)], SCHEMA, note=[4, 2])
    assert read_note(path) == [4, 2]
    assert describe_part(path) == part
    assert read_part(path).column(0).to_pylist() == [1, 2, 3]
    assert read_part(path).schema.names == ["n"]


@given(st.lists(st.integers(0, 7), max_size=12), st.integers(1, 9))
def test_rolling_files_do_not_depend_on_how_rows_came(sizes: list[int], per_file: int) -> None:
    import tempfile

    numbers = iter(range(sum(sizes)))
    batches = [_batch(*[next(numbers) for _ in range(size)]) for size in sizes]
    with tempfile.TemporaryDirectory() as name:
        parts = write_rolling(Path(name), "part", batches, SCHEMA, per_file)
        found = [read_part(path).column(0).to_pylist() for path in list_parts(Path(name))]
    assert [one for part in found for one in part] == list(range(sum(sizes)))
    assert all(part.rows == per_file for part in parts[:-1])
    assert parts


def test_a_seal_of_the_same_work_vouches_for_its_parts(tmp_path: Path) -> None:
    begin(tmp_path, WORK)
    part = write_part(tmp_path / "part-00000.parquet", [_batch(1)], SCHEMA)
    manifest.seal(tmp_path, Manifest(WORK, (part,)))
    assert begin(tmp_path, WORK)
    assert manifest.read_manifest(tmp_path) is None
    assert [path.name for path in list_parts(tmp_path)] == ["part-00000.parquet"]


def test_gathered_row_groups_end_by_bytes_of_text_and_long_texts_have_no_statistics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "TEXT_GROUP", 4_000)
    schema = pa.schema([("n", pa.int64()), ("text", pa.string())])
    batches = [pa.RecordBatch.from_arrays([pa.array([n]), pa.array(["x" * 1_000])], schema=schema) for n in range(10)]
    path = tmp_path / "train-00000.parquet"
    write_part(path, batches, schema, gather=True)
    found = pq.read_metadata(path)
    assert [found.row_group(number).num_rows for number in range(found.num_row_groups)] == [4, 4, 2]
    assert found.row_group(0).column(0).statistics.max == 3
    assert found.row_group(0).column(1).statistics is None
    assert pq.read_table(path)["n"].to_pylist() == list(range(10))
    write_part(tmp_path / "train-00001.parquet", [], schema, gather=True)
    assert pq.read_table(tmp_path / "train-00001.parquet").num_rows == 0
