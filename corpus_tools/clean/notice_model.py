"""A small model of how notices are worded, sentence by sentence: what the lexicons' patterns do not foresee.

A logistic model on the words and word pairs of a sentence says how much more likely it is to be part of a
notice (a cookie banner, a disclaimer, an advert) than of a text. ``benchmarks/train_notices.py`` fits it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import sqrt

WEIGHTS = "notice_model.tsv"
_WORD = re.compile(r"[^\W\d_]+|\d+|[©®™:|*>»]")
_NUMBER = "0"
MAX_WORDS = 80
"""Words of a sentence that are looked at."""


def words_of(folded: str) -> list[str]:
    """Words, numbers and marks of a folded text, in order."""
    return _WORD.findall(folded)


def ngrams(folded: str) -> list[str]:
    """The features of a folded sentence: its words, pairs of neighbours, and its first and last word as such; numbers are 0."""
    words = [_NUMBER if word[0].isdigit() else word for word in words_of(folded)[:MAX_WORDS]]
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
        found = ngrams(folded)
        get = self.weights.get
        return self.bias + sum([get(one, 0.0) for one in found]) / sqrt(len(found)) if found else 0.0

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
    return parse_model(files("corpus_tools").joinpath("clean", WEIGHTS).read_text(encoding="utf-8"))
