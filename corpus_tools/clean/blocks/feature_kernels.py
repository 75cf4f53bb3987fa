"""Features of a page's blocks, several at a time: records of float32 whose fields are the columns, each named once, here.

A running sum has one entry more than there are blocks: the difference of two is the sum between. ``up`` int64 (levels, blocks) are
a block's elements, the nearest first; element i holds the blocks from ``first[i]`` up to ``last[i]``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.html.element_kernels import distances
from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.memory import record_of, trailing_zeros

WINDOWS, SHIFTS = (3, 8, 20), (-3, -2, -1, 1, 2, 3)
NEAR, SIDE_REACHES, NEIGHBOURS = (2, 5, 12, 40), (5, 20), 4
_MIN = 1e-6

AROUND = record_of(
    """
tag   element of another block, -1 beyond the ends
words its words, -1 beyond the ends
""",
    np.float32,
)
WINDOW = record_of(
    """
words  mean words of the blocks around
linked share of their words that are linked
long   share of their words in long blocks
""",
    np.float32,
)
ANCESTOR = record_of(
    """
n         blocks in an element above
words     words in it
linked    share of them that are linked
long      share of them in long blocks
longshare its share of the page's words in long blocks
short     share of its blocks that are short
images    images a block
place     where the block stands in it, 0..1
tag       code of its name
""",
    np.float32,
)
PLACE = record_of(
    """
inside   1 if the block is in the best element
where    blocks from it, below 0 before it
distance steps up to it
""",
    np.float32,
)
BESIDE = record_of(
    """
after  probability of a block after this one, -1 beyond the end
before of the one as far before it
""",
    np.float32,
)
SIDES = record_of(
    """
before mean probability of the blocks before, by words
after  of those after
""",
    np.float32,
)
ABOVE = record_of(
    """
mean  mean probability in an element above, by words
plain by blocks
share its share of the page's main text
""",
    np.float32,
)


@kernel
def rise(node: Any, parent: Any, widest: Any, up: Any) -> None:
    """Fill ``up`` for the blocks that ``node`` holds: each the widest element of the same blocks above the one before."""
    for block in range(node.shape[0]):
        at = widest[node[block]]
        for level in range(up.shape[0]):
            up[level, block] = at
            at = widest[max(parent[at], 0)]


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


@kernel
def mark_columns(masks: Any, at: Any, halves: Any, shifts: Any, out: Any) -> None:
    """Fill ``out`` float32 (bits, n): whether the mask of each of ``at`` has the bits that ``halves`` and ``shifts`` name."""
    for column in range(halves.shape[0]):
        for block in range(at.shape[0]):
            out[column, block] = (masks[at[block], halves[column]] >> shifts[column]) & 1


@kernel
def around_columns(tag: Any, words: Any, out: Any) -> None:
    """Fill ``out`` AROUND (SHIFTS, n), which holds -1, from the elements and words of all blocks."""
    n = tag.shape[0]
    for place in range(len(SHIFTS)):
        for block in range(n):
            other = block + SHIFTS[place]
            if 0 <= other < n:
                out[place, block].tag = tag[other]
                out[place, block].words = words[other]


@kernel
def window_columns(words: Any, linked: Any, long: Any, out: Any) -> None:
    """Fill ``out`` WINDOW (WINDOWS, n) from running sums."""
    n = words.shape[0] - 1
    for place in range(len(WINDOWS)):
        for block in range(n):
            a, b = max(block - WINDOWS[place], 0), min(block + WINDOWS[place] + 1, n)
            total, row = words[b] - words[a], out[place, block]
            row.words = total / (b - a)
            row.linked = (linked[b] - linked[a]) / max(total, 1.0)
            row.long = (long[b] - long[a]) / max(total, 1.0)


@kernel
def ancestor_columns(
    up: Any, first: Any, last: Any, tag: Any, words: Any, linked: Any, long: Any, short: Any, images: Any, total: float, out: Any
) -> None:
    """Fill ``out`` ANCESTOR (levels, n) from running sums over the blocks; ``total`` is that of words in long blocks, at least 1."""
    for level in range(up.shape[0]):
        for block in range(up.shape[1]):
            node, row = up[level, block], out[level, block]
            a, b = first[node], last[node]
            held, in_words, in_long = max(b - a, 1), words[b] - words[a], long[b] - long[a]
            row.n = held
            row.words = in_words
            row.linked = (linked[b] - linked[a]) / max(in_words, 1.0)
            row.long = in_long / max(in_words, 1.0)
            row.longshare = in_long / total
            row.short = (short[b] - short[a]) / held
            row.images = (images[b] - images[a]) / held
            row.place = (block - a) / held
            row.tag = tag[node]


@inlined
def _where(block: int, a: int, b: int) -> Any:
    """Blocks from a block to the range from ``a`` up to ``b``: below 0 before it, 0 inside."""
    return block - a if block < a else max(block - b + 1, 0)


@kernel
def place_columns(parent: Any, first: Any, last: Any, node: Any, gain: Any, out: Any) -> Any:
    """The element of the greatest gain, a running sum; fills ``out`` PLACE[n]."""
    top = 0
    for other in range(1, first.shape[0]):
        if gain[last[other]] - gain[first[other]] > gain[last[top]] - gain[first[top]]:
            top = other
    a, b, steps = first[top], last[top], distances(parent, top)
    for block in range(node.shape[0]):
        out[block].inside = 1.0 if a <= block < b else 0.0
        out[block].where = _where(block, a, b)
        out[block].distance = steps[node[block]]
    return top


@kernel
def beside_columns(p: Any, out: Any) -> None:
    """Fill ``out`` BESIDE (NEIGHBOURS, n), which holds -1, from the probabilities of all blocks."""
    n = p.shape[0]
    for place in range(NEIGHBOURS):
        for block in range(n - place - 1):
            out[place, block].after = p[block + place + 1]
            out[place, block + place + 1].before = p[block]


@kernel
def near_columns(p: Any, weight: Any, mass: Any, weights: Any, near: Any, sides: Any) -> None:
    """Fill ``near`` float32 (NEAR, n), means over the blocks around, and ``sides`` SIDES (SIDE_REACHES, n), from running sums."""
    n = p.shape[0]
    for block in range(n):
        for place in range(len(NEAR)):
            a, b = max(block - NEAR[place], 0), min(block + NEAR[place] + 1, n)
            rest = weights[b] - weights[a] - weight[block]
            near[place, block] = (mass[b] - mass[a] - p[block] * weight[block]) / max(rest, _MIN)
        for place in range(len(SIDE_REACHES)):
            a, b, row = max(block - SIDE_REACHES[place], 0), min(block + SIDE_REACHES[place] + 1, n), sides[place, block]
            row.before = (mass[block] - mass[a]) / max(weights[block] - weights[a], _MIN)
            row.after = (mass[b] - mass[block + 1]) / max(weights[b] - weights[block + 1], _MIN)


@kernel
def above_columns(up: Any, first: Any, last: Any, mass: Any, weights: Any, plain: Any, out: Any) -> None:
    """Fill ``out`` ABOVE (levels, n) from running sums."""
    for level in range(up.shape[0]):
        for block in range(up.shape[1]):
            a, b, row = first[up[level, block]], last[up[level, block]], out[level, block]
            row.mean = (mass[b] - mass[a]) / max(weights[b] - weights[a], _MIN)
            row.plain = (plain[b] - plain[a]) / max(b - a, 1)
            row.share = (mass[b] - mass[a]) / max(mass[-1], _MIN)


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
