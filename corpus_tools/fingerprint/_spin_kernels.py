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
    """Write every shingle's hash to out uint32 and its family to family uint8; return how many (at most 3 n + 7).

    A shingle is written before it is known whether it is one, and counted if it is: no branch goes by what word comes next.
    """
    made, depth = 0, 0  # depth: marks since the sentence began
    a = b = c = before = kept = np.uint32(0)  # the three marks, the word and the immutable term before
    has_kept = False
    for i in range(n):
        word, kind = words[i], classes[i]
        if flags[i] & START:
            out[made], family[made] = mix32(((a * ROLL ^ b) * ROLL ^ c) * ROLL ^ _EDGE), SKELETON
            made += depth >= 3
            c, depth, has_kept = _EDGE, 1, False
        else:
            out[made], family[made] = bigram(before, word), BIGRAM
            made += 1
        before = word
        out[made], family[made] = mix32(kept * ROLL ^ word ^ _PAIR), PAIR
        made += has_kept & (kind == KEPT)
        kept, has_kept = word if kind == KEPT else kept, has_kept | (kind == KEPT)
        mark = word if kind else _RUN
        fresh = (kind != 0) | (c != _RUN)
        out[made], family[made] = mix32(((a * ROLL ^ b) * ROLL ^ c) * ROLL ^ mark), SKELETON
        made += fresh & (depth >= 3)
        a, b, c = b if fresh else a, c if fresh else b, mark if fresh else c
        depth += fresh
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
            slot = value & mask
            is_hot = np.uint32(hot[slot >> np.uint32(3)] >> np.uint8(slot & np.uint32(7)) & np.uint8(1))
            place = family[s] * bins + (value >> shift)
            row[place] = min(row[place], value | (np.uint32(0) - is_hot))  # no branch: which way it went could not be foreseen


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
