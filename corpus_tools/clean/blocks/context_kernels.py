"""What the first pass's probabilities say around a block, for the second pass: rows of a float32 table whose names stand here, in order.

``p`` are the probabilities, ``weight`` the blocks' words and one more. As in ``feature_kernels``, a running sum is one entry longer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.blocks.page_kernels import richest, where_of
from corpus_tools.clean.html.element_kernels import distances, number_rows
from corpus_tools.kernels.compile import kernel, part

NEAR, SIDE_REACHES, NEIGHBOURS = (2, 5, 12, 40), (5, 20), 4
OF_NEIGHBOURS = ["p", *(f"p{sign}{offset}" for offset in range(1, NEIGHBOURS + 1) for sign in "+-")]
"""Probability of the block, of one after it, of one before it, -1 beyond the ends."""
OF_NEAR = [f"near{reach}" for reach in NEAR] + [f"{side}{reach}" for reach in SIDE_REACHES for side in ("before", "after")]
"""Means over the blocks around, by words."""
OF_ABOVE = tuple("mean plain share".split())
"""Mean probability in an element above, by words and by blocks, and its share of the page's main text."""
OF_ALIKE = tuple("alike.mean alike.n alike_pair.mean alike_pair.n".split())
OF_PAGE = tuple("mass mass_share expected floor over rank sure greatest".split())
_MASS, _SHARE, _EXPECTED, _FLOOR, _OVER, _RANK, _SURE, _GREATEST = range(len(OF_PAGE))
FLOORS = (0.25, 0.5)
OF_BEST = [
    f"{name}{floor}.{what}"
    for floor in FLOORS
    for name, what in (("top", "in"), ("top", "where"), ("top", "distance"), ("run", "where"))
]
"""Where the block stands to the element, and to the run of blocks, with the most probability above a floor."""
_ABOVE, _BESTS = len(OF_ABOVE), 4
_MIN, _UNSURE = 1e-6, 0.4


@kernel
def sum_probabilities(p: Any, weight: Any, sums: Any) -> None:
    """Fill the running sums ``sums`` float64 (3, n + 1): probability by words, words, probability."""
    sums[:, 0] = 0.0
    for block in range(p.shape[0]):
        sums[0, block + 1] = sums[0, block] + p[block] * weight[block]
        sums[1, block + 1] = sums[1, block] + weight[block]
        sums[2, block + 1] = sums[2, block] + p[block]


@kernel
def near_rows(p: Any, weight: Any, sums: Any, out: Any) -> None:
    """Write OF_NEIGHBOURS and OF_NEAR."""
    n, mass, weights = p.shape[0], sums[0], sums[1]
    for block in range(n):
        out[0, block] = p[block]
        for offset in range(1, NEIGHBOURS + 1):
            out[2 * offset - 1, block] = p[block + offset] if block + offset < n else -1.0
            out[2 * offset, block] = p[block - offset] if block >= offset else -1.0
        row = 1 + 2 * NEIGHBOURS
        for place in range(len(NEAR)):
            a, b = max(block - NEAR[place], 0), min(block + NEAR[place] + 1, n)
            rest = weights[b] - weights[a] - weight[block]
            out[row + place, block] = (mass[b] - mass[a] - p[block] * weight[block]) / max(rest, _MIN)
        row += len(NEAR)
        for place in range(len(SIDE_REACHES)):
            a, b = max(block - SIDE_REACHES[place], 0), min(block + SIDE_REACHES[place] + 1, n)
            out[row + 2 * place, block] = (mass[block] - mass[a]) / max(weights[block] - weights[a], _MIN)
            out[row + 2 * place + 1, block] = (mass[b] - mass[block + 1]) / max(weights[b] - weights[block + 1], _MIN)


@kernel
def above_rows(up: Any, first: Any, last: Any, sums: Any, out: Any) -> None:
    """Write OF_ABOVE of each level of ``up``, as ``feature_kernels`` has it."""
    mass, weights, plain = sums[0], sums[1], sums[2]
    for level in range(up.shape[0]):
        row = _ABOVE * level
        for block in range(up.shape[1]):
            a, b = first[up[level, block]], last[up[level, block]]
            out[row, block] = (mass[b] - mass[a]) / max(weights[b] - weights[a], _MIN)
            out[row + 1, block] = (plain[b] - plain[a]) / max(b - a, 1)
            out[row + 2, block] = (mass[b] - mass[a]) / max(mass[-1], _MIN)


