"""Many patterns at once: which of them a text holds the literals of."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from functools import cache
from itertools import accumulate, chain
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.lines.lexicon import Lexicon, load_lexicon
from corpus_tools.clean.lines.literal_kernels import BITS, LONG, find_fitting, hash_grams
from corpus_tools.clean.lines.patterns import Item, Literals

Array = npt.NDArray[Any]


class LiteralFinder:
    """Tells which patterns can match a text, by what ``patterns.required`` says of each."""

    def __init__(self, patterns: Sequence[tuple[Literals, ...]]) -> None:
        owned: dict[bytes, list[int]] = {}
        for place, needed in enumerate(chain.from_iterable(patterns)):
            for one in needed:
                owned.setdefault(one.encode(), []).append(place)
        short = sorted((piece for piece in owned if len(piece) < LONG), key=_prefix)
        long = sorted(piece for piece in owned if len(piece) >= LONG)
        grams = hash_grams(np.array([int.from_bytes(piece[:LONG], "little") for piece in long], np.int64))
        order = np.argsort(grams, kind="stable").tolist()
        pieces = [*short, *(long[place] for place in order)]
        prefixes = np.array(list(map(_prefix, short)), np.int64)
        literals = (
            _buckets(prefixes, 0),
            _buckets(np.sort(grams), len(short)),
            np.frombuffer(b"".join(pieces), np.uint8),
            _bounds(map(len, pieces)),
            _bits(prefixes),
            _bits(grams),
        )
        sets = [(number, len(sets)) for number, sets in enumerate(patterns) for _ in sets]
        self._tables = (
            literals,
            _bounds(len(owned[piece]) for piece in pieces),
            np.array([place for piece in pieces for place in owned[piece]], np.int64),
            np.array([number for number, _ in sets], np.int64),
            np.array([among for _, among in sets], np.int64),
            max(len(patterns), 1),
        )
        self._always = np.array([number for number, sets in enumerate(patterns) if not sets], np.int64)
        """Patterns without literals."""

    def fitting(self, text: str) -> list[int]:
        """Numbers of the patterns that can match somewhere in ``text``, in order."""
        return [pattern for _, pattern in self.fitting_each([text])]

    def fitting_each(self, texts: Sequence[str]) -> list[tuple[int, int]]:
        """Place of a text and number of a pattern that can match in it, in order."""
        pieces = [text.encode("utf-8", "surrogatepass") for text in texts]
        return self._find(b"".join(pieces), list(accumulate(map(len, pieces))))

    def fits(self, data: bytes) -> bool:
        """Whether one of the patterns can match somewhere in a text in UTF-8."""
        return bool(self._find(data, [len(data)]))

    def _find(self, data: bytes, ends: list[int]) -> list[tuple[int, int]]:
        found, patterns = find_fitting(np.frombuffer(data, np.uint8), np.array(ends, np.int64), *self._tables), self._tables[-1]
        numbers = np.concatenate([found, np.add.outer(np.arange(len(ends)) * patterns, self._always).ravel()])
        numbers.sort()
        pieces, places = np.divmod(numbers, patterns)
        return list(zip(pieces.tolist(), places.tolist(), strict=True))


LINES, SENTENCES, PHRASES = range(3)
"""Parts of a rule."""


def fitting_lines(lexicon: Lexicon, lines: Sequence[str]) -> Iterator[tuple[int, int, int, re.Pattern[str]]]:
    """The patterns of a lexicon's rules that can match in each of some lines, in order: place of the line, of the rule, part of it, pattern."""
    finder, patterns = _of_language(lexicon.language)
    for line, number in finder.fitting_each(lines):
        rule, part, (_, regex) = patterns[number]
        yield line, rule, part, regex


Found = tuple[list[re.Pattern[str]], list[re.Pattern[str]], list[re.Pattern[str]]]
"""Patterns of a rule that can match in a line: for the whole of it, for sentences, for phrases."""


def fitting_rules(lexicon: Lexicon, lines: Sequence[str], asked: Container[int]) -> dict[int, dict[int, Found]]:
    """Of each of the rules ``asked`` for by its place, for each line by its place: what can match there, in order; nothing of what can not."""
    finder, patterns = _of_language(lexicon.language)
    rules: dict[int, dict[int, Found]] = {}
    for line, number in finder.fitting_each(lines):
        rule, part, (_, regex) = patterns[number]
        if rule in asked:
            found = rules.get(rule)
            if found is None:
                found = rules[rule] = {}
            if line not in found:
                found[line] = ([], [], [])
            found[line][part].append(regex)
    return rules


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
