"""Compiled matching of the sentences of two pages, one to one.

Sentences near in the cosine of their weighted features are aligned word by word and matched greedily by the words that agree.
Time is bounded by MAX_SENTENCES squared per pair of pages, and MAX_WORDS squared per pair of sentences that are aligned.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.sorting import stable_order
from corpus_tools.rewrite.alignment.feature_kernels import SLOT_MASK
from corpus_tools.rewrite.alignment.layout import MAX_CHOICES
from corpus_tools.rewrite.alignment.page_kernels import MAX_WEIGHT
from corpus_tools.rewrite.alignment.sentence_kernels import sentence_likeness

Array = np.ndarray[Any, np.dtype[Any]]

MIN_COSINE = 0.08
"""Of a match: cosine of the sentences' features."""


@kernel
def index_page(feats: Array, weights: Array, first: int, last: int, index: Any) -> int:
    """Put a page's features feats[first:last] into a ``FeatureIndex``; returns the mask of its table."""
    keys, heads, chain, worths = index.keys, index.heads, index.chain, index.worths
    size = 64
    while size < 2 * (last - first):
        size *= 2
    mask = size - 1
    heads[:size] = -1
    for i in range(last - first - 1, -1, -1):
        value = feats[first + i]
        slot = np.int64(value) & mask
        while heads[slot] >= 0 and keys[slot] != value:
            slot = (slot + 1) & mask
        chain[i] = heads[slot]
        worths[i] = weights[value & SLOT_MASK]
        keys[slot] = value
        heads[slot] = i
    index.hit[: last - first] = -1
    return mask


@inlined
def find_feature(index: Any, mask: int, value: Any) -> Any:
    """Place in the indexed page of its first feature that is ``value``, -1 for none."""
    keys, heads = index.keys, index.heads
    slot = np.int64(value) & mask
    while heads[slot] >= 0 and keys[slot] != value:
        slot = (slot + 1) & mask
    return heads[slot]


@kernel
def join_pages(
    feats: Array, sents: Array, first: int, start: int, stop: int, index: Any, mask: int, wide: int, dots: Array
) -> None:
    """Add the products of sentence features shared with the indexed page, the left, to dots[left sentence * wide + right sentence].

    The left page's features begin at ``first``, the right one's are feats[start:stop].
    """
    chain, worths = index.chain, index.worths
    for j in range(start, stop):
        if sents[j] < 0:
            continue
        at = find_feature(index, mask, feats[j])
        if at < 0:
            continue
        square = min(np.float64(worths[at]), MAX_WEIGHT) ** 2
        while at >= 0:
            dots[sents[first + at] * wide + sents[j]] += square
            at = chain[at]


@kernel
def match_sentences(a: int, b: int, pages: Any, room: Any) -> int:
    """Greedy one-to-one matches of the sentences of pages a and b into partner and cosines of ``PairRoom``; returns how many.

    The MAX_CHOICES sentences of b nearest to each sentence of a, of cosine MIN_COSINE and up, are compared word by word;
    pairs alike enough are taken, most alike first. ``room.dots`` is as ``join_pages`` leaves it.
    """
    choices, partner, taken = room.choices, room.partner, room.taken
    found = _find_choices(a, b, pages, room)
    stable_order(room.unlikeness[:found], room.order, room.spare)
    partner[: pages.first_sentence[a + 1] - pages.first_sentence[a]] = -1
    taken[: pages.first_sentence[b + 1] - pages.first_sentence[b]] = False
    made = 0
    for k in range(found):
        choice = choices[room.order[k]]
        i, j = choice.left, choice.right
        if partner[i] < 0 and not taken[j]:
            partner[i], room.cosines[i], taken[j] = j, choice.cosine, True
            made += 1
    return made


@kernel
def _find_choices(a: int, b: int, pages: Any, room: Any) -> int:
    """Write the pairs of sentences that are alike enough to choices, and how unlike they are; returns how many."""
    sa, sb = pages.first_sentence[a], pages.first_sentence[b]
    high, wide = pages.first_sentence[a + 1] - sa, pages.first_sentence[b + 1] - sb
    dots, choices, nearest = room.dots, room.choices, room.nearest
    found = 0
    for i in range(high):
        held = _find_nearest(dots[i * wide : (i + 1) * wide], pages.norms[sa + i], pages.norms[sb : sb + wide], room.near, nearest)
        for k in range(held):
            likeness = sentence_likeness(pages, a, i, b, nearest[k].right, room.moves, room.rows)
            if likeness > 0.0:
                room.unlikeness[found] = -likeness
                choices[found].left, choices[found].right, choices[found].cosine = i, nearest[k].right, nearest[k].cosine
                found += 1
    return found


@kernel
def _find_nearest(dots: Array, norm: float, norms: Array, near: Array, nearest: Array) -> int:
    """The MAX_CHOICES largest cosines of one sentence, largest first; returns how many reach MIN_COSINE. ``near`` is scratch."""
    held, able = 0, np.uint64(0)
    for j in range(len(dots)):  # without a branch: it could not be foreseen
        near[able] = j
        able += np.uint64((dots[j] > 0.0) & (dots[j] >= MIN_COSINE * norm * norms[j]))
    for k in range(able):
        j = near[k]
        cosine = min(1.0, dots[j] / (norm * norms[j]))
        place = held
        while place > 0 and nearest[place - 1].cosine < cosine:
            place -= 1
        if place == MAX_CHOICES:
            continue
        held = min(held + 1, MAX_CHOICES)
        for k in range(held - 1, place, -1):
            nearest[k].cosine, nearest[k].right = nearest[k - 1].cosine, nearest[k - 1].right
        nearest[place].cosine, nearest[place].right = cosine, j
    return held


@kernel
def match_pages(a: int, b: int, pages: Any, weights: Array, index: Any, room: Any) -> int:
    """Match the sentences of two pages as ``match_sentences`` does."""
    found: int = match_indexed(
        a, b, pages, index, index_page(pages.feats, weights, pages.first_feature[a], pages.first_feature[a + 1], index), room
    )
    return found


@kernel
def match_indexed(a: int, b: int, pages: Any, index: Any, mask: int, room: Any) -> int:
    """``match_pages`` where page a is in the index already."""
    start, stop = pages.first_feature[b], pages.first_feature[b + 1]
    high = pages.first_sentence[a + 1] - pages.first_sentence[a]
    wide = pages.first_sentence[b + 1] - pages.first_sentence[b]
    room.dots[: high * wide] = 0.0
    join_pages(pages.feats, pages.sents, pages.first_feature[a], start, stop, index, mask, wide, room.dots)
    found: int = match_sentences(a, b, pages, room)
    return found
