"""Compiled reading of words, those of ``text.words`` (a test holds them to it), with case, digits and sentence starts for rewrites.

The words are exactly those of ``text.words``. Sentences are read in the same pass over the bytes: one ends at a
line break, or at ``. ! ?`` before white space unless a small letter follows; a full stop after a single letter or a common
abbreviation ends none, whatever follows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.memory import classify_case, read8, trailing_zeros
from corpus_tools.kernels.shingles import finish
from corpus_tools.kernels.sorting import find_sorted
from corpus_tools.kernels.word_lists import ABBREVIATIONS
from corpus_tools.kernels.words import hash_run, read64_until, read_word
from corpus_tools.text import word_hash

Array = np.ndarray[Any, np.dtype[Any]]

CAPITAL, DIGIT, UPPER, START = 1, 2, 4, 8
"""Flag bits of a word: begins with a capital, holds a digit, all capitals (two or more), first of its sentence."""

FUNCTION, KEPT = 1, 2
"""Classes of a word besides 0 (dropped): stable function word, immutable term."""

_U = np.uint64
_LAST_BIT = _U(1) << _U(63)
_HIGH, _LOW7, _SMALL = _U(0x8080808080808080), _U(0x7F7F7F7F7F7F7F7F), _U(0x2020202020202020)
_OVER_A, _OVER_Z = _U(0x1F1F1F1F1F1F1F1F), _U(0x0505050505050505)
_OVER_0, _OVER_9 = _U(0x5050505050505050), _U(0x4646464646464646)


def hash_word(word: str) -> int:
    """The 32-bit hash these kernels give a folded word: upper half of the finished ``text.word_hash``."""
    value = word_hash(word)
    value = (value ^ value >> 32) * 0xFF51AFD7ED558CCD & (2**64 - 1)
    return (value ^ value >> 32) >> 32


_SHORT = {word for held in ABBREVIATIONS.values() for word in held.split()}
_ABBREVIATIONS = np.array(sorted(map(hash_word, _SHORT)), np.uint32)


@inlined
def mix32(value: Any) -> Any:
    """MurmurHash3's 32-bit finalizer (A. Appleby, public domain)."""
    value = np.uint32(value)  # numba widens products of 32-bit numbers
    value = np.uint32((value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    value = np.uint32((value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(value ^ (value >> np.uint32(16)))


ROLL, BIGRAM = np.uint32(0x01000193), np.uint32(0xE6546B64)


@inlined
def bigram(before: Any, word: Any) -> Any:
    """Hash of a word 2-gram."""
    return mix32(before * ROLL ^ word ^ BIGRAM)


@inlined
def _is_plain(byte: Any) -> Any:
    return 97 <= byte <= 122 or 65 <= byte <= 90 or 48 <= byte <= 57 or byte >= 128


@kernel
def _may_end(at: int, end: int) -> bool:
    """Whether what follows an end mark lets a sentence begin: white space, then no small letter."""
    while at < end and (read8(at) == 34 or read8(at) == 39 or read8(at) == 41 or read8(at) == 93):
        at += 1
    if at < end and read8(at) > 32 and read8(at) < 128:
        return False
    while at < end and read8(at) <= 32:
        at += 1
    return at >= end or not 97 <= read8(at) <= 122


@kernel
def _is_abbreviation(word: Any, size: int, flag: int) -> bool:
    if size == 1 and not flag & DIGIT:
        return True
    place = find_sorted(_ABBREVIATIONS, word)
    return bool(place < len(_ABBREVIATIONS) and _ABBREVIATIONS[place] == word)


@inlined
def _flags(at: Any, end: Any, limit: int) -> Any:
    """Flag bits of the word in data[at:end], but for START."""
    first = read8(at)
    capital = 65 <= first <= 90
    digit = small = False
    place = at
    while place < end:
        block = read64_until(place, end, limit)
        plain = block & _LOW7
        digit |= (plain + _OVER_0) & ~(plain + _OVER_9) & ~block & _HIGH != 0
        letters = ((plain | _SMALL) + _OVER_A) & ~((plain | _SMALL) + _OVER_Z) & ~block & _HIGH
        small |= (letters >> _U(2)) & block != 0 or block & _HIGH != 0
        place += 8
    return (CAPITAL if capital else 0) | (DIGIT if digit else 0) | (UPPER if capital and not small and end - at > 1 else 0)


@kernel
def _pass_gap(at: int, stop: int, end: int, near: int, last: Any, size: int, flag: int, fresh: bool) -> bool:
    """Whether a sentence begins behind the bytes at..stop, which hold no word.

    The word before them ended at the address ``near`` (0: there is none), with hash ``last``, ``size`` bytes and ``flag``.
    """
    while at < stop:
        byte = read8(at)
        if byte == 10:
            fresh = True
        elif (byte == 46 or byte == 33 or byte == 63) and near and not fresh and _may_end(at + 1, end):
            fresh = not (byte == 46 and near == at and _is_abbreviation(last, size, flag))
        at += 1
    return fresh


@inlined
def _bits_below(place: Any) -> Any:
    return ~_U(0) if place >= _U(64) else (_U(1) << place) - _U(1)


@inlined
def _first_unsure(plain: Any, wide: Any, joins: Any) -> Any:
    """Place of the first of 64 bytes that is not ASCII or may join two words, 64 for none."""
    return min(trailing_zeros(wide | (joins & (plain << _U(1)) & ((plain | wide) >> _U(1) | _LAST_BIT))), _U(64))


@kernel
def read_words(at: int, end: int, limit: int, table: Any, words: Array, flags: Array, begins: Array, ends: Array) -> int:
    """Read the UTF-8 text at memory addresses at..end into words uint32, flags uint8, begins and ends int64; return how many.

    begins and ends are byte offsets in the text. The arrays hold (end - at) // 2 + 2 entries; ``table`` is ``fold_table()``;
    no byte from ``limit`` on is touched. As in ``shingles.shingle_document``, plain words are taken from windows of 64 bytes.
    """
    blocks, entries, pool = table[0].ctypes.data, table[1].ctypes.data, table[2].ctypes.data
    start, n, fresh = at, 0, True
    near: Any = 0  # address of the end of the word before
    word, size = np.uint32(0), np.int64(0)  # its hash and bytes
    flag: Any = 0
    while at < end:
        if at + 64 <= end and at + 72 <= limit:
            plain, wide, joins, digits, capitals, marks = classify_case(at)
            bound = _first_unsure(plain, wide, joins)
            left, first, behind = plain, _U(64), _U(0)
            while left != 0:
                first = trailing_zeros(left)
                stop = first + trailing_zeros(~(plain >> first))
                if stop >= bound:
                    break
                if marks & (_bits_below(first) & ~_bits_below(behind)):
                    fresh = _pass_gap(at + np.int64(behind), at + np.int64(first), end, near, word, size, flag, fresh)
                size, run = np.int64(stop - first), _bits_below(stop) & ~_bits_below(first)
                word = np.uint32(finish(hash_run(at + np.int64(first), size)) >> _U(32))
                flag = np.int64(capitals >> first & _U(1)) | (DIGIT if digits & run else 0) | (START if fresh else 0)
                if flag & CAPITAL and size > 1 and run & ~capitals & ~digits == 0:
                    flag |= UPPER
                begin, near = at + np.int64(first) - start, at + np.int64(stop)
                words[n], flags[n], begins[n], ends[n] = word, flag, begin, begin + size
                n, fresh, behind = n + 1, False, stop
                left &= ~_bits_below(stop)
                first = _U(64)
            step: Any = min(first, bound)
            if marks & (_bits_below(step) & ~_bits_below(behind)):
                fresh = _pass_gap(at + np.int64(behind), at + np.int64(step), end, near, word, size, flag, fresh)
            moved: Any = np.int64(step)
            at += moved
            if bound == _U(64) and step > 0:
                continue
        if not _is_plain(read8(at)):
            fresh = _pass_gap(at, at + 1, end, near, word, size, flag, fresh)
            at += 1
            continue
        value, found, stop_at = read_word(at, end, limit, blocks, entries, pool)
        if not found:
            at = stop_at
            continue
        while stop_at > at + 1 and not _is_plain(read8(stop_at - 1)):
            stop_at -= 1
        word, size, near = np.uint32(finish(value) >> _U(32)), stop_at - at, stop_at
        flag = _flags(at, stop_at, limit) | (START if fresh else 0)
        words[n], flags[n], begins[n], ends[n] = word, flag, at - start, stop_at - start
        n, fresh, at = n + 1, False, stop_at
    return n


def _all_classes() -> Array:
    """The class of a word by 16 x its entry in ``Vocabulary.kinds`` + its flags, uint8[48]."""
    classes = np.zeros(48, np.uint8)
    for place in range(48):
        entry, flag = divmod(place, 16)
        named = flag & CAPITAL and (not flag & START or flag & UPPER)
        kept = flag & DIGIT or entry == KEPT or named
        classes[place] = FUNCTION if entry == FUNCTION else KEPT if kept else 0
    return classes


CLASSES = _all_classes()
"""What ``class_of`` looks up."""


@inlined
def class_of(word: Any, flag: Any, kinds: Array) -> Any:
    """1 stable function word, 2 immutable, 0 the rest: looked up, for no branch could foresee it.

    ``kinds`` is ``Vocabulary.kinds``, uint8[2**k] by the low bits of the word: 1 function word, 2 rare word, 0 the rest.
    """
    return CLASSES[np.uint64(kinds[word & np.uint32(len(kinds) - 1)] << np.uint8(4) | flag)]


@kernel
def classify(words: Array, flags: Array, n: int, kinds: Array, classes: Array) -> None:
    """Fill classes uint8[n] with ``class_of`` each word."""
    for i in range(n):
        classes[i] = class_of(words[i], flags[i], kinds)
