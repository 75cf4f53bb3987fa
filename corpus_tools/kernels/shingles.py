"""Text in Arrow buffers to shingle hashes, those of ``text.shingle_hashes`` (a test holds them to it), for fingerprint and match."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_tools import text
from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.fold import fold_table
from corpus_tools.kernels.memory import classify_bytes, read64, trailing_zeros, write32, write64
from corpus_tools.kernels.sorting import sort_unsigned
from corpus_tools.kernels.words import hash_run, read_word

_U = np.uint64
_SHINGLE_MULTIPLIER = _U(text.SHINGLE_MULTIPLIER)
_FINAL_MULTIPLIER = _U(text.FINAL_MULTIPLIER)
_SHIFT = _U(32)
_LAST_BIT = _U(1) << _U(63)
_WINDOW = 64
"""Bytes told apart at once."""
SAMPLED_BITS = 29
"""A shingle whose mixed hash is below 2**SAMPLED_BITS (of 2**32) is in its document's sample: one of eight."""
_SHORT = 4096
"""Shingles up to which a document's set of hashes is kept sparse."""


@inlined
def finish(value: Any) -> Any:
    """Final step of a shingle hash."""
    value = (value ^ (value >> _SHIFT)) * _FINAL_MULTIPLIER
    return value ^ (value >> _SHIFT)


@inlined
def _take(value: Any, leaving: Any, n: int, rolled: Any, place: int, seen: int, ring: int, out: int, wide: bool) -> Any:
    """Roll one word into the shingle hash: the newest enters, the oldest of the ring leaves; write a full shingle.

    ``ring`` and ``out`` are addresses, ``out`` that of the next shingle hash; ``wide`` says that hashes have 64 bits.
    """
    at = ring + 8 * place
    rolled = rolled * _SHINGLE_MULTIPLIER + value - read64(at) * leaving
    write64(at, value)
    if seen + 1 >= n:
        if wide:
            write64(out, finish(rolled))
        else:
            write32(out, finish(rolled))
        out += 8 if wide else 4
    return rolled, place + 1 if place + 1 < n else 0, seen + 1, out


@kernel
def shingle_document(at: int, end: int, limit: int, blocks: int, entries: int, pool: int, ring: Any, out: Any) -> Any:
    """Write the shingle hashes of the text between two addresses to ``out``, in order and with repeats; return their number.

    ``ring`` holds the last n word hashes (its length is n); ``out`` (uint32 or uint64) has room for one hash for every two bytes,
    and one more. No byte from ``limit`` on is read. Words are taken from a window of 64 bytes up to the first that needs a
    closer look (a character outside ASCII, a sign that may join two words); that one ``read_word`` takes.
    """
    leaving = _U(1)
    for i in range(ring.size):
        ring[i] = _U(0)
        leaving *= _SHINGLE_MULTIPLIER
    n, wide, store, begin = ring.size, out.itemsize == 8, ring.ctypes.data, np.int64(out.ctypes.data)
    rolled, place, seen, to = _U(0), 0, 0, begin
    while at < end:
        if at + _WINDOW <= end and at + _WINDOW + 8 <= limit:
            letters, other, joins = classify_bytes(at)
            bound = trailing_zeros(other | (joins & (letters << _U(1)) & ((letters | other) >> _U(1) | _LAST_BIT)))
            left, first = letters, _U(64)
            while left != 0:
                first = trailing_zeros(left)
                stop = first + trailing_zeros(~(letters >> first))
                if stop >= min(bound, _U(64)):
                    break
                value = hash_run(at + np.int64(first), np.int64(stop - first))
                rolled, place, seen, to = _take(value, leaving, n, rolled, place, seen, store, to, wide)
                left &= ~_U(0) << stop
                first = _U(64)
            step: Any = np.int64(min(first, bound))
            at += step
            if bound == _U(64) and step > 0:
                continue
        value, found, at = read_word(at, end, limit, blocks, entries, pool)
        if found:
            rolled, place, seen, to = _take(value, leaving, n, rolled, place, seen, store, to, wide)
    if 0 < seen < n:
        out[0] = finish(rolled)
        return 1
    return (to - begin) // out.itemsize


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


