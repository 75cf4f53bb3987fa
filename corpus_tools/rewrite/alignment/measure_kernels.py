"""Compiled measures of a pair of laid-out pages, from their matched sentences and from all they hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.rewrite.alignment.feature_kernels import SLOT_MASK
from corpus_tools.rewrite.alignment.layout import BIGRAMS, MAX_ENTITIES, MAX_WORDS, SKELETONS
from corpus_tools.rewrite.alignment.sentence_kernels import IDENTICAL, REWRITTEN, sentence_span, tally_words
from corpus_tools.rewrite.alignment.sentence_match_kernels import index_page, join_pages, match_sentences

Array = np.ndarray[Any, np.dtype[Any]]


@kernel
def _spared(parts: Array, held: int, swapped: float) -> float:
    """Weight of the sentences of PART[held] in which no word is swapped, if each is with one chance."""
    weight = 0.0
    for i in range(held):
        weight += parts[i].weight * (1.0 - swapped) ** parts[i].content
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


@kernel
def _page_weights(feats: Array, sents: Array, weights: Array, first: int, last: int, out: Array) -> None:
    """Weight of a page's word 2-grams and skeleton 4-grams: out float64[2] by kind."""
    out[:] = 0.0
    for i in range(first, last):
        if sents[i] < 0:
            out[-1 - sents[i]] += weights[feats[i] & SLOT_MASK]


@kernel
def fill_measures(
    left: Array, right: Array, pages: Any, lexicon: Any, index: Any, room: Any, tails: Array, swaps: Array, parts: Array,
    tallies: Array, out: Array,
) -> None:  # fmt: skip
    """Fill out MEASURE[pairs] and tallies TALLY[pairs], both zeros, for pairs of ``Pages``; fastest where equal lefts stand together.

    Scratch: a ``FeatureIndex``, a ``PairRoom``, tails int64[MAX_SENTENCES], swaps uint32[MAX_SWAPS], parts PART[MAX_SENTENCES].
    """
    feats, sents, weights = pages.feats, pages.sents, lexicon.weights
    held, mask = np.int64(-1), np.int64(0)
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        first, last = pages.first_feature[a], pages.first_feature[a + 1]
        start, stop = pages.first_feature[b], pages.first_feature[b + 1]
        if a != held:
            mask = index_page(feats, first, last, index)
            _page_weights(feats, sents, weights, first, last, room.left_weights)
            held = a
        high = pages.first_sentence[a + 1] - pages.first_sentence[a]
        wide = pages.first_sentence[b + 1] - pages.first_sentence[b]
        room.dots[: high * wide] = 0.0
        join_pages(feats, sents, weights, first, start, stop, index, mask, pair, wide, room)
        _page_weights(feats, sents, weights, start, stop, room.right_weights)
        found = match_sentences(a, b, pages, room)
        _tally_matches(a, b, pages, lexicon, room, tallies[pair], swaps, parts)
        _measure_matches(a, b, pages, room.partner, found, tails, tallies[pair], parts, out[pair])
        _measure_pages(a, b, pages, room, out[pair])


@kernel
def _measure_pages(a: int, b: int, pages: Any, room: Any, out: Any) -> None:
    """The measures of whole pages: containment of the smaller page's 2- and 4-grams, entities both ways."""
    left, right, left_shared, right_shared = room.left_weights, room.right_weights, room.left_shared, room.right_shared
    out.bigram_containment = _containment(left[BIGRAMS], right[BIGRAMS], left_shared[BIGRAMS], right_shared[BIGRAMS])
    out.skeleton_containment = _containment(left[SKELETONS], right[SKELETONS], left_shared[SKELETONS], right_shared[SKELETONS])
    ends = pages.first_word
    mine, my_loss = _share_held(pages.entities[a], pages.words, ends[b], ends[b + 1])
    yours, your_loss = _share_held(pages.entities[b], pages.words, ends[a], ends[a + 1])
    out.entities_min, out.entities_max = min(mine, yours), max(mine, yours)
    out.entity_conflict = min(my_loss, your_loss)


@kernel
def _containment(left: float, right: float, left_shared: float, right_shared: float) -> float:
    """Share of the lighter page's weight that the other page has."""
    shared = left_shared if left <= right else right_shared
    least = min(left, right)
    return min(1.0, shared / least) if least > 0.0 else 0.0


