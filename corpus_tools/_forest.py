"""Boosted trees as they stand in a weights file, laid out for the kernel that sums them.

Leaf values are whole numbers, so a sum of trees is the same on every machine and in every order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools._forest_kernels import LANES, MOST_LEAVES, add_trees

SCALE = 1_000_000
"""Leaf values are log-odds times this, rounded."""
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

    def log_odds(self, table: npt.NDArray[np.float32], rows: int) -> Array:
        """Sum of the trees for the first ``rows`` columns of ``table``, as ``make_table`` makes it."""
        total = add_trees(table, self.starts, self.feature, self.threshold, self.kept, self.leaves, self.value)
        return np.asarray(total[:rows] / SCALE)

    def probabilities(self, table: npt.NDArray[np.float32], rows: int) -> Array:
        """Probability of the first ``rows`` columns of ``table``."""
        return np.asarray(1.0 / (1.0 + np.exp(-self.log_odds(table, rows))))


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
        raise ValueError(f"a tree has {len(value) - base} leaves, more than {MOST_LEAVES}")
    return sorted(nodes, key=lambda one: one[0])


def _float32_below(threshold: float) -> np.float32:
    """The greatest float32 not above ``threshold``: a float32 is at most the one if and only if it is at most the other."""
    near = np.float32(threshold)
    return near if float(near) <= threshold else np.nextafter(near, np.float32(-np.inf))
