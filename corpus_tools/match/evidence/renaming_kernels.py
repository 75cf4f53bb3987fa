"""Compiled look at pages whose subjects conflict: does it all come from names that stand throughout in each other's place?

One pair of pages cannot tell a renamed brand, or a spinner's dictionary, from a template about another disease. So what is
found here decides nothing alone: ``group.renamings`` asks whether the same two names change places on pages about other things.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.sorting import stable_order
from corpus_tools.match.evidence.echo_kernels import most_frequent
from corpus_tools.match.page_word_kernels import CLASS_BITS, CONTENT_WORD

Array = np.ndarray[Any, np.dtype[Any]]

MAX_NAME_WORDS = 4
"""Words of a name, at most; more that differ in one place are a passage."""
MIN_TIMES = 2
"""Places in which one name must stand for the other."""
MAX_NAMED_WORDS = 16
"""Different words of all such names of a page, at most."""
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
def main_change(changes: Array) -> int:
    """The change that is made most often, MIN_TIMES or more; of those made as often the one of the smaller hashes. -1 if there is none."""
    best = -1
    for at in range(len(changes)):
        change = changes[at]
        if change.times < MIN_TIMES:
            continue
        if (
            best < 0
            or change.times > changes[best].times
            or (change.times == changes[best].times and change.left + change.right < changes[best].left + changes[best].right)
        ):
            best = at
    return best


@kernel
def skip_renamed(changes: Array, words_a: Array, own_a: Array, words_b: Array, own_b: Array, regions: Array) -> None:
    """Let words correspond where all that stands in each other's place are words of names that change more than once."""
    names_a, names_b = np.zeros(MAX_NAMED_WORDS, np.uint32), np.zeros(MAX_NAMED_WORDS, np.uint32)
    count_a = count_b = 0
    for at in range(len(changes)):
        if changes[at].times >= MIN_TIMES:
            count_a = _add_words(words_a[changes[at].a : changes[at].a_end], names_a, count_a)
            count_b = _add_words(words_b[changes[at].b : changes[at].b_end], names_b, count_b)
    for at in range(len(changes)):
        a, a_end, b, b_end = changes[at].a, changes[at].a_end, changes[at].b, changes[at].b_end
        if _all_among(words_a[a:a_end], names_a[:count_a]) and _all_among(words_b[b:b_end], names_b[:count_b]):
            regions[own_a[a]].differing_a -= a_end - a
            regions[own_a[a]].differing_b -= b_end - b
            own_a[a:a_end], own_b[b:b_end] = -1, -1


@kernel
def _add_words(words: Array, names: Array, count: int) -> int:
    """Add words to the ``count`` that are in ``names``, each once, as far as there is room; how many are there then."""
    for word in words:
        known = False
        for at in range(count):
            known |= names[at] == word
        if not known and count < len(names):
            names[count] = word
            count += 1
    return count


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
