"""Whether bytes are well-formed UTF-8, and hold what would have to be looked at closer: 64 plain bytes at a time."""

from __future__ import annotations

from typing import Any

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.lookup import address_of
from corpus_tools.kernels.memory import classify_bytes, read8, trailing_zeros

_BYTES = 64
TWICE, SECONDS, THIRDS = 0xC3, (0x82, 0x83, 0x90, 0x91, 0xA2, 0xA3), (0xC2, 0xC5, 0xC6, 0xCB, 0xE2)
"""Bytes of the letters that begin a sequence encoded twice, and the first of what follows them."""


@inlined
def _is_tail(byte: Any) -> Any:
    return byte & 0xC0 == 0x80


@inlined
def _size_at(at: int, end: int) -> Any:
    """Bytes of the character outside ASCII at an address, 0 if it is not well formed (table 3-7 of the Unicode standard)."""
    first, left = read8(at), end - at
    if first < 0xC2 or first > 0xF4:
        return 0
    if first < 0xE0:
        return 2 if left > 1 and _is_tail(read8(at + 1)) else 0
    if left < 3 or not (_is_tail(read8(at + 1)) and _is_tail(read8(at + 2))):
        return 0
    second = read8(at + 1)
    if first < 0xF0:
        overlong, surrogate = first == 0xE0 and second < 0xA0, first == 0xED and second >= 0xA0
        return 0 if overlong or surrogate else 3
    overlong, beyond = first == 0xF0 and second < 0x90, first == 0xF4 and second >= 0x90
    return 0 if overlong or beyond or left < 4 or not _is_tail(read8(at + 3)) else 4


@inlined
def _begins_twice(at: int, end: int) -> Any:
    """Whether a sequence encoded twice may begin at an address."""
    return at + 2 < end and read8(at) == TWICE and read8(at + 1) in SECONDS and read8(at + 2) in THIRDS


@kernel
def check_utf8(data: Any) -> Any:
    """Whether ``data`` uint8 is well-formed UTF-8, and whether it holds what may be the beginning of a sequence encoded twice."""
    at, end = address_of(data), address_of(data) + data.shape[0]
    twice = False
    while at < end:
        if at + _BYTES <= end:
            _, wide, _ = classify_bytes(at)
            if wide == 0:
                at += _BYTES
                continue
            at += trailing_zeros(wide)
        elif read8(at) < 0x80:
            at += 1
            continue
        while at < end and read8(at) >= 0x80:
            size = _size_at(at, end)
            if size == 0:
                return False, twice
            twice |= _begins_twice(at, end)
            at += size
    return True, twice