@part
def _write_means(group: Any, groups: int, p: Any, weight: Any, out: Any, row: int) -> None:
    """Write the mean probability of each block's group, by words, and how many blocks it has; groups are numbers below ``groups``."""
    mass, weights, count = np.zeros(groups), np.zeros(groups), np.zeros(groups, np.int64)
    for block in range(p.shape[0]):
        mass[group[block]] += p[block] * weight[block]
        weights[group[block]] += weight[block]
        count[group[block]] += 1
    for block in range(p.shape[0]):
        out[row, block] = mass[group[block]] / weights[group[block]]
        out[row + 1, block] = count[group[block]]


@kernel
def alike_rows(key: Any, parent: Any, node: Any, p: Any, weight: Any, out: Any) -> None:
    """Write OF_ALIKE: of the blocks whose elements are alike, and of those whose elements' parents are alike too."""
    n = node.shape[0]
    own, pairs = np.empty(n, np.int64), np.empty((n, 2), np.int64)
    for block in range(n):
        own[block] = pairs[block, 0] = key[node[block]]
        pairs[block, 1] = key[max(parent[node[block]], 0)]
    _write_means(own, key.shape[0], p, weight, out, 0)
    _write_means(number_rows(pairs), n, p, weight, out, 2)


@kernel
def best_expected(p: Any, weight: Any, order: Any) -> Any:
    """The best expected F1 of a page when its first blocks in ``order``, of falling probability, are kept, and the probability of the last of them."""
    gained = held = best = 0.0
    for place in range(order.shape[0]):
        gained += p[order[place]] * weight[order[place]]
    every, gained, floor = gained, 0.0, 0.0
    for place in range(order.shape[0]):
        block = order[place]
        gained += p[block] * weight[block]
        held += weight[block]
        f1 = 2 * gained / (held + every + 1e-9)
        if place == 0 or f1 > best:
            best, floor = f1, p[block]
    return best, floor


@kernel
def page_rows(p: Any, weight: Any, order: Any, mass: float, out: Any) -> None:
    """Write OF_PAGE; ``mass`` is the sum of all probabilities by words."""
    best, floor = best_expected(p, weight, order)
    total = sure = held = 0.0
    for block in range(p.shape[0]):
        total += weight[block]
        sure += weight[block] if abs(p[block] - 0.5) > _UNSURE else 0.0
    for place in range(p.shape[0]):
        block = order[place]
        held += weight[block]
        out[_MASS, block] = mass
        out[_SHARE, block] = mass / total
        out[_EXPECTED, block] = best
        out[_FLOOR, block] = floor
        out[_OVER, block] = p[block] - floor
        out[_RANK, block] = held / total
        out[_SURE, block] = sure / total
        out[_GREATEST, block] = p[order[0]]


@part
def _best_run(gain: Any) -> Any:
    """The first block of the run with the most gain, a running sum, and the last."""
    least, most, end = gain[0], -np.inf, 0
    for block in range(gain.shape[0] - 1):
        least = min(least, gain[block])
        if gain[block + 1] - least > most:
            most, end = gain[block + 1] - least, block
    start = 0
    for block in range(1, end + 1):
        if gain[block] < gain[start]:
            start = block
    return start, end


@kernel
def best_rows(parent: Any, first: Any, last: Any, node: Any, p: Any, weight: Any, out: Any) -> None:
    """Write OF_BEST."""
    n = p.shape[0]
    gain = np.zeros(n + 1)
    for place in range(len(FLOORS)):
        for block in range(n):
            gain[block + 1] = gain[block] + weight[block] * (p[block] - FLOORS[place])
        top = richest(first, last, gain)
        a, b, steps = first[top], last[top], distances(parent, top)
        start, end = _best_run(gain)
        row = _BESTS * place
        for block in range(n):
            out[row, block] = 1.0 if a <= block < b else 0.0
            out[row + 1, block] = where_of(block, a, b)
            out[row + 2, block] = steps[node[block]]
            out[row + 3, block] = block - start if block < start else max(block - end, 0)
