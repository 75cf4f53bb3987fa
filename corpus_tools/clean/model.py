"""The block model: two passes of boosted trees give each block of a page its probability of being main text.

The weights are ``block_model.json``, written by ``benchmarks/train_cleaner.py``. Leaf values are whole
numbers, so a sum of trees is the same on every machine and in every order.
"""

from __future__ import annotations

import json
from collections import deque
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
    """Boosted trees laid out for ``add_trees``: both children of a node stand side by side, a leaf is its own child."""

    names: tuple[str, ...]
    roots: Array
    depths: Array
    feature: Array
    threshold: Array
    child: Array
    value: Array

    @staticmethod
    def of(given: dict[str, Any]) -> Forest:
        """From the lists of a weights file, where a node whose ``feature`` is -1 is a leaf."""
        n = len(given["feature"])
        feature, child = np.zeros(n, np.int32), np.arange(n, dtype=np.int32)
        threshold, value = np.full(n, np.inf, np.float32), np.zeros(n, np.int64)
        roots, depths, end = [], [], 0
        for root in given["roots"]:
            roots.append(end)
            waiting, deepest, end = deque([(root, end, 0)]), 0, end + 1
            while waiting:
                node, at, depth = waiting.popleft()
                deepest = max(deepest, depth)
                if given["feature"][node] < 0:
                    value[at] = given["value"][node]
                    continue
                feature[at], threshold[at], child[at] = given["feature"][node], _float32_below(given["threshold"][node]), end
                waiting += [(given["left"][node], end, depth + 1), (given["right"][node], end + 1, depth + 1)]
                end += 2
            depths.append(deepest)
        return Forest(
            tuple(given["names"]), np.array(roots, np.int32), np.array(depths, np.int32), feature, threshold, child, value
        )

    def probabilities(self, rows: npt.NDArray[np.float32]) -> Array:
        """Probability of each of ``rows`` (n, features)."""
        total = add_trees(rows, self.roots, self.depths, self.feature, self.threshold, self.child, self.value)
        return np.asarray(1.0 / (1.0 + np.exp(-total / SCALE)))


def _float32_below(threshold: float) -> np.float32:
    """The greatest float32 not above ``threshold``: a float32 is at most the one if and only if it is at most the other."""
    near = np.float32(threshold)
    return near if float(near) <= threshold else np.nextafter(near, np.float32(-np.inf))


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


CHOICES = {"balanced": (1.05, 0.25, 0.5, 0.6), "precision": (1.5, 0.45, 0.8, 0.75), "recall": (0.6, 0.1, 0.3, 0.0)}
"""How ``focus`` moves the floor: a factor, the lowest and the highest floor, and the floor of scraps as a share of the best F1."""

SCRAP_WORDS = 12
"""A block of at most so many words is a scrap: cutting it costs little text, and most boilerplate is made of such."""


def choose(p: Array, words: Array, focus: str) -> Array:
    """Which blocks are kept: those from half the best expected F1 of the page up, a floor that ``focus`` moves.

    Keeping a block helps F1 if its probability is above half the F1 that can be had, so an unsure
    page has a lower floor. Scraps need more. The best block is always kept.
    """
    factor, low, high, scraps = CHOICES[focus]
    best, _ = expected_f1(p, words + 1.0)
    floor = min(max(best / 2 * factor, low), high)
    floors = np.where(words <= SCRAP_WORDS, max(floor, scraps * best), floor)
    return np.asarray(p >= np.minimum(floors, p.max()))
