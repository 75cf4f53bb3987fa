"""The words of a page's blocks: counted and hashed by a kernel, and in Python where a block holds rare characters."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks import text_kernels as of_text
from corpus_tools.clean.blocks.score_kernels import score_texts
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.kernels.kept import kept_on_disk
from corpus_tools.kernels.lookup import Lookup, hash_words

Array = npt.NDArray[Any]

SHORT_TEXT = 60
"""A block of fewer characters also counts as a whole."""
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Han and kana, which are written without spaces: two characters are about a word."""
_WORD = re.compile(rf"[{_UNSPACED}]{{1,2}}|[^\W{_UNSPACED}]+|[$€£]")
_WIDE_COMMAS, _WIDE_STOPS = "，、", "。！？"
_DIGITS = re.compile(r"\d+")
_ENDS = ".!?…。！？"
_PIPES = "|›»"


@dataclass(frozen=True)
class BlockText:
    """``counts`` COUNTS[blocks] and hashes, as ``read_texts`` leaves them: words of block b from ``start[b]`` on."""

    start: Array
    counts: Array
    low: Array
    scored: Array
    whole: Array

    @cached_property
    def tokens(self) -> Array:
        """Words of each block."""
        return np.ascontiguousarray(self.counts["tokens"])

    def bits(self, words: Lookup) -> Array:
        """What the words of each block of at most 40 are worth, or-ed."""
        bits = np.zeros(len(self.start), np.int64)
        of_text.collect_bits(self.start, self.tokens, self.low, words.keys, words.values, bits)
        return bits

    def known(self, first: Collection[str], second: Collection[str]) -> Array:
        """KNOWN[blocks]: different words of each block of at most 80, in all and in each of two sets."""
        found = np.zeros(len(self.start), of_text.KNOWN)
        of_text.count_known(self.start, self.tokens, self.low, hash_words([*first, *second]), len(first), found)
        return found

    def text_scores(self, scores: Lookup, unknown: float) -> Array:
        """The score of each short block as a whole."""
        found = np.full(len(self.whole), unknown)
        score_texts(self.whole, scores.keys, scores.values, found)
        return found


def count_block_copies(data: Array, start: Array, end: Array) -> tuple[Array, Array]:
    """How often the bytes of each block stand on the page, and how often before it."""
    copies, before = np.empty(len(start), np.int64), np.empty(len(start), np.int64)
    keys, count = np.zeros((2, 1 << (2 * len(start)).bit_length()), np.int64)
    of_text.count_copies(data, start, end, keys, count, copies, before)
    return copies, before


def read_block_text(page: HtmlPage) -> BlockText:
    """Count and hash the words of all blocks."""
    given = page.arrays
    n = len(given.start)
    low, scored = np.empty(len(given.data), np.int64), np.empty(len(given.data), np.int64)
    counts, whole = np.zeros(n, of_text.COUNTS), np.zeros(n, np.int64)
    of_text.read_texts(given.data, given.start, given.end, given.chars, SHORT_TEXT, characters(), counts, low, scored, whole)
    for block in np.flatnonzero(counts["tokens"] == of_text.UNREAD).tolist():
        text, at = page.texts[block], int(given.start[block])
        words = find_words(text)
        counts[block] = count_block_words(text, words)
        low[at : at + len(words)] = hash_words([word.lower() for word in words])
        scored[at : at + len(words)] = hash_words(score_forms(words))
        whole[block] = hash_words([short_text(text)])[0] if len(text) < SHORT_TEXT else 0
    return BlockText(given.start, counts, low, scored, whole)


@kept_on_disk(__name__)
def characters() -> Array:
    """What kernels must know of characters: their bits, and above these what they are in lower case, uint32[CODES]. Worked out once an
    installation.
    """
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


def count_block_words(text: str, words: list[str]) -> tuple[int, ...]:
    """The row of COUNTS of a block that is not empty."""
    row = {
        "tokens": len(words), "unique": len(set(words)), "commas": sum(map(text.count, f",{_WIDE_COMMAS}")), "pipes": sum(map(text.count, _PIPES)),
        "stops": text.count(". ") + text.count("? ") + text.count("! ") + sum(map(text.count, _WIDE_STOPS)),
        "ends": int(text[-1] in _ENDS),
        "digits": sum(map(str.isdigit, words)), "titled": sum(map(str.istitle, words)), "uppers": sum(map(str.isupper, words)),
    }  # fmt: skip
    return tuple(row[name] for name in of_text.COUNTS.names or ())


def score_forms(words: list[str]) -> list[str]:
    """Words as they are scored: in lower case, in numbers runs of digits as one 0."""
    return [_DIGITS.sub("0", word.lower()) if word[0] < "A" else word.lower() for word in words]


def short_text(text: str) -> str:
    """A short block as a whole, runs of digits as one 0; empty for a longer one."""
    return _DIGITS.sub("0", text.lower()) if len(text) < SHORT_TEXT else ""
