"""The block model: two passes of boosted trees give each block of a page its probability of being main text.

The weights are ``block_model.json``, written by ``benchmarks/train_cleaner.py``. Leaf values are whole
numbers, so a sum of trees is the same on every machine and in every order.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean._kernels import add_trees
from corpus_tools.clean.blocks import Page
from corpus_tools.clean.context import context_features, expected_f1
from corpus_tools.clean.features import Layout, block_features, lay_out
from corpus_tools.clean.scores import Scores, add_scores

SCALE = 1_000_000
"""Leaf values are log-odds times this, rounded."""

WEIGHTS = Path(__file__).with_name("block_model.json")
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Forest:
    """Boosted trees as flat arrays; a node whose ``feature`` is -1 is a leaf."""

    names: tuple[str, ...]
    roots: Array
    feature: Array
    threshold: Array
    left: Array
    right: Array
    value: Array

    @staticmethod
    def of(given: dict[str, Any]) -> Forest:
        """From the lists of a weights file."""
        kinds = {
            "roots": np.int64,
            "feature": np.int64,
            "threshold": np.float64,
            "left": np.int64,
            "right": np.int64,
            "value": np.int64,
        }
        return Forest(tuple(given["names"]), **{name: np.array(given[name], kind) for name, kind in kinds.items()})

    def probabilities(self, rows: npt.NDArray[np.float32]) -> Array:
        """Probability of each of ``rows`` (n, features)."""
        total = add_trees(rows, self.roots, self.feature, self.threshold, self.left, self.right, self.value)
        return np.asarray(1.0 / (1.0 + np.exp(-total / SCALE)))


@dataclass(frozen=True)
class BlockModel:
    """Both passes and the scores of class names and words they use."""

    scores: Scores
    first: Forest
    second: Forest

    def probabilities(self, page: Page) -> tuple[Array, Layout]:
        """One probability a block; the page must have at least one."""
        lay = lay_out(page)
        columns = block_features(page, lay)
        add_scores(columns, page, lay, self.scores)
        rows = columns.matrix()
        context = context_features(lay, self.first.probabilities(rows)).matrix()
        return self.second.probabilities(np.concatenate([rows, context], axis=1)), lay


@lru_cache(maxsize=8)
def load_model(path: Path = WEIGHTS) -> BlockModel:
    """Read a weights file."""
    given = json.loads(path.read_text(encoding="utf-8"))
    scores = Scores(given["classes"], given["words"], given["texts"])
    return BlockModel(scores, Forest.of(given["first"]), Forest.of(given["second"]))


CHOICES = {"balanced": (1.05, 0.25, 0.5), "precision": (1.5, 0.45, 0.8), "recall": (0.6, 0.1, 0.3)}
"""How ``focus`` moves the floor: a factor, then the lowest and the highest floor."""


def choose(p: Array, words: Array, focus: str) -> Array:
    """Which blocks are kept: those from half the best expected F1 of the page up, a floor that ``focus`` moves.

    Keeping a block helps F1 if its probability is above half the F1 that can be had, so an unsure
    page has a lower floor. The best block is always kept.
    """
    factor, low, high = CHOICES[focus]
    best, _ = expected_f1(p, words + 1.0)
    return np.asarray(p >= min(max(best / 2 * factor, low), high, float(p.max())))
