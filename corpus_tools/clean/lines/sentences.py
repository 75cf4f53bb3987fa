"""The sentences of a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SENTENCE_END = re.compile(r"""[.!?…。！？]["')\]»”]*(?:\s+(?![^\W\d_A-ZÀ-Þ])|$)|[.!?](?=[A-Z][a-z]+ )""")
_ABBREVIATION = re.compile(r"(?:\b(?:[A-Z]|Dr|Mr|Mrs|Ms|St|vs|No|Prof|Fig|Inc|Ltd|Jr|Sr|Rev|approx|et al|e\.g|i\.e|U\.S|U\.K)\.)$")
MAX_SENTENCE = 1500
"""Characters; a longer run without sentence end is looked at in pieces, so that patterns cost linear time."""


def split_sentences(line: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence of a line, in order, covering it; none longer than MAX_SENTENCE."""
    start = 0
    for match in _SENTENCE_END.finditer(line):
        if _ABBREVIATION.search(line, max(start, match.start() - 8), match.start() + 1):
            continue
        yield from _pieces(line, start, match.end())
        start = match.end()
    if start < len(line):
        yield from _pieces(line, start, len(line))


def _pieces(line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MAX_SENTENCE:
        space = line.rfind(" ", start + 1, start + MAX_SENTENCE)
        cut = space + 1 if space > start else start + MAX_SENTENCE
        yield start, cut
        start = cut
    yield start, end
