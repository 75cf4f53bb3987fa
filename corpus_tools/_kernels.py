"""Text in Arrow buffers to shingle hashes: one word at a time, eight bytes at a time.

The meaning is fixed by ``text.words`` and ``text.shingle_hashes``. A word is read in blocks of eight bytes: letters and
digits are told apart and lower-cased in one 64-bit register (SWAR; the comparisons are those of H. S. Warren, Hacker's
Delight, 2nd ed., 6-1); a byte outside ASCII takes the road through the fold table.

This module also holds the compile policy of every kernel of the package: ``kernel``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from corpus_tools import text
from corpus_tools._fold_table import ALONE, JOIN, SEPARATOR, VANISH, fold_table


def kernel(function: Callable[..., Any]) -> Any:
    """Compile ``function`` with the package's policy: no Python lock held, no checks, compiled when first called."""
    return njit(nogil=True, error_model="numpy", boundscheck=False)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """As ``kernel``, and copied into its callers by LLVM."""
    return njit(nogil=True, error_model="numpy", boundscheck=False, forceinline=True)(function)


_U = np.uint64
_WORD_MULTIPLIER = _U(text.WORD_MULTIPLIER)
_SHINGLE_MULTIPLIER = _U(text.SHINGLE_MULTIPLIER)
_FINAL_MULTIPLIER = _U(text.FINAL_MULTIPLIER)
_HIGH = _U(0x8080808080808080)
_LOW7 = _U(0x7F7F7F7F7F7F7F7F)
_CASE = _U(0x2020202020202020)
_OVER_A, _OVER_Z = _U(0x1F1F1F1F1F1F1F1F), _U(0x0505050505050505)
_OVER_0, _OVER_9 = _U(0x5050505050505050), _U(0x4646464646464646)
_APOSTROPHE, _POINT, _COMMA = 39, 46, 44
_SHIFT = _U(32)


def _reader(bits: int) -> Any:
    """A function of kernels: the little-endian integer of ``bits`` bits at a memory address, at any alignment.

    Addresses are passed about in place of arrays because numba counts references to an array at every call and assignment.
    """

    def read(_context: Any, address: Any) -> Any:
        def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            place = builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer())
            value = builder.load(place, align=1)
            return value if bits == 64 else builder.zext(value, ir.IntType(64))

        return types.uint64(types.int64) if bits == 64 else types.int64(types.int64), build

    return intrinsic(read)


_byte, _entry, _block = _reader(8), _reader(32), _reader(64)


