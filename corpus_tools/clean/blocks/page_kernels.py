"""What a block is to its page: how often the like of it stands there, where the most text is, under which heading; and the page in numbers.

As in ``feature_kernels``, ``out`` is a part of a float32 table, a row a feature.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.blocks.feature_kernels import is_long
from corpus_tools.clean.html.element_kernels import distances, number_rows
from corpus_tools.kernels.compile import inlined, kernel, part
from corpus_tools.kernels.memory import trailing_zeros

LEVELS_ALIKE = 4
OF_ALIKE = tuple("siblings children alike".split())
"""Of an element at a level above: elements like it among its siblings, its children, elements like it on the page."""
OF_BEST = tuple("in where share words distance".split())
"""Of the element with the most text: 1 if the block is in it, blocks from it (below 0 before it), its share of the page's words in long
blocks, its words, steps up to it."""
BEST_COSTS = ((1.5, 2.0), (4.0, 6.0))
"""What a linked word and a scrap cost where the most text is looked for."""
_SCRAP = 5
OF_HEADING = tuple("heading last_heading since_heading under_comments under_more from_h1 prev_long next_long".split())
(*(_HEADING, _LAST, _SINCE, _UNDER_COMMENTS, _UNDER_MORE, _FROM_TOP, _LONG_BEFORE, _LONG_AFTER),) = range(len(OF_HEADING))
_ALIKE, _BEST = len(OF_ALIKE), len(OF_BEST)
_FAR, _NO_HEADING, _NO_TOP = 200, 99, -999


@kernel
def sum_marks(masks: Any, at: Any, weights: Any, half: int, sums: Any) -> None:
    """Add to ``sums`` float64[2 * half] of zeros, mark by mark, the ``weights`` of those of ``at`` whose mask has it.

    A mask (n, 2) has its first ``half`` marks in its first column.
    """
    for place in range(at.shape[0]):
        for column in range(2):
            bits = np.uint64(masks[at[place], column])
            while bits != 0:
                sums[column * half + np.int64(trailing_zeros(bits))] += weights[place]
                bits &= bits - np.uint64(1)


@part
def _count(numbers: Any, most: int) -> Any:
    """How often each number below ``most`` stands among ``numbers``."""
    counts = np.zeros(most, np.int64)
    for place in range(numbers.shape[0]):
        counts[numbers[place]] += 1
    return counts


@kernel
def alike_rows(parent: Any, key: Any, node: Any, out: Any) -> None:
    """Write OF_ALIKE of the block's element and of those above it, LEVELS_ALIKE in all."""
    n = parent.shape[0]
    rows, children = np.empty((n, 2), np.int64), np.zeros(n, np.int64)
    for place in range(n):
        rows[place, 0], rows[place, 1] = parent[place], key[place]
        if place > 0:
            children[parent[place]] += 1
    pairs = number_rows(rows)
    siblings, alike = _count(pairs, n), _count(key, n)
    for block in range(node.shape[0]):
        at = node[block]
        for level in range(LEVELS_ALIKE):
            row = _ALIKE * level
            out[row, block] = siblings[pairs[at]]
            out[row + 1, block] = children[at]
            out[row + 2, block] = alike[key[at]]
            at = max(parent[at], 0)


@inlined
def where_of(block: int, a: int, b: int) -> Any:
    """Blocks from a block to the range from ``a`` up to ``b``: below 0 before it, 0 inside."""
    return block - a if block < a else max(block - b + 1, 0)


@part
def richest(first: Any, last: Any, gain: Any) -> Any:
    """The first element of the greatest gain, a running sum."""
    top = 0
    for other in range(1, first.shape[0]):
        if gain[last[other]] - gain[first[other]] > gain[last[top]] - gain[first[top]]:
            top = other
    return top


