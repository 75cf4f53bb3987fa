"""Compiled spin view: sentence skeletons, their shingles, and one minimum a bin."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools._compile_kernels import kernel
from corpus_tools._kernels import longest
from corpus_tools._token_kernels import KEPT, ROLL, START, bigram, classify, mix32, read_words

Array = np.ndarray[Any, np.dtype[Any]]

SKELETON, PAIR, BIGRAM = 0, 1, 2
"""Families of shingles."""

_EDGE, _RUN, _PAIR = np.uint32(0x9E3779B9), np.uint32(0x85EBCA6B), np.uint32(0xCC9E2D51)


@kernel
def shingle_page(words: Array, flags: Array, classes: Array, n: int, out: Array, family: Array) -> int:
    """Write every shingle's hash to out uint32 and its family to family uint8; return how many (at most 3 n + 8)."""
    made = 0
    a = b = c = np.uint32(0)  # the three skeleton marks before
    depth = 0  # marks since the sentence began
    last_kept, has_kept, before, has_before = np.uint32(0), False, np.uint32(0), False
    for i in range(n):
        word = words[i]
        if flags[i] & START:
            if depth >= 3:
                out[made] = mix32(((a * ROLL ^ b) * ROLL ^ c) * ROLL ^ _EDGE)
                family[made] = SKELETON
                made += 1
            c, depth, has_kept, has_before = _EDGE, 1, False, False
        if has_before:
            out[made] = bigram(before, word)
            family[made] = BIGRAM
            made += 1
        before, has_before = word, True
        mark = _RUN
        if classes[i] == KEPT:
            if has_kept:
                out[made] = mix32(last_kept * ROLL ^ word ^ _PAIR)
                family[made] = PAIR
                made += 1
            last_kept, has_kept = word, True
        if classes[i]:
            mark = word
        elif c == _RUN and depth:
            continue
        if depth >= 3:
            out[made] = mix32(((a * ROLL ^ b) * ROLL ^ c) * ROLL ^ mark)
            family[made] = SKELETON
            made += 1
        a, b, c = b, c, mark
        depth += 1
    return made


@kernel
def sketch_pages(offsets: Array, base: int, limit: int, table: Any, kinds: Array, hot: Array, bins: int, out: Array) -> None:
    """Fill out uint32[pages, 3 * bins]: the least hash of each bin, 2**32 - 1 where a bin is empty.

    ``hot`` is a bitmap uint8[2**k / 8] of shingles too frequent to tell pages apart, by their low bits.
    """
    room = longest(offsets) // 2 + 2
    words, flags, classes = np.empty(room, np.uint32), np.empty(room, np.uint8), np.empty(room, np.uint8)
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    hashes, family = np.empty(3 * room + 8, np.uint32), np.empty(3 * room + 8, np.uint8)
    shift = np.uint32(32 - int(np.log2(bins)))
    mask = np.uint32(8 * len(hot) - 1)
    for page in range(len(offsets) - 1):
        n = read_words(base + offsets[page], base + offsets[page + 1], limit, table, words, flags, begins, ends)
        classify(words, flags, n, kinds, classes)
        made = shingle_page(words, flags, classes, n, hashes, family)
        row = out[page]
        row[:] = np.uint32(0xFFFFFFFF)
        for s in range(made):
            value = hashes[s]
            place = family[s] * bins + (value >> shift)
            if value < row[place]:
                slot = value & mask
                if not hot[slot >> np.uint32(3)] >> (slot & np.uint32(7)) & 1:
                    row[place] = value


@kernel
def count_shingles(offsets: Array, base: int, limit: int, table: Any, kinds: Array, counts: Array, seen: Array, first: int) -> None:
    """Add each page's distinct shingles to counts uint16[2**k], as ``count_words`` does with words."""
    room = longest(offsets) // 2 + 2
    words, flags, classes = np.empty(room, np.uint32), np.empty(room, np.uint8), np.empty(room, np.uint8)
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    hashes, family = np.empty(3 * room + 8, np.uint32), np.empty(3 * room + 8, np.uint8)
    mask = np.uint32(len(counts) - 1)
    for page in range(len(offsets) - 1):
        n = read_words(base + offsets[page], base + offsets[page + 1], limit, table, words, flags, begins, ends)
        classify(words, flags, n, kinds, classes)
        for s in range(shingle_page(words, flags, classes, n, hashes, family)):
            slot = hashes[s] & mask
            if seen[slot] != first + page:
                seen[slot] = first + page
                counts[slot] += counts[slot] < 65535