def _count_zeros(_context: Any, _value: Any) -> Any:
    """Number of zero bits below the lowest set bit of a uint64; 64 for zero."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), build


_trailing_zeros: Any = intrinsic(_count_zeros)


@inlined
def _load(at: int, end: int, limit: int) -> Any:
    """Bytes ``at .. at + 8``; those from ``end`` on read as zero, and none from ``limit`` on is touched."""
    if at + 8 <= limit:
        block = _block(at)
        left = end - at
        if left < 8:
            block &= (_U(1) << _U(8 * left)) - _U(1)
        return block
    block = _U(0)
    for i in range(end - at):
        block |= _U(_byte(at + i)) << _U(8 * i)
    return block


@inlined
def _mix(value: Any, block: Any) -> Any:
    value = (value ^ block) * _WORD_MULTIPLIER
    return value ^ (value >> _SHIFT)


@inlined
def finish(value: Any) -> Any:
    """Final step of a shingle hash."""
    value = (value ^ (value >> _SHIFT)) * _FINAL_MULTIPLIER
    return value ^ (value >> _SHIFT)


@inlined
def _decode(at: int, end: int) -> Any:
    """Code point at ``at`` (a byte of 128 or more) and its width; malformed bytes are U+FFFF, one byte wide."""
    lead = _byte(at)
    width = 2 if lead < 0xE0 else (3 if lead < 0xF0 else 4)
    if lead < 0xC2 or lead > 0xF4 or at + width > end:
        return 0xFFFF, 1
    code = lead & (0x7F >> width)
    for i in range(1, width):
        tail = _byte(at + i)
        if tail & 0xC0 != 0x80:
            return 0xFFFF, 1
        code = code << 6 | tail & 0x3F
    if code > 0x10FFFF:
        return 0xFFFF, 1
    return code, width


@inlined
def _is_digit(byte: Any) -> Any:
    return 48 <= byte <= 57


@inlined
def read_word(at: int, end: int, limit: int, blocks: int, entries: int, pool: int) -> Any:
    """Hash of the first word in ``data[at:end]``, whether there is one, and where to go on.

    ``value`` is the hash so far, ``held`` the ``fill`` bytes not yet in it, ``join`` a full stop, comma or apostrophe
    that belongs to the word only if the word goes on, ``last`` the byte before it.
    """
    last: Any = 0
    length: Any
    entry: Any
    value, held, fill, join, found = _U(0), _U(0), 0, 0, False
    while at < end:
        block = _load(at, end, limit)
        plain = block & _LOW7
        cased = plain | _CASE
        letters = (cased + _OVER_A) & ~(cased + _OVER_Z) & ~block & _HIGH
        digits = (plain + _OVER_0) & ~(plain + _OVER_9) & ~block & _HIGH
        length = np.int64(_trailing_zeros(~(letters | digits) & _HIGH) >> _U(3))
        if length > 0:
            block |= letters >> _U(2)
            if join != 0:
                if join != _APOSTROPHE and not _is_digit(block & _U(255)):
                    break
                value, held, fill = _append(value, held, fill, _U(join), 1)
                join = 0
            found = True
            if length == 8:
                last = np.int64(block >> _U(56))
                at += 8
                value, held, fill = _append(value, held, fill, block, 8)
                continue
            last = np.int64((block >> _U(8 * length - 8)) & _U(255))
            value, held, fill = _append(value, held, fill, block & ((_U(1) << _U(8 * length)) - _U(1)), length)
            at += length
            if at >= end:
                break
        byte = _byte(at)
        if byte < 128:
            at += 1
            if byte != _APOSTROPHE and byte != _POINT and byte != _COMMA:
                break
            kind, width, code, entry = JOIN, 0, byte, np.int64(0)
        else:
            code, width = _decode(at, end)
            entry = _entry(entries + 4 * (_entry(blocks + 4 * (code >> 8)) + (code & 255)))
            kind = entry & 7
            code = _APOSTROPHE
        if kind == VANISH:
            at += width
            continue
        if kind == SEPARATOR:
            at += width
            break
        if kind == JOIN:
            at += width
            if not found or join != 0 or (code != _APOSTROPHE and not _is_digit(last)):
                break
            join = code
            continue
        if kind == ALONE and found:
            break
        folded = (entry >> 3) & 31
        first = _byte(pool + (entry >> 8)) if folded > 0 else byte
        if join != 0:
            if join != _APOSTROPHE and not _is_digit(first):
                break
            value, held, fill = _append(value, held, fill, _U(join), 1)
            join = 0
        for i in range(folded if folded > 0 else width):
            last = _byte(pool + (entry >> 8) + i) if folded > 0 else _byte(at + i)
            value, held, fill = _append(value, held, fill, _U(last), 1)
        found = True
        at += width
        if kind == ALONE:
            break
    if fill > 0:
        value = _mix(value, held)
    return value, found, at


@inlined
def _append(value: Any, held: Any, fill: int, block: Any, length: int) -> Any:
    """Add the ``length`` low bytes of ``block`` (its other bytes are zero) to the word."""
    if fill == 0:
        if length == 8:
            return _mix(value, block), _U(0), 0
        return value, block, length
    held |= block << _U(8 * fill)
    if fill + length < 8:
        return value, held, fill + length
    return _mix(value, held), block >> _U(64 - 8 * fill), fill + length - 8


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


@kernel
def _hash_all(offsets: Any, base: int, limit: int, table: Any, n: int, indptr: Any, out: Any) -> None:
    """Append each document's sorted distinct hashes to ``out`` and its end to ``indptr``."""
    blocks, entries, pool = table[0].ctypes.data, table[1].ctypes.data, table[2].ctypes.data
    ring = np.empty(n, np.uint64)
    written = 0
    for i in range(offsets.size - 1):
        found = out[written:]
        count = shingle_document(base + offsets[i], base + offsets[i + 1], limit, blocks, entries, pool, ring, found)
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
    room = int(texts.offsets[-1] - texts.offsets[0]) // 2 + len(texts.offsets)
    out = np.empty(room, np.uint32 if bits == 32 else np.uint64)
    _hash_all(texts.offsets, texts.base, texts.limit, fold_table(), n, indptr, out)
    return indptr, out[: indptr[-1]].copy()
