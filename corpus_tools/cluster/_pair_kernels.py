"""Compiled measures of a pair of laid-out pages: sentences matched one to one, then words side by side.

Sentences near in the cosine of their weighted features are aligned word by word (Needleman & Wunsch 1970) and matched
greedily by the words that agree. Time is bounded by SENTENCES squared per pair and WORDS squared per matched sentence.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools._compile_kernels import inlined, kernel
from corpus_tools._token_kernels import DIGIT, FUNCTION, KEPT
from corpus_tools.cluster._page_kernels import CONCEPT_BIT, ENTITIES, SENTENCES, SLOT_MASK

Array = np.ndarray[Any, np.dtype[Any]]

WORDS, CHOICES = 64, 4
"""Bounds: words of a sentence that are compared, sentences one is compared with."""
LEAST_COSINE, LEAST_LIKENESS = 0.08, 0.4
"""Of a match: cosine of the sentences' features, share of their words that stand beside the same word."""

MEASURES = (
    "coverage_min", "coverage_max", "ordered", "length_ratio", "log_matches", "skeleton_containment", "bigram_containment",
    "entities_min", "entities_max", "cosine", "same", "swapped", "gaps", "function_agreement", "term_agreement", "term_conflict",
    "number_conflict", "entity_conflict", "identical", "rewritten", "rewritten_min", "common_swaps", "term_swaps", "swap_tilt",
)  # fmt: skip
"""Columns that ``measure_pairs`` fills; ``align.MEASURES`` says what they are."""

_SAME, _STEM, _SWAP, _GAP = 4, 3, 0, -1
_FROM_SWAP, _FROM_LEFT, _FROM_RIGHT = 0, 1, 2
IDENTICAL, REWRITTEN = 1, 2
"""What became of a sentence: nothing, or common words swapped in place."""


