"""Compiled matching of the sentences of two pages, one to one.

Sentences near in the cosine of their weighted features are aligned word by word and matched greedily by the words that agree.
Time is bounded by SENTENCES squared per pair of pages, and WORDS squared per pair of sentences that are aligned.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.rewrite.alignment.page_kernels import MAX_WEIGHT, SLOT_MASK
from corpus_tools.rewrite.alignment.sentence_kernels import WORDS, sentence_likeness

Array = np.ndarray[Any, np.dtype[Any]]

CHOICES = 4
"""Bound: sentences that one is compared with."""
MIN_COSINE = 0.08
"""Of a match: cosine of the sentences' features."""


@kernel
def index_page(feats: Array, first: int, last: int, keys: Array, heads: Array, chain: Array) -> int:
    """Open-addressing table of a page's features to chains of their places; returns its mask. chain is per place - first."""
    size = 64
    while size < 2 * (last - first):
        size *= 2
    mask = size - 1
    heads[:size] = -1
    for i in range(last - 1, first - 1, -1):
        slot = np.int64(feats[i]) & mask
        while heads[slot] >= 0 and keys[slot] != feats[i]:
            slot = (slot + 1) & mask
        chain[i - first] = heads[slot]
        keys[slot] = feats[i]
        heads[slot] = i
    return mask


@kernel
def join_pages(
    feats: Array, sents: Array, weights: Array, first: int, start: int, stop: int, keys: Array, heads: Array, chain: Array, mask: int,
    hit: Array, stamp: int, wide: int, dots: Array, shared: Array,
) -> None:  # fmt: skip
    """Add the products of shared features to dots[left sentence * wide + right sentence].

    shared float64[4]: weight of the right page's word 2-grams and skeleton 4-grams found in the left, then of the left's in the right.
    """
    shared[:] = 0.0
    for j in range(start, stop):
        value = feats[j]
        slot = np.int64(value) & mask
        while heads[slot] >= 0 and keys[slot] != value:
            slot = (slot + 1) & mask
        at = heads[slot]
        if at < 0:
            continue
        weight = np.float64(weights[value & SLOT_MASK])
        if sents[j] < 0:
            kind = -1 - sents[j]
            shared[kind] += weight
            while at >= 0 and hit[at - first] != stamp:
                hit[at - first] = stamp
                shared[2 + kind] += weight
                at = chain[at - first]
        else:
            square = min(weight, MAX_WEIGHT) ** 2
            while at >= 0:
                dots[sents[at] * wide + sents[j]] += square
                at = chain[at - first]


@kernel
def match_sentences(a: int, b: int, pages: Any, dots: Array, partner: Array, cosines: Array, moves: Array, row: Array) -> int:
    """Greedy one-to-one matches of the sentences of pages a and b: partner int64[sentences of a] or -1, and cosines; returns how many.

    The CHOICES sentences of b nearest to each sentence of a, of cosine MIN_COSINE and up, are compared word by word;
    pairs alike enough are taken, most alike first.
    """
    sa, sb = pages.bounds[a, 2], pages.bounds[b, 2]
    high, wide = pages.bounds[a + 1, 2] - sa, pages.bounds[b + 1, 2] - sb
    values, places, near = np.empty(high * CHOICES), np.empty(high * CHOICES, np.int64), np.empty(high * CHOICES)
    best, who = np.empty(CHOICES), np.empty(CHOICES, np.int64)
    found = 0
    for i in range(high):
        held = _nearest(dots[i * wide : (i + 1) * wide], pages.norms[sa + i], pages.norms[sb : sb + wide], best, who)
        for k in range(held):
            likeness = sentence_likeness(pages, a, i, b, who[k], moves, row)
            if likeness > 0.0:
                values[found], places[found], near[found] = -likeness, i * wide + who[k], best[k]
                found += 1
    partner[:high] = -1
    taken = np.zeros(wide, np.bool_)
    made = 0
    for k in np.argsort(values[:found], kind="mergesort"):
        i, j = places[k] // wide, places[k] % wide
        if partner[i] < 0 and not taken[j]:
            partner[i], cosines[i], taken[j] = j, near[k], True
            made += 1
    return made


@kernel
def _nearest(dots: Array, norm: float, norms: Array, best: Array, who: Array) -> int:
    """The CHOICES largest cosines of one sentence, largest first; returns how many reach MIN_COSINE."""
    held = 0
    for j in range(len(dots)):
        if dots[j] <= 0.0 or dots[j] < MIN_COSINE * norm * norms[j]:
            continue
        cosine = min(1.0, dots[j] / (norm * norms[j]))
        place = held
        while place > 0 and best[place - 1] < cosine:
            place -= 1
        if place == CHOICES:
            continue
        held = min(held + 1, CHOICES)
        for k in range(held - 1, place, -1):
            best[k], who[k] = best[k - 1], who[k - 1]
        best[place], who[place] = cosine, j
    return held


@kernel
def match_pages(a: int, b: int, pages: Any, weights: Array) -> tuple[Array, Array]:
    """Of two pages, the sentence of b that stands for each sentence of a (int64, -1 for none) and their cosines."""
    bounds, feats, sents = pages.bounds, pages.feats, pages.sents
    first, last, start, stop = bounds[a, 1], bounds[a + 1, 1], bounds[b, 1], bounds[b + 1, 1]
    high, wide = bounds[a + 1, 2] - bounds[a, 2], bounds[b + 1, 2] - bounds[b, 2]
    size = 64
    while size < 2 * (last - first):
        size *= 2
    keys, heads, chain = np.empty(size, np.uint32), np.empty(size, np.int64), np.empty(last - first, np.int64)
    mask = index_page(feats, first, last, keys, heads, chain)
    dots, shared, hit = np.zeros(high * wide), np.empty(4), np.full(last - first, -1, np.int64)
    join_pages(feats, sents, weights, first, start, stop, keys, heads, chain, mask, hit, 0, wide, dots, shared)
    partner, cosines = np.full(high, -1, np.int64), np.zeros(high)
    moves, row = np.empty((WORDS + 1, WORDS + 1), np.uint8), np.empty(WORDS + 1, np.int64)
    match_sentences(a, b, pages, dots, partner, cosines, moves, row)
    return partner, cosines
