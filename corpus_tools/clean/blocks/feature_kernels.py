"""Features of a page's blocks, several at a time: rows of a float32 table whose names stand here, once, in the order they are written.

A running sum has one entry more than there are blocks: the difference of two is the sum between. ``up`` int64 (levels, blocks) are
a block's elements, the nearest first; element i holds the blocks from ``first[i]`` up to ``last[i]``. ``out`` is a part of the table,
a row a feature.
"""

from __future__ import annotations

from typing import Any

from corpus_tools.kernels.compile import inlined, kernel

WINDOWS, SHIFTS = (3, 8, 20), (-3, -2, -1, 1, 2, 3)
LONG_WORDS, LONG_LINKED, SHORT_WORDS = 15, 0.4, 4
"""Words of a long block at the least, the share of its characters that is linked at the most, and words of a short block."""

OF_TEXT = tuple("words chars commas stops digits titled ends_sentence pipes unique upper linked links images".split())
(*(_WORDS, _CHARS, _COMMAS, _STOPS, _DIGITS, _TITLED, _ENDS, _PIPES, _UNIQUE, _UPPER, _LINKED, _LINKS, _IMAGES),) = range(
    len(OF_TEXT)
)
OF_ELEMENT = tuple("tag ptag depth".split())
_TAG, _PARENT_TAG, _DEPTH = range(len(OF_ELEMENT))
ABOVE, PARENT, INNER = range(3)
"""Whose marks a feature tells: those of the block's element and all above it, of the element's parent, of what is inside the block."""
OF_OTHER = tuple("tag words".split())
"""Element and words of another block, -1 beyond the ends."""
OF_PLACE = tuple("place words_before long_before".split())
_PLACE, _WORDS_BEFORE, _LONG_BEFORE = range(len(OF_PLACE))
OF_WINDOW = tuple("words linked long".split())
"""Of the blocks around: mean words, the share of these that are linked, the share of these in long blocks."""
OF_ANCESTOR = tuple("n words linked long longshare short images place tag".split())
"""Of an element above: blocks, words, the shares of these that are linked and in long blocks, its share of the page's words in long
blocks, the share of its blocks that are short, images a block, where the block stands in it, code of its name."""
_HELD, _IN_WORDS, _IN_LINKED, _IN_LONG, _LONG_SHARE, _SHORT, _IN_IMAGES, _WHERE, _NAME = range(len(OF_ANCESTOR))
_OTHERS, _WINDOW, _ANCESTOR = len(OF_OTHER), len(OF_WINDOW), len(OF_ANCESTOR)


@kernel
def rise(node: Any, parent: Any, widest: Any, up: Any) -> None:
    """Fill ``up`` for the blocks that ``node`` holds: each the widest element of the same blocks above the one before."""
    for block in range(node.shape[0]):
        at = widest[node[block]]
        for level in range(up.shape[0]):
            up[level, block] = at
            at = widest[max(parent[at], 0)]


@inlined
def is_long(words: float, linked: float) -> Any:
    """Whether a block is long."""
    return words >= LONG_WORDS and linked < LONG_LINKED


@kernel
def sum_blocks(words: Any, linked: Any, images: Any, sums: Any) -> None:
    """Fill the running sums ``sums`` float64 (5, n + 1): words, words that are linked, words of long blocks, images, short blocks."""
    in_words = in_linked = in_long = in_images = short = 0.0
    for block in range(words.shape[0] + 1):
        sums[0, block], sums[1, block], sums[2, block], sums[3, block], sums[4, block] = (
            in_words,
            in_linked,
            in_long,
            in_images,
            short,
        )
        if block == words.shape[0]:
            break
        in_words += words[block]
        in_linked += words[block] * linked[block]
        in_long += words[block] if is_long(words[block], linked[block]) else 0.0
        in_images += images[block]
        short += words[block] <= SHORT_WORDS


@kernel
def text_rows(counts: Any, words: Any, linked: Any, chars: Any, links: Any, images: Any, out: Any) -> None:
    """Write OF_TEXT."""
    for block in range(words.shape[0]):
        found, n = counts[block], max(words[block], 1.0)
        out[_WORDS, block] = words[block]
        out[_CHARS, block] = chars[block]
        out[_COMMAS, block] = found.commas
        out[_STOPS, block] = found.stops
        out[_DIGITS, block] = found.digits / n
        out[_TITLED, block] = found.titled / n
        out[_ENDS, block] = found.ends
        out[_PIPES, block] = found.pipes
        out[_UNIQUE, block] = found.unique / n
        out[_UPPER, block] = found.uppers / n
        out[_LINKED, block] = linked[block]
        out[_LINKS, block] = links[block]
        out[_IMAGES, block] = images[block]


