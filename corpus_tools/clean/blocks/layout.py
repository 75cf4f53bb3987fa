"""A page's blocks as arrays, and running sums over them: what both passes of the block model start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.block_text import BlockText, read_block_text
from corpus_tools.clean.blocks.feature_kernels import rise, sum_blocks
from corpus_tools.clean.html.element_kernels import climb, number_rows
from corpus_tools.clean.html.html_page import HtmlPage

Array = npt.NDArray[Any]

LEVELS = 6
"""Ancestors of a block that are examined."""


@dataclass(frozen=True)
class Layout:
    """A page's blocks as arrays.

    Over nodes: ``tag``, ``parent``, ``first``, ``last``, ``key`` (equal for equal name and marks), ``depth``. Over blocks:
    ``node``, ``words``, ``linked`` (share of characters in links), ``levels`` (ancestors of growing range, nearest first).
    """

    text: BlockText
    tag: Array
    parent: Array
    first: Array
    last: Array
    key: Array
    depth: Array
    node: Array
    words: Array
    linked: Array
    levels: Array


def running(values: Array) -> Array:
    """Sums of all before: ``running(v)[b] - running(v)[a]`` is the sum over ``v[a:b]``."""
    out = np.zeros(len(values) + 1)
    np.add.accumulate(values, out=out[1:], dtype=np.float64)
    return out


def lay_out(page: HtmlPage) -> Layout:
    """The arrays of a page that has at least one block."""
    given = page.arrays
    depth, widest = climb(given.parent, given.first, given.last)
    rows = np.empty((len(given.tag), 3), np.int64)
    rows[:, :2], rows[:, 2] = given.labels.masks[given.label], given.tag
    key = number_rows(rows)
    text = read_block_text(page)
    linked = given.linked / given.chars
    levels = np.empty((LEVELS, len(given.node)), np.int64)
    rise(given.node, given.parent, widest, levels)
    words = text.tokens.astype(float)
    return Layout(text, given.tag, given.parent, given.first, given.last, key, depth, given.node, words, linked, levels)


class Sums:
    """Running sums over the blocks of a page, each one entry longer; ``every`` holds them as ``feature_kernels.sum_blocks`` writes them."""

    def __init__(self, page: HtmlPage, lay: Layout) -> None:
        self.every = np.empty((5, len(lay.words) + 1))
        sum_blocks(lay.words, lay.linked, page.arrays.images, self.every)
        self.words, self.linked, self.of_long, self.images, self.short = self.every
        self.total = max(float(self.words[-1]), 1.0)
        self.total_long = max(float(self.of_long[-1]), 1.0)
        self.n_long = float(np.count_nonzero(np.diff(self.of_long)))
