"""The model's second look: what the first one made of a block's neighbours, ancestors and look-alikes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.columns import Columns
from corpus_tools.clean.blocks.feature_kernels import (
    ABOVE,
    BESIDE,
    NEAR,
    NEIGHBOURS,
    PLACE,
    SIDE_REACHES,
    SIDES,
    above_columns,
    beside_columns,
    near_columns,
    place_columns,
)
from corpus_tools.clean.blocks.layout import LEVELS, Layout, running
from corpus_tools.clean.html.element_kernels import number_rows

Array = npt.NDArray[Any]


def expected_f1(p: Array, weight: Array) -> tuple[float, float]:
    """The best expected F1 of a page when blocks with probability >= t are kept, and that t.

    Keeping all blocks above t makes 2 * sum(p w, kept) / (sum(w, kept) + sum(p w, all)); see Ye et al.,
    "Optimizing F-measure: a tale of two approaches" (ICML 2012).
    """
    order = np.argsort(-p, kind="stable")
    gained = np.cumsum((p * weight)[order])
    f1 = 2 * gained / (np.cumsum(weight[order]) + gained[-1] + 1e-9)
    best = int(np.argmax(f1))
    return float(f1[best]), float(p[order[best]])


def context_features(lay: Layout, p: Array) -> Columns:
    """Columns for the second pass, from the first pass's probabilities ``p``, one a block."""
    columns = Columns(len(p))
    weight = lay.words + 1.0
    mass, weights, plain = running(p * weight), running(weight), running(p)
    _add_near(columns, p, weight, mass, weights)
    above = np.empty((LEVELS, len(p)), ABOVE)
    above_columns(lay.levels, lay.first, lay.last, mass, weights, plain, above)
    columns.add_records([f"anc{level}." for level in range(LEVELS)], above)
    _add_alike(columns, lay, p, weight)
    _add_page(columns, p, weight)
    for floor in (0.25, 0.5):
        _add_best(columns, lay, p, weight, floor)
    return columns


def _add_near(columns: Columns, p: Array, weight: Array, mass: Array, weights: Array) -> None:
    """The probabilities of the block and of those around it, one by one and in the mean."""
    n = len(p)
    beside = np.full((NEIGHBOURS, n), -1, BESIDE)
    near, sides = np.empty((len(NEAR), n), np.float32), np.empty((len(SIDE_REACHES), n), SIDES)
    beside_columns(p, beside)
    near_columns(p, weight, mass, weights, near, sides)
    columns.add("p", p)
    for offset, found in enumerate(beside, 1):
        columns.add(f"p+{offset}", found["after"])
        columns.add(f"p-{offset}", found["before"])
    columns.extend([f"near{reach}" for reach in NEAR], near)
    for reach, found in zip(SIDE_REACHES, sides, strict=True):
        columns.add(f"before{reach}", found["before"])
        columns.add(f"after{reach}", found["after"])


def _add_alike(columns: Columns, lay: Layout, p: Array, weight: Array) -> None:
    own = lay.key[lay.node]
    pair = np.column_stack([own, lay.key[np.maximum(lay.parent[lay.node], 0)]])
    for name, inverse in (("alike", number_rows(own[:, None])), ("alike_pair", number_rows(pair))):
        columns.add(name + ".mean", (np.bincount(inverse, p * weight) / np.bincount(inverse, weight))[inverse])
        columns.add(name + ".n", np.bincount(inverse)[inverse])


def _add_page(columns: Columns, p: Array, weight: Array) -> None:
    best, floor = expected_f1(p, weight)
    total = weight.sum()
    columns.add("mass", (p * weight).sum())
    columns.add("mass_share", (p * weight).sum() / total)
    columns.add("expected", best)
    columns.add("floor", floor)
    columns.add("over", p - floor)
    order = np.argsort(-p, kind="stable")
    rank = np.empty(len(p))
    rank[order] = np.cumsum(weight[order]) / total
    columns.add("rank", rank)
    columns.add("sure", weight[np.abs(p - 0.5) > 0.4].sum() / total)
    columns.add("greatest", p.max())


def _add_best(columns: Columns, lay: Layout, p: Array, weight: Array, floor: float) -> None:
    """Where the block stands to the element, and to the run of blocks, with the most probability above ``floor``."""
    gain = running(weight * (p - floor))
    index = np.arange(len(p))
    found = np.empty(len(p), PLACE)
    place_columns(lay.parent, lay.first, lay.last, lay.node, gain, found)
    columns.add(f"top{floor}.in", found["inside"])
    columns.add(f"top{floor}.where", found["where"])
    columns.add(f"top{floor}.distance", found["distance"])
    end = int(np.argmax(gain[1:] - np.minimum.accumulate(gain[:-1])))
    start = int(np.argmin(gain[: end + 1]))
    columns.add(f"run{floor}.where", np.where(index < start, index - start, np.maximum(index - end, 0)))