@kernel
def _tally_matches(a: int, b: int, pages: Any, lexicon: Any, room: Any, tally: Any, swaps: Array, parts: Array) -> None:
    """Add up the matched sentences of a pair in tally, a record of TALLY, and list them in parts."""
    sa, sb, partner = pages.first_sentence[a], pages.first_sentence[b], room.partner
    swaps[:] = 0
    for i in range(pages.first_sentence[a + 1] - sa):
        j = partner[i]
        if j < 0:
            continue
        mass_a, mass_b = pages.masses[sa + i], pages.masses[sb + j]
        start_a, n = sentence_span(a, i, pages)
        start_b, m = sentence_span(b, j, pages)
        tally.left_weight += mass_a
        tally.right_weight += mass_b
        tally.left_words += n
        tally.right_words += m
        tally.cosine += room.cosines[i] * (mass_a + mass_b)
        tally.length_ratio += min(n, m) / max(n, m) * (mass_a + mass_b)
        content = tally.words - tally.functions
        became = tally_words(
            pages, lexicon, start_a, min(n, MAX_WORDS), start_b, min(m, MAX_WORDS), room.moves, room.row, tally, swaps
        )
        part = parts[tally.sentences]
        part.weight, part.content = mass_a + mass_b, 0.5 * (tally.words - tally.functions - content)
        tally.sentences += 1
        if became == IDENTICAL:
            tally.identical += mass_a + mass_b
        if became == REWRITTEN:
            tally.left_rewritten += mass_a
            tally.right_rewritten += mass_b


@kernel
def _measure_matches(
    a: int, b: int, pages: Any, partner: Array, found: int, tails: Array, tally: Any, parts: Array, out: Any
) -> None:  # fmt: skip
    """The measures that come from matched sentences: coverage, order and lengths, then words side by side."""
    sa, sb = pages.first_sentence[a], pages.first_sentence[b]
    high = pages.first_sentence[a + 1] - sa
    total_a, total_b = _total(pages.masses[sa : sa + high]), _total(pages.masses[sb : pages.first_sentence[b + 1]])
    share_a, share_b = tally.left_weight / total_a, tally.right_weight / total_b
    matched = tally.left_weight + tally.right_weight
    out.coverage_min, out.coverage_max = min(share_a, share_b), max(share_a, share_b)
    out.log_matches = np.log1p(found)
    if found == 0 or matched <= 0.0:
        return
    out.ordered = out.coverage_max * _longest_rise(partner, high, tails) / found
    out.length_ratio, out.cosine = max(0.6, tally.length_ratio / matched), tally.cosine / matched
    out.identical = tally.identical / matched
    out.rewritten = (tally.left_rewritten + tally.right_rewritten) / matched
    out.rewritten_min = min(tally.left_rewritten / total_a, tally.right_rewritten / total_b)
    words_a = tally.left_words / (pages.first_word[a + 1] - pages.first_word[a])
    words_b = tally.right_words / (pages.first_word[b + 1] - pages.first_word[b])
    out.words_min, out.words_max = min(words_a, words_b), max(words_a, words_b)
    swapped = min(1.0, 2.0 * tally.content_swaps / max(1.0, tally.words - tally.functions))
    out.identical_surplus = (tally.identical - _spared(parts, tally.sentences, swapped)) / matched
    _measure_words(tally, out)


@kernel
def _measure_words(tally: Any, out: Any) -> None:
    """The measures of the words of matched sentences."""
    content = max(1.0, tally.words - tally.functions)
    out.same, out.swapped, out.gaps = tally.same / tally.words, tally.swapped / tally.words, tally.gaps / tally.words
    out.function_agreement = tally.functions_agreeing / max(1.0, tally.functions)
    out.term_agreement = (tally.terms_agreeing + 1.0) / (tally.terms + 2.0)
    out.term_conflict = tally.terms_conflicting / (tally.terms + 4.0)
    out.number_conflict = tally.numbers_conflicting / (tally.terms + 4.0)
    out.common_swaps = 2.0 * tally.common_swaps / content
    out.term_swaps = (tally.term_swaps + 0.5) / (tally.swapped / 2.0 + 1.0)
    out.swap_tilt = abs(tally.tilt) / (tally.unsigned_tilt + 5.0)
    out.phrase_tilt = abs(tally.odd_tilt) / (tally.content_swaps + 5.0)
    out.log_swaps = np.log1p(tally.distinct_swaps)
    out.swap_variety = tally.distinct_swaps / (tally.common_swaps + 1.0)
    out.weighed_agreement = tally.weight_agreeing / (tally.weight_agreeing + tally.weight_swapped + 1.0)
    out.log_evidence = np.log1p(tally.weight_agreeing)


@kernel
def _total(masses: Array) -> float:
    """Sum, and a little more than nothing."""
    total = 1e-9
    for mass in masses:
        total += mass
    return total