@inlined
def table_size(count: int) -> Any:
    """Power of two of at least twice ``count``."""
    size = np.int64(2)
    while size < 2 * count:
        size *= 2
    return size


@kernel
def distinct(hashes: Any, count: int, table: Any) -> int:
    """Keep the first of equal values among ``hashes[:count]``, in place and in order; return how many are left.

    ``table`` (same type, ``places`` of them) is an open-addressing set, sparse for short documents, where collisions cost more
    than clearing it; zero, which marks a free place, is kept apart.
    """
    mask = table_size(count * 4 if count <= _SHORT else count) - 1
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
    """Hashes the longest document can have (a word takes a byte, and another byte to end it), and 15 to fill a vector."""
    return longest(offsets) // 2 + 16


@inlined
def places(offsets: Any) -> Any:
    """Size of the table ``distinct`` needs for the longest document."""
    return table_size(max(room(offsets), min(room(offsets), _SHORT) * 4))


@inlined
def document_hashes(offsets: Any, i: int, base: int, limit: int, table: Any, ring: Any, out: Any) -> Any:
    """``shingle_document`` of the i-th text of an Arrow buffer, with a fold table's arrays."""
    blocks, entries, pool = table[0].ctypes.data, table[1].ctypes.data, table[2].ctypes.data
    return shingle_document(base + offsets[i], base + offsets[i + 1], limit, blocks, entries, pool, ring, out)


@kernel
def _list_all(offsets: Any, base: int, limit: int, table: Any, n: int, indptr: Any, out: Any) -> None:
    """Append each document's hashes to ``out``, in the order of its words and with repeats, and their end to ``indptr``."""
    ring = np.empty(n, np.uint64)
    written = 0
    for i in range(offsets.size - 1):
        written += document_hashes(offsets, i, base, limit, table, ring, out[written:])
        indptr[i + 1] = written


@kernel
def _sort_all(indptr: Any, hashes: Any, set_indptr: Any) -> None:
    """Make each document's hashes sorted and distinct, one document after another from the beginning of ``hashes``; ends in ``set_indptr``."""
    written, spare = 0, np.empty(longest(indptr), hashes.dtype)
    for i in range(len(indptr) - 1):
        found = hashes[indptr[i] : indptr[i + 1]]
        for at in range(sort_distinct(found, spare)):
            hashes[written] = found[at]
            written += 1
        set_indptr[i + 1] = written


@kernel
def sort_distinct(values: Any, spare: Any) -> int:
    """Sort ``values`` and move the distinct ones to the front; return how many they are. ``spare`` as for ``sort_unsigned``."""
    sort_unsigned(values, spare)
    kept = 0
    for i in range(values.size):
        if kept == 0 or values[i] != values[kept - 1]:
            values[kept] = values[i]
            kept += 1
    return kept


def list_shingles(column: Any, n: int, bits: int = 32) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Shingle hashes of every text of an Arrow string column in the order of its words, with repeats: ``(indptr, hashes)``.

    Document i has ``hashes[indptr[i] : indptr[i + 1]]``: one for each run of ``n`` words, or one of all its words if they are
    fewer, as ``text.shingle_hashes`` defines them; uint32 or uint64 by ``bits``. No Python lock is held while hashing.
    """
    texts = text_buffers(column)
    indptr = np.zeros(len(texts.offsets), np.int64)
    most = int(texts.offsets[-1] - texts.offsets[0]) // 2 + len(texts.offsets)
    out = np.empty(most, np.uint32 if bits == 32 else np.uint64)
    _list_all(texts.offsets, texts.base, texts.limit, fold_table(), n, indptr, out)
    return indptr, out[: indptr[-1]].copy()


def distinct_sets(indptr: NDArray[np.int64], hashes: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """What ``list_shingles`` gives, sorted and distinct within each document: ``(indptr, hashes)``."""
    ends, sets = np.zeros(len(indptr), np.int64), hashes.copy()
    _sort_all(indptr, sets, ends)
    return ends, sets[: ends[-1]]


def hash_shingles(column: Any, n: int, bits: int = 32) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """``list_shingles``, sorted and distinct within each document."""
    return distinct_sets(*list_shingles(column, n, bits))
