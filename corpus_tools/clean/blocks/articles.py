"""How many articles a page holds: some load the next one below the first."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.groups import heading_levels
from corpus_tools.clean.blocks.layout import Layout
from corpus_tools.clean.html.blocks import TAGS

LEAST_WORDS = 150
"""Kept words of an article that counts."""


def count_articles(lay: Layout, kept: npt.NDArray[np.bool_]) -> int:
    """Outermost ``article`` elements with an h1 of their own and at least ``LEAST_WORDS`` kept words."""
    nodes = np.flatnonzero(lay.tag == TAGS["article"])
    if len(nodes) < 2:
        return len(nodes)
    tops, words, count, until = heading_levels(lay) == 1, lay.words * kept, 0, 0
    for first, last in zip(lay.first[nodes].tolist(), lay.last[nodes].tolist(), strict=True):
        if first >= until:
            until = last
            count += bool(tops[first:last].any() and words[first:last].sum() >= LEAST_WORDS)
    return count
