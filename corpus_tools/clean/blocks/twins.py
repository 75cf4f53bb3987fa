"""Text that a page holds twice, for wide and for narrow screens: the second stand goes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.layout import Layout
from corpus_tools.clean.html.html_page import HtmlPage

MIN_WORDS, MIN_BLOCKS = 30, 2
"""The shortest run that counts as said twice: a refrain or a quotation is shorter or stands alone."""
MIN_SHARE = 0.2
_STEPS_A_BLOCK = 8  # blocks that are compared on a page, however often it repeats itself
_STEPS = sorted(((one, other) for one in range(4) for other in range(4)), key=sum)[1:]
"""It is at least so much of what is kept."""


def find_twins(page: HtmlPage, lay: Layout, kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which kept blocks stand in an element that says again, block by block, what one before it said."""
    twins = np.zeros(len(kept), np.bool_)
    places = np.flatnonzero(kept).tolist()
    texts = [page.texts[place] for place in places]
    if len(set(texts)) == len(texts):
        return twins
    words, seen, again = lay.words[places].tolist(), set[str](), 0.0
    for text, count in zip(texts, words, strict=True):
        again += count if text in seen else 0.0
        seen.add(text)
    total = float(sum(words))
    if again < max(MIN_WORDS, MIN_SHARE * total):  # so much is said twice at most
        return twins
    before: dict[str, int] = {}
    at, left = 0, _STEPS_A_BLOCK * len(places)
    while at < len(places) and left > 0:
        source = before.get(texts[at])
        pairs = _follow(texts, source, at) if source is not None else []
        left -= len(pairs)
        first, run = [places[one] for one, _ in pairs], [places[other] for _, other in pairs]
        said = float(lay.words[run].sum())
        if len(run) >= MIN_BLOCKS and said >= max(MIN_WORDS, MIN_SHARE * total) and _are_apart(lay, first, run):
            twins[run] = True
            at = pairs[-1][1] + 1
            continue
        before.setdefault(texts[at], at)
        at += 1
    return twins


def _follow(texts: list[str], source: int, at: int) -> list[tuple[int, int]]:
    """Pairs of equal blocks from ``source`` and from ``at`` on; a few blocks may stand on one side only."""
    pairs, start = [], at
    while source < start and at < len(texts):
        if texts[source] != texts[at]:
            step = next((step for step in _STEPS if _are_equal(texts, source + step[0], at + step[1], start)), None)
            if step is None:
                break
            source, at = source + step[0], at + step[1]
        pairs.append((source, at))
        source, at = source + 1, at + 1
    return pairs


def _are_equal(texts: list[str], source: int, at: int, start: int) -> bool:
    """Whether two blocks are equal, the first of them before ``start``."""
    return source < start and at < len(texts) and texts[source] == texts[at]


def _are_apart(lay: Layout, first: list[int], run: list[int]) -> bool:
    """Whether two runs of blocks stand in two elements, neither of which is inside the other."""
    one, other = _holder(lay, first), _holder(lay, run)
    return (
        one != other
        and not bool(lay.first[one] <= run[0] < lay.last[one])
        and not bool(lay.first[other] <= first[0] < lay.last[other])
    )


def _holder(lay: Layout, run: list[int]) -> int:
    """The smallest element that holds all blocks of a run."""
    node: Any = lay.node[run[0]]
    while lay.last[node] <= run[-1]:
        node = lay.parent[node]
    return int(node)