@kernel
def _index_page(feats: Array, first: int, last: int, keys: Array, heads: Array, chain: Array) -> int:
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
def _join_pages(
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
            square = weight * weight
            while at >= 0:
                dots[sents[at] * wide + sents[j]] += square
                at = chain[at - first]


@kernel
def match_sentences(a: int, b: int, pages: Any, dots: Array, partner: Array, cosines: Array, moves: Array, row: Array) -> int:
    """Greedy one-to-one matches of the sentences of pages a and b: partner int64[sentences of a] or -1, and cosines; returns how many.

    The CHOICES sentences of b nearest to each sentence of a, of cosine LEAST_COSINE and up, are compared word by word;
    pairs of likeness LEAST_LIKENESS and up are taken, most alike first.
    """
    sa, sb = pages.bounds[a, 2], pages.bounds[b, 2]
    high, wide = pages.bounds[a + 1, 2] - sa, pages.bounds[b + 1, 2] - sb
    values, places, near = np.empty(high * CHOICES), np.empty(high * CHOICES, np.int64), np.empty(high * CHOICES)
    best, who = np.empty(CHOICES), np.empty(CHOICES, np.int64)
    found = 0
    for i in range(high):
        held = _nearest(dots[i * wide : (i + 1) * wide], pages.norms[sa + i], pages.norms[sb : sb + wide], best, who)
        for k in range(held):
            likeness = _sentence_likeness(pages, a, i, b, who[k], moves, row)
            if likeness >= LEAST_LIKENESS:
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
    """The CHOICES largest cosines of one sentence, largest first; returns how many reach LEAST_COSINE."""
    held = 0
    for j in range(len(dots)):
        if dots[j] <= 0.0 or dots[j] < LEAST_COSINE * norm * norms[j]:
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
def _sentence_likeness(pages: Any, a: int, i: int, b: int, j: int, moves: Array, row: Array) -> float:
    """Share of both sentences' words that stand beside the same word or stem, 0..1."""
    start_a, n = sentence_span(a, i, pages)
    start_b, m = sentence_span(b, j, pages)
    n, m = min(n, WORDS), min(m, WORDS)
    if 3 * min(n, m) < max(n, m):
        return 0.0
    align_words(pages.words, pages.stems, start_a, n, start_b, m, moves, row)
    same, x, y = 0, n, m
    while x > 0 and y > 0:
        move = moves[x, y]
        x -= move != _FROM_RIGHT
        y -= move != _FROM_LEFT
        same += move == _FROM_SWAP and _likeness(pages.words, pages.stems, start_a + x, start_b + y) != _SWAP
    return float(2.0 * same / (n + m))


@inlined
def _likeness(words: Array, stems: Array, i: int, j: int) -> Any:
    if words[i] == words[j]:
        return _SAME
    return _STEM if stems[i] == stems[j] else _SWAP


@kernel
def align_words(words: Array, stems: Array, a: int, n: int, b: int, m: int, moves: Array, row: Array) -> None:
    """Fill moves uint8[n + 1, m + 1] with where the best alignment of words[a:a+n] and words[b:b+m] comes from."""
    for j in range(m + 1):
        row[j] = j * _GAP
        moves[0, j] = _FROM_RIGHT
    for i in range(1, n + 1):
        diagonal = row[0]
        row[0] = i * _GAP
        moves[i, 0] = _FROM_LEFT
        for j in range(1, m + 1):
            best = diagonal + _likeness(words, stems, a + i - 1, b + j - 1)
            diagonal = row[j]
            move = _FROM_SWAP
            if row[j] + _GAP > best:
                best, move = row[j] + _GAP, _FROM_LEFT
            if row[j - 1] + _GAP > best:
                best, move = row[j - 1] + _GAP, _FROM_RIGHT
            row[j], moves[i, j] = best, move


@kernel
def _compare_words(pages: Any, weights: Array, a: int, n: int, b: int, m: int, moves: Array, row: Array, tally: Array) -> int:
    """Align two sentences word by word and add to tally float64[14]; returns IDENTICAL, REWRITTEN or 0.

    Of all words: how many, same, swapped, in gaps; of function words: how many, agreeing; of terms: how many, agreeing,
    swapped for another term, number for number; swaps of two common words, swaps with a term in them, how
    much rarer the left words of swaps are, and the same without sign.
    """
    words, stems, classes, flags = pages.words, pages.stems, pages.classes, pages.flags
    align_words(words, stems, a, n, b, m, moves, row)
    i, j = n, m
    equal = gaps = common = functions = agreeing = 0
    tally[0] += n + m
    while i > 0 or j > 0:
        move = moves[i, j]
        i -= move != _FROM_RIGHT
        j -= move != _FROM_LEFT
        if move != _FROM_SWAP:
            kind = classes[a + i] if move == _FROM_LEFT else classes[b + j]
            gaps += 1
            functions += kind == FUNCTION
            tally[6] += kind == KEPT
            continue
        left, right = a + i, b + j
        one, two = classes[left], classes[right]
        same = words[left] == words[right] or stems[left] == stems[right]
        equal += words[left] == words[right]
        swapped = stems[left] != stems[right] or (stems[left] & CONCEPT_BIT and words[left] != words[right])
        common += one == 0 and two == 0 and swapped
        functions += (one == FUNCTION) + (two == FUNCTION)
        tally[6] += (one == KEPT) + (two == KEPT)
        if same:
            tally[1] += 2
            agreeing += (one == FUNCTION) + (two == FUNCTION)
            tally[7] += (one == KEPT) + (two == KEPT)
            continue
        tally[2] += 2
        tally[11] += one == KEPT or two == KEPT
        if one != FUNCTION and two != FUNCTION:
            tilt = np.float64(weights[words[left] & SLOT_MASK]) - np.float64(weights[words[right] & SLOT_MASK])
            tally[12] += tilt
            tally[13] += abs(tilt)
        if one == KEPT and two == KEPT:
            tally[8] += 2
            tally[9] += 2 if flags[left] & flags[right] & DIGIT else 0
    tally[3] += gaps
    tally[4] += functions
    tally[5] += agreeing
    tally[10] += common
    if equal == n and n == m:
        return IDENTICAL
    return REWRITTEN if common and 4 * gaps <= n + m and 10 * agreeing >= 7 * functions else 0


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
    moves, row, tally = np.empty((WORDS + 1, WORDS + 1), np.uint8), np.empty(WORDS + 1, np.int64), np.empty(14)
    shared, own, other = np.empty(4), np.empty(2), np.empty(2)
    held, mask = np.int64(-1), np.int64(0)
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        first, last, start, stop = bounds[a, 1], bounds[a + 1, 1], bounds[b, 1], bounds[b + 1, 1]
        if a != held:
            mask = _index_page(feats, first, last, keys, heads, chain)
            _page_weights(feats, sents, weights, first, last, own)
            hit[: last - first] = -1
            held = a
        high, wide = bounds[a + 1, 2] - bounds[a, 2], bounds[b + 1, 2] - bounds[b, 2]
        dots[: high * wide] = 0.0
        _join_pages(feats, sents, weights, first, start, stop, keys, heads, chain, mask, hit, pair, wide, dots, shared)
        _page_weights(feats, sents, weights, start, stop, other)
        found = match_sentences(a, b, pages, dots, partner, cosines, moves, row)
        _measure_matches(a, b, pages, lexicon.word_weights, partner, cosines, tails, moves, row, tally, found, out[pair])
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
def sentence_span(page: int, sentence: int, pages: Any) -> tuple[int, int]:
    """Place of a sentence's first word and number of its words."""
    at = pages.bounds[page, 2] + sentence
    start = pages.starts[at]
    end = pages.starts[at + 1] if at + 1 < pages.bounds[page + 1, 2] else pages.bounds[page + 1, 0]
    return start, end - start


@kernel
def _measure_matches(
    a: int,
    b: int,
    pages: Any,
    weights: Array,
    partner: Array,
    cosines: Array,
    tails: Array,
    moves: Array,
    row: Array,
    tally: Array,
    found: int,
    out: Array,
) -> None:
    """The measures that come from matched sentences: coverage, order, lengths and words side by side."""
    sa, sb = pages.bounds[a, 2], pages.bounds[b, 2]
    high, wide = pages.bounds[a + 1, 2] - sa, pages.bounds[b + 1, 2] - sb
    held_a = held_b = near = ratio = identical = rewritten_a = rewritten_b = 0.0
    tally[:] = 0.0
    for i in range(high):
        j = partner[i]
        if j < 0:
            continue
        mass_a, mass_b = pages.masses[sa + i], pages.masses[sb + j]
        start_a, n = sentence_span(a, i, pages)
        start_b, m = sentence_span(b, j, pages)
        held_a += mass_a
        held_b += mass_b
        near += cosines[i] * (mass_a + mass_b)
        ratio += min(n, m) / max(n, m) * (mass_a + mass_b)
        became = _compare_words(pages, weights, start_a, min(n, WORDS), start_b, min(m, WORDS), moves, row, tally)
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


@kernel
def _total(masses: Array) -> float:
    """Sum, and a little more than nothing."""
    total = 1e-9
    for mass in masses:
        total += mass
    return total


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
    mask = _index_page(feats, first, last, keys, heads, chain)
    dots, shared, hit = np.zeros(high * wide), np.empty(4), np.full(last - first, -1, np.int64)
    _join_pages(feats, sents, weights, first, start, stop, keys, heads, chain, mask, hit, 0, wide, dots, shared)
    partner, cosines = np.full(high, -1, np.int64), np.zeros(high)
    moves, row = np.empty((WORDS + 1, WORDS + 1), np.uint8), np.empty(WORDS + 1, np.int64)
    match_sentences(a, b, pages, dots, partner, cosines, moves, row)
    return partner, cosines


@kernel
def trace_words(pages: Any, a: int, n: int, b: int, m: int) -> Array:
    """The best alignment of words[a:a+n] and words[b:b+m]: int64[steps, 2], places in each, -1 for a gap; the first WORDS of each."""
    n, m = min(n, WORDS), min(m, WORDS)
    moves, row = np.empty((WORDS + 1, WORDS + 1), np.uint8), np.empty(WORDS + 1, np.int64)
    align_words(pages.words, pages.stems, a, n, b, m, moves, row)
    steps, made, i, j = np.empty((n + m, 2), np.int64), 0, n, m
    while i > 0 or j > 0:
        move = moves[i, j]
        i -= move != _FROM_RIGHT
        j -= move != _FROM_LEFT
        steps[made, 0], steps[made, 1] = (-1 if move == _FROM_RIGHT else a + i), (-1 if move == _FROM_LEFT else b + j)
        made += 1
    return steps[:made][::-1].copy()


@kernel
def collect_swaps(left: Array, right: Array, pages: Any, weights: Array, out: Array) -> int:
    """Write (pair, left word, right word) of words swapped in place to out uint32[room, 3]; returns how many.

    Both words are content words, their stems differ, and a word beside them on either side is the same in both sentences.
    """
    made = 0
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        partner, _ = match_pages(a, b, pages, weights)
        for i in range(len(partner)):
            if partner[i] < 0:
                continue
            start_a, n = sentence_span(a, i, pages)
            start_b, m = sentence_span(b, partner[i], pages)
            steps = trace_words(pages, start_a, n, start_b, m)
            for k in range(len(steps)):
                if (
                    _is_swap(pages, steps, k)
                    and (_is_same(pages, steps, k - 1) or _is_same(pages, steps, k + 1))
                    and made < len(out)
                ):
                    out[made, 0], out[made, 1], out[made, 2] = pair, pages.words[steps[k, 0]], pages.words[steps[k, 1]]
                    made += 1
    return made


@inlined
def _is_same(pages: Any, steps: Array, k: int) -> Any:
    if k < 0 or k >= len(steps) or steps[k, 0] < 0 or steps[k, 1] < 0:
        return False
    return pages.words[steps[k, 0]] == pages.words[steps[k, 1]]


@inlined
def _is_swap(pages: Any, steps: Array, k: int) -> Any:
    x, y = steps[k, 0], steps[k, 1]
    if x < 0 or y < 0 or pages.stems[x] == pages.stems[y]:
        return False
    content = pages.classes[x] != FUNCTION and pages.classes[y] != FUNCTION
    return content and not (pages.flags[x] | pages.flags[y]) & DIGIT
