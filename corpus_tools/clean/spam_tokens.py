"""A page's words as arrays for the spam signs: ids, where they stand, and which of them are prose.

Only running English text is judged: names, headings, lists and other languages say nothing about wording.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from corpus_tools.clean.spam_reference import Reference

Array = np.ndarray[Any, np.dtype[Any]]

MAX_CHARACTERS = 60_000
"""Characters of a page that are looked at; a longer page is judged by its beginning."""
_STOPS = frozenset("\n.!?;:")
MIN_LINE_WORDS = 6
FUNCTION_SHARE = 0.15
"""A line is prose from this many words and this share of frequent function words on."""

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+(?:[.,]\d+)*|\n|[^\w\s]+|_+")


@dataclass(frozen=True, eq=False)
class Tokens:
    """The n tokens of a page: words, numbers, runs of punctuation and line ends."""

    text: str
    """What was looked at, in which ``span`` counts characters."""
    words: list[str]
    """Lower case, one a token."""
    ids: Array
    """int64[n], place in the reference's vocabulary, 0 when not there."""
    is_word: Array
    """bool[n], made of letters."""
    prose: Array
    """bool[n], a word of running English text that is not a name."""

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return [found.span() for found in _TOKEN.finditer(_straighten(self.text))]

    def passage(self, first: int, last: int, around: int = 4) -> str:
        """The page's own characters from token ``first`` to ``last`` with up to ``around`` tokens of its line on both sides."""
        low, high = first, last
        while low > max(first - around, 0) and self.words[low - 1] not in _STOPS:
            low -= 1
        while high < min(last + around, len(self.words) - 1) and self.words[high + 1] != "\n":
            high += 1
        return self.text[self._spans[low][0] : self._spans[high][1]]

    @cached_property
    def local(self) -> Array:
        """int64[n]: equal words have equal numbers, in or out of the vocabulary."""
        seen: dict[str, int] = {}
        return np.array([seen.setdefault(word, len(seen)) for word in self.words], np.int64)


def tokenize(text: str) -> list[str]:
    """Lower-case tokens of ``text``: words, numbers, runs of punctuation, line ends."""
    return [token.lower() for token in _TOKEN.findall(_straighten(text))]


def _straighten(text: str) -> str:
    """``text`` with straight apostrophes, character for character."""
    return text.replace("’", "'").replace("‘", "'")


def read_tokens(text: str, reference: Reference) -> Tokens:
    """The tokens of the first MAX_CHARACTERS characters of ``text``."""
    head = text[:MAX_CHARACTERS]
    raw = _TOKEN.findall(_straighten(head))
    words = [token.lower() for token in raw]
    known = reference.vocabulary.get
    ids = np.array([known(word, 0) for word in words], np.int64)
    is_word, capital, newline = _shapes("".join([token[0] for token in raw]))
    prose = is_word & _in_prose(ids, is_word, newline, reference) & ~_names(is_word, capital)
    return Tokens(head, words, ids, is_word, prose)


def _shapes(firsts: str) -> tuple[Array, Array, Array]:
    """Which tokens are words, capitalised words and line ends, by their first characters."""
    codes = np.frombuffer(firsts.encode("utf-32-le", "surrogatepass"), np.uint32)
    small = (codes >= ord("a")) & (codes <= ord("z"))
    capital = (codes >= ord("A")) & (codes <= ord("Z"))
    is_word = small | capital
    for at in np.flatnonzero(codes > 127).tolist():
        is_word[at] = firsts[at].isalpha()
        capital[at] = firsts[at].isupper() and firsts[at].isalpha()
    return is_word, capital, codes == ord("\n")


def _in_prose(ids: Array, is_word: Array, newline: Array, reference: Reference) -> Array:
    """Whether each token's line has enough words, and enough function words among them."""
    line = np.cumsum(newline)
    n_lines = int(line[-1]) + 1 if line.size else 0
    n_words = np.bincount(line[is_word], minlength=n_lines)
    n_function = np.bincount(line[reference.is_function[ids]], minlength=n_lines)
    fine = (n_words >= MIN_LINE_WORDS) & (n_function >= FUNCTION_SHARE * n_words)
    return fine[line] if line.size else np.zeros(0, bool)


def _names(is_word: Array, capital: Array) -> Array:
    """Capitalised words inside a sentence, or at its start before another one."""
    starts = np.ones(len(is_word), bool)
    starts[1:] = ~is_word[:-1]
    before_capital = np.zeros(len(is_word), bool)
    before_capital[:-1] = capital[1:]
    return capital & (~starts | before_capital)
