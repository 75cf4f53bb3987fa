"""``text.fold_character`` for every code point, as two-level arrays that a kernel can read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corpus_tools.kernels.kept import kept_on_disk
from corpus_tools.text import fold_character

SEPARATOR, WORD, ALONE, VANISH, JOIN = range(5)
"""What a character does; the low 3 bits of an entry. JOIN is an apostrophe."""

FoldTable = tuple[NDArray[np.int32], NDArray[np.uint32], NDArray[np.uint8]]

_UNASSIGNED = ((0xD800, 0xF8FF), (0x40000, 0xDFFFF), (0xE1000, 0x10FFFF))
"""Surrogates, private use and planes without characters: separators all."""
_PLAIN_ALONE = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF))
_PLAIN_WORD = ((0xAC00, 0xD7A3),)
"""Large blocks of letters that fold to themselves, filled at once."""


@kept_on_disk(__name__)
def fold_table() -> FoldTable:
    """``(blocks, entries, pool)``: the entry of code point c is ``entries[blocks[c >> 8] + (c & 255)]``.

    An entry is kind | length << 3 | offset << 8. The folded UTF-8 is ``pool[offset : offset + length]``; length 0
    means the character stands for itself. Worked out once an installation.
    """
    entries = np.zeros(0x110000, np.uint32)
    pool = bytearray()
    for first, last, kind in _filled_ranges():
        entries[first : last + 1] = kind
    for first, last in _gaps():
        for code in range(first, last):
            entries[code] = _entry(chr(code), pool)
    _, chosen, place = np.unique(entries.reshape(-1, 256), axis=0, return_index=True, return_inverse=True)
    blocks = (place.reshape(-1) * 256).astype(np.int32)
    return blocks, np.ascontiguousarray(entries.reshape(-1, 256)[chosen]).reshape(-1), np.frombuffer(bytes(pool), np.uint8)


def _filled_ranges() -> list[tuple[int, int, int]]:
    kinds = ((_UNASSIGNED, SEPARATOR), (_PLAIN_ALONE, ALONE), (_PLAIN_WORD, WORD))
    return sorted((first, last, kind) for ranges, kind in kinds for first, last in ranges)


def _gaps() -> list[tuple[int, int]]:
    """Half-open ranges of code points outside the filled ranges."""
    filled = _filled_ranges()
    starts = [0, *(last + 1 for _, last, _ in filled)]
    ends = [*(first for first, _, _ in filled), 0x110000]
    return list(zip(starts, ends, strict=True))


def _entry(character: str, pool: bytearray) -> int:
    folded = fold_character(character)
    if folded == "":
        return VANISH
    if folded in ".,'":
        return JOIN if folded == "'" else SEPARATOR
    kind = ALONE if folded[0] == " " and len(folded) > 1 else WORD
    folded = folded.strip(" ")
    if not folded:
        return SEPARATOR
    if folded == character:
        return kind
    raw = folded.encode()
    offset = len(pool)
    pool += raw
    return kind | len(raw) << 3 | offset << 8
