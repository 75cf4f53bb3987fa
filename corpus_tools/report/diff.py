"""Word by word, what two texts share and where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

COMPARED_WORDS = 5000
"""Longer texts are compared up to here: matching is quadratic in the worst case."""


@dataclass(frozen=True)
class Segment:
    """A run of words: ``shared``, ``replaced`` (left by right), ``left only`` or ``right only``."""

    kind: str
    left: str
    right: str


_SEGMENT_KINDS = {"equal": "shared", "replace": "replaced", "delete": "left only", "insert": "right only"}


def diff_texts(left: str, right: str) -> list[Segment]:
    """Segments in reading order; words are compared without case, shown as written."""
    a, b = left.split()[:COMPARED_WORDS], right.split()[:COMPARED_WORDS]
    matcher = SequenceMatcher(None, [word.casefold() for word in a], [word.casefold() for word in b], autojunk=False)
    return [Segment(_SEGMENT_KINDS[op], " ".join(a[i:j]), " ".join(b[k:m])) for op, i, j, k, m in matcher.get_opcodes()]
