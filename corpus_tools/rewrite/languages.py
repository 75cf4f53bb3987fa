"""What is known of the languages of pages: their function words, and how far the verdict is trusted (``languages.toml``).

A page's language is told from its words. The place of a language in LANGUAGES is its number; that of a page in none of them is OTHER.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from corpus_tools.kernels.tokens import hash_word
from corpus_tools.rewrite.language_kernels import MARKS
from corpus_tools.rewrite.model import HEADS
from corpus_tools.text import words

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Language:
    """What ``languages.toml`` says of one."""

    name: str
    function_words: tuple[str, ...]
    doubt: tuple[float, ...]
    """By head, in the order of ``model.HEADS``."""

    @property
    def hashes(self) -> Array:
        """The hashes of the function words, folded as pages are, uint32."""
        return np.array(sorted({hash_word(word) for one in self.function_words for word in words(one)}), np.uint32)


def _read(path: Path) -> tuple[Language, ...]:
    held = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Language(name, tuple(one["function_words"].split()), tuple(one["doubt"][head] for head in HEADS))
        for name, one in held.items()
    )


_HELD = _read(Path(__file__).with_name("languages.toml"))
LANGUAGES, OTHER = _HELD[:-1], len(_HELD) - 1
"""The languages that have settings, and the number of all others, which are the last entry of the file."""
FEW = 50
"""Pages of a language below which the shares of its words are taken to be of so many."""
LEARNED = OTHER + 1
"""In the place of a word's language: a function word of the pages in no language that has settings, learned from them."""
EVERYWHERE, MOST_LEARNED, LEAST_OF_TEXT = 0.3, 20, 0.1
"""Share of these pages that must hold such a word; how many there are, the most used ones; and the share of all words that they must
make up together: they do so in text, and not in lists of terms."""


@cache
def language_marks() -> Array:
    """For ``tell_language``: uint8[MARKS], by the low bits of a word a bit for each language whose function word it is."""
    marks = np.zeros(MARKS, np.uint8)
    for number, language in enumerate(LANGUAGES):
        marks[language.hashes & np.uint32(MARKS - 1)] |= np.uint8(1 << number)
    return marks


def doubt_of(left: Array, right: Array) -> Array:
    """Log-odds taken from the verdicts on pairs of pages in these languages (their numbers): the larger of both pages', float64[heads, pairs]."""
    doubt = np.array([one.doubt for one in _HELD]).T
    return np.asarray(np.maximum(doubt[:, left], doubt[:, right]))


def shares_at_home(counts: Array, documents: Array) -> tuple[Array, Array]:
    """Of each word or shingle: the language that holds it most, and for how many documents one of that language stands.

    ``counts`` int[languages + 1, slots] and ``documents`` int64[languages + 1] are counted by the language of the page. One of 40 German
    pages among 4,000 stands for 80 (for no more than if there were FEW): else every German word would look rare. A page of no language
    stands for itself, as it may be a list or a table in any.
    """
    home, total = counts.argmax(axis=0).astype(np.uint8), int(documents.sum())
    scales = total / np.maximum(np.maximum(documents, min(total, FEW)), 1)
    scales[OTHER] = 1.0
    return home, scales[home]


def learn_function_words(counts: Array, uses: Array, documents: Array) -> Array:
    """Slots of the words that stand for function words on pages in no language with settings: those used most, on many pages.

    ``counts`` and ``documents`` as in ``shares_at_home``; ``uses`` int64[slots] counts each word of those pages as often as it stands there.
    """
    own, written = counts[OTHER], documents[OTHER]
    able = np.flatnonzero((own >= EVERYWHERE * written) & (uses > 0) & (counts.argmax(axis=0) == OTHER))
    found = able[np.lexsort((able, -uses[able]))][:MOST_LEARNED]
    enough = written >= FEW and uses[found].sum() >= LEAST_OF_TEXT * uses.sum()
    return found if enough else found[:0]


def as_if_alone(counts: Array, documents: Array) -> tuple[Array, Array]:
    """How many of all documents would hold each word if all were in the language that holds it most; and that language."""
    home, scale = shares_at_home(counts, documents)
    total = counts.sum(axis=0, dtype=np.int64)
    return np.maximum(total, np.minimum(np.rint(counts.max(axis=0) * scale), documents.sum()).astype(np.int64)), home
