"""Compiled reading of a page's words, those of ``text.words`` (a test holds them to it), with letters and class for comparison."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.memory import read8
from corpus_tools.kernels.sorting import find_sorted
from corpus_tools.kernels.words import read64_until, read_word

Array = np.ndarray[Any, np.dtype[Any]]

CONTENT_WORD, FUNCTION_WORD, MARK_WORD = 0, 1, 2
"""Classes of words: content words, function words, and marks (numbers, single letters, small roman numerals)."""
CLASS_BITS = 2
MAX_LETTERS = 63
"""Letters counted of a word, at most: what is left of a byte beside the class."""
LETTER_BASE = np.uint32(0x01000193)
"""Base of the polynomial over letters; that of the Fowler-Noll-Vo hash."""
SPELLINGS = (
    ("ae", "e"), ("oe", "e"), ("our", "or"), ("oul", "ol"), ("ll", "l"), ("mm", "m"), ("mme", "m"), ("gue", "g"), ("ph", "f"),
    ("ey", "ay"), ("eing", "ing"), ("gem", "gm"), ("nium", "num"), ("yre", "ire"), ("sc", "zk"), ("ce", "ze"), ("s", "z"),
    ("tre", "ter"), ("bre", "ber"), ("vre", "ver"),
)  # fmt: skip
"""What is spelled in two ways in words that are the same (``tumour``, ``tumor``): both become the second form before they are compared."""
_KNOWN_WORDS = 1 << 13
"""Words whose description is held while texts are read; a power of two."""
_LOW, _HALF, _HIGH_BITS = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(0x8080808080808080)
_LONGEST = max(len(old) for old, _ in SPELLINGS)


def _as_rows(strings: list[str]) -> tuple[Array, Array]:
    """Letters uint8[n, _LONGEST] and lengths int64[n]."""
    rows = np.zeros((len(strings), _LONGEST), np.uint8)
    for row, string in zip(rows, strings, strict=True):
        row[: len(string)] = np.frombuffer(string.encode(), np.uint8)
    return rows, np.array([len(string) for string in strings], np.int64)


_OLD, _OLD_LENGTH = _as_rows([old for old, _ in SPELLINGS])
_NEW, _NEW_LENGTH = _as_rows([new for _, new in SPELLINGS])
_BEGINS = np.isin(np.arange(256), _OLD[:, 0])


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
    spelled = np.empty(MAX_LETTERS, np.uint8)
    known, described = np.zeros(_KNOWN_WORDS, np.uint64), np.zeros(_KNOWN_WORDS, np.uint64)
    for page in range(len(offsets) - 1):
        at, end = base + offsets[page], base + offsets[page + 1]
        while at < end:
            begin = at
            value, found, at = read_word(at, end, limit, blocks, entries, pool)
            if not found:
                continue
            slot = np.int64(value & np.uint64(_KNOWN_WORDS - 1))
            if not _is_ascii(begin, at, limit):
                description = _describe_word(value, begin, at, listed, classes, spelled)
            else:
                if known[slot] != value:
                    known[slot] = value
                    described[slot] = _describe_word(value, begin, at, listed, classes, spelled)
                description = described[slot]
            words[written] = np.uint32(value & _LOW)
            letters[written] = np.uint32(description & _LOW)
            info[written] = np.uint8(description >> _HALF)
            written += 1
        start[page + 1] = written


@inlined
def _is_ascii(at: int, end: int, limit: int) -> Any:
    """Whether all bytes between two addresses are ASCII: of such words, equal ones have the same letters."""
    seen = np.uint64(0)
    while at < end:
        seen |= read64_until(at, end, limit)
        at += 8
    return (seen & _HIGH_BITS) == 0


@kernel
def _describe_word(value: Any, begin: int, end: int, listed: Array, classes: Array, spelled: Array) -> Any:
    """The letters of a word, and its info << 32."""
    word = np.uint32(value & _LOW)
    hashed, count, numeric = _read_letters(begin, end, spelled)
    place = find_sorted(listed, word)
    kind = np.uint8(classes[place]) if place < len(listed) and listed[place] == word else np.uint8(CONTENT_WORD)
    if numeric or (count == 1 and kind == CONTENT_WORD):
        kind = np.uint8(MARK_WORD)
    return (np.uint64(hashed) & _LOW) | np.uint64(np.uint8(min(count, MAX_LETTERS) << CLASS_BITS) | kind) << _HALF


@kernel
def _read_letters(at: int, end: int, spelled: Array) -> Any:
    """Polynomial hash of the letters between two addresses, in lower case and one spelling, how many they are, whether all are digits.

    ``spelled`` uint8[MAX_LETTERS] is scratch; letters beyond it are left out.
    """
    count, numeric = 0, True
    for place in range(at, end):
        byte = read8(place)
        if 65 <= byte <= 90:
            byte += 32
        digit = 48 <= byte <= 57
        if not (digit or 97 <= byte <= 122 or byte >= 128):
            continue
        numeric &= digit
        if count < len(spelled):
            spelled[count] = byte
            count += 1
    hashed, kept, place = np.uint32(0), 0, 0
    while place < count:
        rule = _find_rule(spelled[:count], place)
        if rule < 0:
            hashed = hashed * LETTER_BASE + np.uint32(spelled[place] + 1)
            place, kept = place + 1, kept + 1
            continue
        for k in range(_NEW_LENGTH[rule]):
            hashed = hashed * LETTER_BASE + np.uint32(_NEW[rule, k] + 1)
        place, kept = place + _OLD_LENGTH[rule], kept + _NEW_LENGTH[rule]
    return hashed, kept, numeric


@kernel
def _find_rule(letters: Array, place: int) -> int:
    """The rule of SPELLINGS whose old form is the longest that stands at ``place``, or -1."""
    found, length = -1, 0
    if not _BEGINS[letters[place]]:
        return found
    for rule in range(len(_OLD)):
        size = _OLD_LENGTH[rule]
        if size <= length or place + size > len(letters):
            continue
        same = True
        for k in range(size):
            same &= letters[place + k] == _OLD[rule, k]
        if same:
            found, length = rule, size
    return found
