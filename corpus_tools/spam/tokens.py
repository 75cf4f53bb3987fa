"""A page's words as arrays for the spam signs: ids, where they stand, and which of them are prose.

Only running English text is judged: names, headings, lists and other languages say nothing about wording.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np

from corpus_tools.spam.reference import Reference
from corpus_tools.spam.sign_kernels import mark_prose

Array = np.ndarray[Any, np.dtype[Any]]

MAX_CHARACTERS = 60_000
"""Characters of a page that are looked at; a longer page is judged by its beginning."""
_STOPS = frozenset("\n.!?;:")
MIN_LINE_WORDS = 6
FUNCTION_SHARE = 0.15
"""A line is prose from this many words and this share of frequent function words on."""

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+(?:[.,]\d+)*|\n|[^\w\s]+|_+")
_ASCII_TOKEN = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?|[0-9]+(?:[.,][0-9]+)*|\n|[!-/:-@\[-^`{-~\x00-\x08\x0e-\x1b\x7f]+|_+")
"""The same on ASCII text, in half the time."""
_LINE_END = re.compile("\n")


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
    numbers: dict[str, int]
    """The words, each once, numbered from 0 in the order they come."""
    local: Array
    """int64[n], each token's number."""

    @cached_property
    def _lines(self) -> tuple[list[int], list[int]]:
        """Where each line begins, as a token and as a character; every line end is a token."""
        ends = np.flatnonzero(self.local == self.numbers.get("\n", -1))
        return [0, *(ends + 1).tolist()], [0, *(found.end() for found in _LINE_END.finditer(self.text))]

    @cached_property
    def _spans(self) -> dict[int, list[tuple[int, int]]]:
        """Spans of the tokens of lines that were asked for, by the line's number."""
        return {}

    def _span(self, token: int) -> tuple[int, int]:
        """Characters of a token, found in its own line: a page is not read again for a passage of it."""
        tokens, characters = self._lines
        line = bisect_right(tokens, token) - 1
        if line not in self._spans:
            end = characters[line + 1] if line + 1 < len(characters) else len(self.text)
            text = _straighten(self.text[characters[line] : end])
            self._spans[line] = [found.span() for found in _TOKEN.finditer(text)]
        first, last = self._spans[line][token - tokens[line]]
        return characters[line] + first, characters[line] + last

    def passage(self, first: int, last: int, around: int = 4) -> str:
        """The page's own characters from token ``first`` to ``last`` with up to ``around`` tokens of its line on both sides."""
        low, high = first, last
        while low > max(first - around, 0) and self.words[low - 1] not in _STOPS:
            low -= 1
        while high < min(last + around, len(self.words) - 1) and self.words[high + 1] != "\n":
            high += 1
        return self.text[self._span(low)[0] : self._span(high)[1]]


def tokenize(text: str) -> list[str]:
    """Lower-case tokens of ``text``: words, numbers, runs of punctuation, line ends."""
    straight = _straighten(text)
    return [token.lower() for token in _pattern(straight).findall(straight)]


def _pattern(text: str) -> re.Pattern[str]:
    return _ASCII_TOKEN if text.isascii() else _TOKEN


def _straighten(text: str) -> str:
    """``text`` with straight apostrophes, character for character."""
    return text.replace("’", "'").replace("‘", "'")


def read_tokens(text: str, reference: Reference) -> Tokens:
    """The tokens of the first MAX_CHARACTERS characters of ``text``."""
    head = text[:MAX_CHARACTERS]
    straight = _straighten(head)
    raw = _pattern(straight).findall(straight)
    words = " ".join(raw).lower().split(" ") if raw else []  # no token holds a space
    numbers = {word: number for number, word in enumerate(dict.fromkeys(words))}
    local = np.fromiter(map(numbers.__getitem__, words), np.int64, len(words))
    ids = np.fromiter(map(reference.vocabulary.get, numbers, repeat(0)), np.int64, len(numbers))[local]
    firsts = _first_letters("".join([token[0] for token in raw]))
    is_word, prose = mark_prose(ids, firsts, reference.is_function, MIN_LINE_WORDS, FUNCTION_SHARE)
    return Tokens(head, words, ids, is_word, prose, numbers, local)


def _first_letters(firsts: str) -> Array:
    """Tokens' first characters as ASCII, uint8[n]: small and capital letters of other alphabets as a and A, other characters as a dot."""
    if not firsts.isascii():
        firsts = "".join([c if c.isascii() else ("A" if c.isupper() else "a") if c.isalpha() else "." for c in firsts])
    return np.frombuffer(firsts.encode("ascii"), np.uint8)
