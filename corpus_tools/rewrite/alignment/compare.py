"""Two pages word by word: what the rewrite copied, substituted, left out and inserted, sentence by sentence."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.kernels.fold import fold_table
from corpus_tools.kernels.shingles import text_buffers
from corpus_tools.kernels.tokens import read_words
from corpus_tools.rewrite.alignment.layout import MAX_WORDS, Lexicon, Pages
from corpus_tools.rewrite.alignment.measures import MEASURES, lay_out_texts, match_two, measure_aligned, tell_languages
from corpus_tools.rewrite.alignment.sentence_kernels import sentence_span, trace_words
from corpus_tools.rewrite.languages import doubt_of
from corpus_tools.rewrite.model import HEADS, load_rewrite_model
from corpus_tools.rewrite.original import odd_shares
from corpus_tools.rewrite.search import count_lexicon
from corpus_tools.rewrite.vocabulary import Vocabulary

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
    """How sure it is that one page is the other rewritten, by which head and measures, and the sentences that show it.

    ``words`` counts words of matched sentences by what became of them: copied and removed words of the left page,
    substituted ones of the left page, inserted ones of the right.
    """

    probability: float
    head: str
    measures: dict[str, float]
    words: dict[str, int]
    sentences: tuple[AlignedSentence, ...]
    left_only: tuple[str, ...]
    right_only: tuple[str, ...]


def sentence_lexicon(documents: pl.LazyFrame, vocabulary: Vocabulary) -> Lexicon:
    """What ``compare_texts`` weighs sentences by: the weights the pairs of a run were scored with."""
    ids = documents.select("page_id").sort("page_id").collect()["page_id"]
    return count_lexicon(documents, ids, vocabulary)


def compare_texts(left: str, right: str, lexicon: Lexicon, vocabulary: Vocabulary) -> Rewrite:
    """Align two texts; sentences in the order of the left."""
    texts = pa.array([left, right], pa.large_string())
    pages = lay_out_texts(texts, lexicon)
    shown = [*_spell(left), *_spell(right)]
    one, two = np.array([0]), np.array([1])
    measures = measure_aligned(pages, one, two, lexicon, odd_shares(texts, vocabulary))
    partner, cosines = match_two(pages, 0, 1, lexicon)
    found, words = [], Counter[str]()
    for sentence in np.flatnonzero(partner >= 0):
        other = int(partner[sentence])
        steps = _trace(pages, *sentence_span(0, sentence, pages), *sentence_span(1, other, pages))
        words.update(kind for kind, _, _ in steps)
        found.append(AlignedSentence(int(sentence), other, float(cosines[sentence]), _spans(steps, shown)))
    named = {name: float(measures[name][0]) for name in MEASURES}
    sides = (
        _unmatched(0, partner >= 0, pages, shown),
        _unmatched(1, np.isin(np.arange(_sentences(1, pages)), partner), pages, shown),
    )
    counted = {kind: words[kind] for kind in (COPIED, SUBSTITUTED, REMOVED, INSERTED)}
    probability, head = load_rewrite_model().judge(measures, doubt_of(*tell_languages(pages)[:, None]))
    return Rewrite(float(probability[0]), HEADS[head[0]], named, counted, tuple(found), *sides)


def _spell(text: str) -> list[str]:
    """The words of a text as it writes them, with the marks around them and a space where one follows."""
    held = text_buffers(pa.array([text], pa.large_string()))
    raw = text.encode()
    room = len(raw) // 2 + 2
    words, flags = np.empty(room, np.uint32), np.empty(room, np.uint8)
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    start = held.base + held.offsets[0]
    n = read_words(start, start + len(raw), held.limit, fold_table(), words, flags, begins, ends)
    spelt = [raw[begin:end].decode(errors="replace") for begin, end in zip(begins[:n], ends[:n], strict=True)]
    edges = zip([0, *ends[:n]], [*begins[:n], len(raw)], strict=True)
    gaps = [_split_gap(raw[end:begin].decode(errors="replace")) for end, begin in edges]
    return [gaps[at][1] + word + gaps[at + 1][0] for at, word in enumerate(spelt)]


def _split_gap(gap: str) -> tuple[str, str]:
    """What between two words belongs to the first, its space included, and what to the second: the marks after the last space."""
    cut = max((at + 1 for at, mark in enumerate(gap) if mark.isspace()), default=len(gap))
    return re.sub(r"\s+", " ", gap[:cut]), gap[cut:]


Step = tuple[str, int, int]
"""What became of a word (COPIED ...), and its place on either side, -1 where it has none."""


def _trace(pages: Pages, a: int, n: int, b: int, m: int) -> list[Step]:
    """The alignment of two sentences, words[a:a+n] and words[b:b+m]; long ones in windows that begin after a copied word."""
    end_a, end_b, found = a + n, b + m, list[Step]()
    while a < end_a or b < end_b:
        steps = [_step(int(x), int(y), pages) for x, y in trace_words(pages, a, end_a - a, b, end_b - b)]
        if end_a - a > MAX_WORDS or end_b - b > MAX_WORDS:
            copied = [at for at, step in enumerate(steps) if step[0] == COPIED]
            steps = steps[: copied[-1] + 1] if copied else steps
        found += steps
        a = max([x + 1 for _, x, _ in steps if x >= 0], default=a)
        b = max([y + 1 for _, _, y in steps if y >= 0], default=b)
    return found


def _step(x: int, y: int, pages: Pages) -> Step:
    if x >= 0 and y >= 0:
        return (COPIED if pages.words[x] == pages.words[y] else SUBSTITUTED), x, y
    return (REMOVED if x >= 0 else INSERTED), x, y


def _spans(steps: list[Step], shown: list[str]) -> tuple[Span, ...]:
    """Neighbouring steps of one kind as one span."""
    spans: list[tuple[str, list[str], list[str]]] = []
    for kind, x, y in steps:
        if not spans or spans[-1][0] != kind:
            spans.append((kind, [], []))
        if x >= 0:
            spans[-1][1].append(shown[x])
        if y >= 0:
            spans[-1][2].append(shown[y])
    return tuple(Span(kind, "".join(left).strip(), "".join(right).strip()) for kind, left, right in spans)


def _sentences(page: int, pages: Pages) -> int:
    return int(pages.first_sentence[page + 1] - pages.first_sentence[page])


def _unmatched(page: int, matched: Any, pages: Pages, shown: list[str]) -> tuple[str, ...]:
    spans = [sentence_span(page, sentence, pages) for sentence in np.flatnonzero(~matched)]
    return tuple("".join(shown[start : start + size]).strip() for start, size in spans)
