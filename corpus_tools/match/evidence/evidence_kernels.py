"""Compiled evidence on pairs of pages: what corresponds, what was moved, replaced or lost, and what many other pages hold too.

A page is its words uint32[n], the shingle that begins at each of them uint32[n], the number of documents that hold that shingle
uint8[n] (1 where hardly any other does) and whether a word belongs to what many pages share, uint8[n].
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel, part
from corpus_tools.kernels.sorting import find_sorted
from corpus_tools.match.evidence.diff_kernels import diff_words
from corpus_tools.match.evidence.echo_kernels import measure_echo
from corpus_tools.match.evidence.region_kernels import find_regions, skip_respelled
from corpus_tools.match.evidence.renaming_kernels import explain_conflict, find_topic, list_changes
from corpus_tools.match.evidence.said_kernels import count_said
from corpus_tools.match.evidence.subject_kernels import HEAD_WORDS, read_units, subjects_conflict
from corpus_tools.match.evidence.title_kernels import count_absent

Array = np.ndarray[Any, np.dtype[Any]]
RARE = 2
"""Documents that hold a shingle, at most, for it to be rare: the two pages of a pair."""
MAX_PART_LOSES, MIN_REST = 24, 40
"""Words that a page may lose, at most, and words that the other has beside it, at least, for it to be looked at as a part of it."""

EVIDENCE = np.dtype(
    [
        ("ordered", np.float64),
        ("conflict", np.float64),
        ("renamed_left", np.int64),
        ("renamed_right", np.int64),
        ("also_left", np.int64),
        ("also_right", np.int64),
        ("topic", np.int64),
        ("run", np.int64),
        ("lost_left", np.int64),
        ("lost_right", np.int64),
        ("own_left", np.int64),
        ("own_right", np.int64),
        ("lost_head_left", np.int64),
        ("lost_head_right", np.int64),
        ("gone_left", np.int64),
        ("gone_right", np.int64),
        ("gone_head_left", np.int64),
        ("gone_head_right", np.int64),
        ("said_left", np.int64),
        ("said_right", np.int64),
        ("named_left", np.int64),
        ("named_right", np.int64),
        ("titled_left", np.int64),
        ("titled_right", np.int64),
        ("places_left", np.int64),
        ("places_right", np.int64),
        ("replaced", np.int64),
        ("all_replaced", np.int64),
        ("edits", np.int64),
        ("shared_holders", np.int64),
        ("rest_left", np.int64),
        ("rest_right", np.int64),
        ("rare_shared", np.int64),
        ("echo_left", np.float64),
        ("echo_right", np.float64),
        ("size_left", np.int64),
        ("size_right", np.int64),
    ],
    align=True,
)


@kernel
def compare_pages(
    start: Array,
    words: Array,
    letters: Array,
    info: Array,
    shingles: Array,
    holders: Array,
    common: Array,
    set_start: Array,
    sets: Array,
    name_start: Array,
    names: Array,
    n: int,
    left: Array,
    right: Array,
) -> Array:
    """EVIDENCE of every pair of pages; pages lie end to end, page d at ``start[d]:start[d + 1]``, its shingle set at ``set_start``,
    what its title names at ``name_start``."""
    out = np.zeros(len(left), EVIDENCE)
    for pair in range(len(left)):
        d, e = left[pair], right[pair]
        p, p_end, q, q_end = start[d], start[d + 1], start[e], start[e + 1]
        found = out[pair]
        found.echo_left = found.echo_right = 1.0
        match = diff_words(words[p:p_end], words[q:q_end])
        equal, found.run = _count_equal(match)
        found.size_left, found.size_right = p_end - p, q_end - q
        found.ordered = 2.0 * equal / max(1, p_end - p + q_end - q)
        regions, own_a, own_b = find_regions(match, q_end - q)
        skip_respelled(regions, own_a, own_b, letters[p:p_end], info[p:p_end], letters[q:q_end], info[q:q_end])
        _skip_moved(own_a, shingles[p:p_end], sets[set_start[e] : set_start[e + 1]], n, regions, True)
        _skip_moved(own_b, shingles[q:q_end], sets[set_start[d] : set_start[d + 1]], n, regions, False)
        found.own_left, found.lost_left, found.lost_head_left, found.gone_left, found.gone_head_left = _count_lost(
            own_a, common[p:p_end]
        )
        found.own_right, found.lost_right, found.lost_head_right, found.gone_right, found.gone_head_right = _count_lost(
            own_b, common[q:q_end]
        )
        found.said_left, found.named_left = count_said(own_a, common[p:p_end], words[p:p_end], info[p:p_end])
        found.said_right, found.named_right = count_said(own_b, common[q:q_end], words[q:q_end], info[q:q_end])
        _measure_regions(found, regions)
        _measure_holders(found, own_a, holders[p:p_end], own_b, holders[q:q_end])
        if 0 < equal < max(p_end - p, q_end - q):
            a, b = read_units(words[p:p_end], info[p:p_end]), read_units(words[q:q_end], info[q:q_end])
            found.titled_left = count_absent(names[name_start[d] : name_start[d + 1]], letters[q:q_end], info[q:q_end])
            found.titled_right = count_absent(names[name_start[e] : name_start[e + 1]], letters[p:p_end], info[p:p_end])
            found.conflict = subjects_conflict(words[p:p_end], words[q:q_end], a, b, own_a, own_b, regions)
            if found.conflict > 0:
                changes = list_changes(match, words[p:p_end], info[p:p_end], own_a, words[q:q_end], info[q:q_end], own_b)
                one, two = explain_conflict(changes, words[p:p_end], a, own_a, words[q:q_end], b, own_b, regions)
                if one >= 0:
                    found.topic = find_topic(
                        words[p:p_end], info[p:p_end], own_a, common[p:p_end], words[q:q_end], info[q:q_end], own_b, common[q:q_end]
                    )
                    found.renamed_left, found.renamed_right = np.int64(changes[one].left), np.int64(changes[one].right)
                if two >= 0:
                    found.also_left, found.also_right = np.int64(changes[two].left), np.int64(changes[two].right)
            if found.gone_left <= MAX_PART_LOSES and found.gone_right >= MIN_REST:
                found.echo_left = measure_echo(words[p:p_end], info[p:p_end], words[q:q_end], own_b)
            if found.gone_right <= MAX_PART_LOSES and found.gone_left >= MIN_REST:
                found.echo_right = measure_echo(words[q:q_end], info[q:q_end], words[p:p_end], own_a)
    return out


@part
def _count_equal(match: Array) -> tuple[int, int]:
    """Words that correspond, and those of the longest passage in which all do."""
    equal = run = longest = 0
    for at in range(len(match)):
        if match[at] < 0:
            run = 0
            continue
        equal += 1
        run = run + 1 if run > 0 and match[at] == match[at - 1] + 1 else 1
        longest = max(longest, run)
    return equal, longest


@part
def _skip_moved(own: Array, shingles: Array, others: Array, n: int, regions: Array, is_left: bool) -> None:
    """Let words correspond that stand in a shingle of the other page, though in another place."""
    size = len(own)
    last = max(size - n, 0)
    for at in range(size):
        if at > last:
            break
        near = False
        for k in range(at, min(at + n, size)):
            if own[k] >= 0:
                near = True
        if not near:
            continue
        place = find_sorted(others, shingles[at])
        if place < len(others) and others[place] == shingles[at]:
            for k in range(at, min(at + n, size)):
                if own[k] >= 0:
                    if is_left:
                        regions[own[k]].differing_a -= 1
                    else:
                        regions[own[k]].differing_b -= 1
                    own[k] = -1


@part
def _count_lost(own: Array, common: Array) -> tuple[int, int, int, int, int]:
    """Of one page's words: its own (what many pages share left out), those of them that stand nowhere on the other page, and those
    among its first words; then all words that stand nowhere on the other, whoever shares them, and those among its first words.
    """
    mine = lost = lost_head = gone = gone_head = 0
    for at in range(len(own)):
        absent, head = own[at] >= 0, at < HEAD_WORDS
        gone += absent
        gone_head += absent and head
        if not common[at]:
            mine += 1
            lost += absent
            lost_head += absent and head
    return mine, lost, lost_head, gone, gone_head


@part
def _measure_regions(found: Any, regions: Array) -> None:
    for g in range(len(regions)):
        region = regions[g]
        both = min(region.differing_a, region.differing_b)
        found.edits += region.differing_a + region.differing_b > 0
        found.places_left += region.differing_a > 0
        found.places_right += region.differing_b > 0
        found.replaced = max(found.replaced, both)
        found.all_replaced += both


@part
def _measure_holders(found: Any, own_a: Array, holders_a: Array, own_b: Array, holders_b: Array) -> None:
    """Medians of the holders of what the pages share, and of what only one of them has."""
    shared, left, right = np.zeros(256, np.int64), np.zeros(256, np.int64), np.zeros(256, np.int64)
    for at in range(len(own_a)):
        if own_a[at] < 0:
            shared[holders_a[at]] += 1
            found.rare_shared += holders_a[at] <= RARE
        else:
            left[holders_a[at]] += 1
    for at in range(len(own_b)):
        if own_b[at] >= 0:
            right[holders_b[at]] += 1
    found.shared_holders, found.rest_left, found.rest_right = _middle(shared), _middle(left), _middle(right)


@part
def _middle(counts: Array) -> int:
    """The median of values given by how often each occurs; 0 of none."""
    total = seen = 0
    for count in counts:
        total += count
    for value in range(len(counts)):
        seen += counts[value]
        if 2 * seen >= total and total > 0:
            return value
    return 0
