"""The words of a page's blocks: counted and hashed by a kernel, and in Python where a block holds rare characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks import text_kernels as of_text
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.kernels.lookup import Lookup, hash_words

Array = npt.NDArray[Any]

SHORT_TEXT = 60
"""A block of fewer characters also counts as a whole."""
_WORD = re.compile(r"\w+|[$€£]")
_DIGITS = re.compile(r"\d+")
_ENDS = ".!?…。！？"
_PIPES = "|›»"


@dataclass(frozen=True)
class BlockText:
    """``counts`` int64 (blocks, COUNTS) and hashes, as ``read_texts`` leaves them: words of block b from ``start[b]`` on."""

    start: Array
    counts: Array
    low: Array
    scored: Array
    whole: Array

    @cached_property
    def tokens(self) -> Array:
        """Words of each block."""
        return np.ascontiguousarray(self.counts[:, of_text.TOKENS])

    def bits(self, words: Lookup) -> Array:
        """What the words of each block of at most 40 are worth, or-ed."""
        return np.asarray(of_text.collect_bits(self.start, self.tokens, self.low, words.keys, words.values))

    def known(self, sets: Iterable[Iterable[str]]) -> Array:
        """Different words of each block of at most 80 in all, and in each of two sets."""
        numbers: dict[str, int] = {}
        for place, words in enumerate(sets):
            for word in words:
                numbers[word] = numbers.get(word, 0) | 1 << place
        table = Lookup.of(numbers, np.int64)
        return np.asarray(of_text.count_known(self.start, self.tokens, self.low, table.keys, table.values))

    def word_scores(self, scores: Lookup, unknown: float) -> Array:
        """Greatest and mean of the scores of each block's first 40 words."""
        return np.asarray(of_text.score_words(self.start, self.tokens, self.scored, scores.keys, scores.values, unknown))

    def text_scores(self, scores: Lookup, unknown: float) -> Array:
        """The score of each short block as a whole."""
        places, short = np.arange(len(self.whole)), (self.whole != 0).astype(np.int64)
        return np.asarray(of_text.score_words(places, short, self.whole, scores.keys, scores.values, unknown)[:, 0])


def read_block_text(page: HtmlPage) -> BlockText:
    """Count and hash the words of all blocks."""
    given = page.arrays
    n = len(given.start)
    low, scored = np.empty(len(given.data), np.int64), np.empty(len(given.data), np.int64)
    counts, whole = np.zeros((n, of_text.COUNTS), np.int64), np.zeros(n, np.int64)
    of_text.read_texts(given.data, given.start, given.end, given.chars, SHORT_TEXT, characters(), counts, low, scored, whole)
    for block in np.flatnonzero(counts[:, of_text.TOKENS] == of_text.UNREAD).tolist():
        text, at = page.texts[block], int(given.start[block])
        words = find_words(text)
        counts[block] = count_words(text, words)
        low[at : at + len(words)] = hash_words([word.lower() for word in words])
        scored[at : at + len(words)] = hash_words(score_forms(words))
        whole[block] = hash_words([short_text(text)])[0] if len(text) < SHORT_TEXT else 0
    return BlockText(given.start, counts, low, scored, whole)


@cache
def characters() -> Array:
    """What kernels must know of characters: their bits, and above these what they are in lower case, uint32[CODES]."""
    return np.array([_bits(chr(code)) | ord(chr(code).lower()[:1]) << 8 for code in range(of_text.CODES)], np.uint32)


def _bits(char: str) -> int:
    upper = char.isupper()
    signs = (
        (of_text.WORD, char.isalnum() or char == "_"), (of_text.DIGIT, char.isdigit()), (of_text.DECIMAL, char.isdecimal()),
        (of_text.UPPER, upper), (of_text.TITLE, char.istitle() and not upper), (of_text.LOWER, char.islower()),
        (of_text.RARE, len(char.lower()) != 1 or char == "Σ"), (of_text.MONEY, char in "$€£"),
    )  # fmt: skip
    return sum(bit for bit, holds in signs if holds)


def find_words(text: str) -> list[str]:
    """Words and signs of money, in order."""
    return _WORD.findall(text)


def count_words(text: str, words: list[str]) -> list[int]:
    """The row of counts of a block that is not empty."""
    row = [0] * of_text.COUNTS
    row[of_text.TOKENS], row[of_text.UNIQUE] = len(words), len(set(words))
    row[of_text.COMMAS], row[of_text.PIPES] = text.count(","), sum(map(text.count, _PIPES))
    row[of_text.STOPS], row[of_text.ENDS] = text.count(". ") + text.count("? ") + text.count("! "), int(text[-1] in _ENDS)
    for column, holds in ((of_text.DIGITS, str.isdigit), (of_text.TITLED, str.istitle), (of_text.UPPERS, str.isupper)):
        row[column] = sum(map(holds, words))
    return row


def score_forms(words: list[str]) -> list[str]:
    """Words as they are scored: in lower case, in numbers runs of digits as one 0."""
    return [_DIGITS.sub("0", word.lower()) if word[0] < "A" else word.lower() for word in words]


def short_text(text: str) -> str:
    """A short block as a whole, runs of digits as one 0; empty for a longer one."""
    return _DIGITS.sub("0", text.lower()) if len(text) < SHORT_TEXT else ""
