"""Compiled pages for alignment: words, sentences, sentence features and entities in flat arrays.

The top bit of a feature's hash says whether it belongs to a sentence (0) or to the page as a whole (1). Time and memory
are linear in the words of a page; SENTENCES bounds what is aligned.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.memory import read8
from corpus_tools.kernels.shingles import longest
from corpus_tools.kernels.tokens import FUNCTION, KEPT, ROLL, START, bigram, classify, mix32, read_words
from corpus_tools.rewrite.alignment.part_kernels import split_lists

Array = np.ndarray[Any, np.dtype[Any]]

SENTENCES, ENTITIES = 512, 12
"""Bounds: sentences of a page that are aligned, entities of a page that are compared."""

MAX_WEIGHT = 3.0
"""What a feature counts at most when sentences look for partners: a rewrite is full of words that stand nowhere else."""
SLOTS = 1 << 20
SLOT_MASK = np.uint32(SLOTS - 1)
PAGE_BIT = np.uint32(1 << 31)
CONCEPT_BIT = np.uint32(1 << 31)
"""Set in the stem of a word that stands for its concept."""
OF_BIGRAM, OF_SKELETON = -1, -2
"""In the place of a sentence number: a page's word 2-gram, a page's skeleton 4-gram."""

_EDGE, _RUN = np.uint32(0x9E3779B9), np.uint32(0x85EBCA6B)
_TWO, _THREE, _FOUR = np.uint32(0x3C6EF372), np.uint32(0xDAA66D2B), np.uint32(0xB54CDA56)
_STEM, _TERM = np.uint32(0x78DDE6E4), np.uint32(0x1715609D)
_STEM_BYTES = 5


class Lexicon(NamedTuple):
    """What is known of words and features, by the low bits of their hashes."""

    kinds: Array
    """uint8: 1 stable function word, 2 rare word, 0 the rest."""
    word_weights: Array
    """float32: inverse document frequency of words."""
    weights: Array
    """float32: inverse document frequency of features."""
    concepts: Array
    """uint32: the common stem of words that stand for each other, 0 for none; may have no entry at all."""
    phrases: Array
    """uint8: documents that hold a word 2-gram, 255 and up as 255."""


class Pages(NamedTuple):
    """Pages one behind the other; ``bounds`` int64[pages + 1, 3] has the ends of their words, features and sentences."""

    words: Array
    classes: Array
    flags: Array
    stems: Array
    feats: Array
    sents: Array
    """int32: sentence of the page a feature is of, OF_BIGRAM or OF_SKELETON."""
    starts: Array
    """int64: place of a sentence's first word."""
    norms: Array
    """float32: length of a sentence's feature vector."""
    masses: Array
    """float32: sum of the weights of a sentence's words."""
    entities: Array
    """float64[pages, ENTITIES, 2]: word and weight, heaviest first, weight 0 for none."""
    bounds: Array


@inlined
def _stem(at: int, begin: int, end: int) -> Any:
    """Hash of the first bytes of a word, capitals made small."""
    value = np.uint32(2166136261)
    for i in range(begin, min(end, begin + _STEM_BYTES)):
        value = np.uint32((value ^ np.uint32(read8(at + i) | 32)) * ROLL)
    return mix32(value)


@kernel
def read_page(
    at: int, end: int, limit: int, table: Any, lexicon: Any, words: Array, flags: Array, classes: Array, stems: Array,
    begins: Array, ends: Array,
) -> int:  # fmt: skip
    """Words, flags, classes and stems (or concepts) of one text; returns how many words."""
    n: int = read_words(at, end, limit, table, words, flags, begins, ends)
    classify(words, flags, n, lexicon.kinds, classes)
    split_lists(at, n, flags, begins, ends)
    known = len(lexicon.concepts)
    for i in range(n):
        concept = lexicon.concepts[words[i] & SLOT_MASK] if known else np.uint32(0)
        stems[i] = (concept | CONCEPT_BIT) if concept else (_stem(at, begins[i], ends[i]) & ~CONCEPT_BIT)
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
            if depth >= 2 and sentence < SENTENCES:
                made = _put(feats, sents, made, mix32((b * ROLL ^ c) * ROLL ^ _EDGE ^ _THREE), sentence)
            sentence += 1
            c, depth, before = _EDGE, 1, np.uint32(0)
        if i == n:
            break
        word, kind, within = words[i], classes[i], sentence < SENTENCES
        if before:
            made = _put(feats, sents, made, bigram(before, word), OF_BIGRAM)
        before = word
        if kind != FUNCTION and within:
            made = _put(feats, sents, made, mix32(stems[i] ^ _STEM), sentence)
            if kind == KEPT:
                made = _put(feats, sents, made, mix32(word ^ _TERM), sentence)
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
def count_features(offsets: Array, base: int, limit: int, table: Any, lexicon: Any, counts: Array, seen: Array, first: int) -> None:
    """Add each page's distinct features to counts int32[SLOTS], by their low bits; seen int32[SLOTS] starts at -1.

    ``first`` is the number of this buffer's first page.
    """
    room = longest(offsets) // 2 + 2
    words, stems = np.empty(room, np.uint32), np.empty(room, np.uint32)
    flags, classes = np.empty(room, np.uint8), np.empty(room, np.uint8)
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    feats, sents = np.empty(6 * room + 6, np.uint32), np.empty(6 * room + 6, np.int32)
    for page in range(len(offsets) - 1):
        at, end = base + offsets[page], base + offsets[page + 1]
        n = read_page(at, end, limit, table, lexicon, words, flags, classes, stems, begins, ends)
        for f in range(page_features(words, flags, classes, stems, n, feats, sents)):
            slot = feats[f] & SLOT_MASK
            if seen[slot] != first + page:
                seen[slot] = first + page
                counts[slot] += 1


