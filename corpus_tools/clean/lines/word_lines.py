"""Which lines of a page hold words that a rule asks for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

import numpy as np

from corpus_tools.clean.telling_words import lines_with_words
from corpus_tools.cut import MarkedPage

MUCH = 50_000
"""Words times characters from which on one pass over the text costs less than a search for each word."""


def lines_with(page: MarkedPage, words: Iterable[str]) -> list[int]:
    """Numbers of the lines that hold one of ``words`` as a substring, in order. No word is empty."""
    words = list(words)
    unknown = [word for word in words if word not in page.holding]
    if len(unknown) * len(page.text) > MUCH:
        _look_for_all(page, unknown)
    else:
        page.holding.update((word, _lines_with(page, word)) for word in unknown)
    return sorted({line for word in words for line in page.holding[word]})


def _lines_with(page: MarkedPage, word: str) -> list[int]:
    found = []
    at = page.text.find(word)
    while at >= 0:
        line = bisect_right(page.starts, at) - 1
        found.append(line)
        at = page.text.find(word, page.starts[line + 1])
    return found


def _look_for_all(page: MarkedPage, words: list[str]) -> None:
    """Note the lines of some words, found in one pass."""
    pieces = [word.encode("utf-8", "surrogatepass") for word in words]
    bounds, count = np.array(list(accumulate(map(len, pieces), initial=0))), len(page.folded)
    found = lines_with_words(np.frombuffer(page.data, np.uint8), np.frombuffer(b"".join(pieces), np.uint8), bounds, count)
    page.holding.update((word, []) for word in words)
    for number in found.tolist():
        word, line = divmod(number, count)
        page.holding[words[word]].append(line)
