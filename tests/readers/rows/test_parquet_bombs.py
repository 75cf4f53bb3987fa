"""Small parquet files that hold gigabytes: what they unpack to is told before it is unpacked, and rows beside the bombs are kept."""

from __future__ import annotations

import contextlib
import io
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.rows import parquet
from corpus_tools.readers.rows.cell_sizes import cell_sizes
from corpus_tools.readers.rows.parquet_pages import MAX_DEPTH, walk_pages, why_unreadable


def shared(value: str, rows: int) -> pa.Array:
    """``rows`` times the same text, which a file holds once."""
    return pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([value]))


def packed(table: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", dictionary_pagesize_limit=1 << 30, **options)
    return sink.getvalue()


def lists(value: str, lengths: list[int]) -> pa.Array:
    """Lists of so many times the same text."""
    offsets = pa.array([0, *np.cumsum(lengths).tolist()], pa.int32())
    return pa.ListArray.from_arrays(offsets, shared(value, sum(lengths)))


SOUND = "a row beside the bomb"
BOMBS = {
    "one text in a million rows": lambda: packed(pa.table({"text": shared("word " * 200_000, 1_000_000)})),
    "one large text in many rows": lambda: packed(pa.table({"text": shared("x" * 50_000_000, 10_000)})),
    "many texts under a large dictionary": lambda: packed(
        pa.table({"text": pa.DictionaryArray.from_arrays(pa.array([0] * 9_000 + [1] * 9_000, pa.int32()), ["x" * 90_000_000, "y"])})
    ),
    "a text that repeats the one before": lambda: packed(
        pa.table({"text": ["x" * 1_000_000] * 1000}), use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY"}
    ),
    "lists of one text": lambda: packed(pa.table({"paragraphs": lists("y" * 100_000, [100_000, 100_000])})),
    "one page of gigabytes": lambda: packed(
        pa.table({"text": ["x" * 15_000_000] * 40}), use_dictionary=False, data_page_size=(1 << 31) - 1, write_batch_size=1 << 20
    ),
    "billions of empty lists": lambda: packed(pa.table({"paragraphs": lists("", [20_000_000]), "text": [""]})),
    "large rows behind small ones": lambda: packed(
        pa.table({"text": [f"w {n}" for n in range(50_000)] + [f"{n} " + "x" * 900_000 for n in range(100)]}), use_dictionary=False
    ),
}
_READ = """
import json, resource, sys, time
from pathlib import Path
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.rows.parquet import read_parquet
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
problems = [draft.problem for draft in read_parquet(Path(sys.argv[1]), "a.parquet", ReadPlan())]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps([len(problems), problems[-1], time.process_time() - start, peak // 1024]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_within_bounds(name: str, tmp_path: Path) -> None:
    """In a process of its own, whose memory is told, and limited should the bomb go off."""
    path = tmp_path / "a.parquet"
    path.write_bytes(BOMBS[name]())
    limit = 8 << 30
    told = subprocess.run(
        [sys.executable, "-c", _READ, path],
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert told.returncode == 0, told.stderr[-1000:]
    pages, last, seconds, peak = json.loads(told.stdout)
    assert pages
    assert seconds < 20
    assert peak < 300
    if pages < 50_000:
        assert last


def test_rows_in_one_page_with_a_large_one_are_kept(rows) -> None:
    table = pa.table({"id": ["a", "b", "c"], "text": [SOUND, "x" * 300_000, f"{SOUND} too"]})
    for use_dictionary in (True, False):
        found = rows("a.parquet", packed(table, use_dictionary=use_dictionary), max_page_bytes=100_000)
        assert [row["text"] for row in found] == [SOUND, None, f"{SOUND} too"]
        assert (found[1]["source_id"], found[1]["problem"]) == (
            "b",
            "page is larger than 100000 bytes unpacked (read.max_page_bytes)",
        )


def test_pages_under_a_large_dictionary_are_kept(rows) -> None:
    """As polars writes them: the pages of a row group stand in a dictionary of 20 MB, though no two are equal."""
    chance = random.Random(0)
    texts = [f"page {number} {chance.randbytes(200_000).hex()}" for number in range(50)]
    found = rows("a.parquet", packed(pa.table({"text": texts})))
    assert [row["text"] for row in found] == texts


def test_row_groups_beside_one_that_is_not_read_are_kept(rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "MAX_PAGES", 100_000)
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, pa.schema([("text", pa.string())]), use_dictionary=False) as writer:
        for texts in (["one"], ["y" * 60_000, "z" * 60_000], ["three"]):
            writer.write_table(pa.table({"text": texts}))
    found = rows("a.parquet", sink.getvalue())
    assert [row["text"] for row in found if not row["problem"]] == ["one", "three"]
    (lost,) = [row for row in found if row["problem"]]
    assert lost["source"] == "a.parquet rows 2 to 3"
    assert lost["problem"].startswith("2 rows that are not read: they have pages of 120,0")


def test_more_rows_than_a_file_can_hold_are_refused(rows) -> None:
    (found,) = rows("a.parquet", packed(pa.table({"text": shared("short", 3_000_000)})))
    assert "3,000,000 rows in" in found["problem"]


def _deep_footer(depth: int) -> bytes:
    """A file whose schema has ``depth`` groups inside each other, in Thrift's compact protocol."""
    element = b"\x48\x01a\x15\x02\x00"  # name, number of children, end
    length = depth << 1
    count = bytes([0x80 | (depth & 0x7F), (depth >> 7 & 0x7F) | 0x80, depth >> 14])
    footer = b"\x15\x02\x19\xfc" + count + element * depth
    assert length
    return b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def test_a_schema_too_deep_for_recursion_is_refused(rows) -> None:
    (found,) = rows("a.parquet", _deep_footer(20_000))
    assert found["problem"] == f"parquet file that is not read: its fields are nested more than {MAX_DEPTH} deep"


def test_a_footer_of_rubbish_is_one_problem(rows) -> None:
    for footer in (b"\xff" * 5000, bytes(5000), b"\x19\xfc\xff\xff\xff\xff\x0f" * 700, b"\x1c" * 5000):
        content = b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"
        assert len([row for row in rows("a.parquet", content) if row["problem"]]) == 1
    huge = b"PAR1" + bytes(9 << 20) + (9 << 20).to_bytes(4, "little") + b"PAR1"
    assert "its footer is larger than" in rows("b.parquet", huge)[0]["problem"]


@settings(max_examples=examples(60))
@given(st.binary(max_size=300))
def test_headers_of_rubbish_end(data: bytes) -> None:
    footer = b"PAR1" + data + len(data).to_bytes(4, "little") + b"PAR1"
    why_unreadable(io.BytesIO(footer), len(footer))
    with contextlib.suppress(ValueError):
        assert all(page.size >= 0 for page in walk_pages(io.BytesIO(data), 0, len(data)))


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("use_dictionary", [True, False])
def test_pages_are_walked_as_they_were_written(version: str, use_dictionary: bool) -> None:
    table = pa.table({"text": [f"a text {number}" * 20 for number in range(5000)]})
    content = packed(table, use_dictionary=use_dictionary, data_page_version=version, data_page_size=20_000)
    column = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(0).column(0)
    start = column.dictionary_page_offset or column.data_page_offset
    pages = list(walk_pages(io.BytesIO(content), start, column.total_compressed_size))
    assert sum(page.values for page in pages if not page.is_dictionary) == 5000
    assert [page.is_dictionary for page in pages[:2]] == [use_dictionary, False]
    assert sum(page.size for page in pages) <= column.total_uncompressed_size


texts = st.none() | st.text(max_size=5)
ARRAYS = {
    "text": (pa.string(), texts),
    "large": (pa.large_string(), texts),
    "view": (pa.string_view(), texts),
    "bytes": (pa.binary(), st.none() | st.binary(max_size=5)),
    "list": (pa.list_(pa.string()), st.none() | st.lists(texts, max_size=4)),
    "struct": (pa.struct([("a", pa.string()), ("b", pa.int32())]), st.fixed_dictionaries({"a": texts, "b": st.just(1)})),
    "number": (pa.int64(), st.none() | st.integers(0, 9)),
    "pairs": (pa.list_(pa.string(), 2), st.lists(texts, min_size=2, max_size=2)),
}


def _text_bytes(value: object) -> int:
    if isinstance(value, str | bytes):
        return len(value.encode() if isinstance(value, str) else value)
    if isinstance(value, dict):
        return sum(map(_text_bytes, value.values()))
    return sum(map(_text_bytes, value)) if isinstance(value, list) else 0


@pytest.mark.parametrize("name", ARRAYS)
@settings(max_examples=examples(30))
@given(data=st.data())
def test_sizes_are_those_of_the_values(name: str, data: st.DataObject) -> None:
    kind, values = ARRAYS[name]
    made = data.draw(st.lists(values, max_size=6))
    start = data.draw(st.integers(0, len(made)))
    array = pa.array(made, kind)
    encoded = [array] if name in ("list", "struct", "pairs", "view") else [array, array.dictionary_encode()]
    for one in encoded:
        sizes = cell_sizes(one.slice(start))
        assert len(sizes) == len(made) - start
        assert all(
            _text_bytes(value) <= size <= _text_bytes(value) + 16 * 12 for value, size in zip(made[start:], sizes, strict=True)
        )


def test_a_file_of_many_row_groups_has_its_footer_read_once(tmp_path: Path) -> None:
    columns = {f"column{number}": ["x"] * 1200 for number in range(30)}
    path = tmp_path / "many.parquet"
    pq.write_table(pa.table({"text": [f"page {row}" for row in range(1200)], **columns}), path, row_group_size=2)
    start = time.process_time()
    assert len(list(parquet.read_parquet(path, "many", ReadPlan()))) == 1200
    assert time.process_time() - start < 5
