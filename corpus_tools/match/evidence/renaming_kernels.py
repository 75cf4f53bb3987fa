"""Compiled look at pages whose subjects conflict: does it come from one or two names that stand in each other's place?

One pair of pages cannot tell a renamed brand, or a spinner's dictionary, from a template about another disease. So what is
found here decides nothing alone: ``group.renamings`` asks whether the same two names change places on pages about other things.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.sorting import stable_order
from corpus_tools.match.evidence.echo_kernels import most_frequent
from corpus_tools.match.evidence.subject_kernels import subjects_conflict
from corpus_tools.match.page_word_kernels import CLASS_BITS, CONTENT_WORD

Array = np.ndarray[Any, np.dtype[Any]]

MAX_NAME_WORDS = 4
"""Words of a name, at most; more that differ in one place are a passage."""
MIN_TIMES = 2
"""Places in which one name must stand for the other."""
MOST_TRIED = 6
"""Such changes of a pair that are tried, at most: the most frequent."""
CHANGE = np.dtype(
    [
        ("a", np.int64),
        ("a_end", np.int64),
        ("b", np.int64),
        ("b_end", np.int64),
        ("left", np.uint64),
        ("right", np.uint64),
        ("times", np.int64),
    ],
    align=True,
)
"""A few words of page a that stand where page b has a few others: their places, hashes, and how often the same change is made."""
_CLASS = (1 << CLASS_BITS) - 1
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@kernel
def list_changes(match: Array, words_a: Array, info_a: Array, own_a: Array, words_b: Array, info_b: Array, own_b: Array) -> Array:
    """CHANGE of every place where both pages have one to MAX_NAME_WORDS words of their own, content words among them.

    ``match``, ``words``, ``info`` and ``own`` as in ``evidence_kernels.compare_pages``.
    """
    found, count, i, j = np.zeros(len(match) + 1, CHANGE), 0, 0, 0
    for at in range(len(match) + 1):
        if at < len(match) and match[at] < 0:
            continue
        other = match[at] if at < len(match) else len(words_b)
        few = 0 < at - i <= MAX_NAME_WORDS and 0 < other - j <= MAX_NAME_WORDS
        if few and _is_named(info_a[i:at], own_a[i:at]) and _is_named(info_b[j:other], own_b[j:other]):
            found[count].a, found[count].a_end, found[count].b, found[count].b_end = i, at, j, other
            found[count].left, found[count].right = _hash_name(words_a[i:at]), _hash_name(words_b[j:other])
            count += 1
        i, j = at + 1, other + 1
    _count_times(found[:count])
    return found[:count]


@kernel
def _count_times(changes: Array) -> None:
    """Set ``times``: how often the same names stand in each other's place."""
    keys, order, spare = np.empty(len(changes), np.uint64), np.empty(len(changes), np.int64), np.empty(len(changes), np.int64)
    for at in range(len(changes)):
        keys[at] = changes[at].left * _MULTIPLIER ^ changes[at].right
    stable_order(keys, order, spare)
    first = 0
    while first < len(order):
        last = first
        while last < len(order) and keys[order[last]] == keys[order[first]]:
            last += 1
        for at in range(first, last):
            changes[order[at]].times = last - first
        first = last


@kernel
def _is_named(info: Array, own: Array) -> bool:
    """Whether all these words differ, and one of them may be part of a name."""
    named = False
    for at in range(len(info)):
        if own[at] < 0:
            return False
        named |= info[at] & _CLASS == CONTENT_WORD
    return named


@kernel
def _hash_name(words: Array) -> Any:
    """Hash of words in order, never 0."""
    value = np.uint64(1)
    for word in words:
        value = (value ^ (np.uint64(word) + np.uint64(1))) * _MULTIPLIER
        value ^= value >> np.uint64(32)
    return value | np.uint64(1)


@kernel
def explain_conflict(
    changes: Array, words_a: Array, units_a: Array, own_a: Array, words_b: Array, units_b: Array, own_b: Array, regions: Array
) -> tuple[int, int]:
    """The one or two of ``changes`` without which the subjects do not conflict, -1 for none: (-1, -1) if no two of them will do.

    Only changes made MIN_TIMES are tried, the MOST_TRIED most frequent; ``units`` as in ``subject_kernels``.
    """
    tried = _most_made(changes)
    for second in range(-1, len(tried)):  # one alone, then with each of the others
        for first in range(len(tried) if second < 0 else second):
            ours, theirs, others = own_a.copy(), own_b.copy(), regions.copy()
            _skip_change(changes, tried[first], words_a, ours, words_b, theirs, others)
            if second >= 0:
                _skip_change(changes, tried[second], words_a, ours, words_b, theirs, others)
            if not subjects_conflict(words_a, words_b, units_a, units_b, ours, theirs, others):
                return tried[first], tried[second] if second >= 0 else -1
    return -1, -1


@kernel
def _most_made(changes: Array) -> Array:
    """One of each change that is made MIN_TIMES or more, the most frequent first; of those as frequent that of the smaller hashes."""
    found, count = np.empty(MOST_TRIED + 1, np.int64), 0
    for at in range(len(changes)):
        known = changes[at].times < MIN_TIMES
        for place in range(count):
            known |= _is_same(changes[found[place]], changes[at])
        if known:
            continue
        place = count
        while place > 0 and _comes_before(changes[at], changes[found[place - 1]]):
            found[place] = found[place - 1]
            place -= 1
        found[place] = at
        count = min(count + 1, MOST_TRIED)
    return found[:count]


@kernel
def _is_same(one: Any, other: Any) -> Any:
    return one.left == other.left and one.right == other.right


@kernel
def _comes_before(one: Any, other: Any) -> Any:
    if one.times != other.times:
        return one.times > other.times
    return one.left + one.right < other.left + other.right


@kernel
def _skip_change(changes: Array, which: int, words_a: Array, own_a: Array, words_b: Array, own_b: Array, regions: Array) -> None:
    """Let words correspond where all that stands in each other's place are words of the two names of one change."""
    ours, theirs = words_a[changes[which].a : changes[which].a_end], words_b[changes[which].b : changes[which].b_end]
    for at in range(len(changes)):
        a, a_end, b, b_end = changes[at].a, changes[at].a_end, changes[at].b, changes[at].b_end
        if own_a[a] >= 0 and _all_among(words_a[a:a_end], ours) and _all_among(words_b[b:b_end], theirs):
            regions[own_a[a]].differing_a -= a_end - a
            regions[own_a[a]].differing_b -= b_end - b
            own_a[a:a_end], own_b[b:b_end] = -1, -1


@kernel
def _all_among(words: Array, names: Array) -> bool:
    for word in words:
        known = False
        for name in names:
            known |= name == word
        if not known:
            return False
    return True


@kernel
def find_topic(
    words_a: Array, info_a: Array, own_a: Array, common_a: Array, words_b: Array, info_b: Array, own_b: Array, common_b: Array
) -> Any:
    """The content word that both pages together say most often where they correspond, what many pages share left out; 0 if there is none."""
    words, info = np.empty(len(words_a) + len(words_b), np.uint32), np.empty(len(words_a) + len(words_b), np.uint8)
    count = 0
    for at in range(len(words_a)):
        if own_a[at] < 0 and not common_a[at]:
            words[count], info[count] = words_a[at], info_a[at]
            count += 1
    for at in range(len(words_b)):
        if own_b[at] < 0 and not common_b[at]:
            words[count], info[count] = words_b[at], info_b[at]
            count += 1
    found = most_frequent(words[:count], info[:count])
    return np.int64(found[0]) + 1 if len(found) > 0 else np.int64(0)
