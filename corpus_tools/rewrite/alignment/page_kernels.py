"""Compiled pages for alignment: words, sentences, sentence features and entities in flat arrays; MAX_SENTENCES bounds what is aligned."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.shingles import longest
from corpus_tools.kernels.tokens import FUNCTION, KEPT, START
from corpus_tools.rewrite.alignment.feature_kernels import SLOT_MASK, page_features, read_stemmed_words
from corpus_tools.rewrite.alignment.layout import MAX_SENTENCES

Array = np.ndarray[Any, np.dtype[Any]]

MAX_WEIGHT = 3.0
"""What a feature counts at most when sentences look for partners: a rewrite is full of words that stand nowhere else."""


@kernel
def find_entities(
    words: Array, classes: Array, n: int, weights: Array, least: float, held: Array, counts: Array, out: Array
) -> None:
    """The MAX_ENTITIES weightiest terms that stand at least twice: out ENTITY[MAX_ENTITIES].

    A term is an immutable, or a word of weight ``least`` and up; it weighs min(times, 8) x its weight. ``held``
    (words) and ``counts``, int64[power of two above n], are scratch; ``counts`` comes and leaves with zeros.
    """
    mask = len(counts) - 1
    for k in range(len(out)):
        out[k].word, out[k].weight = 0, 0.0
    for i in range(n):
        if classes[i] == FUNCTION or (classes[i] != KEPT and weights[words[i] & SLOT_MASK] < least):
            continue
        slot = _slot_of(held, counts, words[i], mask)
        held[slot] = words[i]
        counts[slot] += 1
    for i in range(n):
        slot = _slot_of(held, counts, words[i], mask)
        if counts[slot] >= 2:
            _insert(out, words[i], min(counts[slot], 8) * np.float64(weights[words[i] & SLOT_MASK]))
            counts[slot] = -1  # taken once
    counts[:] = 0


@inlined
def _slot_of(held: Array, counts: Array, word: Any, mask: int) -> Any:
    slot = np.int64(word) & mask
    while counts[slot] and held[slot] != word:
        slot = (slot + 1) & mask
    return slot


@inlined
def _insert(out: Array, word: Any, weight: float) -> None:
    """Keep out sorted by weight, then by the smaller word."""
    place = len(out)
    while place > 0 and (out[place - 1].weight < weight or (out[place - 1].weight == weight and out[place - 1].word > word)):
        place -= 1
    for i in range(len(out) - 1, place, -1):
        out[i].word, out[i].weight = out[i - 1].word, out[i - 1].weight
    if place < len(out):
        out[place].word, out[place].weight = word, weight


@kernel
def lay_out_pages(
    offsets: Array, base: int, limit: int, table: Any, lexicon: Any, least: float, entity_least: float, pages: Any
) -> None:
    """Fill ``pages``; features whose weight is below ``least`` are left out."""
    room = longest(offsets) // 2 + 2
    places = 64
    while places < 2 * room:
        places *= 2
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    held, counts = np.empty(places, np.int64), np.zeros(places, np.int64)
    w = f = s = np.int64(0)
    for page in range(len(offsets) - 1):
        at, end = base + offsets[page], base + offsets[page + 1]
        words, flags, classes, stems = pages.words[w:], pages.flags[w:], pages.classes[w:], pages.stems[w:]
        n = read_stemmed_words(at, end, limit, table, lexicon, words, flags, classes, stems, begins, ends)
        made = page_features(words, flags, classes, stems, n, pages.feats[f:], pages.sents[f:])
        size = 64
        while size < 2 * n:
            size *= 2
        find_entities(words, classes, n, lexicon.word_weights, entity_least, held[:size], counts[:size], pages.entities[page])
        sentences = _lay_sentences(w, n, s, lexicon.word_weights, pages)
        f = _weigh_features(f, f + made, s, lexicon.weights, least, pages, pages.totals[page])
        for i in range(s, s + sentences):
            pages.norms[i] = np.sqrt(pages.norms[i])
        w += n
        s += sentences
        pages.first_word[page + 1], pages.first_feature[page + 1], pages.first_sentence[page + 1] = w, f, s


@kernel
def _lay_sentences(w: int, n: int, s: int, weights: Array, pages: Any) -> int:
    """Starts and masses of the sentences of the n words from w, from place s on; returns how many."""
    held = 0
    for i in range(w, w + n):
        if pages.flags[i] & START:
            if held == MAX_SENTENCES:
                break
            pages.starts[s + held], pages.norms[s + held], pages.masses[s + held] = i, 0.0, 0.0
            held += 1
        pages.masses[s + held - 1] += min(weights[pages.words[i] & SLOT_MASK], MAX_WEIGHT)
    return held


@kernel
def _weigh_features(first: int, last: int, s: int, weights: Array, least: float, pages: Any, totals: Array) -> int:
    """Keep the features first..last that weigh enough, add them to totals or their squares to sentences' norms; returns the new end."""
    kept = first
    for i in range(first, last):
        weight = weights[pages.feats[i] & SLOT_MASK]
        if weight >= least:
            pages.feats[kept], pages.sents[kept] = pages.feats[i], pages.sents[i]
            if pages.sents[i] >= 0:
                pages.norms[s + pages.sents[i]] += min(weight, MAX_WEIGHT) ** 2
            else:
                totals[-1 - pages.sents[i]] += np.float64(weight)
            kept += 1
    return kept
