"""Compiled masking of names: a page's template, and the names that stand in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.shingles import longest
from corpus_tools.kernels.sorting import find_sorted
from corpus_tools.kernels.tokens import CAPITAL, DIGIT, START, hash_word, read_words
from corpus_tools.kernels.word_lists import DATE_WORDS

Array = np.ndarray[Any, np.dtype[Any]]

_DATES = np.array(sorted(hash_word(word) for word in DATE_WORDS["en"].split()), np.uint32)
NAME, OTHER = 1, 2
"""Marks of masked words: a name, and what changes on an honest page from one revision to the next (numbers, dates)."""
_STEP, _MASK = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


@kernel
def mask_words(words: Array, flags: Array, n: int, marks: Array) -> None:
    """Fill marks uint8[n]: NAME, OTHER or 0. A capitalised word is masked if it stands capitalised inside a sentence anywhere."""
    size = 64
    while size < 2 * n:
        size *= 2
    table, used = np.zeros(size, np.uint32), np.zeros(size, np.bool_)
    for i in range(n):
        if flags[i] & CAPITAL and not flags[i] & START:
            slot = np.int64(words[i]) & (size - 1)
            while used[slot] and table[slot] != words[i]:
                slot = (slot + 1) & (size - 1)
            table[slot], used[slot] = words[i], True
    for i in range(n):
        marks[i] = 0
        slot = np.int64(words[i]) & (size - 1)
        while used[slot] and table[slot] != words[i]:
            slot = (slot + 1) & (size - 1)
        if flags[i] & DIGIT:
            marks[i] = OTHER
        elif flags[i] & CAPITAL and used[slot]:
            place = find_sorted(_DATES, words[i])
            marks[i] = OTHER if place < len(_DATES) and _DATES[place] == words[i] else NAME


@kernel
def mask_pages(offsets: Array, base: int, limit: int, table: Any, least: int, most: float, templates: Array, held: Array) -> None:
    """Fill uint64[pages]: ``templates``, hash of the words with a run of masked ones as one mask, and ``held``, hash of the names in the masks.

    Both are 0 for a page without names, with fewer than ``least`` words outside the masks, or with more than the share
    ``most`` of its words masked.
    """
    room = longest(offsets) // 2 + 2
    words, flags, marks = np.empty(room, np.uint32), np.empty(room, np.uint8), np.empty(room, np.uint8)
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    for page in range(len(offsets) - 1):
        n = read_words(base + offsets[page], base + offsets[page + 1], limit, table, words, flags, begins, ends)
        mask_words(words, flags, n, marks)
        kept, named, template, names = 0, 0, np.uint64(1), np.uint64(1)
        for i in range(n):
            if marks[i] == 0:
                kept += 1
                template = (template ^ np.uint64(words[i])) * _STEP
                template ^= template >> np.uint64(29)
            elif i == 0 or marks[i - 1] == 0:
                template = (template ^ _MASK) * _STEP
            if marks[i] == NAME:
                named += 1
                names = (names ^ np.uint64(words[i])) * _STEP
                names ^= names >> np.uint64(29)
        fits = named > 0 and kept >= least and n - kept <= most * n
        templates[page], held[page] = (template, names) if fits else (np.uint64(0), np.uint64(0))
