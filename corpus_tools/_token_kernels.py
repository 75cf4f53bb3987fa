"""Compiled reading of words with their case, digits and sentence starts, for the views that look at rewrites.

The words are exactly those of ``text.words``. Sentences follow ``text.sentences`` in one pass over the bytes: one ends at a
line break, or at ``. ! ?`` before white space unless a small letter follows; a full stop after a single letter or a common
abbreviation ends none, whatever follows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools._compile_kernels import inlined, kernel
from corpus_tools._kernels import _byte, _load, finish, longest, read_word
from corpus_tools.text import word_hash

Array = np.ndarray[Any, np.dtype[Any]]

CAPITAL, DIGIT, UPPER, START = 1, 2, 4, 8
"""Flag bits of a word: begins with a capital, holds a digit, all capitals (two or more), first of its sentence."""

FUNCTION, KEPT = 1, 2
"""Classes of a word besides 0 (dropped): stable function word, immutable term."""

_U = np.uint64
_HIGH, _LOW7, _SMALL = _U(0x8080808080808080), _U(0x7F7F7F7F7F7F7F7F), _U(0x2020202020202020)
_OVER_A, _OVER_Z = _U(0x1F1F1F1F1F1F1F1F), _U(0x0505050505050505)
_OVER_0, _OVER_9 = _U(0x5050505050505050), _U(0x4646464646464646)


def hash_word(word: str) -> int:
    """The 32-bit hash these kernels give a folded word: upper half of the finished ``text.word_hash``."""
    value = word_hash(word)
    value = (value ^ value >> 32) * 0xFF51AFD7ED558CCD & (2**64 - 1)
    return (value ^ value >> 32) >> 32


_SHORT = "dr mr mrs ms prof st fig figs vs e.g i.e eg ie cf viz approx etc jr sr no vol pp al inc u.s"
_ABBREVIATIONS = np.array(sorted(hash_word(word) for word in _SHORT.split()), np.uint32)


@inlined
def mix32(value: Any) -> Any:
    """MurmurHash3's 32-bit finalizer (A. Appleby, public domain)."""
    value = np.uint32(value)  # numba widens products of 32-bit numbers
    value = np.uint32((value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    value = np.uint32((value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(value ^ (value >> np.uint32(16)))


ROLL, _BIGRAM = np.uint32(0x01000193), np.uint32(0xE6546B64)


@inlined
def bigram(before: Any, word: Any) -> Any:
    """Hash of a word 2-gram."""
    return mix32(before * ROLL ^ word ^ _BIGRAM)


@inlined
def _is_plain(byte: Any) -> Any:
    return 97 <= byte <= 122 or 65 <= byte <= 90 or 48 <= byte <= 57 or byte >= 128


@kernel
def _may_end(at: int, end: int) -> bool:
    """Whether what follows an end mark lets a sentence begin: white space, then no small letter."""
    while at < end and (_byte(at) == 34 or _byte(at) == 39 or _byte(at) == 41 or _byte(at) == 93):
        at += 1
    if at < end and _byte(at) > 32 and _byte(at) < 128:
        return False
    while at < end and _byte(at) <= 32:
        at += 1
    return at >= end or not 97 <= _byte(at) <= 122


@kernel
def _is_abbreviation(word: Any, size: int, flag: int) -> bool:
    if size == 1 and not flag & DIGIT:
        return True
    place = np.searchsorted(_ABBREVIATIONS, word)
    return bool(place < len(_ABBREVIATIONS) and _ABBREVIATIONS[place] == word)


@inlined
def _flags(at: int, end: int, limit: int) -> Any:
    """Flag bits of the word in data[at:end], but for START."""
    first = _byte(at)
    capital = 65 <= first <= 90
    digit = small = False
    place = at
    while place < end:
        block = _load(place, end, limit)
        plain = block & _LOW7
        digit |= (plain + _OVER_0) & ~(plain + _OVER_9) & ~block & _HIGH != 0
        letters = ((plain | _SMALL) + _OVER_A) & ~((plain | _SMALL) + _OVER_Z) & ~block & _HIGH
        small |= (letters >> _U(2)) & block != 0 or block & _HIGH != 0
        place += 8
    return (CAPITAL if capital else 0) | (DIGIT if digit else 0) | (UPPER if capital and not small and end - at > 1 else 0)


@kernel
def read_words(at: int, end: int, limit: int, table: Any, words: Array, flags: Array, begins: Array, ends: Array) -> int:
    """Read the UTF-8 text at memory addresses at..end into words uint32, flags uint8, begins and ends int64; return how many.

    begins and ends are byte offsets in the text. The arrays hold (end - at) // 2 + 2 entries; ``table`` is ``fold_table()``;
    no byte from ``limit`` on is touched.
    """
    blocks, entries, pool = table[0].ctypes.data, table[1].ctypes.data, table[2].ctypes.data
    start, n, fresh = at, 0, True
    while at < end:
        byte = _byte(at)
        if not _is_plain(byte):
            if byte == 10:
                fresh = True
            elif (byte == 46 or byte == 33 or byte == 63) and n > 0 and not fresh and _may_end(at + 1, end):
                last = n - 1
                near = byte == 46 and ends[last] == at - start
                fresh = not (near and _is_abbreviation(words[last], ends[last] - begins[last], flags[last]))
            at += 1
            continue
        begin = at
        value, found, at = read_word(at, end, limit, blocks, entries, pool)
        if not found:
            continue
        stop = at
        while stop > begin + 1 and not _is_plain(_byte(stop - 1)):
            stop -= 1
        at = stop
        words[n] = np.uint32(finish(value) >> _U(32))
        flags[n] = _flags(begin, stop, limit) | (START if fresh else 0)
        begins[n], ends[n] = begin - start, stop - start
        fresh = False
        n += 1
    return n


@kernel
def classify(words: Array, flags: Array, n: int, kinds: Array, classes: Array) -> None:
    """Fill classes uint8[n]: 1 stable function word, 2 immutable, 0 the rest.

    ``kinds`` is ``Vocabulary.kinds``, uint8[2**k] by the low bits of the word: 1 function word, 2 rare word, 0 the rest.
    """
    mask = np.uint32(len(kinds) - 1)
    for i in range(n):
        entry = kinds[words[i] & mask]
        flag = flags[i]
        named = flag & CAPITAL and (not flag & START or flag & UPPER)
        if entry == FUNCTION:
            classes[i] = FUNCTION
        else:
            classes[i] = KEPT if flag & DIGIT or entry == KEPT or named else 0


@kernel
def count_words(offsets: Array, base: int, limit: int, table: Any, counts: Array, seen: Array, first: int) -> None:
    """Add each page's distinct words to counts uint16[2**k] (they stop at 65,535), by the low bits of the word.

    seen int32[2**k] holds the last page that hit a slot; ``first`` is the number of this buffer's first page.
    """
    room = longest(offsets) // 2 + 2
    words, flags = np.empty(room, np.uint32), np.empty(room, np.uint8)
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    mask = np.uint32(len(counts) - 1)
    for page in range(len(offsets) - 1):
        n = read_words(base + offsets[page], base + offsets[page + 1], limit, table, words, flags, begins, ends)
        for i in range(n):
            slot = words[i] & mask
            if seen[slot] != first + page:
                seen[slot] = first + page
                counts[slot] += counts[slot] < 65535
