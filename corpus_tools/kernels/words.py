"""Reads words off UTF-8 memory and hashes them, eight bytes at a time.

The meaning is fixed by ``text.words`` and ``text.word_hash``. A word is read in blocks of eight bytes: letters and
digits are told apart and lower-cased in one 64-bit register (SWAR; the comparisons are those of H. S. Warren, Hacker's
Delight, 2nd ed., 6-1); a byte outside ASCII takes the road through the fold table.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools import text
from corpus_tools.kernels.compile import inlined
from corpus_tools.kernels.fold import ALONE, JOIN, SEPARATOR, VANISH
from corpus_tools.kernels.memory import read8, read32, read64, trailing_zeros

_U = np.uint64
_WORD_MULTIPLIER = _U(text.WORD_MULTIPLIER)
_HIGH = _U(0x8080808080808080)
_LOW7 = _U(0x7F7F7F7F7F7F7F7F)
_CASE = _U(0x2020202020202020)
_OVER_A, _OVER_Z = _U(0x1F1F1F1F1F1F1F1F), _U(0x0505050505050505)
_OVER_0, _OVER_9 = _U(0x5050505050505050), _U(0x4646464646464646)
_APOSTROPHE, _POINT, _COMMA = 39, 46, 44
_SHIFT = _U(32)


@inlined
def read64_until(at: int, end: int, limit: int) -> Any:
    """Bytes ``at .. at + 8``; those from ``end`` on read as zero, and none from ``limit`` on is touched."""
    if at + 8 <= limit:
        block = read64(at)
        left = end - at
        if left < 8:
            block &= (_U(1) << _U(8 * left)) - _U(1)
        return block
    block = _U(0)
    for i in range(end - at):
        block |= _U(read8(at + i)) << _U(8 * i)
    return block


@inlined
def _mix(value: Any, block: Any) -> Any:
    value = (value ^ block) * _WORD_MULTIPLIER
    return value ^ (value >> _SHIFT)


@inlined
def decode_sign(at: int, end: int) -> Any:
    """Code point at ``at`` (a byte of 128 or more) and its width; malformed bytes are U+FFFF, one byte wide."""
    lead = read8(at)
    width = 2 if lead < 0xE0 else (3 if lead < 0xF0 else 4)
    if lead < 0xC2 or lead > 0xF4 or at + width > end:
        return 0xFFFF, 1
    code = lead & (0x7F >> width)
    for i in range(1, width):
        tail = read8(at + i)
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
def _plain_run(block: Any) -> Any:
    """The ASCII letters and digits that ``block`` begins with, lower-cased, its other bytes zero; and how many they are."""
    plain = block & _LOW7
    cased = plain | _CASE
    letters = (cased + _OVER_A) & ~(cased + _OVER_Z) & ~block & _HIGH
    digits = (plain + _OVER_0) & ~(plain + _OVER_9) & ~block & _HIGH
    length = np.int64(trailing_zeros(~(letters | digits) & _HIGH) >> _U(3))
    kept = ~_U(0) if length == 8 else (_U(1) << _U(8 * length)) - _U(1)
    return (block | letters >> _U(2)) & kept, length


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


@inlined
def _add_join(value: Any, held: Any, fill: int, join: int, following: Any) -> Any:
    """Add a waiting ``join`` to the word before the byte ``following``; False at the end if the word stops before it."""
    if join == 0:
        return value, held, fill, True
    if join != _APOSTROPHE and not _is_digit(following):
        return value, held, fill, False
    value, held, fill = _append(value, held, fill, _U(join), 1)
    return value, held, fill, True


@inlined
def _read_character(
    value: Any, held: Any, fill: int, join: Any, last: Any, found: bool, at: int, end: int, blocks: int, entries: int, pool: int
) -> Any:
    """Take in the character at ``at``, no ASCII letter or digit: the state after it, and whether the word may go on."""
    byte = read8(at)
    kind, width, entry, sign = JOIN, 1, np.int64(0), byte
    if byte < 128:
        if byte != _APOSTROPHE and byte != _POINT and byte != _COMMA:
            return value, held, fill, join, last, found, at + 1, False
    else:
        code, width = decode_sign(at, end)
        entry, sign = read32(entries + 4 * (read32(blocks + 4 * (code >> 8)) + (code & 255))), np.int64(_APOSTROPHE)
        kind = entry & 7
    if kind in (VANISH, SEPARATOR):
        return value, held, fill, join, last, found, at + width, kind == VANISH
    if kind == JOIN:
        joins = found and join == 0 and (sign == _APOSTROPHE or _is_digit(last))
        return value, held, fill, sign, last, found, at + width, joins
    if kind == ALONE and found:
        return value, held, fill, join, last, found, at, False
    folded = (entry >> 3) & 31
    source, size = (pool + (entry >> 8), folded) if folded > 0 else (at, width)
    value, held, fill, goes_on = _add_join(value, held, fill, join, read8(source))
    if not goes_on:
        return value, held, fill, join, last, found, at, False
    for i in range(size):
        value, held, fill = _append(value, held, fill, _U(read8(source + i)), 1)
    return value, held, fill, np.int64(0), read8(source + size - 1), True, at + width, kind != ALONE


@inlined
def read_word(at: int, end: int, limit: int, blocks: int, entries: int, pool: int) -> Any:
    """Hash of the first word between the addresses ``at`` and ``end``, whether there is one, and where to go on.

    ``value`` is the hash so far, ``held`` the ``fill`` bytes not yet in it, ``join`` a full stop, comma or apostrophe that
    belongs to the word only if the word goes on, ``last`` the byte before it. The last three arguments are the addresses
    of a fold table; no byte from ``limit`` on is read.
    """
    value, held, fill, join, last, found = _U(0), _U(0), 0, np.int64(0), np.int64(0), False
    while at < end:
        block, length = _plain_run(read64_until(at, end, limit))
        if length > 0:
            value, held, fill, goes_on = _add_join(value, held, fill, join, block & _U(255))
            if not goes_on:
                break
            value, held, fill = _append(value, held, fill, block, length)
            join, last, found = np.int64(0), np.int64(block >> _U(8 * length - 8)), True
            at += length
            if length == 8 or at >= end:
                continue
        value, held, fill, join, last, found, at, goes_on = _read_character(
            value, held, fill, join, last, found, at, end, blocks, entries, pool
        )
        if not goes_on:
            break
    if fill > 0:
        value = _mix(value, held)
    return value, found, at


@inlined
def hash_run(at: int, length: int) -> Any:
    """Hash of a word of ``length`` ASCII letters and digits at an address; up to 7 bytes after it are read too."""
    value = _U(0)
    while length > 8:
        value = _mix(value, read64(at) | _CASE)
        at += 8
        length -= 8
    return _mix(value, (read64(at) | _CASE) & (~_U(0) >> _U(64 - 8 * length)))
