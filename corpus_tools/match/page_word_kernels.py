"""Compiled reading of a page's words, those of ``text.words`` (a test holds them to it), with letters and class for comparison."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.memory import read8
from corpus_tools.kernels.sorting import find_sorted
from corpus_tools.kernels.words import read_word

Array = np.ndarray[Any, np.dtype[Any]]

CONTENT_WORD, FUNCTION_WORD, MARK_WORD = 0, 1, 2
"""Classes of words: content words, function words, and marks (numbers, single letters, small roman numerals)."""
CLASS_BITS = 2
MAX_LETTERS = 63
"""Letters counted of a word, at most: what is left of a byte beside the class."""
LETTER_BASE = np.uint32(0x01000193)
"""Base of the polynomial over letters; that of the Fowler-Noll-Vo hash."""


@kernel
def read_page_words(
    offsets: Array,
    base: int,
    limit: int,
    table: Any,
    listed: Array,
    classes: Array,
    words: Array,
    letters: Array,
    info: Array,
    start: Array,
) -> None:
    """Read every text of an Arrow buffer, one after another.

    Writes words uint32 (low half of ``text.word_hash``), letters uint32 (polynomial hash of the letters and digits, so
    that the letters of neighbouring words can be joined), info uint8 (letter count << CLASS_BITS | class) and start
    int64[n + 1]. ``listed`` uint32, sorted, are words whose class stands in ``classes`` uint8.
    """
    blocks, entries, pool = table[0].ctypes.data, table[1].ctypes.data, table[2].ctypes.data
    written = 0
    for page in range(len(offsets) - 1):
        at, end = base + offsets[page], base + offsets[page + 1]
        while at < end:
            begin = at
            value, found, at = read_word(at, end, limit, blocks, entries, pool)
            if not found:
                continue
            word = np.uint32(value & np.uint64(0xFFFFFFFF))
            hashed, count, numeric = _read_letters(begin, at)
            place = find_sorted(listed, word)
            kind = np.uint8(classes[place]) if place < len(listed) and listed[place] == word else np.uint8(CONTENT_WORD)
            if numeric or (count == 1 and kind == CONTENT_WORD):
                kind = np.uint8(MARK_WORD)
            words[written], letters[written] = word, hashed
            info[written] = np.uint8(min(count, MAX_LETTERS) << CLASS_BITS) | kind
            written += 1
        start[page + 1] = written


@kernel
def _read_letters(at: int, end: int) -> Any:
    """Polynomial hash of the letters between two addresses in lower case, how many they are, whether all are digits."""
    hashed, count, numeric = np.uint32(0), 0, True
    for place in range(at, end):
        byte = read8(place)
        if 65 <= byte <= 90:
            byte += 32
        digit = 48 <= byte <= 57
        if not (digit or 97 <= byte <= 122 or byte >= 128):
            continue
        numeric &= digit
        hashed = hashed * LETTER_BASE + np.uint32(byte + 1)
        count += 1
    return hashed, count, numeric
