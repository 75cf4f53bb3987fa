"""Compiled measures of a pair of laid-out pages as wholes: what of each stands anywhere on the other. Linear in their words."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.shingles import longest
from corpus_tools.kernels.tokens import DIGIT, FUNCTION, KEPT
from corpus_tools.rewrite.alignment.feature_kernels import SLOT_MASK, stem_feature, term_feature
from corpus_tools.rewrite.alignment.layout import BIGRAMS, FOUND, MAX_ENTITIES, SHARES, SKELETONS
from corpus_tools.rewrite.alignment.sentence_match_kernels import find_feature, index_page

Array = np.ndarray[Any, np.dtype[Any]]

OF_STEM, OF_TERM, OF_NUMBER = 0, 1, 2
"""Kinds of FOUND."""
_LOOKED_AT = 256
"""Words that are looked through before it is asked whether one was found."""


@kernel
def fill_page_measures(left: Array, right: Array, pages: Any, lexicon: Any, index: Any, room: Any, out: Array) -> None:
    """Fill the measures of whole pages in out MEASURE[pairs]; fastest where equal lefts stand together.

    Scratch: a ``FeatureIndex`` and a ``PairRoom``.
    """
    held, mask, own = np.int64(-1), np.int64(0), np.int64(0)
    shares = np.zeros(2, SHARES)
    totals, words = np.zeros(len(pages.first_word) - 1, SHARES), np.empty(2 * longest(pages.first_word), FOUND)
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        if a != held:
            mask = index_page(pages.feats, lexicon.weights, pages.first_feature[a], pages.first_feature[a + 1], index)
            _total_words(pages, lexicon.weights, a, totals[a])
            own = _find_words(pages, a, index, mask, words)
            held = a
        _total_words(pages, lexicon.weights, b, totals[b])
        _share_features(pages, b, index, mask, pair, room)
        _share_words(pages, b, index, mask, pair, shares[1])
        _share_own_words(words, own, index, pair, shares[0])
        _measure_pages(a, b, pages, room, shares[0], totals[a], shares[1], totals[b], out[pair])


@kernel
def _total_words(pages: Any, weights: Array, page: int, out: Any) -> None:
    """Weight of a page's stems, and how many terms and numbers it has, into a record of SHARES; nothing where they are known."""
    if out.stems > 0.0:
        return
    stems = terms = numbers = 0.0
    for i in range(pages.first_word[page], pages.first_word[page + 1]):
        if pages.classes[i] == FUNCTION:
            continue
        stems += np.float64(weights[stem_feature(pages.stems[i]) & SLOT_MASK])
        if pages.classes[i] == KEPT:
            terms += 1.0
            numbers += 1.0 if pages.flags[i] & DIGIT else 0.0
    out.stems, out.terms, out.numbers = max(stems, 1e-9), terms, numbers


@kernel
def _find_words(pages: Any, a: int, index: Any, mask: int, out: Array) -> int:
    """Where the indexed page's own stems and terms stand in the index, in the order of its words: FOUND[words]; returns how many."""
    made = 0
    for i in range(pages.first_word[a], pages.first_word[a + 1]):
        if pages.classes[i] == FUNCTION:
            continue
        made = _put_found(out, made, find_feature(index, mask, stem_feature(pages.stems[i])), OF_STEM)
        if pages.classes[i] == KEPT:
            kind = OF_NUMBER if pages.flags[i] & DIGIT else OF_TERM
            made = _put_found(out, made, find_feature(index, mask, term_feature(pages.words[i])), kind)
    return made


@inlined
def _put_found(out: Array, made: int, at: Any, kind: int) -> Any:
    if at < 0:
        return made
    out[made].at, out[made].kind = at, kind
    return made + 1


@kernel
def _share_features(pages: Any, b: int, index: Any, mask: int, stamp: int, room: Any) -> None:
    """Weight of the whole-page features that the indexed page and b share, by kind; ``hit`` is set for what they share."""
    chain, hit = index.chain, index.hit
    left_shared, right_shared = room.left_shared, room.right_shared
    left_shared[:] = 0.0
    right_shared[:] = 0.0
    for j in range(pages.first_feature[b], pages.first_feature[b + 1]):
        if pages.sents[j] >= 0:
            continue
        at = find_feature(index, mask, pages.feats[j])
        if at < 0:
            continue
        weight, kind = np.float64(index.worths[at]), -1 - pages.sents[j]
        right_shared[kind] += weight
        while at >= 0 and hit[at] != stamp:
            hit[at] = stamp
            left_shared[kind] += weight
            at = chain[at]


