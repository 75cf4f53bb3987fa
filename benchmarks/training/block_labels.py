"""Which blocks of a page belong to its gold text: the labels the block model learns from."""

from __future__ import annotations

import bisect
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import LCSseq

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
N = 4
_NEAR = 60


def label_blocks(texts: list[str], gold: str) -> list[float]:
    """For each block the share of its words that stand in the gold text, 0..1.

    Blocks of ``N`` words and more are matched by the longest common word sequence of page and gold, backed by word
    ``N``-grams, each gold n-gram being used once; shorter ones must stand whole in the gold near a matched neighbour.
    """
    numbers: dict[str, int] = {}
    blocks = [[numbers.setdefault(word, len(numbers)) for word in WORD.findall(text.lower())] for text in texts]
    target = [numbers.setdefault(word, len(numbers)) for word in WORD.findall(gold.lower())]
    found = [0.0] * len(texts)
    if not target:
        return found
    places = _align(blocks, target)
    grams = Counter(_grams(target))
    _label_long(blocks, places, grams, found)
    anchors = [(i, [at for at in places[i] if at is not None]) for i, share in enumerate(found) if share and len(blocks[i]) >= N]
    _label_moved(blocks, grams, found)
    _label_short(blocks, places, [(i, at) for i, at in anchors if at], found)
    return found


def label_by_snippets(texts: list[str], required: Sequence[str], forbidden: Sequence[str]) -> tuple[npt.NDArray[np.bool_], ...]:
    """Where only snippets are known: which blocks hold a required one, and of which blocks anything is known.

    A block that holds snippets of both sorts is one of which nothing is known.
    """
    flat = [" ".join(text.split()) for text in texts]
    good, bad = (
        np.array([any(part in text for part in parts) for text in flat], np.bool_)
        for parts in ([" ".join(snippet.split()) for snippet in snippets if snippet.strip()] for snippets in (required, forbidden))
    )
    return good, good ^ bad


def _grams(words: list[int]) -> list[tuple[int, ...]]:
    return [tuple(words[i : i + N]) for i in range(len(words) - N + 1)]


def _align(blocks: list[list[int]], target: list[int]) -> list[list[int | None]]:
    """For each word of each block its place in the gold, along one longest common subsequence."""
    flat = [word for block in blocks for word in block]
    places: list[int | None] = [None] * len(flat)
    for step in LCSseq.opcodes(flat, target):
        if step.tag == "equal":
            places[step.src_start : step.src_end] = range(step.dest_start, step.dest_end)
    out, start = [], 0
    for block in blocks:
        out.append(places[start : start + len(block)])
        start += len(block)
    return out


def _label_long(
    blocks: list[list[int]], places: list[list[int | None]], grams: Counter[tuple[int, ...]], found: list[float]
) -> None:
    for i, block in enumerate(blocks):
        if len(block) < N:
            continue
        own = _grams(block)
        covered = sum(gram in grams for gram in own) / len(own)
        aligned = sum(at is not None for at in places[i]) / len(block)
        if aligned >= 0.5 and covered >= 0.3:
            found[i] = max(aligned, covered)
            grams.subtract(own)


def _label_moved(blocks: list[list[int]], grams: Counter[tuple[int, ...]], found: list[float]) -> None:
    """Blocks that stand elsewhere in the gold than on the page."""
    for i, block in enumerate(blocks):
        if len(block) < N or found[i]:
            continue
        own = _grams(block)
        covered = sum(grams[gram] > 0 for gram in own) / len(own)
        if covered >= 0.5:
            found[i] = covered
            grams.subtract(own)


def _label_short(
    blocks: list[list[int]], places: list[list[int | None]], anchors: list[tuple[int, list[int]]], found: list[float]
) -> None:
    at = [i for i, _ in anchors]
    for i, block in enumerate(blocks):
        mine = [place for place in places[i] if place is not None]
        if not 0 < len(block) < N or len(mine) < len(block) or mine[-1] - mine[0] != len(mine) - 1:
            continue
        after = bisect.bisect(at, i)
        before_gap = mine[0] - anchors[after - 1][1][-1] if after else None
        after_gap = anchors[after][1][0] - mine[-1] if after < len(at) else None
        between = [
            sum(map(len, blocks[a:b]))
            for a, b in ((at[after - 1] + 1 if after else i, i), (i + 1, at[after] if after < len(at) else i))
        ]
        near = [
            gap is not None and gap <= min(_NEAR, 19 + 3 * words)
            for gap, words in zip((before_gap, after_gap), between, strict=True)
        ]
        if any(near) or not anchors:
            found[i] = 1.0