@kernel
def element_rows(tag: Any, parent: Any, depth: Any, node: Any, levels: Any, heading: Any, out: Any) -> None:
    """Write OF_ELEMENT, and to ``heading`` int64[n] the level of the heading that each block is in; ``levels`` are those of tags, 0 for none."""
    for block in range(node.shape[0]):
        at = node[block]
        own, above = tag[at], tag[max(parent[at], 0)]
        out[_TAG, block] = own
        out[_PARENT_TAG, block] = above
        out[_DEPTH, block] = depth[at]
        heading[block] = max(levels[own], levels[above])


@kernel
def mark_rows(marks: Any, above: Any, masks: Any, label: Any, inner: Any, parent: Any, node: Any, out: Any) -> None:
    """Write a row for each of ``marks`` int64 (k, 3): whose it is, the half of a mask it is in, and its place there; 1 where a block has it."""
    for row in range(marks.shape[0]):
        whose, half, place = marks[row, 0], marks[row, 1], marks[row, 2]
        for block in range(node.shape[0]):
            at = node[block]
            if whose == ABOVE:
                mask = above[at, half]
            elif whose == PARENT:
                mask = masks[label[max(parent[at], 0)], half]
            else:
                mask = inner[block, half]
            out[row, block] = (mask >> place) & 1


@kernel
def around_rows(tag: Any, node: Any, words: Any, out: Any) -> None:
    """Write OF_OTHER of the blocks at SHIFTS."""
    n = node.shape[0]
    for place in range(len(SHIFTS)):
        for block in range(n):
            other, row = block + SHIFTS[place], _OTHERS * place
            there = 0 <= other < n
            out[row, block] = tag[node[other]] if there else -1
            out[row + 1, block] = words[other] if there else -1.0


@kernel
def place_rows(sums: Any, total: float, total_long: float, out: Any, windows: Any) -> None:
    """Write OF_PLACE, and to ``windows`` for each of WINDOWS OF_WINDOW; ``sums`` are those of ``sum_blocks``, the totals are at least 1."""
    words, linked, long = sums[0], sums[1], sums[2]
    n = words.shape[0] - 1
    for block in range(n):
        out[_PLACE, block] = block / max(n - 1, 1)
        out[_WORDS_BEFORE, block] = words[block] / total
        out[_LONG_BEFORE, block] = long[block] / total_long
        for place in range(len(WINDOWS)):
            a, b = max(block - WINDOWS[place], 0), min(block + WINDOWS[place] + 1, n)
            held, row = words[b] - words[a], _WINDOW * place
            windows[row, block] = held / (b - a)
            windows[row + 1, block] = (linked[b] - linked[a]) / max(held, 1.0)
            windows[row + 2, block] = (long[b] - long[a]) / max(held, 1.0)


@kernel
def ancestor_rows(up: Any, first: Any, last: Any, tag: Any, sums: Any, total_long: float, out: Any) -> None:
    """Write OF_ANCESTOR of each level of ``up``."""
    words, linked, long, images, short = sums[0], sums[1], sums[2], sums[3], sums[4]
    for level in range(up.shape[0]):
        row = _ANCESTOR * level
        for block in range(up.shape[1]):
            node = up[level, block]
            a, b = first[node], last[node]
            held, in_words, in_long = max(b - a, 1), words[b] - words[a], long[b] - long[a]
            out[row + _HELD, block] = held
            out[row + _IN_WORDS, block] = in_words
            out[row + _IN_LINKED, block] = (linked[b] - linked[a]) / max(in_words, 1.0)
            out[row + _IN_LONG, block] = in_long / max(in_words, 1.0)
            out[row + _LONG_SHARE, block] = in_long / total_long
            out[row + _SHORT, block] = (short[b] - short[a]) / held
            out[row + _IN_IMAGES, block] = (images[b] - images[a]) / held
            out[row + _WHERE, block] = (block - a) / held
            out[row + _NAME, block] = tag[node]