@kernel
def _share_words(pages: Any, b: int, index: Any, mask: int, stamp: int, out: Any) -> None:
    """Weight of b's stems, and how many of its terms and numbers, stand on the indexed page: into a record of SHARES.

    ``hit`` is set to ``stamp`` for what that page has too.
    """
    stems = terms = numbers = 0.0
    for i in range(pages.first_word[b], pages.first_word[b + 1]):
        if pages.classes[i] == FUNCTION:
            continue
        at = find_feature(index, mask, stem_feature(pages.stems[i]))
        if at >= 0:
            index.hit[at] = stamp
            stems += np.float64(index.worths[at])
        if pages.classes[i] == KEPT:
            at = find_feature(index, mask, term_feature(pages.words[i]))
            if at >= 0:
                index.hit[at] = stamp
                terms += 1.0
                numbers += 1.0 if pages.flags[i] & DIGIT else 0.0
    out.stems, out.terms, out.numbers = stems, terms, numbers


@kernel
def _share_own_words(words: Array, held: int, index: Any, stamp: int, out: Any) -> None:
    """As ``_share_words``, of the indexed page itself: what is ``hit`` stands on the other page. ``words`` is as ``_find_words`` fills it."""
    stems = terms = numbers = 0.0
    for k in range(held):
        at = words[k].at
        if index.hit[at] != stamp:
            continue
        if words[k].kind == OF_STEM:
            stems += np.float64(index.worths[at])
        else:
            terms += 1.0
            numbers += 1.0 if words[k].kind == OF_NUMBER else 0.0
    out.stems, out.terms, out.numbers = stems, terms, numbers


@kernel
def _measure_pages(a: int, b: int, pages: Any, room: Any, mine: Any, my_total: Any, yours: Any, your_total: Any, out: Any) -> None:
    left, right, left_shared, right_shared = pages.totals[a], pages.totals[b], room.left_shared, room.right_shared
    out.bigram_containment = _containment(left[BIGRAMS], right[BIGRAMS], left_shared[BIGRAMS], right_shared[BIGRAMS])
    out.skeleton_containment = _containment(left[SKELETONS], right[SKELETONS], left_shared[SKELETONS], right_shared[SKELETONS])
    ends = pages.first_word
    one, my_loss = _share_held(pages.entities[a], pages.words, ends[b], ends[b + 1])
    two, your_loss = _share_held(pages.entities[b], pages.words, ends[a], ends[a + 1])
    out.entities_min, out.entities_max = min(one, two), max(one, two)
    out.entity_conflict = min(my_loss, your_loss)
    one, two = mine.stems / my_total.stems, yours.stems / your_total.stems
    out.stems_min, out.stems_max = min(one, two), max(one, two)
    one, two = _drawn(mine.terms, my_total.terms), _drawn(yours.terms, your_total.terms)
    out.terms_min, out.terms_max = min(one, two), max(one, two)
    one, two = _drawn(mine.numbers, my_total.numbers), _drawn(yours.numbers, your_total.numbers)
    out.numbers_min, out.numbers_max = min(one, two), max(one, two)
    out.lost_numbers = np.log1p(max(my_total.numbers - mine.numbers, your_total.numbers - yours.numbers))
    n, m = ends[a + 1] - ends[a], ends[b + 1] - ends[b]
    out.size_ratio = (min(n, m) + 1.0) / (max(n, m) + 1.0)


@inlined
def _drawn(held: float, of: float) -> Any:
    """A share drawn to a half where few are counted."""
    return (held + 1.0) / (of + 2.0)


@kernel
def _containment(left: float, right: float, left_shared: float, right_shared: float) -> float:
    """Share of the lighter page's weight that the other page has."""
    shared = left_shared if left <= right else right_shared
    least = min(left, right)
    return min(1.0, shared / least) if least > 0.0 else 0.0


@kernel
def _holds(words: Array, first: int, last: int, word: Any) -> bool:
    for start in range(first, last, _LOOKED_AT):  # so many at a time, without a branch: on whole vectors
        hits = np.uint32(0)
        for i in range(start, min(start + _LOOKED_AT, last)):
            hits += np.uint32(words[i] == word)
        if hits:
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
