"""Compiled evidence that two pages of one template are about different subjects; ``subject`` says what it means.

A page is its words uint32[n], its units uint64[n] (see ``read_units``) and, for each word, the region of difference it
belongs to, int64[n], -1 where it corresponds to a word of the other page. Regions are REGION of ``region_kernels``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.sorting import stable_order
from corpus_tools.match.page_word_kernels import CLASS_BITS, FUNCTION_WORD, MARK_WORD

Array = np.ndarray[Any, np.dtype[Any]]

HEAD_WORDS = 20
"""Words at the beginning of a page in which its subject is named."""
MAX_LEAD_WORDS = 64
"""Words before the head that are passed over, at most."""
MIN_REPLACED = 2
"""Mentions that must be replaced."""
MIN_REPEATED = 3
"""Places in which the very same change must be made, and mentions where the evidence is weaker otherwise."""
GIVEN_UP_RATIO = 3
"""A unit is given up by the other page if it differs at least GIVEN_UP_RATIO times as often as it corresponds."""
MAX_QUALIFIER_WORDS = 4
"""Words added in one place, at most, that may be part of a closer name; more are a passage."""
_CLASS = (1 << CLASS_BITS) - 1
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SLOTS, _SLOT_SHIFT = 256, np.uint64(56)
TERM = np.dtype(
    [("unit", np.uint64), ("first", np.int64), ("kept", np.int64), ("differing", np.int64), ("replaced", np.int64)], align=True
)
"""A unit of a head: its first place; how often it corresponds and differs, and differs where the other page has words of its own too."""


@kernel
def read_units(words: Array, info: Array) -> Array:
    """What may name a subject, by position, uint64: a content word, or a mark with the word before it; 0 for function words."""
    units = np.empty(len(words), np.uint64)
    for at in range(len(words)):
        kind = info[at] & _CLASS
        value = np.uint64(words[at]) + np.uint64(1)
        if kind == MARK_WORD and at > 0:
            value |= (np.uint64(words[at - 1]) + np.uint64(1)) << np.uint64(32)
        units[at] = np.uint64(0) if kind == FUNCTION_WORD else value
    return units


@kernel
def subjects_conflict(words_a: Array, words_b: Array, a: Array, b: Array, own_a: Array, own_b: Array, regions: Array) -> bool:
    """Whether the pages' subjects stand in each other's place, or one of them names its own more closely throughout; ``a`` and
    ``b`` are the units of the words.
    """
    head_a, head_b = _heads(a, b, regions)
    first_a, first_b = _heads_at_replacement(a, b, regions)
    terms_a, term_of_a = _tally_terms(a, own_a, regions, max(head_a, first_a))
    terms_b, term_of_b = _tally_terms(b, own_b, regions, max(head_b, first_b))
    for a_end, b_end, enough in ((head_a, head_b, MIN_REPLACED), (first_a, first_b, MIN_REPEATED)):
        ours = _replaced_mentions(terms_a, term_of_a, own_a, regions, a_end)
        theirs = _replaced_mentions(terms_b, term_of_b, own_b, regions, b_end)
        both = 0
        for at in range(len(ours)):
            both += min(ours[at], theirs[at])
        if both >= enough:
            return True
    if _replaced_in_title(_gone(terms_a, own_a, len(regions), head_a), _gone(terms_b, own_b, len(regions), head_b)):
        return True
    telling = np.zeros(len(regions), np.bool_)
    _mark_telling(terms_a, term_of_a, own_a, regions, head_a, telling)
    _mark_telling(terms_b, term_of_b, own_b, regions, head_b, telling)
    if telling.any() and _is_repeated(_changes(words_a, own_a, words_b, own_b, regions), telling):
        return True
    closer: bool = _named_closer(a, own_a, regions) or _named_closer(b, own_b, regions)
    return closer


@kernel
def _named_closer(units: Array, own: Array, regions: Array) -> bool:
    """Whether this page adds the same word to what the other says in its head and again further on: a closer name for its subject."""
    added = _first_added(units, own, regions)
    for g in range(len(regions)):
        if added[g] == 0 or max(regions[g].a, regions[g].b) >= HEAD_WORDS:
            continue
        for h in range(g + 1, len(regions)):
            if added[h] == added[g]:
                return True
    return False


@kernel
def _first_added(units: Array, own: Array, regions: Array) -> Array:
    """The first unit of this page in each region in which only this page has words of its own, and few, uint64[regions]; else 0."""
    added = np.zeros(len(regions), np.uint64)
    for at in range(len(units)):
        if own[at] < 0 or added[own[at]] != 0:
            continue
        region = regions[own[at]]
        differing = region.differing_a + region.differing_b
        if min(region.differing_a, region.differing_b) == 0 and differing <= MAX_QUALIFIER_WORDS:
            added[own[at]] = units[at]
    return added


@kernel
def _is_repeated(changes: Array, telling: Array) -> bool:
    """Whether the same change is made MIN_REPEATED times, ``telling`` at one of them."""
    order, spare = np.empty(len(changes), np.int64), np.empty(len(changes), np.int64)
    stable_order(changes, order, spare)
    first = 0
    while first < len(order):
        last, tells = first, False
        while last < len(order) and changes[order[last]] == changes[order[first]]:
            tells |= telling[order[last]]
            last += 1
        if tells and last - first >= MIN_REPEATED:
            return True
        first = last
    return False


@kernel
def _heads(a: Array, b: Array, regions: Array) -> tuple[int, int]:
    """Ends of the heads, where the pages name their subjects: the first HEAD_WORDS words, after what was put before one of them."""
    lead = 0
    if len(regions) > 0 and regions[0].a == 0 and regions[0].b == 0:
        lead = regions[0].differing_b - regions[0].differing_a
    return min(min(max(0, -lead), MAX_LEAD_WORDS) + HEAD_WORDS, len(a)), min(min(max(0, lead), MAX_LEAD_WORDS) + HEAD_WORDS, len(b))


@kernel
def _heads_at_replacement(a: Array, b: Array, regions: Array) -> tuple[int, int]:
    """As ``_heads``, up to HEAD_WORDS words after the first place where both pages have words of their own; 0 if that is late."""
    for g in range(len(regions)):
        region = regions[g]
        if region.differing_a > 0 and region.differing_b > 0:
            if max(region.a, region.b) <= MAX_LEAD_WORDS:
                return min(region.a + HEAD_WORDS, len(a)), min(region.b + HEAD_WORDS, len(b))
            break
    return 0, 0


@kernel
def _tally_terms(units: Array, own: Array, regions: Array, head: int) -> tuple[Array, Array]:
    """TERM of every unit among the first ``head``, in order, and for each word the place of its unit among them, int64[n], or -1."""
    terms, term_of = np.zeros(head, TERM), np.full(len(units), -1, np.int64)
    slots = np.full(_SLOTS, -1, np.int64)
    count = 0
    for at in range(len(units)):
        if units[at] == 0:
            continue
        slot = _find_slot(slots, terms, units[at])
        if slots[slot] < 0:
            if at >= head:
                continue
            slots[slot] = count
            terms[count].unit, terms[count].first = units[at], at
            count += 1
        term_of[at] = slots[slot]
        term, region = terms[slots[slot]], own[at]
        if region < 0:
            term.kept += 1
        else:
            term.differing += 1
            term.replaced += regions[region].differing_a > 0 and regions[region].differing_b > 0
    return terms[:count], term_of


@kernel
def _find_slot(slots: Array, terms: Array, unit: Any) -> Any:
    """The slot of the unit, or the empty one where it belongs; at most MAX_LEAD_WORDS + HEAD_WORDS of them are taken."""
    slot = np.int64((unit * _MULTIPLIER) >> _SLOT_SHIFT)
    while slots[slot] >= 0 and terms[slots[slot]].unit != unit:
        slot = (slot + 1) % _SLOTS
    return slot


@kernel
def _replaced_mentions(terms: Array, term_of: Array, own: Array, regions: Array, head: int) -> Array:
    """How often each region replaces a subject of this page that the other page gives up, int64[regions].

    Such a unit stands among the first ``head``, differs in two or more places where the other page has words of its own, and
    hardly ever corresponds. A region that replaces several of them (a subject of several words) counts the most frequent.
    """
    mentions, here = np.zeros(len(regions), np.int64), np.zeros(len(regions), np.int64)
    for t in range(len(terms)):
        term = terms[t]
        if term.first >= head or term.replaced < MIN_REPLACED or term.kept * GIVEN_UP_RATIO > term.replaced:
            continue
        here[:] = 0
        for at in range(term.first, len(term_of)):
            if term_of[at] == t and own[at] >= 0 and regions[own[at]].differing_a > 0 and regions[own[at]].differing_b > 0:
                here[own[at]] += 1
        mentions = np.maximum(mentions, here)
    return mentions


@kernel
def _replaced_in_title(gone_a: Array, gone_b: Array) -> bool:
    """Whether a region puts one head's term in the other's place, both gone elsewhere, and one of them named often."""
    for g in range(len(gone_a)):  # noqa: SIM110 - numba compiles no generator
        if min(gone_a[g], gone_b[g]) > 0 and max(gone_a[g], gone_b[g]) >= MIN_REPEATED:
            return True
    return False


@kernel
def _gone(terms: Array, own: Array, count: int, head: int) -> Array:
    """For each region, the mentions of the most frequent unit that it holds in the head and that never corresponds."""
    most = np.zeros(count, np.int64)
    for t in range(len(terms)):
        term = terms[t]
        if term.first < head and term.kept == 0:
            region = own[term.first]
            most[region] = max(most[region], term.differing)
    return most


@kernel
def _mark_telling(terms: Array, term_of: Array, own: Array, regions: Array, head: int, telling: Array) -> None:
    """Set telling bool[regions] where a change counts when it is repeated: where it names what stands in this page's head.

    Where only this page has words of its own, the named unit must be one that hardly ever corresponds.
    """
    for at in range(len(term_of)):
        if term_of[at] < 0 or own[at] < 0 or terms[term_of[at]].first >= head:
            continue
        term, region = terms[term_of[at]], regions[own[at]]
        alone = term.kept * GIVEN_UP_RATIO <= term.differing
        telling[own[at]] |= alone or (region.differing_a > 0 and region.differing_b > 0)


@kernel
def _changes(words_a: Array, own_a: Array, words_b: Array, own_b: Array, regions: Array) -> Array:
    """Hash of what changes into what in each region, uint64[regions]; regions without differing words are all distinct."""
    changes = np.empty(len(regions), np.uint64)
    for g in range(len(regions)):
        changes[g] = np.uint64(0) if regions[g].differing_a + regions[g].differing_b > 0 else np.uint64(g)
    for at in range(len(words_a)):
        if own_a[at] >= 0:
            changes[own_a[at]] = (changes[own_a[at]] + np.uint64(words_a[at]) + np.uint64(1)) * _MULTIPLIER
    for g in range(len(regions)):
        changes[g] ^= changes[g] >> np.uint64(31)
    for at in range(len(words_b)):
        if own_b[at] >= 0:
            changes[own_b[at]] = (changes[own_b[at]] ^ (np.uint64(words_b[at]) << np.uint64(1))) * _MULTIPLIER
    return changes