@kernel
def best_rows(
    parent: Any, first: Any, last: Any, node: Any, words: Any, linked: Any, sums: Any, total_long: float, out: Any
) -> None:
    """Write OF_BEST for each of BEST_COSTS; ``sums`` are those of ``feature_kernels.sum_blocks``."""
    n = node.shape[0]
    gain = np.zeros(n + 1)
    for cost in range(len(BEST_COSTS)):
        of_link, of_scrap = BEST_COSTS[cost]
        for block in range(n):
            long = words[block] if is_long(words[block], linked[block]) else 0.0
            left = long - of_link * words[block] * linked[block]
            gain[block + 1] = gain[block] + (left - of_scrap * (words[block] < _SCRAP))
        top, row = richest(first, last, gain), _BEST * cost
        a, b, steps = first[top], last[top], distances(parent, top)
        for block in range(n):
            out[row, block] = 1.0 if a <= block < b else 0.0
            out[row + 1, block] = where_of(block, a, b)
            out[row + 2, block] = (sums[2, b] - sums[2, a]) / total_long
            out[row + 3, block] = sums[0, b] - sums[0, a]
            out[row + 4, block] = steps[node[block]]


@kernel
def heading_rows(heading: Any, bits: Any, of_comments: int, of_more: int, words: Any, linked: Any, out: Any) -> None:
    """Write OF_HEADING; ``bits`` are the families of a block's words, of which two bits are those of comments and of more pages."""
    n = heading.shape[0]
    last = top = -1
    before = -2 * _FAR
    for block in range(n):
        out[_HEADING, block] = heading[block]
        out[_LAST, block] = heading[last] if last >= 0 else 0
        out[_SINCE, block] = block - last if last >= 0 else _NO_HEADING
        out[_UNDER_COMMENTS, block] = 1.0 if last >= 0 and bits[last] & of_comments else 0.0
        out[_UNDER_MORE, block] = 1.0 if last >= 0 and bits[last] & of_more else 0.0
        out[_LONG_BEFORE, block] = min(block - before, _FAR)
        if heading[block] > 0:
            last = block
        if heading[block] == 1 and top < 0:
            top = block
        if is_long(words[block], linked[block]):
            before = block
    after = n + 2 * _FAR
    for place in range(n):
        block = n - 1 - place
        out[_LONG_AFTER, block] = min(after - block, _FAR)
        out[_FROM_TOP, block] = block - top if top >= 0 else _NO_TOP
        if is_long(words[block], linked[block]):
            after = block


@kernel
def decide_headings(levels: Any, words: Any, p: Any, kept: Any, most: int, unsure: float) -> None:
    """Keep in ``kept`` bool[n] the headings whose sections stand, and cut those below ``unsure`` whose sections went; inner ones first.

    ``levels`` int64[n] are those of headings, 0 of other blocks; of a section fewer than ``most`` blocks are looked at.
    """
    n = levels.shape[0]
    for at in range(n - 1, -1, -1):
        if levels[at] < 2:
            continue
        end, total, stands = at + 1, 0.0, 0.0
        while end < n and end - at < most and not 0 < levels[end] <= levels[at]:
            total += words[end] + 1.0
            stands += words[end] + 1.0 if kept[end] else 0.0
            end += 1
        if end == at + 1:
            continue
        if kept[at + 1] and stands >= 0.5 * total:
            kept[at] = True
        elif stands == 0.0 and end - at < most and p[at] < unsure:
            kept[at] = False


@kernel
def page_numbers(
    tag: Any, key: Any, heading: Any, inputs: Any, bits: Any, above: Any, node: Any, counted: Any, marks: Any, out: Any
) -> None:
    """Write to ``out`` float64: blocks in a heading of level 1 and of any, the most elements of one kind, fields; elements of each tag of ``counted``;
    by families of words the blocks that hold one; by ``marks`` int64 (k, 2), halves and places, the blocks that stand under each.
    """
    n, families = node.shape[0], out.shape[0] - 4 - counted.shape[0] - marks.shape[0]
    out[:] = 0.0
    for block in range(n):
        out[0] += heading[block] == 1
        out[1] += heading[block] > 0
        out[3] += inputs[block]
        for family in range(families):
            out[4 + counted.shape[0] + family] += (bits[block] >> family) & 1
        for mark in range(marks.shape[0]):
            out[4 + counted.shape[0] + families + mark] += (above[node[block], marks[mark, 0]] >> marks[mark, 1]) & 1
    out[2] = _count(key, key.shape[0]).max()
    for place in range(tag.shape[0]):
        for one in range(counted.shape[0]):
            out[4 + one] += tag[place] == counted[one]
