"""Feature columns of a page's blocks, several at a time: float32 (columns, blocks).

A running sum has one entry more than there are blocks: the difference of two is the sum between. ``up`` int64 (levels, blocks) are
a block's elements, the nearest first; element i holds the blocks from ``first[i]`` up to ``last[i]``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.html.element_kernels import distances
from corpus_tools.kernels.compile import inlined, kernel

WINDOWS, SHIFTS = (3, 8, 20), (-3, -2, -1, 1, 2, 3)
NEAR, SIDES, NEIGHBOURS = (2, 5, 12, 40), (5, 20), 4
_MIN = 1e-6


@kernel
def rise(node: Any, parent: Any, widest: Any, levels: int) -> Any:
    """``up`` of the blocks that ``node`` holds: each the widest element of the same blocks above the one before."""
    up = np.empty((levels, node.shape[0]), np.int64)
    for block in range(node.shape[0]):
        at = widest[node[block]]
        for level in range(levels):
            up[level, block] = at
            at = widest[max(parent[at], 0)]
    return up


@kernel
def mark_columns(masks: Any, at: Any, halves: Any, shifts: Any) -> Any:
    """Whether the mask (n, 2) of each of ``at`` has the bits that ``halves`` and ``shifts`` name, a column a bit."""
    out = np.empty((halves.shape[0], at.shape[0]), np.float32)
    for column in range(halves.shape[0]):
        for block in range(at.shape[0]):
            out[column, block] = (masks[at[block], halves[column]] >> shifts[column]) & 1
    return out


@kernel
def around_columns(tag: Any, words: Any) -> Any:
    """Element and words of the blocks before and after, by SHIFTS; -1 beyond the ends."""
    n = tag.shape[0]
    out = np.full((2 * len(SHIFTS), n), np.float32(-1))
    for place in range(len(SHIFTS)):
        for block in range(n):
            other = block + SHIFTS[place]
            if 0 <= other < n:
                out[2 * place, block] = tag[other]
                out[2 * place + 1, block] = words[other]
    return out


@kernel
def window_columns(words: Any, linked: Any, long: Any) -> Any:
    """Over WINDOWS of blocks: mean words, share of linked words, share of words in long blocks. From running sums."""
    n = words.shape[0] - 1
    out = np.empty((3 * len(WINDOWS), n), np.float32)
    for place in range(len(WINDOWS)):
        for block in range(n):
            a, b = max(block - WINDOWS[place], 0), min(block + WINDOWS[place] + 1, n)
            total = words[b] - words[a]
            out[3 * place, block] = total / (b - a)
            out[3 * place + 1, block] = (linked[b] - linked[a]) / max(total, 1.0)
            out[3 * place + 2, block] = (long[b] - long[a]) / max(total, 1.0)
    return out


@kernel
def ancestor_columns(
    up: Any, first: Any, last: Any, tag: Any, words: Any, linked: Any, long: Any, short: Any, images: Any, total: float
) -> Any:
    """Nine columns a level of ``up``, from running sums over the blocks; ``total`` is that of words in long blocks, at least 1."""
    n = up.shape[1]
    out = np.empty((9 * up.shape[0], n), np.float32)
    for level in range(up.shape[0]):
        for block in range(n):
            node = up[level, block]
            a, b = first[node], last[node]
            held, in_words, in_long = max(b - a, 1), words[b] - words[a], long[b] - long[a]
            row = 9 * level
            out[row, block] = held
            out[row + 1, block] = in_words
            out[row + 2, block] = (linked[b] - linked[a]) / max(in_words, 1.0)
            out[row + 3, block] = in_long / max(in_words, 1.0)
            out[row + 4, block] = in_long / total
            out[row + 5, block] = (short[b] - short[a]) / held
            out[row + 6, block] = (images[b] - images[a]) / held
            out[row + 7, block] = (block - a) / held
            out[row + 8, block] = tag[node]
    return out


@inlined
def _where(block: int, a: int, b: int) -> Any:
    """Blocks from a block to the range from ``a`` up to ``b``: below 0 before it, 0 inside."""
    return block - a if block < a else max(block - b + 1, 0)


@kernel
def place_columns(parent: Any, first: Any, last: Any, node: Any, gain: Any) -> Any:
    """The element of the greatest gain, a running sum, and to it: is the block inside, how far off it is, steps up to it."""
    top = 0
    for other in range(1, first.shape[0]):
        if gain[last[other]] - gain[first[other]] > gain[last[top]] - gain[first[top]]:
            top = other
    a, b, steps = first[top], last[top], distances(parent, top)
    out = np.empty((3, node.shape[0]), np.float32)
    for block in range(node.shape[0]):
        out[0, block] = a <= block < b
        out[1, block] = _where(block, a, b)
        out[2, block] = steps[node[block]]
    return top, out


@kernel
def near_columns(p: Any, weight: Any, mass: Any, weights: Any) -> Any:
    """The probability, those of NEIGHBOURS on both sides, and means over NEAR and SIDES; ``mass`` and ``weights`` are running sums."""
    n = p.shape[0]
    out = np.full((1 + 2 * NEIGHBOURS + len(NEAR) + 2 * len(SIDES), n), np.float32(-1))
    for block in range(n):
        out[0, block] = p[block]
        for offset in range(1, NEIGHBOURS + 1):
            if block + offset < n:
                out[2 * offset - 1, block] = p[block + offset]
            if block >= offset:
                out[2 * offset, block] = p[block - offset]
        row = 1 + 2 * NEIGHBOURS
        for reach in NEAR:
            a, b = max(block - reach, 0), min(block + reach + 1, n)
            rest = weights[b] - weights[a] - weight[block]
            out[row, block] = (mass[b] - mass[a] - p[block] * weight[block]) / max(rest, _MIN)
            row += 1
        for reach in SIDES:
            a, b = max(block - reach, 0), min(block + reach + 1, n)
            out[row, block] = (mass[block] - mass[a]) / max(weights[block] - weights[a], _MIN)
            out[row + 1, block] = (mass[b] - mass[block + 1]) / max(weights[b] - weights[block + 1], _MIN)
            row += 2
    return out


@kernel
def above_columns(up: Any, first: Any, last: Any, mass: Any, weights: Any, plain: Any) -> Any:
    """Three columns a level of ``up``: weighted and plain mean probability, share of the page's mass. From running sums."""
    n = up.shape[1]
    out = np.empty((3 * up.shape[0], n), np.float32)
    for level in range(up.shape[0]):
        for block in range(n):
            a, b = first[up[level, block]], last[up[level, block]]
            out[3 * level, block] = (mass[b] - mass[a]) / max(weights[b] - weights[a], _MIN)
            out[3 * level + 1, block] = (plain[b] - plain[a]) / max(b - a, 1)
            out[3 * level + 2, block] = (mass[b] - mass[a]) / max(mass[-1], _MIN)
    return out
