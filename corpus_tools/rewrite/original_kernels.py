"""Compiled phrase statistics: how many of a page's word pairs the rest of the corpus uses too."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.shingles import longest
from corpus_tools.kernels.tokens import FUNCTION, START, bigram, classify, read_words

Array = np.ndarray[Any, np.dtype[Any]]


MIN_DOCUMENTS = 3
"""Documents that must hold a 2-gram for it to be established."""
PHRASE_COUNTS = np.dtype([("counted", np.int64), ("odd", np.int64)], align=True)
"""A page's word 2-grams, and how many of them few documents hold."""


@kernel
def odd_phrases(offsets: Array, base: int, limit: int, table: Any, kinds: Array, shingles: Array, out: Array) -> None:
    """Fill out PHRASE_COUNTS[pages] with word 2-grams that are not made of function words alone.

    A 2-gram is odd when fewer than MIN_DOCUMENTS documents hold it; ``shingles`` is ``Vocabulary.shingles``.
    """
    room = longest(offsets) // 2 + 2
    words, flags, classes = np.empty(room, np.uint32), np.empty(room, np.uint8), np.empty(room, np.uint8)
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    mask = np.uint32(len(shingles) - 1)
    for page in range(len(offsets) - 1):
        n = read_words(base + offsets[page], base + offsets[page + 1], limit, table, words, flags, begins, ends)
        classify(words, flags, n, kinds, classes)
        pairs = odd = 0
        for i in range(1, n):
            if flags[i] & START or (classes[i] == FUNCTION and classes[i - 1] == FUNCTION):
                continue
            pairs += 1
            odd += shingles[bigram(words[i - 1], words[i]) & mask] < MIN_DOCUMENTS
        out[page].counted, out[page].odd = pairs, odd
