"""What established English looks like: counts of words and word pairs, and learned weights, read once when first asked for.

Plain text files in ``data/``; ``data/ATTRIBUTION.md`` says what they were counted on and under which
licences. ``benchmarks/training/spam_weights.py`` writes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from corpus_tools.kernels.kept import kept_on_disk
from corpus_tools.kernels.lookup import Lookup
from corpus_tools.spam.pair_kernels import table_of_pairs

_DATA = Path(__file__).with_name("data")
Array = np.ndarray[Any, np.dtype[Any]]

BINS = 9
"""Classes of words by count: 0 for unknown ones, then one for every factor of 4."""
FUNCTION_BIN = 7
"""Words from this class up (over 4,096 in three million) are function words: the, of, and, to, in, a, is, or ..."""


@dataclass(frozen=True, eq=False)
class Reference:
    """Counts of v words (number 0 stands for all others) and p pairs of neighbours, and words that spinners put for others."""

    vocabulary: dict[str, int]
    counts: Array
    """int64[v + 1]."""
    keys: Array
    """int64[p], ascending: first word's number times (v + 1), plus the second's."""
    pair_counts: Array
    """int64[p]."""
    originals: dict[int, Array]
    """A word's number -> numbers of the words it is known to replace in rewritten text."""

    @property
    def stride(self) -> int:
        """v + 1: what the first word's number is multiplied with in a key."""
        return len(self.counts)

    @cached_property
    def names(self) -> list[str]:
        """A word for every number; "" for 0."""
        return ["", *self.vocabulary]

    @cached_property
    def lookup(self) -> Lookup:
        """``vocabulary`` for kernels."""
        return Lookup.of(self.vocabulary, np.int64)

    @cached_property
    def pairs(self) -> Array:
        """The pairs and their counts for kernels."""
        return np.asarray(table_of_pairs(self.keys, self.pair_counts))

    @cached_property
    def errors(self) -> dict[tuple[int, int, bool], bool]:
        """What ``grammar`` has told of a determiner, the word after it and whether that ends the phrase: the same few on every page."""
        return {}

    @cached_property
    def total(self) -> float:
        """Words counted."""
        return float(self.counts.sum())

    @cached_property
    def bins(self) -> Array:
        """int64[v + 1]: a word's class by count, 0..BINS - 1."""
        found = np.minimum(np.log2(np.maximum(self.counts, 1)).astype(np.int64) // 2, BINS - 2) + 1
        found[0] = 0
        return found

    @cached_property
    def is_function(self) -> Array:
        """bool[v + 1]."""
        return self.bins >= FUNCTION_BIN

    @cached_property
    def replaced(self) -> tuple[Array, Array]:
        """``originals`` for kernels: int64[v + 2], where each word's begin, and the originals one behind the other."""
        sizes = np.zeros(len(self.counts) + 1, np.int64)
        for word, olds in self.originals.items():
            sizes[word + 1] = len(olds)
        held = [self.originals[word] for word in sorted(self.originals)]
        return np.cumsum(sizes), np.concatenate([np.zeros(0, np.int64), *held])

    def count_pairs(self, left: Array, right: Array) -> Array:
        """int64[n]: how often each pair of word numbers was counted; 0 where a word is unknown."""
        keys = left * self.stride + right
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found = (self.keys[places] == keys) & (left > 0) & (right > 0)
        return np.where(found, self.pair_counts[places], 0)


def _open(name: str) -> str:
    return (_DATA / name).read_text(encoding="utf-8")


@kept_on_disk(__name__, (_DATA / "pairs.tsv", _DATA / "substitutions.tsv"))
def load_reference() -> Reference:
    """The packaged reference; parsed once an installation."""
    return parse_reference(_open("pairs.tsv").splitlines(), _open("substitutions.tsv").splitlines())


@cache
def load_weights() -> dict[str, Any]:
    """The packaged weights, as ``data/weights.json`` has them."""
    held: dict[str, Any] = json.loads(_open("weights.json"))
    return held


@cache
def load_titles() -> tuple[str, ...]:
    """Regular expressions of title forms that content mills use, on lower-case text."""
    return tuple(line for line in _open("titles.txt").splitlines() if line and not line.startswith("#"))


def parse_reference(pairs: Iterable[str], substitutions: Iterable[str]) -> Reference:
    """Read the two tables.

    ``pairs``: ``word TAB count TAB next count next count ...`` where a count of 1 is left out.
    ``substitutions``: ``replacement TAB original original ...``.
    """
    rows = [line.split("\t") for line in pairs]
    vocabulary = {row[0]: number for number, row in enumerate(rows, 1)}
    counts = np.array([0, *(int(row[1]) for row in rows)], np.int64)
    keys: list[int] = []
    held: list[int] = []
    for number, row in enumerate(rows, 1):
        for token in row[2].split():
            if token[0].isdecimal():
                held[-1] = int(token)
            else:
                keys.append(number * len(counts) + vocabulary[token])
                held.append(1)
    order = np.argsort(np.array(keys, np.int64), kind="stable")
    return Reference(
        vocabulary,
        counts,
        np.array(keys, np.int64)[order],
        np.array(held, np.int64)[order],
        dict(_originals(substitutions, vocabulary)),
    )


def _originals(lines: Iterable[str], vocabulary: dict[str, int]) -> Iterable[tuple[int, Array]]:
    for line in lines:
        word, originals = line.split("\t")
        numbers = [vocabulary[one] for one in originals.split() if one in vocabulary]
        if word in vocabulary and numbers:
            yield vocabulary[word], np.array(numbers, np.int64)
