"""Two pages word by word: what the one copied, substituted and inserted, sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from corpus_tools.cluster.align import MEASURES, lay_out_texts, measure
from corpus_tools.cluster.original import odd_shares
from corpus_tools.cluster.spun_model import load_model
from corpus_tools.vocabulary import Vocabulary

if TYPE_CHECKING:
    from corpus_tools.cluster._page_kernels import Lexicon, Pages

COPIED, SUBSTITUTED, REMOVED, INSERTED = "copied", "substituted", "removed", "inserted"


@dataclass(frozen=True)
class Span:
    """Words that stand for each other: ``kind`` is copied, substituted, removed (left only) or inserted (right only)."""

    kind: str
    left: str
    right: str


@dataclass(frozen=True)
class AlignedSentence:
    """A sentence of each page (their numbers, from 0), the cosine of their features, and their words side by side."""

    left: int
    right: int
    cosine: float
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Rewrite:
    """How sure it is that one page is the other rewritten, by which measures, and the sentences that show it."""

    probability: float
    measures: dict[str, float]
    sentences: tuple[AlignedSentence, ...]
    left_only: tuple[str, ...]
    right_only: tuple[str, ...]


def compare_texts(left: str, right: str, lexicon: Lexicon, vocabulary: Vocabulary) -> Rewrite:
    """Align two texts; sentences in the order of the left. Words of a sentence beyond the first 64 are not compared."""
    from corpus_tools.cluster._pair_kernels import match_pages, sentence_span, trace_words

    texts, names = pa.array([left, right], pa.large_string()), tuple(MEASURES)
    pages = lay_out_texts(texts, lexicon)
    shown = [*_spell(left), *_spell(right)]
    one, two = np.array([0]), np.array([1])
    measures = measure(pages, one, two, lexicon, odd_shares(texts, vocabulary))
    partner, cosines = match_pages(0, 1, pages, lexicon.weights)
    found = []
    for sentence in np.flatnonzero(partner >= 0):
        other = int(partner[sentence])
        steps = trace_words(pages, *sentence_span(0, sentence, pages), *sentence_span(1, other, pages))
        found.append(AlignedSentence(int(sentence), other, float(cosines[sentence]), _spans(steps, pages, shown)))
    named = dict(zip(names, measures[0].tolist(), strict=True))
    sides = (
        _unmatched(0, partner >= 0, pages, shown),
        _unmatched(1, np.isin(np.arange(_sentences(1, pages)), partner), pages, shown),
    )
    return Rewrite(float(load_model().probability(measures, names)[0]), named, tuple(found), *sides)


def _spell(text: str) -> list[str]:
    """The words of a text as it writes them."""
    from corpus_tools._fold_table import fold_table
    from corpus_tools._kernels import text_buffers
    from corpus_tools._token_kernels import read_words

    held = text_buffers(pa.array([text], pa.large_string()))
    raw = text.encode()
    room = len(raw) // 2 + 2
    words, flags = np.empty(room, np.uint32), np.empty(room, np.uint8)
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    start = held.base + held.offsets[0]
    n = read_words(start, start + len(raw), held.limit, fold_table(), words, flags, begins, ends)
    return [raw[begin:end].decode(errors="replace") for begin, end in zip(begins[:n], ends[:n], strict=True)]


def _spans(steps: Any, pages: Pages, shown: list[str]) -> tuple[Span, ...]:
    """Neighbouring steps of one kind as one span."""
    spans: list[tuple[str, list[str], list[str]]] = []
    for x, y in steps:
        if x >= 0 and y >= 0:
            kind = COPIED if pages.words[x] == pages.words[y] else SUBSTITUTED
        else:
            kind = REMOVED if x >= 0 else INSERTED
        if not spans or spans[-1][0] != kind:
            spans.append((kind, [], []))
        if x >= 0:
            spans[-1][1].append(shown[x])
        if y >= 0:
            spans[-1][2].append(shown[y])
    return tuple(Span(kind, " ".join(left), " ".join(right)) for kind, left, right in spans)


def _sentences(page: int, pages: Pages) -> int:
    return int(pages.bounds[page + 1, 2] - pages.bounds[page, 2])


def _unmatched(page: int, matched: Any, pages: Pages, shown: list[str]) -> tuple[str, ...]:
    from corpus_tools.cluster._pair_kernels import sentence_span

    spans = [sentence_span(page, sentence, pages) for sentence in np.flatnonzero(~matched)]
    return tuple(" ".join(shown[start : start + size]) for start, size in spans)
