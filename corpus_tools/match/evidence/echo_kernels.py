"""Compiled look at a page that another one holds: does the rest of that other page speak of the same thing?

A part of an article and the rest of it say the same words over and over: the name of the subject. Two articles that stand one
after the other on a page hardly do.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.sorting import stable_order
from corpus_tools.match.page_word_kernels import CLASS_BITS, CONTENT_WORD

Array = np.ndarray[Any, np.dtype[Any]]

FREQUENT_WORDS = 5
"""Words of a page, the most frequent ones, that are looked for in the rest of the other page."""
MIN_MENTIONS = 3
"""Times that such a word stands on the page, at least."""
_CLASS = (1 << CLASS_BITS) - 1


@kernel
def measure_echo(words: Array, info: Array, others: Array, own: Array) -> float:
    """Share of a page's most frequent words that the other page also says among words of its own; 1 if no word stands MIN_MENTIONS times.

    ``words`` uint32[n] and ``info`` uint8[n] of the page; ``others`` uint32[m] of the other, ``own`` int64[m] -1 where its word
    corresponds to one of the page. Only content words count; of words as frequent, those with the smaller hash.
    """
    frequent = most_frequent(words, info)
    if len(frequent) == 0:
        return 1.0
    echoed = 0
    for at in range(len(frequent)):
        for place in range(len(others)):
            if own[place] >= 0 and others[place] == frequent[at]:
                echoed += 1
                break
    return echoed / len(frequent)


@kernel
def most_frequent(words: Array, info: Array) -> Array:
    """Up to FREQUENT_WORDS content words that stand MIN_MENTIONS times or more, the most frequent first."""
    content = np.empty(len(words), np.uint32)
    n = 0
    for at in range(len(words)):
        if info[at] & _CLASS == CONTENT_WORD:
            content[n] = words[at]
            n += 1
    content = content[:n]
    order, spare = np.empty(n, np.int64), np.empty(n, np.int64)
    stable_order(content, order, spare)
    found, counts = np.zeros(FREQUENT_WORDS, np.uint32), np.zeros(FREQUENT_WORDS, np.int64)
    first = 0
    while first < n:
        last = first
        while last < n and content[order[last]] == content[order[first]]:
            last += 1
        if last - first >= MIN_MENTIONS:
            _insert(found, counts, content[order[first]], last - first)
        first = last
    n = 0
    while n < FREQUENT_WORDS and counts[n] > 0:  # the most frequent stand first
        n += 1
    return found[:n]


@kernel
def _insert(found: Array, counts: Array, word: Any, count: int) -> None:
    """Put ``word`` in its place among the words ``found``, the largest of ``counts`` first, if it belongs there."""
    at = len(found)
    while at > 0 and count > counts[at - 1]:
        at -= 1
        if at + 1 < len(found):
            found[at + 1], counts[at + 1] = found[at], counts[at]
    if at < len(found):
        found[at], counts[at] = word, count
