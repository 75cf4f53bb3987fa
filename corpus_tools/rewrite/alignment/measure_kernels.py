"""Compiled measures of a pair of laid-out pages, from their matched sentences and from all they hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.rewrite.alignment.page_kernels import ENTITIES, SENTENCES, SLOT_MASK
from corpus_tools.rewrite.alignment.sentence_kernels import IDENTICAL, REWRITTEN, WORDS, compare_words, sentence_span
from corpus_tools.rewrite.alignment.sentence_match_kernels import index_page, join_pages, match_sentences

Array = np.ndarray[Any, np.dtype[Any]]

SWAPS = 1024
"""Room for the distinct swaps of a pair, twice what is counted."""
MEASURES = (
    "coverage_min", "coverage_max", "ordered", "length_ratio", "log_matches", "skeleton_containment", "bigram_containment",
    "entities_min", "entities_max", "cosine", "same", "swapped", "gaps", "function_agreement", "term_agreement", "term_conflict",
    "number_conflict", "entity_conflict", "identical", "rewritten", "rewritten_min", "common_swaps", "term_swaps", "swap_tilt",
    "words_min", "words_max", "log_swaps", "swap_variety", "weighed_agreement", "log_evidence",
    "identical_surplus", "phrase_tilt",
)  # fmt: skip
"""Columns that ``measure_pairs`` fills; ``align.MEASURES`` says what they are."""


@kernel
def _spared(parts: Array, held: int, swapped: float) -> float:
    """Weight of the sentences of parts float64[held, 2] (weight, content words) in which no word is swapped, if each is with one chance."""
    weight = 0.0
    for i in range(held):
        weight += parts[i, 0] * (1.0 - swapped) ** parts[i, 1]
    return weight


@kernel
def _longest_rise(partner: Array, high: int, tails: Array) -> int:
    """Length of the longest strictly increasing run of partners (patience sorting, Fredman 1975)."""
    length = 0
    for i in range(high):
        if partner[i] < 0:
            continue
        low, top = 0, length
        while low < top:
            middle = (low + top) // 2
            if tails[middle] < partner[i]:
                low = middle + 1
            else:
                top = middle
        tails[low] = partner[i]
        length = max(length, low + 1)
    return length


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
    for k in range(ENTITIES):
        weight = entities[k, 1]
        if weight <= 0.0:
            break
        total += weight
        if _holds(words, first, last, np.uint32(entities[k, 0])):
            held += weight
        else:
            heaviest = max(heaviest, weight)
    return (held / total, heaviest / total) if total > 0.0 else (0.5, 0.0)


@kernel
def _page_weights(feats: Array, sents: Array, weights: Array, first: int, last: int, out: Array) -> None:
    """Weight of a page's word 2-grams and skeleton 4-grams: out float64[2]."""
    out[:] = 0.0
    for i in range(first, last):
        if sents[i] < 0:
            out[-1 - sents[i]] += weights[feats[i] & SLOT_MASK]


@kernel
def measure_pairs(left: Array, right: Array, pages: Any, lexicon: Any, out: Array) -> None:
    """Fill out float64[pairs, len(MEASURES)] for pairs of ``Pages``, fastest where equal lefts stand together."""
    bounds, feats, sents, weights = pages.bounds, pages.feats, pages.sents, lexicon.weights
    most = 64
    for page in range(len(bounds) - 1):
        most = max(most, bounds[page + 1, 1] - bounds[page, 1])
    size = 64
    while size < 2 * most:
        size *= 2
    keys, heads, chain = np.empty(size, np.uint32), np.empty(size, np.int64), np.empty(most, np.int64)
    hit, dots = np.full(most, -1, np.int64), np.zeros(SENTENCES * SENTENCES)
    partner, cosines, tails = np.empty(SENTENCES, np.int64), np.empty(SENTENCES), np.empty(SENTENCES, np.int64)
    moves, row, tally = np.empty((WORDS + 1, WORDS + 1), np.uint8), np.empty(WORDS + 1, np.int64), np.empty(19)
    swaps = np.empty(SWAPS, np.uint32)
    shared, own, other = np.empty(4), np.empty(2), np.empty(2)
    parts = np.empty((SENTENCES, 2))
    held, mask = np.int64(-1), np.int64(0)
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        first, last, start, stop = bounds[a, 1], bounds[a + 1, 1], bounds[b, 1], bounds[b + 1, 1]
        if a != held:
            mask = index_page(feats, first, last, keys, heads, chain)
            _page_weights(feats, sents, weights, first, last, own)
            hit[: last - first] = -1
            held = a
        high, wide = bounds[a + 1, 2] - bounds[a, 2], bounds[b + 1, 2] - bounds[b, 2]
        dots[: high * wide] = 0.0
        join_pages(feats, sents, weights, first, start, stop, keys, heads, chain, mask, hit, pair, wide, dots, shared)
        _page_weights(feats, sents, weights, start, stop, other)
        found = match_sentences(a, b, pages, dots, partner, cosines, moves, row)
        _measure_matches(a, b, pages, lexicon, partner, cosines, tails, moves, row, tally, swaps, parts, found, out[pair])
        _measure_pages(a, b, pages, own, other, shared, out[pair])


