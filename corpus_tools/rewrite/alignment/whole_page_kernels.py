"""Compiled measures of a pair of laid-out pages as wholes: what of each stands anywhere on the other. Linear in their words."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.tokens import DIGIT, FUNCTION, KEPT
from corpus_tools.rewrite.alignment.feature_kernels import SLOT_MASK, stem_feature, term_feature
from corpus_tools.rewrite.alignment.layout import BIGRAMS, MAX_ENTITIES, SHARES, SKELETONS
from corpus_tools.rewrite.alignment.sentence_match_kernels import find_feature, index_page

Array = np.ndarray[Any, np.dtype[Any]]


@kernel
def fill_page_measures(left: Array, right: Array, pages: Any, lexicon: Any, index: Any, room: Any, out: Array) -> None:
    """Fill the measures of whole pages in out MEASURE[pairs]; fastest where equal lefts stand together.

    Scratch: a ``FeatureIndex`` and a ``PairRoom``.
    """
    held, mask = np.int64(-1), np.int64(0)
    shares = np.zeros(2, SHARES)
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        if a != held:
            mask = index_page(pages.feats, pages.first_feature[a], pages.first_feature[a + 1], index)
            held = a
        _share_features(pages, lexicon.weights, a, b, index, mask, pair, room)
        _share_words(pages, lexicon.weights, b, a, index, mask, pair, shares[1])
        _share_words(pages, lexicon.weights, a, a, index, mask, pair, shares[0])
        _measure_pages(a, b, pages, room, shares[0], shares[1], out[pair])


@kernel
def _share_features(pages: Any, weights: Array, a: int, b: int, index: Any, mask: int, stamp: int, room: Any) -> None:
    """Weight of the whole-page features that a, which is indexed, and b share, by kind; ``hit`` is set for what they share."""
    first, chain, hit = pages.first_feature[a], index.chain, index.hit
    left_shared, right_shared = room.left_shared, room.right_shared
    left_shared[:] = 0.0
    right_shared[:] = 0.0
    for j in range(pages.first_feature[b], pages.first_feature[b + 1]):
        if pages.sents[j] >= 0:
            continue
        value = pages.feats[j]
        at = find_feature(index, mask, value)
        if at < 0:
            continue
        weight, kind = np.float64(weights[value & SLOT_MASK]), -1 - pages.sents[j]
        right_shared[kind] += weight
        while at >= 0 and hit[at - first] != stamp:
            hit[at - first] = stamp
            left_shared[kind] += weight
            at = chain[at - first]


@kernel
def _share_words(pages: Any, weights: Array, page: int, a: int, index: Any, mask: int, stamp: int, out: Any) -> None:
    """Shares of a page's stems, terms and numbers that stand on the other, into a record of SHARES.

    Page a is indexed. The other page comes first, and sets ``hit`` to ``stamp`` for what a has too; a goes by that.
    """
    first, own = pages.first_feature[a], page == a
    stems = terms = numbers = 0.0
    held_stems = held_terms = held_numbers = 0.0
    for i in range(pages.first_word[page], pages.first_word[page + 1]):
        if pages.classes[i] == FUNCTION:
            continue
        value = stem_feature(pages.stems[i])
        weight = np.float64(weights[value & SLOT_MASK])
        at = find_feature(index, mask, value)
        stems += weight
        held_stems += weight * _meet(index, at, first, stamp, own)
        if pages.classes[i] == KEPT:
            value = term_feature(pages.words[i])
            there = _meet(index, find_feature(index, mask, value), first, stamp, own)
            terms += 1.0
            held_terms += there
            digits = 1.0 if pages.flags[i] & DIGIT else 0.0
            numbers += digits
            held_numbers += digits * there
    out.stems = held_stems / max(stems, 1e-9)
    out.terms, out.numbers = (held_terms + 1.0) / (terms + 2.0), (held_numbers + 1.0) / (numbers + 2.0)


@inlined
def _meet(index: Any, at: int, first: int, stamp: int, own: bool) -> Any:
    """1 where both pages have the feature, else 0."""
    if at < 0:
        return 0.0
    if own:
        return 1.0 if index.hit[at - first] == stamp else 0.0
    index.hit[at - first] = stamp
    return 1.0


@kernel
def _measure_pages(a: int, b: int, pages: Any, room: Any, mine: Any, yours: Any, out: Any) -> None:
    left, right, left_shared, right_shared = pages.totals[a], pages.totals[b], room.left_shared, room.right_shared
    out.bigram_containment = _containment(left[BIGRAMS], right[BIGRAMS], left_shared[BIGRAMS], right_shared[BIGRAMS])
    out.skeleton_containment = _containment(left[SKELETONS], right[SKELETONS], left_shared[SKELETONS], right_shared[SKELETONS])
    ends = pages.first_word
    one, my_loss = _share_held(pages.entities[a], pages.words, ends[b], ends[b + 1])
    two, your_loss = _share_held(pages.entities[b], pages.words, ends[a], ends[a + 1])
    out.entities_min, out.entities_max = min(one, two), max(one, two)
    out.entity_conflict = min(my_loss, your_loss)
    out.stems_min, out.stems_max = min(mine.stems, yours.stems), max(mine.stems, yours.stems)
    out.terms_min, out.terms_max = min(mine.terms, yours.terms), max(mine.terms, yours.terms)
    out.numbers_min, out.numbers_max = min(mine.numbers, yours.numbers), max(mine.numbers, yours.numbers)
    n, m = ends[a + 1] - ends[a], ends[b + 1] - ends[b]
    out.size_ratio = (min(n, m) + 1.0) / (max(n, m) + 1.0)


@kernel
def _containment(left: float, right: float, left_shared: float, right_shared: float) -> float:
    """Share of the lighter page's weight that the other page has."""
    shared = left_shared if left <= right else right_shared
    least = min(left, right)
    return min(1.0, shared / least) if least > 0.0 else 0.0


@kernel
def _holds(words: Array, first: int, last: int, word: Any) -> bool:
    for i in range(first, last):  # noqa: SIM110 - numba has no any()
        if words[i] == word:
            return True
    return False


@kernel
def _share_held(entities: Array, words: Array, first: int, last: int) -> tuple[float, float]:
    """Share of the entities' weight that stands among words[first:last], and weight of the heaviest that does not over the whole."""
    total = held = heaviest = 0.0
    for k in range(MAX_ENTITIES):
        weight = entities[k].weight
        if weight <= 0.0:
            break
        total += weight
        if _holds(words, first, last, entities[k].word):
            held += weight
        else:
            heaviest = max(heaviest, weight)
    return (held / total, heaviest / total) if total > 0.0 else (0.5, 0.0)
