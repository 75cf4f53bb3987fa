"""The shingle kernel agrees with ``text.shingle_hashes`` on any text, in any Arrow layout."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools import text
from corpus_tools.kernels.shingles import hash_shingles

TRICKY = st.text(st.sampled_from("aAbz09 '’.,-_\u00ad\u0301éÉﬁ²µ中ｶ¼ßİς\u200b\u0e31한\U0001d400\U00020000½\ufeffﷺ"), max_size=40)

PIECES = [
    "sleep",
    "Apnea",
    "0.5",
    "1,000",
    "don't",
    "don’t",
    "é",
    "x" * 63,
    "Y" * 64,
    "z" * 70,
    "中文",
    "\u00ad",
    "٣",
    "a.b",
    "end.",
    "'q'",
    "8 ",
    "\n",
]
LONG = st.lists(st.sampled_from([*PIECES, " ", " ", " ", ". ", ", ", "-"]), min_size=20, max_size=80).map("".join)
"""Long enough for the kernel's window of 64 bytes."""


def _expected(pages: list[str], n: int, bits: int) -> list[list[int]]:
    return [sorted(set(text.shingle_hashes(page, n, bits))) for page in pages]


def _found(column: pa.Array, n: int, bits: int) -> list[list[int]]:
    indptr, hashes = hash_shingles(column, n, bits)
    return [hashes[start:end].tolist() for start, end in pairwise(indptr)]


@settings(max_examples=examples(300))
@given(st.lists(TRICKY | st.text(max_size=60), max_size=5), st.integers(1, 7), st.sampled_from([32, 64]))
def test_agrees_with_the_definition(pages: list[str], n: int, bits: int) -> None:
    assert _found(pa.array(pages, pa.large_string()), n, bits) == _expected(pages, n, bits)


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())], ids=str
)
def test_any_arrow_layout(kind: pa.DataType) -> None:
    pages = ["left out", "the whole of sleep", "", "Ménière's 0.5 mg"]
    column = pa.array(pages, pa.string()).cast(kind).slice(1)
    assert _found(column, 2, 32) == _expected(pages[1:], 2, 32)


def test_nulls_and_empty_columns_have_no_shingles() -> None:
    assert _found(pa.array([None, "sleep", None], pa.large_string()), 5, 32)[::2] == [[], []]
    assert _found(pa.array([], pa.large_string()), 5, 32) == []
    assert _found(pa.array([None, None], pa.large_string()), 5, 32) == [[], []]


@given(st.binary(max_size=40))
def test_malformed_utf8_is_read_within_its_bounds(raw: bytes) -> None:
    """Arrow does not check strings it is handed: bytes that are no UTF-8 separate words, and neighbours stay apart."""
    data = b"sleep" + raw + b"apnea"
    offsets = np.array([0, 5, 5 + len(raw), len(data)], np.int64)
    column = pa.Array.from_buffers(pa.large_string(), 3, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    found = _found(column, 1, 64)
    assert found[0] == text.shingle_hashes("sleep", 1, 64)
    assert found[2] == text.shingle_hashes("apnea", 1, 64)


def test_one_long_word_and_one_long_line() -> None:
    pages = ["x" * 100_001, "é" * 50_001, "a " * 50_001, "1.1," * 20_000]
    assert _found(pa.array(pages, pa.large_string()), 3, 64) == _expected(pages, 3, 64)
