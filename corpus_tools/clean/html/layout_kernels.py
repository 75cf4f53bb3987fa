"""Raw text of a block, in UTF-8: what its characters are, and how it is laid out, byte for byte as ``builder`` does it."""

from __future__ import annotations

from typing import Any

from corpus_tools.kernels.compile import inlined, part
from corpus_tools.kernels.memory import read8, write8

BREAK = 0x1E
"""The byte that stands for <br>."""


@inlined
def width(first: Any) -> Any:
    """Bytes of the character that begins with byte ``first``."""
    return 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4


@inlined
def is_space(at: int, first: Any, size: Any) -> Any:
    """Whether the character of ``size`` bytes at an address is white space to ``str.split``."""
    if size == 1:
        return first == 32 or 9 <= first <= 13 or 28 <= first <= 31
    if size == 2:
        return first == 0xC2 and (read8(at + 1) == 0x85 or read8(at + 1) == 0xA0)
    if size != 3 or first > 0xE3:
        return False
    second, third = read8(at + 1), read8(at + 2)
    if first == 0xE2:
        if second == 0x80:
            return 0x80 <= third <= 0x8A or third == 0xA8 or third == 0xA9 or third == 0xAF
        return second == 0x81 and third == 0x9F
    return (first == 0xE1 and second == 0x9A and third == 0x80) or (first == 0xE3 and second == 0x80 and third == 0x80)


@inlined
def ends_line(at: int, first: Any, size: Any) -> Any:
    """Whether the character at an address ends a line to ``str.splitlines``."""
    if size == 1:
        return 10 <= first <= 13 or 28 <= first <= 30
    if size == 2:
        return first == 0xC2 and read8(at + 1) == 0x85
    return size == 3 and first == 0xE2 and read8(at + 1) == 0x80 and (read8(at + 2) == 0xA8 or read8(at + 2) == 0xA9)


@inlined
def _size_at(at: int, end: int) -> Any:
    """Bytes of the character at an address, none beyond ``end``."""
    return min(width(read8(at)), end - at)


@part
def is_blank(at: int, end: int) -> bool:
    """Whether the text between two addresses is white space only."""
    while at < end:
        size = _size_at(at, end)
        if not is_space(at, read8(at), size):
            return False
        at += size
    return True


@part
def count_characters(at: int, end: int) -> int:
    """Characters of the text between two addresses."""
    count = 0
    for place in range(at, end):
        count += (read8(place) & 0xC0) != 0x80
    return count


@part
def collapse(at: int, end: int, begin: int) -> int:
    """Write the text between two addresses to ``begin`` with every run of white space as one space, one line end if it has a <br>.

    Gives the address after it.
    """
    to, waiting = begin, 0
    while at < end:
        first, size = read8(at), _size_at(at, end)
        if first == BREAK:
            waiting = 10
        elif is_space(at, first, size):
            waiting = 10 if waiting == 10 else 32
        else:
            if waiting != 0 and to > begin:
                write8(to, waiting)
                to += 1
            waiting = 0
            for i in range(size):
                write8(to + i, read8(at + i))
            to += size
        at += size
    return to


@part
def keep_lines(at: int, end: int, begin: int) -> int:
    """Write the text between two addresses to ``begin`` line by line: tabs as four spaces, no blank lines, no spaces at line ends.

    Gives the address after it.
    """
    to = kept = begin  # ``kept`` is the place after the last character that stays
    fresh = True
    while at < end:
        first, size = read8(at), _size_at(at, end)
        if ends_line(at, first, size):
            to, fresh = kept, True
            at += size
            continue
        if fresh and to > begin:
            write8(to, 10)
            to += 1
        fresh = False
        for i in range(4 if first == 9 else size):
            write8(to + i, 32 if first == 9 else read8(at + i))
        to += 4 if first == 9 else size
        if not is_space(at, first, size):
            kept = to
        at += size
    return kept


@part
def has_line_end(at: int, end: int) -> bool:
    """Whether a line feed or a <br> is in the text between two addresses."""
    for place in range(at, end):  # noqa: SIM110 - numba compiles no generator
        if read8(place) == 10 or read8(place) == BREAK:
            return True
    return False


@part
def is_small(code: int) -> Any:
    """Whether a character of Latin, Greek or Cyrillic is a small letter."""
    if code < 0x100:
        return 97 <= code <= 122 or (code >= 0xDF and code != 0xF7)
    if code < 0x180:
        return not is_capital(code)
    return 0x3AC <= code <= 0x3CE or 0x430 <= code <= 0x45F


@part
def is_capital(code: int) -> Any:
    """Whether a character of Latin, Greek or Cyrillic is a capital."""
    if code < 0x100:
        return 65 <= code <= 90 or (0xC0 <= code <= 0xDE and code != 0xD7)
    if code < 0x180:
        odd = 0x139 <= code <= 0x148 or code >= 0x179
        return code == 0x178 or (code != 0x138 and code != 0x149 and code != 0x17F and code & 1 == odd)
    return (0x391 <= code <= 0x3AB and code != 0x3A2) or 0x400 <= code <= 0x42F


@inlined
def is_digit(byte: Any) -> Any:
    return 48 <= byte <= 57


@inlined
def two_bytes(lead: Any, byte: Any) -> Any:
    """The character that two bytes of UTF-8 spell, 0 where more do."""
    return (lead & 0x1F) << 6 | byte & 0x3F if 0xC2 <= lead <= 0xD4 else 0


@inlined
def is_sign(byte: Any) -> Any:
    return 97 <= byte <= 122 or 65 <= byte <= 90 or is_digit(byte) or byte >= 0xC0
