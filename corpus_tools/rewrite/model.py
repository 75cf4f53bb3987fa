"""How sure it is that two pages are one text rewritten: a verdict for each way of rewriting, the larger counts.

Each *head* is boosted trees over the measures of a pair's alignment: one for words swapped in place, one for sentences written anew
(translated and back, paraphrased, polished). A line through log-odds puts each on one scale, on which CUT is where honest pairs
end: one threshold serves both. Before pages are aligned, a *gate* of few trees over what they hold as wholes tells pairs apart
that no head would take. All is in ``rewrite_model.json``, an array a line; ``benchmarks/training/rewrite_model.py`` makes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from corpus_tools.kernels.forest import Forest, make_table
from corpus_tools.kernels.kept import kept_on_disk

Array = np.ndarray[Any, np.dtype[Any]]
MODEL_FILE = Path(__file__).with_name("rewrite_model.json")
CUT = 0.5
"""Probability that each head gives at the cut set from honest pairs."""
HEADS = ("words", "sentences")
"""Words swapped in place; sentences written anew."""


@dataclass(frozen=True)
class Head:
    """Trees, and the line that makes their sum log-odds."""

    forest: Forest
    slope: float
    shift: float

    def log_odds(self, measures: Array) -> Array:
        """Log-odds of each pair, float64[pairs]."""
        return np.asarray(self.slope * sum_trees(self.forest, measures) + self.shift)


@dataclass(frozen=True)
class RewriteModel:
    """The heads by name, and the gate with the least sum of trees that opens it."""

    heads: dict[str, Head]
    gate: Forest
    least: float

    @staticmethod
    def of(held: dict[str, Any]) -> RewriteModel:
        """From what a weights file holds."""
        heads = {name: Head(Forest.of(held[f"{name}_trees"]), held[name]["slope"], held[name]["shift"]) for name in HEADS}
        return RewriteModel(heads, Forest.of(held["gate_trees"]), held["gate"]["least"])

    def opens(self, measures: Array) -> Array:
        """Pairs worth aligning, bool[pairs]; ``measures`` as ``measure_pages`` gives them."""
        return np.asarray(sum_trees(self.gate, measures) >= self.least)

    def log_odds(self, measures: Array) -> Array:
        """Log-odds that each pair is a rewrite, float64[heads, pairs]; ``measures`` as ``measure_aligned`` gives them."""
        return np.array([self.heads[name].log_odds(measures) for name in HEADS])

    def judge(self, measures: Array, doubt: Array | float = 0.0) -> tuple[Array, Array]:
        """Probability that each pair is a rewrite, float64[pairs], and the place in HEADS of the head that gives it.

        ``doubt`` is taken from each pair's log-odds (``languages.doubt_of``).
        """
        odds = self.log_odds(measures) - doubt
        return 1.0 / (1.0 + np.exp(-odds.max(axis=0))), odds.argmax(axis=0)

    def probability(self, measures: Array) -> Array:
        """The first of what ``judge`` gives."""
        return self.judge(measures)[0]


def sum_trees(forest: Forest, measures: Array) -> Array:
    """The sum of a forest's trees for each pair, float64[pairs]; ``measures`` is a record array with the forest's names."""
    table = make_table(len(forest.names), len(measures))
    for row, name in enumerate(forest.names):
        table[row, : len(measures)] = measures[name]
    return np.asarray(forest.log_odds(table, len(measures)))


@cache
def load_rewrite_model(path: Path = MODEL_FILE) -> RewriteModel:
    """The shipped model, or another of the same form."""
    return _packaged_model() if path == MODEL_FILE else _read_model(path)


@kept_on_disk(__name__, (MODEL_FILE,))
def _packaged_model() -> RewriteModel:
    """The model that the package ships, laid out once an installation."""
    return _read_model(MODEL_FILE)


def _read_model(path: Path) -> RewriteModel:
    return RewriteModel.of(json.loads(path.read_text(encoding="utf-8")))
