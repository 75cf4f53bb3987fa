"""Compiled counts of the words by which a page says something: what is left without function words, numbers and dates."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, part
from corpus_tools.kernels.sorting import find_sorted
from corpus_tools.kernels.word_lists import DATE_WORDS
from corpus_tools.match.evidence.subject_kernels import HEAD_WORDS
from corpus_tools.match.page_word_kernels import CLASS_BITS, CONTENT_WORD
from corpus_tools.text import word_hash

Array = np.ndarray[Any, np.dtype[Any]]

_DATE_WORDS = np.array(sorted({word_hash(word) & 0xFFFFFFFF for words in DATE_WORDS.values() for word in words.split()}), np.uint32)
_CLASS = (1 << CLASS_BITS) - 1


@part
def count_said(own: Array, common: Array, words: Array, info: Array) -> tuple[int, int]:
    """Of the words that stand nowhere on the other page, those that say something: no function words, numbers or dates; and of the
    page's own among its first words, which may name it.
    """
    said = named = 0
    for at in range(len(own)):
        if own[at] >= 0 and info[at] & _CLASS == CONTENT_WORD and not _is_date(words[at]):
            said += 1
            named += at < HEAD_WORDS and not common[at]
    return said, named


@inlined
def _is_date(word: Any) -> Any:
    place = find_sorted(_DATE_WORDS, word)
    return place < len(_DATE_WORDS) and _DATE_WORDS[place] == word
