"""Compiled telling of a page's language from its words, and counts of words by language."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.shingles import longest
from corpus_tools.kernels.tokens import DIGIT, read_words

Array = np.ndarray[Any, np.dtype[Any]]

MARKS = 1 << 16
"""Function words are told apart by so many low bits."""
MAX_LANGUAGES = 8
"""Each language has a bit of a byte."""
LOOKED_AT, LEAST_SHARE = 400, 0.12
"""Words of a page that tell its language, and the share of them that must be function words of it: text has about 0.3."""


@kernel
def tell_language(words: Array, n: int, marks: Array, languages: int) -> int:
    """The number of the language whose function words words[:n] hold most of, the first of equals; ``languages`` if of none enough."""
    n = min(n, LOOKED_AT)
    counts = np.zeros(MAX_LANGUAGES, np.int64)
    for i in range(n):
        bits = marks[words[i] & np.uint32(MARKS - 1)]
        for language in range(languages):
            counts[language] += np.int64(bits >> np.uint8(language) & np.uint8(1))
    best = 0
    for language in range(1, languages):
        best = language if counts[language] > counts[best] else best
    return best if counts[best] > 0 and counts[best] >= LEAST_SHARE * n else languages


@kernel
def tell_pages(words: Array, first_word: Array, marks: Array, languages: int, out: Array) -> None:
    """``tell_language`` of each page, uint8[pages]: page p's words are words[first_word[p]:first_word[p + 1]]."""
    for page in range(len(out)):
        n = first_word[page + 1] - first_word[page]
        out[page] = tell_language(words[first_word[page] :], n, marks, languages)


@kernel
def count_word_documents(
    offsets: Array, base: int, limit: int, table: Any, marks: Array, counts: Array, uses: Array, documents: Array, seen: Array, first: int
) -> None:  # fmt: skip
    """Add each page to documents int64[languages + 1] by its language, and its distinct words to that row of counts.

    All words of a page of no language but those with a digit are added to uses int64[2**k]. counts uint16[languages + 1, 2**k] (they stop at 65,535) go by the low bits of the word. seen int32[2**k] holds the last page that
    hit a slot; ``first`` is the number of this buffer's first page.
    """
    room = longest(offsets) // 2 + 2
    words, flags = np.empty(room, np.uint32), np.empty(room, np.uint8)
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    mask = np.uint32(counts.shape[1] - 1)
    for page in range(len(offsets) - 1):
        n = read_words(base + offsets[page], base + offsets[page + 1], limit, table, words, flags, begins, ends)
        language = tell_language(words, n, marks, len(documents) - 1)
        documents[language] += 1
        own, alone = counts[language], language == len(documents) - 1
        for i in range(n):
            slot = words[i] & mask
            uses[slot] += alone and not flags[i] & DIGIT
            if seen[slot] != first + page:
                seen[slot] = first + page
                own[slot] += own[slot] < 65535
