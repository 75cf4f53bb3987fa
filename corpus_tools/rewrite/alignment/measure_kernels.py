"""Compiled measures of a pair of laid-out pages from their sentences side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.rewrite.alignment.layout import MAX_WORDS
from corpus_tools.rewrite.alignment.sentence_kernels import IDENTICAL, REWRITTEN, sentence_span, tally_words
from corpus_tools.rewrite.alignment.sentence_match_kernels import index_page, match_indexed

Array = np.ndarray[Any, np.dtype[Any]]

_BY_CHANCE = 1 / 3
"""How far two places of a page are from each other in the mean, if chance draws them."""


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
def fill_measures(
    left: Array, right: Array, pages: Any, lexicon: Any, index: Any, room: Any, tails: Array, swaps: Array, parts: Array,
    tallies: Array, out: Array,
) -> None:  # fmt: skip
    """Fill out MEASURE[pairs] with what sentences side by side show, and tallies TALLY[pairs]; fastest where equal lefts stand together.

    ``tallies`` are zeros; of ``out`` the measures of whole pages stay as they are. Scratch: a ``FeatureIndex``, a ``PairRoom``,
    tails int64[MAX_SENTENCES], swaps uint32[MAX_SWAPS], parts PART[MAX_SENTENCES].
    """
    held, mask = np.int64(-1), np.int64(0)
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        if a != held:
            mask = index_page(pages.feats, lexicon.weights, pages.first_feature[a], pages.first_feature[a + 1], index)
            held = a
        found = match_indexed(a, b, pages, index, mask, room)
        _tally_matches(a, b, pages, lexicon, room, tallies[pair], swaps, parts)
        _measure_matches(a, b, pages, room.partner, found, tails, tallies[pair], parts, out[pair])
        _measure_joined(a, b, pages, room, out[pair])
        _measure_drift(a, b, pages, room, out[pair])


@kernel
def _measure_joined(a: int, b: int, pages: Any, room: Any, out: Any) -> None:
    """How much of each page's sentences stands in one or two neighbouring sentences of the other: sentences split and merged."""
    sa, sb = pages.first_sentence[a], pages.first_sentence[b]
    high, wide = pages.first_sentence[a + 1] - sa, pages.first_sentence[b + 1] - sb
    mine, yours = room.cosines[:high], room.columns[:wide]  # the cosines have been used
    mine[:] = 0.0
    yours[:] = 0.0
    for i in range(high):
        row = room.dots[i * wide : (i + 1) * wide]
        mine[i] = _largest_sum(row)
        if i + 1 < high:
            below = room.dots[(i + 1) * wide : (i + 2) * wide]
            for j in range(wide):
                yours[j] = max(yours[j], row[j] + below[j])
        else:
            for j in range(wide):
                yours[j] = max(yours[j], row[j])
    one = _mean_found(mine, pages.norms[sa : sa + high], pages.masses[sa : sa + high])
    two = _mean_found(yours, pages.norms[sb : sb + wide], pages.masses[sb : sb + wide])
    out.joined_min, out.joined_max = min(one, two), max(one, two)


@kernel
def _largest_sum(dots: Array) -> float:
    """The largest sum of a number of dots and the one behind it, none of them below 0."""
    last = len(dots) - 1
    first = second = third = fourth = 0.0  # four side by side, as none has to wait for another
    for j in range(0, last - 3, 4):
        first, second = max(first, dots[j] + dots[j + 1]), max(second, dots[j + 1] + dots[j + 2])
        third, fourth = max(third, dots[j + 2] + dots[j + 3]), max(fourth, dots[j + 3] + dots[j + 4])
    for j in range(max(0, last - 3), last):
        first = max(first, dots[j] + dots[j + 1])
    most = max(max(first, second), max(third, fourth))
    return max(most, dots[last]) if last >= 0 else most


@kernel
def _mean_found(dots: Array, norms: Array, masses: Array) -> float:
    """Mean share of sentences that was found, each by its mass; ``norms`` are roots of what would be all of a sentence."""
    total, found = 1e-9, 0.0
    for i in range(len(dots)):
        total += masses[i]
        if norms[i] > 0.0:
            found += masses[i] * min(1.0, dots[i] / (np.float64(norms[i]) * np.float64(norms[i])))
    return float(found / total)


@kernel
def _measure_drift(a: int, b: int, pages: Any, room: Any, out: Any) -> None:
    """How far each page's sentences stand from the sentence of the other that holds most of them."""
    sa, sb = pages.first_sentence[a], pages.first_sentence[b]
    high, wide = pages.first_sentence[a + 1] - sa, pages.first_sentence[b + 1] - sb
    mine, yours = room.cosines[:high], room.columns[:wide]  # the cosines have been used
    my_places, your_places = room.partner[:high], room.near[:wide]  # and so have the partners
    _find_largest(room.dots, high, wide, mine, my_places, yours, your_places)
    one = _mean_drift(mine, my_places, pages.masses[sa : sa + high], wide)
    two = _mean_drift(yours, your_places, pages.masses[sb : sb + wide], high)
    out.drift_min, out.drift_max = min(one, two), max(one, two)


@kernel
def _find_largest(dots: Array, high: int, wide: int, mine: Array, my_places: Array, yours: Array, your_places: Array) -> None:
    """The largest dot of each row and of each column of dots[high * wide], and where it stands first."""
    yours[:] = 0.0
    for i in range(high):
        row = dots[i * wide : (i + 1) * wide]
        most = 0.0
        for j in range(wide):
            most = max(most, row[j])
            your_places[j] = i if row[j] > yours[j] else your_places[j]
            yours[j] = max(yours[j], row[j])
        mine[i], place = most, 0
        while place < wide - 1 and row[place] != most:
            place += 1
        my_places[i] = place


@kernel
def _mean_drift(dots: Array, places: Array, masses: Array, others: int) -> float:
    """Mean distance of sentences from their ``places`` among the ``others`` of another page, each by its mass, in pages.

    Sentences that are found nowhere (whose dot is 0) are as far away as chance would put them.
    """
    total, far = 1e-9, 0.0
    for i in range(len(dots)):
        total += masses[i]
        found = abs((i + 0.5) / len(dots) - (places[i] + 0.5) / others) if dots[i] > 0.0 else _BY_CHANCE
        far += masses[i] * found
    return float(far / total)


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
            pages, lexicon, start_a, min(n, MAX_WORDS), start_b, min(m, MAX_WORDS), room.moves, room.rows, tally, swaps
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
