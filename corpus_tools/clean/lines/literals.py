"""Many patterns at once: which of them a text holds the literals of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.lines.lexicon import Lexicon, load_lexicon
from corpus_tools.clean.lines.literal_kernels import BITS, LONG, find_fitting, hash_grams
from corpus_tools.clean.lines.patterns import Item, Literals, Patterns

Array = npt.NDArray[Any]


class LiteralFinder:
    """Tells which patterns can match a text, by what ``patterns.required`` says of each."""

    def __init__(self, patterns: Sequence[tuple[Literals, ...]]) -> None:
        owned: dict[bytes, list[int]] = {}
        numbers = [0]
        for sets in patterns:
            for place, literals in enumerate(sets, numbers[-1]):
                for one in literals:
                    owned.setdefault(one.encode(), []).append(place)
            numbers.append(numbers[-1] + len(sets))
        short = sorted((piece for piece in owned if len(piece) < LONG), key=_prefix)
        long = sorted(piece for piece in owned if len(piece) >= LONG)
        grams = hash_grams(np.array([int.from_bytes(piece[:LONG], "little") for piece in long], np.int64))
        order = np.argsort(grams, kind="stable").tolist()
        pieces = [*short, *(long[place] for place in order)]
        prefixes = np.array(list(map(_prefix, short)), np.int64)
        self._tables: tuple[Array, ...] = (
            _buckets(prefixes, 0),
            _buckets(np.sort(grams), len(short)),
            np.frombuffer(b"".join(pieces), np.uint8),
            _bounds(map(len, pieces)),
            _bounds(len(owned[piece]) for piece in pieces),
            np.array([place for piece in pieces for place in owned[piece]], np.int64),
            np.array(numbers, np.int64),
            _bits(prefixes),
            _bits(grams),
        )

    def fitting(self, text: str) -> list[int]:
        """Numbers of the patterns that can match somewhere in ``text``, in order."""
        return self._find(text.encode("utf-8", "surrogatepass"))

    def fits(self, data: bytes) -> bool:
        """Whether one of the patterns can match somewhere in a text in UTF-8."""
        return bool(self._find(data))

    def _find(self, data: bytes) -> list[int]:
        found: list[int] = find_fitting(np.frombuffer(data, np.uint8), *self._tables).tolist()
        return found


LINES, SENTENCES, PHRASES = range(3)
"""Parts of a rule."""


def fitting_patterns(language: str, text: str) -> Iterator[tuple[int, int, Item]]:
    """The patterns of a lexicon's rules that can match in ``text``, in order: place of the rule, part of it, pattern."""
    finder, patterns = _of_language(language)
    return (patterns[number] for number in finder.fitting(text))


def fitting_rules(lexicon: Lexicon, text: str) -> dict[int, tuple[Patterns, Patterns, Patterns]]:
    """Of each rule of a lexicon by its place, the lines, sentences and phrases that can match in ``text``; none of a rule without any."""
    parts: dict[int, tuple[Patterns, Patterns, Patterns]] = {}
    for rule, part, item in fitting_patterns(lexicon.language, text):
        if rule not in parts:
            parts[rule] = (Patterns(()), Patterns(()), Patterns(()))
        parts[rule][part].items.append(item)
    return parts


NOTHING = (Patterns(()), Patterns(()), Patterns(()))
"""The parts of a rule of which nothing can match."""


@cache
def _of_language(language: str) -> tuple[LiteralFinder, list[tuple[int, int, Item]]]:
    every = [
        (place, part, item)
        for place, rule in enumerate(load_lexicon(language).rules)
        for part, patterns in enumerate((rule.lines, rule.sentences, rule.phrases))
        for item in patterns.items
    ]
    return LiteralFinder([item[0] for _, _, item in every]), every


def _prefix(piece: bytes) -> int:
    return piece[0] << 8 | piece[1]


def _buckets(places: Array, first: int) -> Array:
    """Where the literals of each place begin; ``places`` are sorted, and the first literal has the number ``first``."""
    return (first + np.searchsorted(places, np.arange((1 << BITS) + 1))).astype(np.int32)


def _bits(places: Array) -> Array:
    """The bits of some places."""
    found = np.zeros(1 << BITS, np.bool_)
    found[places] = True
    return np.packbits(found, bitorder="little")


def _bounds(sizes: Any) -> Array:
    return np.cumsum([0, *sizes], dtype=np.int64)
