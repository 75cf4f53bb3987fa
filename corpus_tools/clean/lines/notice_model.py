"""A small model of how notices are worded, sentence by sentence: what the lexicons' patterns do not foresee.

A logistic model on the words and word pairs of a sentence says how much more likely it is to be part of a
notice (a cookie banner, a disclaimer, an advert) than of a text. ``benchmarks/training/notice_model.py`` fits it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import accumulate, pairwise
from math import sqrt
from typing import Any

import numpy as np

from corpus_tools.clean.blocks.block_text import characters
from corpus_tools.clean.lines.line_kernels import score_notices
from corpus_tools.kernels.lookup import Lookup

NOTICE_WEIGHTS = "notice_model.tsv"
_MARKS = "©®™:|*>»"
_WORD = re.compile(rf"[^\W\d_]+|\d+|[{_MARKS}]")
_NUMBER = "0"
MAX_WORDS = 80
"""Words of a sentence that are looked at."""


def words_of(folded: str) -> list[str]:
    """Words, numbers and marks of a folded text, in order."""
    return _WORD.findall(folded)


def ngrams(folded: str, most: int = MAX_WORDS) -> list[str]:
    """The features of a folded sentence: its words, pairs of neighbours, and its first and last word as such; numbers are 0."""
    words = [_NUMBER if word[0].isdigit() else word for word in words_of(folded)[:most]]
    if not words:
        return []
    return [*words, *map(" ".join, pairwise(words)), f"^ {words[0]}", f"{words[-1]} $"]


@dataclass(frozen=True)
class NoticeModel:
    """Weights by feature. ``cues``: words of which a line must hold one before the model is asked."""

    bias: float
    weights: Mapping[str, float]
    kinds: Mapping[str, Mapping[str, float]]
    """Feature -> kind -> how strongly it speaks for that kind rather than another."""
    cues: frozenset[str]

    def score(self, folded: str) -> float:
        """Log odds that a folded sentence is part of a notice, where as many notices as sentences of text are seen."""
        total, features, _ = self._read(folded, MAX_WORDS)
        return self.bias + total / sqrt(features) if features else 0.0

    def scores(self, pieces: Sequence[str]) -> list[float]:
        """``score`` of each of several folded sentences."""
        encoded = [piece.encode("utf-8", "surrogatepass") for piece in pieces]
        ends = np.array(list(accumulate(map(len, encoded), initial=0)), np.int64)
        text = np.frombuffer(b"".join(encoded), np.uint8)
        totals, features, _ = score_notices(text, ends[:-1], ends[1:], *self._tables, MAX_WORDS)
        rows = zip(pieces, totals.tolist(), features.tolist(), strict=True)
        return [
            self.bias + total / sqrt(count) if count > 0 else self.score(piece) if count < 0 else 0.0
            for piece, total, count in rows
        ]

    def has_cue(self, folded: str, most: int = sys.maxsize) -> bool:
        """Whether one of the first ``most`` words of a folded text is a cue."""
        return self._read(folded, most)[2]

    def _read(self, folded: str, most: int) -> tuple[float, int, bool]:
        """Sum of the weights of the features of the first ``most`` words, how many features, and whether a word is a cue."""
        text = np.frombuffer(folded.encode("utf-8", "surrogatepass"), np.uint8)
        whole = np.array([0, len(text)])
        totals, features, cues = (found.item() for found in score_notices(text, whole[:1], whole[1:], *self._tables, most))
        return (totals, features, cues) if features >= 0 else self.read_slowly(folded, most)

    def read_slowly(self, folded: str, most: int) -> tuple[float, int, bool]:
        """The same in Python, for characters that kernels do not know."""
        found = ngrams(folded, most)
        return sum([self.weights.get(one, 0.0) for one in found]), len(found), not self.cues.isdisjoint(found)

    @cached_property
    def _tables(self) -> tuple[Any, ...]:
        table = Lookup.of({feature: (weight, feature in self.cues) for feature, weight in self.weights.items()}, float)
        marks = np.array(list(map(ord, _MARKS)), np.int64)
        return characters(), marks, table.keys, table.values[:, 0].copy(), table.values[:, 1] != 0

    def kind(self, folded: str) -> str:
        """The kind a notice's words speak for most."""
        totals: dict[str, float] = {}
        for one in ngrams(folded):
            for kind, weight in self.kinds.get(one, {}).items():
                totals[kind] = totals.get(kind, 0.0) + weight
        return max(sorted(totals), key=totals.__getitem__, default="disclaimer")


def parse_model(text: str) -> NoticeModel:
    """A model from its file: a line a feature, tab-separated: feature, weight, ``kind weight`` ...; ``+`` marks a cue."""
    weights: dict[str, float] = {}
    kinds: dict[str, dict[str, float]] = {}
    cues = set()
    bias = 0.0
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        mark, feature, weight, *named = line.split("\t")
        if feature == "":
            bias = float(weight)
            continue
        weights[feature] = float(weight)
        if mark:
            cues.add(feature)
        if named:
            kinds[feature] = {kind: float(value) for kind, value in (item.split(" ") for item in named)}
    return NoticeModel(bias, weights, kinds, frozenset(cues))


@cache
def load_notice_model() -> NoticeModel:
    """The model in the package."""
    return parse_model(files("corpus_tools").joinpath("clean", "lines", NOTICE_WEIGHTS).read_text(encoding="utf-8"))
