"""Hashes of lines, as ``line_hashes.line_hash`` defines them, many in one call: lines of ASCII, dashes and quotes are folded and hashed by a kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel, part
from corpus_tools.kernels.lookup import address_of
from corpus_tools.kernels.memory import read8, read64, write8

BLOCK = 128
"""Bytes that BLAKE2b takes at a time."""
_U = np.uint64
_START = tuple(
    map(
        np.uint64,
        (
            *(0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1),
            *(0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179),
        ),
    )
)
_OF_EIGHT_BYTES = _U(0x01010008)
"""What a digest of eight bytes without a key adds to the start (RFC 7693)."""
_ORDERS = np.array(
    [
        [int(place, 16) for place in order]
        for order in (
            "0123456789abcdef ea489fd61c02b753 b8c052fdae367194 7931dcbe265a40f8 905724afe1bc683d 2c6a0b834d75fe19 "
            "c51fed4a0763928b db7ec13950f4862a 6fe9b308c2d714a5 a2847615fb9e3cd0 0123456789abcdef ea489fd61c02b753"
        ).split()
    ],
    np.int64,
).ravel()
"""Which words of a block each round takes."""


@inlined
def _turn(value: Any, bits: int) -> Any:
    return value >> _U(bits) | value << _U(64 - bits)


@inlined
def _mix(a: Any, b: Any, c: Any, d: Any, one: Any, other: Any) -> Any:
    a = a + b + one
    d = _turn(d ^ a, 32)
    c = c + d
    b = _turn(b ^ c, 24)
    a = a + b + other
    d = _turn(d ^ a, 16)
    c = c + d
    b = _turn(b ^ c, 63)
    return a, b, c, d


@inlined
def _word(block: int, at: int) -> Any:
    return read64(block + 8 * _ORDERS[at])


@part
def _take_block(state: Any, block: int, taken: int, last: bool) -> None:
    """Take 128 bytes at an address into a digest's ``state`` uint64[8], ``taken`` bytes in all with them."""
    a, b, c, d, e, f, g, h = state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]
    i, j, k, l = _START[0], _START[1], _START[2], _START[3]  # noqa: E741 - the sixteen words of the algorithm
    m, n, o, p = _START[4] ^ _U(taken), _START[5], ~_START[6] if last else _START[6], _START[7]
    for at in range(0, 192, 16):
        a, e, i, m = _mix(a, e, i, m, _word(block, at), _word(block, at + 1))
        b, f, j, n = _mix(b, f, j, n, _word(block, at + 2), _word(block, at + 3))
        c, g, k, o = _mix(c, g, k, o, _word(block, at + 4), _word(block, at + 5))
        d, h, l, p = _mix(d, h, l, p, _word(block, at + 6), _word(block, at + 7))  # noqa: E741
        a, f, k, p = _mix(a, f, k, p, _word(block, at + 8), _word(block, at + 9))
        b, g, l, m = _mix(b, g, l, m, _word(block, at + 10), _word(block, at + 11))  # noqa: E741
        c, h, i, n = _mix(c, h, i, n, _word(block, at + 12), _word(block, at + 13))
        d, e, j, o = _mix(d, e, j, o, _word(block, at + 14), _word(block, at + 15))
    for place, (one, other) in enumerate(((a, i), (b, j), (c, k), (d, l), (e, m), (f, n), (g, o), (h, p))):
        state[place] ^= one ^ other


@part
def _digest(text: int, size: int, state: Any) -> Any:
    """BLAKE2b of the bytes at an address, eight bytes of it. After them is room for a block."""
    for place in range(8):
        state[place] = _START[place]
    state[0] ^= _OF_EIGHT_BYTES
    at = 0
    while size - at > BLOCK:
        _take_block(state, text + at, at + BLOCK, False)
        at += BLOCK
    for place in range(size, at + BLOCK):
        write8(text + place, _U(0))
    _take_block(state, text + at, size, True)
    return state[0]


@inlined
def _is_digit(byte: Any) -> Any:
    return 48 <= byte <= 57


@inlined
def _is_letter(byte: Any) -> Any:
    """Of what a word is made, digits among it."""
    return _is_digit(byte) or 97 <= byte <= 122 or byte == 95


@part
def _fold(at: int, end: int, out: int) -> Any:
    """Write a line with its letters small and one space where there are some; gives how many bytes, -1 if it holds other signs."""
    place, apart = out, False
    while at < end:
        byte = read8(at)
        if byte >= 128:
            # Dashes, quotes and bullets: U+2010 to U+2027.
            if byte != 0xE2 or at + 2 >= end or read8(at + 1) != 0x80 or not 0x90 <= read8(at + 2) <= 0xA7:
                return -1
        elif byte == 32 or 9 <= byte <= 13 or 28 <= byte <= 31:
            apart = place > out
            at += 1
            continue
        if apart:
            write8(place, _U(32))
            place, apart = place + 1, False
        for step in range(3 if byte >= 128 else 1):
            sign = read8(at + step)
            write8(place + step, _U(sign + 32 if 65 <= sign <= 90 else sign))
        size = 3 if byte >= 128 else 1
        place, at = place + size, at + size
    return place - out


@part
def _has_year(text: int, size: int) -> Any:
    """Whether a number from 1900 to 2099 stands alone in a folded line."""
    for at in range(size - 3):
        first, second = read8(text + at), read8(text + at + 1)
        century = (first == 49 and second == 57) or (first == 50 and second == 48)
        if not (century and _is_digit(read8(text + at + 2)) and _is_digit(read8(text + at + 3))):
            continue
        if (at == 0 or not _is_letter(read8(text + at - 1))) and (at + 4 == size or not _is_letter(read8(text + at + 4))):
            return True
    return False


@part
def _without_counts(text: int, size: int) -> Any:
    """Make each run of digits one 0; gives how many bytes are left."""
    place, inside = 0, False
    for at in range(size):
        byte = read8(text + at)
        if _is_digit(byte):
            if not inside:
                write8(text + place, _U(48))
                place += 1
            inside = True
        else:
            write8(text + place, _U(byte))
            place, inside = place + 1, False
    return place


@kernel
def hash_lines(data: Any, ends: Any, room: Any, hashes: Any, known: Any) -> None:
    """Write the hash of each line of ``data`` (they end at ``ends``) to ``hashes`` uint64, and to ``known`` whether that could be done.

    ``room`` uint8 has room for the longest line and a block.
    """
    state, text, at = np.empty(8, np.uint64), address_of(room), address_of(data)
    for line in range(ends.shape[0]):
        end = address_of(data) + ends[line]
        size = _fold(at, end, text)
        known[line] = size >= 0
        if size >= 0:
            if size > 0 and (_is_digit(read8(text)) or _has_year(text, size)):
                size = _without_counts(text, size)
            hashes[line] = _digest(text, size, state)
        at = end
