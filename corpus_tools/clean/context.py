"""The model's second look: what the first one made of a block's neighbours, ancestors and look-alikes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean._kernels import distances, number_rows
from corpus_tools.clean.features import Columns, Layout, running

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
    _add_above(columns, lay, mass, weights, plain)
    _add_alike(columns, lay, p, weight)
    _add_page(columns, p, weight)
    for floor in (0.25, 0.5):
        _add_best(columns, lay, p, weight, floor)
    return columns


def _add_near(columns: Columns, p: Array, weight: Array, mass: Array, weights: Array) -> None:
    n = len(p)
    index = np.arange(n)
    columns.add("p", p)
    for offset in (1, 2, 3, 4):
        after, before = np.full(n, -1.0), np.full(n, -1.0)
        after[:-offset], before[offset:] = p[offset:], p[:-offset]
        columns.add(f"p+{offset}", after)
        columns.add(f"p-{offset}", before)
    for reach in (2, 5, 12, 40):
        a, b = np.maximum(index - reach, 0), np.minimum(index + reach + 1, n)
        columns.add(f"near{reach}", (mass[b] - mass[a] - p * weight) / np.maximum(weights[b] - weights[a] - weight, 1e-6))
    for reach in (5, 20):
        a, b = np.maximum(index - reach, 0), np.minimum(index + 1 + reach, n)
        columns.add(f"before{reach}", (mass[index] - mass[a]) / np.maximum(weights[index] - weights[a], 1e-6))
        columns.add(f"after{reach}", (mass[b] - mass[index + 1]) / np.maximum(weights[b] - weights[index + 1], 1e-6))


def _add_above(columns: Columns, lay: Layout, mass: Array, weights: Array, plain: Array) -> None:
    for level, nodes in enumerate(lay.levels):
        a, b = lay.first[nodes], lay.last[nodes]
        columns.add(f"anc{level}.mean", (mass[b] - mass[a]) / np.maximum(weights[b] - weights[a], 1e-6))
        columns.add(f"anc{level}.plain", (plain[b] - plain[a]) / np.maximum(b - a, 1))
        columns.add(f"anc{level}.share", (mass[b] - mass[a]) / max(mass[-1], 1e-6))


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
    top = int(np.argmax(gain[lay.last] - gain[lay.first]))
    a, b = lay.first[top], lay.last[top]
    columns.add(f"top{floor}.in", (index >= a) & (index < b))
    columns.add(f"top{floor}.where", np.where(index < a, index - a, np.maximum(index - b + 1, 0)))
    columns.add(f"top{floor}.distance", distances(lay.parent, top)[lay.node])
    end = int(np.argmax(gain[1:] - np.minimum.accumulate(gain[:-1])))
    start = int(np.argmin(gain[: end + 1]))
    columns.add(f"run{floor}.where", np.where(index < start, index - start, np.maximum(index - end, 0)))
