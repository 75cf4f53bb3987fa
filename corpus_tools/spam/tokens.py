"""A page's words as arrays for the spam signs: ids, where they stand, and which of them are prose.

Only running English text is judged: names, headings, lists and other languages say nothing about wording.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from corpus_tools.kernels.kept import kept_on_disk
from corpus_tools.kernels.lookup import hash_words
from corpus_tools.spam import token_kernels as of_token
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


@dataclass(frozen=True, eq=False)
class Tokens:
    """The n tokens of a page: words, numbers, runs of punctuation and line ends."""

    text: str
    """What was looked at."""
    starts: Array
    """int64[n], where each token begins, in characters of the text."""
    ends: Array
    """int64[n], and ends."""
    ids: Array
    """int64[n], place in the reference's vocabulary, 0 when not there."""
    is_word: Array
    """bool[n], made of letters."""
    prose: Array
    """bool[n], a word of running English text that is not a name."""
    local: Array
    """int64[n], each token's number: equal words have one, from 0 in the order they come."""
    first: Array
    """int64, the first token of each number."""
    hashes: Array
    """int64, the hash of each number's word."""
    stems: Array
    """int64, the hash of each number's stem."""

    def __len__(self) -> int:
        return len(self.local)

    def word(self, token: int) -> str:
        """A token in lower case, its apostrophe straight."""
        return _straighten(self.text[self.starts[token] : self.ends[token]]).lower()

    @cached_property
    def words(self) -> list[str]:
        """All tokens in lower case."""
        different = [self.word(token) for token in self.first.tolist()]
        return [different[number] for number in self.local.tolist()]

    def passage(self, first: int, last: int, around: int = 4) -> str:
        """The page's own characters from token ``first`` to ``last`` with up to ``around`` tokens of its line on both sides."""
        begin, end = max(first - around, 0), min(last + around + 1, len(self))
        starts, ends = self.starts[begin:end].tolist(), self.ends[begin:end].tolist()
        low, high = first - begin, last - begin
        while low > 0 and self.text[starts[low - 1] : ends[low - 1]] not in _STOPS:
            low -= 1
        while high < end - begin - 1 and self.text[starts[high + 1]] != "\n":
            high += 1
        return self.text[starts[low] : ends[high]]


def tokenize(text: str) -> list[str]:
    """Lower-case tokens of ``text``: words, numbers, runs of punctuation, line ends."""
    straight = _straighten(text)
    return [token.lower() for token in _pattern(straight).findall(straight)]


def _pattern(text: str) -> re.Pattern[str]:
    return _ASCII_TOKEN if text.isascii() else _TOKEN


def _straighten(text: str) -> str:
    """``text`` with straight apostrophes, character for character."""
    return text.replace("’", "'").replace("‘", "'")


def stem(word: str) -> str:
    """The beginning of a word, without a plural's s."""
    return word.rstrip("s")[: of_token.STEM]


def read_tokens(text: str, reference: Reference) -> Tokens:
    """The tokens of the first MAX_CHARACTERS characters of ``text``."""
    head = text[:MAX_CHARACTERS]
    codes = np.frombuffer(head.encode("utf-32-le", "surrogatepass"), np.uint32)
    found = of_token.split_tokens(codes, _characters())
    if found is None:
        starts, ends, firsts, local, *numbered = _read_slowly(head)
    else:
        starts, ends, firsts = found
        local, numbered = of_token.number_tokens(codes, _characters(), starts, ends)
    first, hashes, stems = numbered
    ids = of_token.values_of(hashes, *reference.lookup.arrays)[local]
    is_word, prose = mark_prose(ids, firsts, reference.is_function, MIN_LINE_WORDS, FUNCTION_SHARE)
    return Tokens(head, starts, ends, ids, is_word, prose, local, first, hashes, stems)


def _read_slowly(head: str) -> tuple[Array, ...]:
    """What the kernels read, of a text with rare characters."""
    straight = _straighten(head)
    spans = [found.span() for found in _pattern(straight).finditer(straight)]
    words = [straight[start:end].lower() for start, end in spans]
    numbers = {word: number for number, word in enumerate(dict.fromkeys(words))}
    local = np.fromiter(map(numbers.__getitem__, words), np.int64, len(words))
    first = np.unique(local, return_index=True)[1].astype(np.int64)
    firsts = np.array([_first_letter(straight[start]) for start, _ in spans], np.int64)
    starts, ends = np.array(spans, np.int64).reshape(-1, 2).T
    return starts, ends, firsts, local, first, hash_words(numbers), hash_words(list(map(stem, numbers)))


def _first_letter(char: str) -> int:
    """A token's first character as ASCII: small and capital letters of other alphabets as a and A, other characters as a dot."""
    return ord(char if char.isascii() else ("A" if char.isupper() else "a") if char.isalpha() else ".")


@kept_on_disk(__name__)
def _characters() -> Array:
    """What ``token_kernels`` must know of characters, uint32[CODES]. Worked out once an installation."""
    return np.array([_entry(chr(code)) for code in range(of_token.CODES)], np.uint32)


def _entry(char: str) -> int:
    low = char.lower()
    lower = ord(low) if len(low) == 1 and char != "\u03a3" else of_token.RARE
    return _kind(char) | _first_letter(char) << 3 | lower << 11


def _kind(char: str) -> int:
    if char == "\n":
        return of_token.LINE_END
    if char == "_":
        return of_token.UNDERSCORE
    if char.isdecimal():
        return of_token.DIGIT
    if char.isalnum():
        return of_token.LETTER
    return of_token.SPACE if char.isspace() else of_token.SIGN
