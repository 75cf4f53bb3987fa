"""Compiled rewrite sketch: sentence skeletons, their shingles, and one minimum a bin.

What is examined word by word is laid out first, without a branch that could not be foreseen; then each family is
hashed in a loop of its own, which runs on whole vectors.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.shingles import longest
from corpus_tools.kernels.tokens import BIGRAM, KEPT, ROLL, class_of, mix32, read_words
from corpus_tools.rewrite.language_kernels import tell_language

Array = np.ndarray[Any, np.dtype[Any]]

_EDGE, _RUN, _PAIR = np.uint32(0x9E3779B9), np.uint32(0x85EBCA6B), np.uint32(0xCC9E2D51)
_ALL, _ONE = np.uint32(0xFFFFFFFF), np.uint32(1)
NOTHING = 0xFFFFFFFF
"""The hash of what is no shingle, and the value of an empty bin."""


class Laid(NamedTuple):
    """One page laid out; ``room`` words fit."""

    words: Array
    """uint32[room] and, in order, flags uint8 and places of first and last byte int64: as ``read_words`` fills them."""
    flags: Array
    begins: Array
    ends: Array
    marks: Array
    """uint32[2 room + 3]: three zeros, then the skeleton: terms, stable function words, one mark a run of others, sentence edges."""
    whole: Array
    """uint8: 1 where a mark and the three before it are a shingle."""
    terms: Array
    """uint32[room + 1]: a zero, then the immutable terms."""
    paired: Array
    """uint8: 1 where a term and the one before it stand in one sentence."""
    hashes: Array
    """uint32[2 room]: of one family at a time."""


@inlined
def make_laid(offsets: Array) -> Any:
    """``Laid`` for the longest text of an Arrow buffer."""
    room = longest(offsets) // 2 + 2
    return Laid(
        np.empty(room, np.uint32),
        np.empty(room, np.uint8),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.zeros(2 * room + 3, np.uint32),
        np.zeros(2 * room + 3, np.uint8),
        np.zeros(room + 1, np.uint32),
        np.zeros(room + 1, np.uint8),
        np.empty(2 * room, np.uint32),
    )


@kernel
def lay_page(n: int, kinds: Array, laid: Any) -> Any:
    """Fill marks and terms from the page's n words; return how many of each, the zeros before them included.

    A mark or term is written before it is known whether it is one, and counted if it is.
    """
    words, flags, marks, whole, terms, paired = laid.words, laid.flags, laid.marks, laid.whole, laid.terms, laid.paired
    m, t, depth = np.uint64(3), np.uint64(1), np.int64(0)  # depth: marks since the sentence began
    one, run, has = np.uint8(1), np.uint8(0), np.uint8(0)  # run: the mark before is that of a run; has: a term in this sentence
    for i in range(n):
        word, flag = words[i], flags[i]
        kind = class_of(word, flag, kinds)
        start = np.uint8(flag >> np.uint8(3))
        within = np.uint8(one - start)
        marks[m], whole[m] = _EDGE, np.uint8(depth >= 3)
        m += np.uint64(start)
        depth = (depth & -np.int64(within)) | np.int64(start)
        run, has = np.uint8(run & within), np.uint8(has & within)
        kept, other = np.uint8(kind == KEPT), np.uint8(kind == 0)
        terms[t], paired[t] = word, has
        t += np.uint64(kept)
        has = np.uint8(has | kept)
        dropped = np.uint32(np.uint32(0) - np.uint32(other))
        marks[m], whole[m] = np.uint32(word & ~dropped) | np.uint32(_RUN & dropped), np.uint8(depth >= 3)
        fresh = np.uint8(one - (other & run))
        m += np.uint64(fresh)
        depth += np.int64(fresh)
        run = other
    return np.int64(m), np.int64(t)


@kernel
def hash_skeleton(marks: Array, whole: Array, m: int, out: Array) -> int:
    """Hashes of 4-grams of marks[:m], NOTHING where there is none; returns how many."""
    a, b, c, d, held = marks, marks[1:], marks[2:], marks[3:], whole[3:]
    for k in range(m - 3):
        value = np.uint32(np.uint32(np.uint32(a[k] * ROLL ^ b[k]) * ROLL ^ c[k]) * ROLL) ^ d[k]
        out[k] = mix32(value) | (np.uint32(held[k]) - _ONE)
    return m - 3


@kernel
def hash_pairs(terms: Array, paired: Array, t: int, out: Array) -> int:
    """Hashes of neighbouring terms of terms[1:t], NOTHING where they are in different sentences; returns how many."""
    after, held = terms[1:], paired[1:]
    for k in range(t - 1):
        out[k] = mix32(np.uint32(terms[k] * ROLL) ^ after[k] ^ _PAIR) | (np.uint32(held[k]) - _ONE)
    return t - 1


@kernel
def hash_bigrams(words: Array, flags: Array, n: int, out: Array) -> int:
    """Hashes of word 2-grams of words[:n], NOTHING where a sentence begins between them; returns how many."""
    after, flag = words[1:], flags[1:]
    for k in range(n - 1):
        out[k] = mix32(np.uint32(words[k] * ROLL) ^ after[k] ^ BIGRAM) | (np.uint32(0) - np.uint32(flag[k] >> np.uint8(3)))
    return max(0, n - 1)


@kernel
def take_least(hashes: Array, count: int, hot: Array, shift: Any, row: Array) -> None:
    """Lower row uint32[bins] to the least hash of each bin that is not in the bitmap ``hot``; the bin is the hash >> shift."""
    mask = np.uint32(8 * len(hot) - 1)
    for s in range(count):
        value = hashes[s]
        slot = value & mask
        is_hot = np.uint32(hot[slot >> np.uint32(3)] >> np.uint8(slot & np.uint32(7)) & np.uint8(1))
        place = np.uint64(value >> shift)
        row[place] = min(row[place], np.uint32(value | np.uint32(np.uint32(0) - is_hot)))  # no branch: it could not be foreseen


@kernel
def sketch_pages(offsets: Array, base: int, limit: int, table: Any, kinds: Array, hot: Array, bins: int, out: Array) -> None:
    """Fill out uint32[pages, 3 * bins], skeleton 4-grams, pairs of terms, word 2-grams: the least hash of each bin, NOTHING where empty.

    ``hot`` is a bitmap uint8[2**k / 8] of shingles too frequent to tell pages apart, by their low bits.
    """
    laid, shift = make_laid(offsets), np.uint32(32 - int(np.log2(bins)))
    hashes = laid.hashes
    for page in range(len(offsets) - 1):
        at, end, row = base + offsets[page], base + offsets[page + 1], out[page]
        n = read_words(at, end, limit, table, laid.words, laid.flags, laid.begins, laid.ends)
        m, t = lay_page(n, kinds, laid)
        row[:] = _ALL
        take_least(hashes, hash_skeleton(laid.marks, laid.whole, m, hashes), hot, shift, row[:bins])
        take_least(hashes, hash_pairs(laid.terms, laid.paired, t, hashes), hot, shift, row[bins : 2 * bins])
        take_least(hashes, hash_bigrams(laid.words, laid.flags, n, hashes), hot, shift, row[2 * bins :])


@kernel
def count_shingles(
    offsets: Array, base: int, limit: int, table: Any, marks: Array, kinds: Array, counts: Array, seen: Array, first: int
) -> None:
    """Add each page's distinct shingles to its language's row of counts uint16[languages + 1, 2**k], as ``count_word_documents``."""
    laid = make_laid(offsets)
    hashes = laid.hashes
    for page in range(len(offsets) - 1):
        at, end, number = base + offsets[page], base + offsets[page + 1], first + page
        n = read_words(at, end, limit, table, laid.words, laid.flags, laid.begins, laid.ends)
        m, t = lay_page(n, kinds, laid)
        own = counts[tell_language(laid.words, n, marks, len(counts) - 1)]
        _count(hashes, hash_skeleton(laid.marks, laid.whole, m, hashes), own, seen, number)
        _count(hashes, hash_pairs(laid.terms, laid.paired, t, hashes), own, seen, number)
        _count(hashes, hash_bigrams(laid.words, laid.flags, n, hashes), own, seen, number)


@inlined
def _count(hashes: Array, count: int, counts: Array, seen: Array, number: int) -> None:
    mask = np.uint32(len(counts) - 1)
    for s in range(count):
        slot = hashes[s] & mask
        if hashes[s] != _ALL and seen[slot] != number:
            seen[slot] = number
            counts[slot] += counts[slot] < 65535