@kernel
def find_entities(words: Array, classes: Array, n: int, weights: Array, least: float, tally: Array, out: Array) -> None:
    """The ENTITIES weightiest terms that stand at least twice: out float64[ENTITIES, 2] of (word, weight).

    A term is an immutable, or a word of weight ``least`` and up; it weighs min(times, 8) x its weight. ``tally`` is
    scratch, int64[2, power of two above n], that comes and leaves with zeros in its second row.
    """
    mask = tally.shape[1] - 1
    out[:] = 0.0
    for i in range(n):
        if classes[i] == FUNCTION or (classes[i] != KEPT and weights[words[i] & SLOT_MASK] < least):
            continue
        slot = _slot_of(tally, words[i], mask)
        tally[0, slot] = words[i]
        tally[1, slot] += 1
    for i in range(n):
        slot = _slot_of(tally, words[i], mask)
        if tally[1, slot] >= 2:
            _insert(out, np.float64(words[i]), min(tally[1, slot], 8) * np.float64(weights[words[i] & SLOT_MASK]))
            tally[1, slot] = -1  # taken once
    tally[1] = 0


@inlined
def _slot_of(tally: Array, word: Any, mask: int) -> Any:
    slot = np.int64(word) & mask
    while tally[1, slot] and tally[0, slot] != word:
        slot = (slot + 1) & mask
    return slot


@inlined
def _insert(out: Array, word: float, weight: float) -> None:
    """Keep out sorted by weight, then by the smaller word."""
    place = len(out)
    while place > 0 and (out[place - 1, 1] < weight or (out[place - 1, 1] == weight and out[place - 1, 0] > word)):
        place -= 1
    for i in range(len(out) - 1, place, -1):
        out[i, 0], out[i, 1] = out[i - 1, 0], out[i - 1, 1]
    if place < len(out):
        out[place, 0], out[place, 1] = word, weight


@kernel
def lay_out(offsets: Array, base: int, limit: int, table: Any, lexicon: Any, least: float, entity_least: float, pages: Any) -> None:
    """Fill ``pages``; features whose weight is below ``least`` are left out."""
    room = longest(offsets) // 2 + 2
    places = 64
    while places < 2 * room:
        places *= 2
    begins, ends, tally = np.empty(room, np.int64), np.empty(room, np.int64), np.zeros((2, places), np.int64)
    w = f = s = np.int64(0)
    for page in range(len(offsets) - 1):
        at, end = base + offsets[page], base + offsets[page + 1]
        words, flags, classes, stems = pages.words[w:], pages.flags[w:], pages.classes[w:], pages.stems[w:]
        n = read_page(at, end, limit, table, lexicon, words, flags, classes, stems, begins, ends)
        made = page_features(words, flags, classes, stems, n, pages.feats[f:], pages.sents[f:])
        size = 64
        while size < 2 * n:
            size *= 2
        find_entities(words, classes, n, lexicon.word_weights, entity_least, tally[:, :size], pages.entities[page])
        held = _lay_sentences(w, n, s, lexicon.word_weights, pages)
        f = _weigh_features(f, f + made, s, lexicon.weights, least, pages)
        for i in range(s, s + held):
            pages.norms[i] = np.sqrt(pages.norms[i])
        w += n
        s += held
        pages.bounds[page + 1, 0], pages.bounds[page + 1, 1], pages.bounds[page + 1, 2] = w, f, s


@kernel
def _lay_sentences(w: int, n: int, s: int, weights: Array, pages: Any) -> int:
    """Starts and masses of the sentences of the n words from w, from place s on; returns how many."""
    held = 0
    for i in range(w, w + n):
        if pages.flags[i] & START:
            if held == SENTENCES:
                break
            pages.starts[s + held], pages.norms[s + held], pages.masses[s + held] = i, 0.0, 0.0
            held += 1
        pages.masses[s + held - 1] += min(weights[pages.words[i] & SLOT_MASK], MAX_WEIGHT)
    return held


@kernel
def _weigh_features(first: int, last: int, s: int, weights: Array, least: float, pages: Any) -> int:
    """Keep the features first..last that weigh enough, add their squares to their sentences' norms; returns the new end."""
    kept = first
    for i in range(first, last):
        weight = weights[pages.feats[i] & SLOT_MASK]
        if weight >= least:
            pages.feats[kept], pages.sents[kept] = pages.feats[i], pages.sents[i]
            if pages.sents[i] >= 0:
                pages.norms[s + pages.sents[i]] += min(weight, MAX_WEIGHT) ** 2
            kept += 1
    return kept
