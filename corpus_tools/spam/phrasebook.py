"""Phrases that rewriting software puts for usual ones: "gamble factor" for "risk factor", "moms and dads" for "parents".

Real spun pages are grammatical, as their software swaps phrases. Any one of these phrases also stands on honest pages, so each has
a weight, learned from how many of these hold it (``benchmarks/training/phrasebook.py``), and counts once a page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from corpus_tools.kernels.lookup import Lookup, hash_words, place_hashes
from corpus_tools.spam.token_kernels import first_phrases, hash_phrases, values_of
from corpus_tools.spam.tokens import Tokens, tokenize

FILE = Path(__file__).with_name("data") / "phrasebook.tsv"
"""Phrase, usual wording, and weight in natural logarithms, a line each."""
WORDS, SPARED = 300, 0.5
"""A page of this many words may show SPARED more than none; longer ones are held to the root of their length."""
HONEST = 2.5
"""Sum of weights, for its length, that one honest page in fifty reaches: what is below tells nothing."""
EACH, MOST = 0.6, 5.0
"""Log-odds for each unit above HONEST, and for all phrases together at most; set by hand."""
SHOWN = 3


@dataclass(frozen=True)
class Phrase:
    """A phrase as tokens with a blank before and after, its words, the usual wording, and its weight."""

    joined: str
    words: tuple[str, ...]
    usual: str
    weight: float


@cache
def load_phrasebook(path: Path = FILE) -> tuple[Phrase, ...]:
    """The packaged phrases, or those of another file of the same form."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line]
    read = [(tuple(tokenize(phrase)), usual, float(weight)) for phrase, usual, weight in rows]
    return tuple(Phrase(f" {' '.join(words)} ", words, usual, weight) for words, usual, weight in read if weight > 0)


@cache
def _tables() -> tuple[Lookup, Lookup]:
    """For kernels: by its first word the tokens of the longest phrase, and by its hash a phrase's place in the book."""
    longest: dict[str, int] = {}
    for phrase in load_phrasebook():
        longest[phrase.words[0]] = max(len(phrase.words), longest.get(phrase.words[0], 0))
    words = [word for phrase in load_phrasebook() for word in phrase.words]
    ends = np.cumsum([len(phrase.words) for phrase in load_phrasebook()], dtype=np.int64)
    hashes = hash_phrases(hash_words(words), ends)
    keys = np.zeros(1 << (2 * len(hashes) + 1).bit_length(), np.int64)
    values = np.zeros(len(keys), np.int64)
    values[place_hashes(hashes, keys)] = np.arange(len(hashes))
    return Lookup.of(longest, np.int64), Lookup(keys, values)


def find_phrases(tokens: Tokens) -> list[tuple[Phrase, int]]:
    """Phrases of the page and the token where each first stands, heaviest first; part of a longer one does not count."""
    book, (longest, phrases) = load_phrasebook(), _tables()
    places = first_phrases(tokens.local, tokens.hashes, values_of(tokens.hashes, *longest.arrays), *phrases.arrays, len(book))
    found = [(book[number], int(places[number])) for number in np.flatnonzero(places >= 0).tolist()]
    whole = [one for one in found if not any(one[0] is not other and one[0].joined in other.joined for other, _ in found)]
    return sorted(whole, key=lambda one: (-one[0].weight, one[1]))


def phrase_signs(tokens: Tokens) -> Iterator[tuple[str, float, str]]:
    """Sign, weight in log-odds and passage of the heaviest phrases, which share the weight of all; the usual wording in brackets."""
    found = find_phrases(tokens)
    if not found:
        return
    length = math.sqrt(float(tokens.is_word.sum()) / WORDS + SPARED)
    together = min(MOST, EACH * (sum(phrase.weight for phrase, _ in found) / length - HONEST))
    if together <= 0.0:
        return
    shown = found[:SHOWN]
    total = sum(phrase.weight for phrase, _ in shown)
    for phrase, at in shown:
        passage = tokens.passage(at, at + len(phrase.words) - 1)
        yield "substituted_phrase", together * phrase.weight / total, f"{passage} [usual: {phrase.usual}]"
