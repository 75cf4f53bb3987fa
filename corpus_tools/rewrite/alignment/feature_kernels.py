"""Compiled features of a page's sentences, and of the page as a whole, from its words.

The top bit of a feature's hash says whether it belongs to a sentence (0) or to the page as a whole (1). Time and memory
are linear in the words of a page.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.memory import read8
from corpus_tools.kernels.shingles import longest
from corpus_tools.kernels.tokens import FUNCTION, KEPT, ROLL, START, bigram, classify, mix32, read_words
from corpus_tools.rewrite.alignment.layout import BIGRAMS, MAX_SENTENCES, SKELETONS, SLOTS
from corpus_tools.rewrite.alignment.part_kernels import split_lists
from corpus_tools.rewrite.language_kernels import tell_language

Array = np.ndarray[Any, np.dtype[Any]]

SLOT_MASK = np.uint32(SLOTS - 1)
PAGE_BIT = np.uint32(1 << 31)
OF_BIGRAM, OF_SKELETON = -1 - BIGRAMS, -1 - SKELETONS
"""In the place of a sentence number: a page's word 2-gram, a page's skeleton 4-gram."""

_EDGE, _RUN = np.uint32(0x9E3779B9), np.uint32(0x85EBCA6B)
_TWO, _THREE, _FOUR = np.uint32(0x3C6EF372), np.uint32(0xDAA66D2B), np.uint32(0xB54CDA56)
_STEM, _TERM = np.uint32(0x78DDE6E4), np.uint32(0x1715609D)
_STEM_BYTES = 5
_STEM_BITS = np.uint32((1 << 31) - 1)
"""Bits kept of a stem's hash."""


@inlined
def _stem(at: int, begin: int, end: int) -> Any:
    """Hash of the first bytes of a word, capitals made small, in 31 bits."""
    value = np.uint32(2166136261)
    for i in range(begin, min(end, begin + _STEM_BYTES)):
        value = np.uint32((value ^ np.uint32(read8(at + i) | 32)) * ROLL)
    return mix32(value) & _STEM_BITS


@inlined
def stem_feature(stem: Any) -> Any:
    """The feature of a word's stem."""
    return mix32(stem ^ _STEM) & ~PAGE_BIT


@inlined
def term_feature(word: Any) -> Any:
    """The feature of an immutable term."""
    return mix32(word ^ _TERM) & ~PAGE_BIT


@kernel
def read_stemmed_words(
    at: int, end: int, limit: int, table: Any, lexicon: Any, words: Array, flags: Array, classes: Array, stems: Array,
    begins: Array, ends: Array,
) -> int:  # fmt: skip
    """Words, flags, classes and stems of one text; returns how many words."""
    n: int = read_words(at, end, limit, table, words, flags, begins, ends)
    classify(words, flags, n, lexicon.kinds, classes)
    split_lists(at, n, flags, begins, ends)
    for i in range(n):
        stems[i] = _stem(at, begins[i], ends[i])
    return n


@inlined
def _put(feats: Array, sents: Array, made: int, value: Any, sentence: int) -> Any:
    feats[made] = (value | PAGE_BIT) if sentence < 0 else (value & ~PAGE_BIT)
    sents[made] = sentence
    return made + 1


@kernel
def page_features(words: Array, flags: Array, classes: Array, stems: Array, n: int, feats: Array, sents: Array) -> int:
    """Write features uint32 and whose they are int32; returns how many, at most 6 n + 6.

    Of a sentence: 2- and 3-grams of its skeleton, stems of its words, immutable terms. Of the page: word 2-grams and
    4-grams of the skeleton.
    """
    made, sentence, depth = 0, -1, 0
    a = b = c = before = np.uint32(0)
    for i in range(n + 1):
        if i == n or flags[i] & START:
            if depth >= 2 and sentence < MAX_SENTENCES:
                made = _put(feats, sents, made, mix32((b * ROLL ^ c) * ROLL ^ _EDGE ^ _THREE), sentence)
            sentence += 1
            c, depth, before = _EDGE, 1, np.uint32(0)
        if i == n:
            break
        word, kind, within = words[i], classes[i], sentence < MAX_SENTENCES
        if before:
            made = _put(feats, sents, made, bigram(before, word), OF_BIGRAM)
        before = word
        if kind != FUNCTION and within:
            made = _put(feats, sents, made, stem_feature(stems[i]), sentence)
            if kind == KEPT:
                made = _put(feats, sents, made, term_feature(word), sentence)
        if kind == 0 and c == _RUN:
            continue
        mark = word if kind else _RUN
        if depth >= 3:
            made = _put(feats, sents, made, mix32(((a * ROLL ^ b) * ROLL ^ c) * ROLL ^ mark ^ _FOUR), OF_SKELETON)
        if depth >= 2 and within:
            made = _put(feats, sents, made, mix32((b * ROLL ^ c) * ROLL ^ mark ^ _THREE), sentence)
        if within:
            made = _put(feats, sents, made, mix32(c * ROLL ^ mark ^ _TWO), sentence)
        a, b, c = b, c, mark
        depth += 1
    return made


@kernel
def count_features(
    offsets: Array, base: int, limit: int, table: Any, lexicon: Any, marks: Array, counts: Array, documents: Array, seen: Array, first: int
) -> None:  # fmt: skip
    """Add each page to documents int64[languages + 1] by its language, and its distinct features to that row of counts.

    counts int32[languages + 1, SLOTS] go by the features' low bits; seen int32[SLOTS] starts at -1; ``first`` is the number of this
    buffer's first page.
    """
    room = longest(offsets) // 2 + 2
    words, stems = np.empty(room, np.uint32), np.empty(room, np.uint32)
    flags, classes = np.empty(room, np.uint8), np.empty(room, np.uint8)
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    feats, sents = np.empty(6 * room + 6, np.uint32), np.empty(6 * room + 6, np.int32)
    for page in range(len(offsets) - 1):
        at, end = base + offsets[page], base + offsets[page + 1]
        n = read_stemmed_words(at, end, limit, table, lexicon, words, flags, classes, stems, begins, ends)
        language = tell_language(words, n, marks, len(documents) - 1)
        documents[language] += 1
        own = counts[language]
        for f in range(page_features(words, flags, classes, stems, n, feats, sents)):
            slot = feats[f] & SLOT_MASK
            if seen[slot] != first + page:
                seen[slot] = first + page
                own[slot] += 1
