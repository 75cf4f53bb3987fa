"""Text in Arrow buffers to shingle hashes, without a Python object a word; shared by fingerprint and cluster.

The meaning is fixed by ``text.shingle_hashes``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_tools import text
from corpus_tools._compile_kernels import inlined as inlined
from corpus_tools._compile_kernels import kernel as kernel
from corpus_tools._fold_table import fold_table
from corpus_tools._word_kernels import _byte as _byte
from corpus_tools._word_kernels import _load as _load
from corpus_tools._word_kernels import read_word as read_word

_U = np.uint64
_SHINGLE_MULTIPLIER = _U(text.SHINGLE_MULTIPLIER)
_FINAL_MULTIPLIER = _U(text.FINAL_MULTIPLIER)
_SHIFT = _U(32)


@inlined
def finish(value: Any) -> Any:
    """Final step of a shingle hash."""
    value = (value ^ (value >> _SHIFT)) * _FINAL_MULTIPLIER
    return value ^ (value >> _SHIFT)


@kernel
def shingle_document(at: int, end: int, limit: int, blocks: int, entries: int, pool: int, ring: Any, out: Any) -> int:
    """Write the shingle hashes of ``data[at:end]`` to ``out``, in order and with repeats; return their number.

    ``ring`` holds the last n word hashes (its length is n); ``out`` (uint32 or uint64) has room for one hash for every
    two bytes, and one more. The polynomial over n words is rolled: the oldest word leaves, the newest enters.
    """
    n = ring.size
    leaving = _U(1)
    for i in range(n):
        ring[i] = _U(0)
        leaving *= _SHINGLE_MULTIPLIER
    rolled, place, seen, written = _U(0), 0, 0, 0
    while at < end:
        value, found, at = read_word(at, end, limit, blocks, entries, pool)
        if not found:
            continue
        rolled = rolled * _SHINGLE_MULTIPLIER + value - ring[place] * leaving
        ring[place] = value
        place = place + 1 if place + 1 < n else 0
        seen += 1
        if seen >= n:
            out[written] = finish(rolled)
            written += 1
    if 0 < seen < n:
        out[0] = finish(rolled)
        written = 1
    return written


class TextBuffers(NamedTuple):
    """Memory of an Arrow string column: text i is the bytes ``base + offsets[i : i + 2]``; none from ``limit`` on is read."""

    offsets: NDArray[np.int64]
    base: int
    limit: int
    owner: Any
    """What keeps the memory alive: hold it as long as ``base`` is used."""


def text_buffers(column: Any) -> TextBuffers:
    """The memory of an Arrow column of strings; any kind of string column is taken, a large_string without a copy."""
    column = column if pa.types.is_large_string(column.type) else column.cast(pa.large_string())
    _, offsets, data = column.buffers()
    if offsets is None or data is None or not len(column):
        return TextBuffers(np.frombuffer(bytes(8 * len(column) + 8), np.int64), 0, 0, column)
    found = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    found.flags.writeable = False
    return TextBuffers(found, data.address, data.address + data.size, column)


@kernel
def longest(offsets: Any) -> int:
    """Bytes of the longest document."""
    most = 0
    for i in range(offsets.size - 1):
        most = max(most, offsets[i + 1] - offsets[i])
    return most


@kernel
def distinct(hashes: Any, count: int, table: Any) -> int:
    """Keep the first of equal values among ``hashes[:count]``, in place and in order; return how many are left.

    ``table`` (same type, a power of two of at least ``2 * count`` places) is an open-addressing set; zero, which marks a
    free place, is kept apart.
    """
    mask = np.int64(2)
    while mask < 2 * count:
        mask *= 2
    mask -= 1
    table[: mask + 1] = 0
    kept, zero_seen = 0, False
    for i in range(count):
        value = hashes[i]
        if value == 0:
            fresh = not zero_seen
            zero_seen = True
        else:
            at = np.int64(value) & mask
            while table[at] != 0 and table[at] != value:
                at = (at + 1) & mask
            fresh = table[at] == 0
            table[at] = value
        if fresh:
            hashes[kept] = value
            kept += 1
    return kept


@inlined
def room(offsets: Any) -> Any:
    """Hashes the longest document can have: a word takes a byte, and another byte to end it."""
    return longest(offsets) // 2 + 1


@inlined
def places(offsets: Any) -> Any:
    """Size of the table ``distinct`` needs for the longest document."""
    size = np.int64(2)
    while size < 2 * room(offsets):
        size *= 2
    return size


@inlined
def document_hashes(offsets: Any, i: int, base: int, limit: int, table: Any, ring: Any, out: Any) -> Any:
    """``shingle_document`` of the i-th text of an Arrow buffer, with a fold table's arrays."""
    blocks, entries, pool = table[0].ctypes.data, table[1].ctypes.data, table[2].ctypes.data
    return shingle_document(base + offsets[i], base + offsets[i + 1], limit, blocks, entries, pool, ring, out)


@kernel
def _hash_all(offsets: Any, base: int, limit: int, table: Any, n: int, indptr: Any, out: Any) -> None:
    """Append each document's sorted distinct hashes to ``out`` and its end to ``indptr``."""
    ring = np.empty(n, np.uint64)
    written = 0
    for i in range(offsets.size - 1):
        found = out[written:]
        count = document_hashes(offsets, i, base, limit, table, ring, found)
        written += _sort_distinct(found[:count])
        indptr[i + 1] = written


@kernel
def _sort_distinct(values: Any) -> int:
    values.sort()
    kept = 0
    for i in range(values.size):
        if kept == 0 or values[i] != values[kept - 1]:
            values[kept] = values[i]
            kept += 1
    return kept


def hash_shingles(column: Any, n: int, bits: int = 32) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Shingle hashes of every text of an Arrow string column: ``(indptr, hashes)``.

    Document i has ``hashes[indptr[i] : indptr[i + 1]]``, sorted and distinct, as ``text.shingle_hashes`` defines them;
    uint32 or uint64 by ``bits``. No Python lock is held while hashing.
    """
    texts = text_buffers(column)
    indptr = np.zeros(len(texts.offsets), np.int64)
    most = int(texts.offsets[-1] - texts.offsets[0]) // 2 + len(texts.offsets)
    out = np.empty(most, np.uint32 if bits == 32 else np.uint64)
    _hash_all(texts.offsets, texts.base, texts.limit, fold_table(), n, indptr, out)
    return indptr, out[: indptr[-1]].copy()
