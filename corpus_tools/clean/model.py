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

from corpus_tools.clean._forest_kernels import LANES, MOST_LEAVES, add_trees
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
    """Boosted trees laid out for ``add_trees``."""

    names: tuple[str, ...]
    starts: Array
    feature: Array
    threshold: Array
    kept: Array
    leaves: Array
    value: Array

    @staticmethod
    def of(given: dict[str, Any]) -> Forest:
        """From the lists of a weights file, where a node whose ``feature`` is -1 is a leaf. ValueError for a tree of over 64 leaves."""
        nodes: list[tuple[int, np.float32, int]] = []
        value: list[int] = []
        starts, leaves = [0], []
        for root in given["roots"]:
            leaves.append(len(value))
            nodes += _read_tree(given, root, value)
            starts.append(len(nodes))
        feature, threshold, kept = zip(*nodes, strict=True) if nodes else ((), (), ())
        return Forest(
            tuple(given["names"]), np.array(starts, np.int32), np.array(feature, np.int32), np.array(threshold, np.float32),
            np.array(kept, np.uint64), np.array(leaves, np.int32), np.array(value, np.int64),
        )  # fmt: skip

    def probabilities(self, table: npt.NDArray[np.float32], rows: int) -> Array:
        """Probability of the first ``rows`` columns of ``table``, as ``make_table`` makes it."""
        total = add_trees(table, self.starts, self.feature, self.threshold, self.kept, self.leaves, self.value)
        return np.asarray(1.0 / (1.0 + np.exp(-total[:rows] / SCALE)))


def make_table(features: int, rows: int) -> npt.NDArray[np.float32]:
    """A table of zeros for ``Forest.probabilities``: a row a feature, with room for ``rows`` columns."""
    return np.zeros((features, -(-rows // LANES) * LANES), np.float32)


def _read_tree(given: dict[str, Any], root: int, value: list[int]) -> list[tuple[int, np.float32, int]]:
    """Feature, threshold and bits kept of a tree's inner nodes by feature; its leaves' values go to ``value``."""
    base, nodes = len(value), []
    waiting = [(root, -1)]  # a node, and at its second visit where the leaves on its left begin
    while waiting:
        node, first = waiting.pop()
        if given["feature"][node] < 0:
            value.append(given["value"][node])
        elif first < 0:
            waiting += [(given["right"][node], -1), (node, len(value)), (given["left"][node], -1)]
        else:
            ruled_out = (1 << len(value) - base) - (1 << first - base)
            nodes.append((given["feature"][node], _float32_below(given["threshold"][node]), ~ruled_out & 2**64 - 1))
    if len(value) - base > MOST_LEAVES:
        raise ValueError(f"a tree of the block model has {len(value) - base} leaves, more than {MOST_LEAVES}")
    return sorted(nodes, key=lambda one: one[0])


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
        table = make_table(len(self.second.names), columns.rows)
        columns.fill(table)
        seen = table[: len(columns.names)]
        context_features(lay, self.first.probabilities(seen, columns.rows)).fill(table[len(columns.names) :])
        return self.second.probabilities(table, columns.rows), lay


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