@kernel
def _measure_pages(a: int, b: int, pages: Any, own: Array, other: Array, shared: Array, out: Array) -> None:
    """The measures of whole pages: containment of the smaller page's 2- and 4-grams, entities both ways."""
    for kind in range(2):
        least = min(own[kind], other[kind])
        both = shared[2 + kind] if own[kind] <= other[kind] else shared[kind]
        out[6 - kind] = min(1.0, both / least) if least > 0.0 else 0.0
    bounds = pages.bounds
    mine, my_loss = _share_held(pages.entities[a], pages.words, bounds[b, 0], bounds[b + 1, 0])
    yours, your_loss = _share_held(pages.entities[b], pages.words, bounds[a, 0], bounds[a + 1, 0])
    out[7], out[8], out[17] = min(mine, yours), max(mine, yours), min(my_loss, your_loss)


@kernel
def _measure_matches(
    a: int,
    b: int,
    pages: Any,
    lexicon: Any,
    partner: Array,
    cosines: Array,
    tails: Array,
    moves: Array,
    row: Array,
    tally: Array,
    swaps: Array,
    parts: Array,
    found: int,
    out: Array,
) -> None:
    """The measures that come from matched sentences: coverage, order, lengths and words side by side."""
    sa, sb = pages.bounds[a, 2], pages.bounds[b, 2]
    high, wide = pages.bounds[a + 1, 2] - sa, pages.bounds[b + 1, 2] - sb
    words_a = words_b = held = 0
    held_a = held_b = near = ratio = identical = rewritten_a = rewritten_b = 0.0
    tally[:], swaps[:] = 0.0, 0
    for i in range(high):
        j = partner[i]
        if j < 0:
            continue
        mass_a, mass_b = pages.masses[sa + i], pages.masses[sb + j]
        start_a, n = sentence_span(a, i, pages)
        start_b, m = sentence_span(b, j, pages)
        held_a += mass_a
        held_b += mass_b
        words_a += n
        words_b += m
        near += cosines[i] * (mass_a + mass_b)
        ratio += min(n, m) / max(n, m) * (mass_a + mass_b)
        before = tally[0] - tally[4]
        became = compare_words(pages, lexicon, start_a, min(n, WORDS), start_b, min(m, WORDS), moves, row, tally, swaps)
        parts[held, 0], parts[held, 1] = mass_a + mass_b, 0.5 * (tally[0] - tally[4] - before)
        held += 1
        identical += mass_a + mass_b if became == IDENTICAL else 0.0
        if became == REWRITTEN:
            rewritten_a += mass_a
            rewritten_b += mass_b
    total_a, total_b = _total(pages.masses[sa : sa + high]), _total(pages.masses[sb : sb + wide])
    share_a, share_b = held_a / total_a, held_b / total_b
    matched = held_a + held_b
    out[:] = 0.0
    out[0], out[1], out[4] = min(share_a, share_b), max(share_a, share_b), np.log1p(found)
    if found == 0 or matched <= 0.0:
        return
    out[2] = out[1] * _longest_rise(partner, high, tails) / found
    out[3], out[9] = max(0.6, ratio / matched), near / matched
    out[10], out[11], out[12] = tally[1] / tally[0], tally[2] / tally[0], tally[3] / tally[0]
    out[13] = tally[5] / max(1.0, tally[4])
    out[14] = (tally[7] + 1.0) / (tally[6] + 2.0)
    out[15], out[16] = tally[8] / (tally[6] + 4.0), tally[9] / (tally[6] + 4.0)
    out[18], out[19] = identical / matched, (rewritten_a + rewritten_b) / matched
    out[20] = min(rewritten_a / total_a, rewritten_b / total_b)
    content = max(1.0, tally[0] - tally[4])
    out[21], out[22] = 2.0 * tally[10] / content, (tally[11] + 0.5) / (tally[2] / 2.0 + 1.0)
    out[23] = abs(tally[12]) / (tally[13] + 5.0)
    whole_a, whole_b = pages.bounds[a + 1, 0] - pages.bounds[a, 0], pages.bounds[b + 1, 0] - pages.bounds[b, 0]
    out[24], out[25] = min(words_a / whole_a, words_b / whole_b), max(words_a / whole_a, words_b / whole_b)
    out[26], out[27] = np.log1p(tally[14]), tally[14] / (tally[10] + 1.0)
    out[28], out[29] = tally[15] / (tally[15] + tally[16] + 1.0), np.log1p(tally[15])
    swapped = min(1.0, 2.0 * tally[18] / content)
    out[30], out[31] = (identical - _spared(parts, held, swapped)) / matched, abs(tally[17]) / (tally[18] + 5.0)


@kernel
def _total(masses: Array) -> float:
    """Sum, and a little more than nothing."""
    total = 1e-9
    for mass in masses:
        total += mass
    return total
