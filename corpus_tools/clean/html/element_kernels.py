"""Compiled walks up a page's elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel, part
from corpus_tools.kernels.lookup import EMPTY_HASH, add_code, address_of
from corpus_tools.kernels.memory import record_at, record_of

SCORES = record_of(
    """
max   the greatest
min   the least
total their sum
count their number; without one the others mean nothing
""",
    np.float64,
)
"""Several scores in short."""
scores_at = record_at(SCORES)


@kernel
def climb(parent: Any, first: Any, last: Any) -> Any:
    """Depth of each node, and the widest ancestor that holds the same blocks. Parents come before children."""
    depth = np.zeros(parent.shape[0], np.int64)
    widest = np.arange(parent.shape[0])
    for node in range(1, parent.shape[0]):
        up = parent[node]
        depth[node] = depth[up] + 1
        if first[up] == first[node] and last[up] == last[node]:
            widest[node] = widest[up]
    return depth, widest


@part
def distances(parent: Any, top: int) -> Any:
    """Steps from each node up to ``top`` or the first of its ancestors."""
    steps = np.full(parent.shape[0], -1)
    node = top
    while node >= 0:
        steps[node] = 0
        node = parent[node]
    for node in range(parent.shape[0]):
        if steps[node] < 0:
            steps[node] = steps[parent[node]] + 1
    return steps


@inlined
def add_score(scores: Any, score: float) -> None:
    """Count one more score."""
    scores.max = score if scores.count == 0 else max(scores.max, score)
    scores.min = score if scores.count == 0 else min(scores.min, score)
    scores.total += score
    scores.count += 1


@kernel
def gather_up(parent: Any, scores: Any, above: Any) -> None:
    """Fill ``above`` SCORES[n] of zeros: of each node, the ``scores`` of its grandparent and all above."""
    for node in range(1, parent.shape[0]):
        up = parent[node]
        if parent[up] < 0:
            continue
        found, higher = scores_at(address_of(above), node), scores_at(address_of(scores), parent[up])
        so_far = scores_at(address_of(above), up)
        found.max = so_far.max
        found.min = so_far.min
        found.total = so_far.total
        found.count = so_far.count
        if higher.count > 0:
            found.max = higher.max if found.count == 0 else max(found.max, higher.max)
            found.min = higher.min if found.count == 0 else min(found.min, higher.min)
            found.total += higher.total
            found.count += higher.count


@kernel
def inherit_marks(tag: Any, parent: Any, label: Any, masks: Any, pairs: Any, blocks: int, body: int) -> Any:
    """Marks of each element or-ed with those of all above it up to the body (n, 2), and of the inline elements of each block (m, 2).

    ``masks`` (k, 2) are those of each label; ``pairs`` PAIR[l] say which block has an inline element of which label.
    """
    above, inner = np.zeros((tag.shape[0], 2), np.int64), np.zeros((blocks, 2), np.int64)
    for node in range(tag.shape[0]):
        if tag[node] != body:
            for half in range(2):
                above[node, half] = masks[label[node], half] | above[parent[node], half]
    for pair in range(pairs.shape[0]):
        for half in range(2):
            inner[pairs[pair].block, half] |= masks[pairs[pair].label, half]
    return above, inner


@inlined
def _are_equal(rows: Any, one: int, other: int) -> Any:
    equal = True
    for column in range(rows.shape[1]):
        equal &= rows[one, column] == rows[other, column]
    return equal


@kernel
def number_rows(rows: Any) -> Any:
    """Numbers from 0 on for the distinct rows of ``rows`` (n, k) int64, in order of their first stand: equal rows, equal numbers."""
    n, room = rows.shape[0], 2
    while room < 2 * n:
        room *= 2
    firsts, numbers, found = np.full(room, -1), np.empty(n, np.int64), 0
    for row in range(n):
        value = EMPTY_HASH
        for column in range(rows.shape[1]):
            value = add_code(value, rows[row, column])
        at = (np.int64(value) ^ (np.int64(value) >> 32)) & (room - 1)
        while firsts[at] >= 0 and not _are_equal(rows, firsts[at], row):
            at = (at + 1) & (room - 1)
        if firsts[at] < 0:
            firsts[at], numbers[row] = row, found
            found += 1
        else:
            numbers[row] = numbers[firsts[at]]
    return numbers


@kernel
def nearest_deciding(tag: Any, parent: Any, decides: Any, one: int, other: int, most: int) -> Any:
    """Of each element the nearest that is it or above it and of a tag that ``decides`` bool[tags], int64, -1 for none within ``most``
    levels; and how many elements of the tags ``one`` and ``other`` it is and is in, int64, ``most`` for more.
    """
    n = tag.shape[0]
    found, away, depth = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    for node in range(n):
        up = parent[node]
        if decides[tag[node]]:
            found[node], away[node] = node, 0
        elif up >= 0 and found[up] >= 0 and away[up] + 1 < most:
            found[node], away[node] = found[up], away[up] + 1
        else:
            found[node], away[node] = -1, 0
        depth[node] = min((depth[up] if up >= 0 else 0) + (tag[node] == one or tag[node] == other), most)
    return found, depth


@kernel
def first_marks(above: Any, node: Any, inner: Any, wanted: Any) -> Any:
    """Which of the masks ``wanted`` (k, 2) is the first of which a block has a bit, counted from 1, int64[n]; 0 for none.

    A block has the bits of ``above`` at its ``node``, and its own of ``inner``.
    """
    found = np.zeros(node.shape[0], np.int64)
    for block in range(node.shape[0]):
        low, high = above[node[block], 0] | inner[block, 0], above[node[block], 1] | inner[block, 1]
        for place in range(wanted.shape[0]):
            if (low & wanted[place, 0]) | (high & wanted[place, 1]):
                found[block] = place + 1
                break
    return found
