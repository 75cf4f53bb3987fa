"""Compiled phrase statistics: how many of a page's word pairs the rest of the corpus uses too, and of those that two pages do not share."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from corpus_tools.kernels.compile import kernel, part
from corpus_tools.kernels.shingles import longest, sort_distinct
from corpus_tools.kernels.tokens import FUNCTION, START, bigram, classify, read_words

Array = np.ndarray[Any, np.dtype[Any]]


MIN_DOCUMENTS = 3
"""Documents that must hold a 2-gram for it to be established."""
PHRASE_COUNTS = np.dtype([("counted", np.int64), ("odd", np.int64)], align=True)
"""A page's word 2-grams, and how many of them few documents hold."""
CHANGED = np.dtype(
    [
        ("only_left", np.int64),
        ("only_right", np.int64),
        ("odd_left", np.int64),
        ("odd_right", np.int64),
        ("usage_left", np.float64),
        ("usage_right", np.float64),
    ],
    align=True,
)
"""Of a pair of pages: distinct word 2-grams that only one has, how many of them are odd, and the sum of log(1 + documents that hold it)."""


class Reading(NamedTuple):
    """What it takes to read pages: texts as ``shingles.text_buffers``, ``fold_table()``, and ``Vocabulary.kinds``."""

    offsets: Array
    base: int
    limit: int
    table: Any
    kinds: Array


class Room(NamedTuple):
    """Scratch for one page."""

    words: Array
    flags: Array
    classes: Array
    begins: Array
    ends: Array
    spare: Array


@kernel
def odd_phrases(reading: Reading, shingles: Array, out: Array) -> None:
    """Fill out PHRASE_COUNTS[pages] with word 2-grams that are not made of function words alone.

    A 2-gram is odd when fewer than MIN_DOCUMENTS documents hold it; ``shingles`` is ``Vocabulary.shingles``.
    """
    room = _make_room(reading.offsets)
    phrases = np.empty(len(room.words), np.uint32)
    for page in range(len(reading.offsets) - 1):
        pairs = _list_phrases(reading, page, room, phrases)
        odd = 0
        for i in range(pairs):
            odd += _holders(shingles, phrases[i]) < MIN_DOCUMENTS
        out[page].counted, out[page].odd = pairs, odd


@kernel
def changed_phrases(reading: Reading, shingles: Array, left: Array, right: Array, out: Array) -> None:
    """Add to out CHANGED[pairs], zeros before, of the pages ``left`` and ``right`` (int64, places in the texts).

    2-grams as ``odd_phrases`` takes them; ``shingles`` is ``Vocabulary.usage``. A left page that stands in several pairs in a row is read once.
    """
    room = _make_room(reading.offsets)
    ours, theirs = np.empty(len(room.words), np.uint32), np.empty(len(room.words), np.uint32)
    read, n = np.int64(-1), 0
    for e in range(len(left)):
        if left[e] != read:
            read, n = left[e], _list_phrases(reading, left[e], room, ours)
            n = sort_distinct(ours[:n], room.spare)
        m = _list_phrases(reading, right[e], room, theirs)
        m = sort_distinct(theirs[:m], room.spare)
        _compare(ours[:n], theirs[:m], shingles, out[e])


@part
def _make_room(offsets: Array) -> Any:
    size = longest(offsets) // 2 + 2
    words, spare = np.empty(size, np.uint32), np.empty(size, np.uint32)
    flags, classes = np.empty(size, np.uint8), np.empty(size, np.uint8)
    return Room(words, flags, classes, np.empty(size, np.int64), np.empty(size, np.int64), spare)


@part
def _list_phrases(reading: Reading, page: int, room: Room, out: Array) -> int:
    """Hashes of the 2-grams of a page's sentences that are not made of function words alone, into ``out``; how many they are."""
    begin, end = reading.base + reading.offsets[page], reading.base + reading.offsets[page + 1]
    n = read_words(begin, end, reading.limit, reading.table, room.words, room.flags, room.begins, room.ends)
    classify(room.words, room.flags, n, reading.kinds, room.classes)
    pairs = 0
    for i in range(1, n):
        if room.flags[i] & START or (room.classes[i] == FUNCTION and room.classes[i - 1] == FUNCTION):
            continue
        out[pairs] = bigram(room.words[i - 1], room.words[i])
        pairs += 1
    return pairs


@part
def _compare(ours: Array, theirs: Array, shingles: Array, out: Any) -> None:
    """Count in the CHANGED of two sorted lists, zeros before."""
    i = j = 0
    while i < len(ours) or j < len(theirs):
        if j == len(theirs) or (i < len(ours) and ours[i] < theirs[j]):
            held = _holders(shingles, ours[i])
            out.only_left += 1
            out.odd_left += held < MIN_DOCUMENTS
            out.usage_left += np.log1p(held)
            i += 1
        elif i == len(ours) or theirs[j] < ours[i]:
            held = _holders(shingles, theirs[j])
            out.only_right += 1
            out.odd_right += held < MIN_DOCUMENTS
            out.usage_right += np.log1p(held)
            j += 1
        else:
            i, j = i + 1, j + 1


@part
def _holders(shingles: Array, phrase: Any) -> Any:
    """Documents that hold a 2-gram, as far as they are counted."""
    return np.int64(shingles[phrase & np.uint32(len(shingles) - 1)])
