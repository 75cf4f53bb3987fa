"""Word by word, what two texts share and where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corpus_tools.match.evidence.diff_kernels import diff_words


@dataclass(frozen=True)
class Segment:
    """A run of words: ``shared``, ``replaced`` (left by right), ``left only`` or ``right only``."""

    kind: str
    left: str
    right: str


def diff_texts(left: str, right: str) -> list[Segment]:
    """Segments in reading order; words are compared without case, shown as written. Time is about linear in the words."""
    a, b = left.split(), right.split()
    numbers: dict[str, int] = {}
    ours, theirs = (np.array([numbers.setdefault(word.casefold(), len(numbers)) for word in words], np.uint32) for words in (a, b))
    segments = []
    for kind, i, j, k, m in _runs(diff_words(ours, theirs).tolist(), len(b)):
        segments.append(Segment(kind, " ".join(a[i:j]), " ".join(b[k:m])))
    return segments


def _runs(match: list[int], there: int) -> Iterator[tuple[str, int, int, int, int]]:
    """Kind, and the words from i to j of the left and from k to m of the right text; ``match`` as ``diff_words`` gives it."""
    i = k = 0
    while i < len(match) or k < there:
        j, m = i, k
        while j < len(match) and match[j] == m:
            j, m = j + 1, m + 1
        if j > i:
            yield "shared", i, j, k, m
        else:
            while j < len(match) and match[j] < 0:
                j += 1
            m = match[j] if j < len(match) else there
            yield "replaced" if j > i and m > k else "left only" if j > i else "right only", i, j, k, m
        i, k = j, m
