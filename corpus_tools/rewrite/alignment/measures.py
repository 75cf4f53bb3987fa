"""Two pages side by side: which sentences stand for each other, and how alike the pages are by the measures named here.

Features of sentences come from ``feature_kernels``, their weights and the pages from ``page_kernels``, the greedy one-to-one match
from ``sentence_match_kernels``, words side by side from ``sentence_kernels`` and the measures from ``measure_kernels``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_tools.kernels.fold import fold_table
from corpus_tools.kernels.shingles import text_buffers
from corpus_tools.rewrite.alignment.feature_kernels import count_features
from corpus_tools.rewrite.alignment.layout import (
    MAX_SENTENCES,
    MAX_SWAPS,
    PART,
    SLOTS,
    Lexicon,
    Pages,
    make_feature_index,
    make_pages,
    make_pair_room,
)
from corpus_tools.rewrite.alignment.measure_kernels import fill_measures
from corpus_tools.rewrite.alignment.page_kernels import lay_out_pages
from corpus_tools.rewrite.alignment.sentence_kernels import TALLY
from corpus_tools.rewrite.alignment.sentence_match_kernels import match_pages
from corpus_tools.rewrite.alignment.whole_page_kernels import fill_page_measures
from corpus_tools.rewrite.language_kernels import tell_pages
from corpus_tools.rewrite.languages import OTHER, as_if_alone, language_marks
from corpus_tools.rewrite.vocabulary import Vocabulary

Array = np.ndarray[Any, np.dtype[Any]]

MIN_WEIGHT = 0.7
"""Features of less weight (in more than about half of the documents) are left out."""
ENTITY_WEIGHT = 4.6
"""A word of this weight (in one document of a hundred) and up can be an entity."""
ODD_FLOOR = 0.01
"""Added to odd shares before they are divided."""
MEASURES = {
    "coverage_min": "share of the page's sentences, by weight, that have a partner; the page with less",
    "coverage_max": "the same, the page with more",
    "ordered": "coverage_max times the share of matches in rising order",
    "length_ratio": "mean ratio of the lengths of matched sentences, from 0.6",
    "log_matches": "ln(1 + matched sentences)",
    "skeleton_containment": "share of the smaller page's skeleton 4-grams, by weight, in the other",
    "bigram_containment": "share of the smaller page's word 2-grams, by weight, in the other",
    "entities_min": "share of a page's weightiest entities in the other; the page with less",
    "entities_max": "the same, the page with more",
    "cosine": "mean cosine of matched sentences' features",
    "same": "of matched sentences: share of words beside the same word or stem",
    "swapped": "share of words beside another word",
    "gaps": "share of words beside none",
    "function_agreement": "share of stable function words beside the same",
    "term_agreement": "share of immutable terms beside the same",
    "term_conflict": "share of immutable terms beside another one",
    "number_conflict": "share of immutable terms that are numbers beside another number",
    "entity_conflict": "weight of each page's heaviest entity that the other lacks; the lesser of the two",
    "identical": "share of matched sentences, by weight, that are word for word the same",
    "rewritten": "share of matched sentences, by weight, with common words swapped in place",
    "rewritten_min": "share of all sentences, by weight, that are so; the page with less",
    "common_swaps": "common words swapped for common words, over content words",
    "term_swaps": "share of swaps with an immutable term in them",
    "swap_tilt": "how far swapped words are rarer on one page throughout: 0 no side, 1 always the same side",
    "words_min": "share of the page's words in matched sentences; the page with less",
    "words_max": "the same, the page with more",
    "log_swaps": "ln(1 + distinct swaps of common words)",
    "swap_variety": "distinct swaps of common words over all of them",
    "weighed_agreement": "of matched words' weight: share that agrees; of a swap the commoner word counts",
    "log_evidence": "ln(1 + weight of the words that agree in matched sentences)",
    "identical_surplus": "share of matched sentences, by weight, that are word for word the same, less what evenly spread swaps would leave",
    "phrase_tilt": "how far swaps make odd phrases on one page throughout: 0 no side, 1 always the same side",
    "odd_ratio": "ratio of the pages' odd shares (see rewrite.original), the lesser over the greater",
    "stems_min": "share of a page's stems of content words, by weight, that stand anywhere on the other; the page with less",
    "stems_max": "the same, the page with more",
    "terms_min": "share of a page's immutable terms that stand anywhere on the other; the page with less",
    "terms_max": "the same, the page with more",
    "numbers_min": "share of a page's numbers that stand anywhere on the other; the page with less",
    "numbers_max": "the same, the page with more",
    "size_ratio": "ratio of the pages' words, the lesser over the greater",
    "joined_min": "share of a page's sentences, by weight, found in one or two neighbouring sentences of the other; the page with less",
    "joined_max": "the same, the page with more",
    "drift_min": "how far sentences stand from those of the other page that hold most of them, in pages; the page with less",
    "drift_max": "the same, the page with more",
    "lost_numbers": "ln(1 + numbers of a page that the other lacks); the page with more",
}
"""What of a pair is measured, in this order; all but those in ``log`` are 0..1."""
PAGE_MEASURES = (
    "skeleton_containment bigram_containment entities_min entities_max entity_conflict stems_min stems_max terms_min terms_max "
    "numbers_min numbers_max lost_numbers size_ratio"
).split()
"""Those of whole pages, known before sentences are put side by side."""
MEASURE = np.dtype([(name, np.float64) for name in MEASURES], align=True)
"""A pair's measures as a record."""


@dataclass
class FeatureCounts:
    """Documents counted, and how many of them hold a feature, by slot."""

    vocabulary: Vocabulary
    documents: int = 0

    def __post_init__(self) -> None:
        self._counts, self._seen = np.zeros((OTHER + 1, SLOTS), np.int32), np.full(SLOTS, -1, np.int32)
        self._spoken = np.zeros(OTHER + 1, np.int64)

    def add(self, texts: pa.Array[Any]) -> None:
        """Count the features of more documents."""
        held = text_buffers(texts)
        lexicon = make_lexicon(self.vocabulary, np.zeros(0, np.float32))
        counts = (language_marks(), self._counts, self._spoken, self._seen)
        count_features(held.offsets, held.base, held.limit, fold_table(), lexicon, *counts, self.documents)
        self.documents += len(texts)

    def lexicon(self) -> Lexicon:
        """What laying pages out needs."""
        counts, _ = as_if_alone(self._counts, self._spoken)
        return make_lexicon(self.vocabulary, np.log((self.documents + 1) / (counts + 0.5)).astype(np.float32))


def make_lexicon(vocabulary: Vocabulary, weights: Array) -> Lexicon:
    """A lexicon of the vocabulary's words and feature ``weights`` float32[SLOTS]."""
    return Lexicon(vocabulary.kinds, vocabulary.weights, weights, vocabulary.shingles)


def lay_out_texts(texts: pa.Array[Any], lexicon: Lexicon) -> Pages:
    """The texts as ``Pages``; about 25 bytes of memory a byte of text are reserved, a fifth of them used."""
    held, n = text_buffers(texts), len(texts)
    pages = make_pages(n, int(held.offsets[-1] - held.offsets[0]) // 2 + 2 * n + 2)
    lay_out_pages(held.offsets, held.base, held.limit, fold_table(), lexicon, MIN_WEIGHT, ENTITY_WEIGHT, pages)
    return pages


def tell_languages(pages: Pages) -> Array:
    """The number of each page's language in ``LANGUAGES``, uint8[pages]; OTHER if it has none of them."""
    found = np.empty(len(pages.first_word) - 1, np.uint8)
    tell_pages(pages.words, pages.first_word, language_marks(), OTHER, found)
    return found


def measure_pages(pages: Pages, left: Array, right: Array, lexicon: Lexicon) -> Array:
    """MEASURE[pairs] of pairs of pages (rows of ``pages``) with the measures of whole pages; the others are 0."""
    order, measured = np.lexsort((right, left)), np.zeros(len(left), MEASURE)
    fill_page_measures(left[order], right[order], pages, lexicon, make_feature_index(pages), make_pair_room(), measured)
    return _put_back(order, measured)


def measure_aligned(pages: Pages, left: Array, right: Array, lexicon: Lexicon, odd: Array, known: Array | None = None) -> Array:
    """The measures of pairs of pages (rows of ``pages``), MEASURE[pairs]; ``odd`` is ``odd_shares`` of the pages.

    ``known`` is ``measure_pages`` of the pairs, where it has been worked out.
    """
    order = np.lexsort((right, left))
    measured = (measure_pages(pages, left, right, lexicon) if known is None else known)[order]
    scratch = (np.empty(MAX_SENTENCES, np.int64), np.empty(MAX_SWAPS, np.uint32), np.empty(MAX_SENTENCES, PART))
    tallies = np.zeros(len(left), TALLY)
    fill_measures(
        left[order], right[order], pages, lexicon, make_feature_index(pages), make_pair_room(), *scratch, tallies, measured
    )
    out = _put_back(order, measured)
    out["odd_ratio"] = (np.minimum(odd[left], odd[right]) + ODD_FLOOR) / (np.maximum(odd[left], odd[right]) + ODD_FLOOR)
    return out


def _put_back(order: Array, rows: Array) -> Array:
    out = np.empty_like(rows)
    out[order] = rows
    return out


def match_two(pages: Pages, left: int, right: int, lexicon: Lexicon) -> tuple[Array, Array]:
    """The sentence of the right page that stands for each of the left (int64, -1 for none), and the cosines of those that match."""
    room, sentences = make_pair_room(), pages.first_sentence[left + 1] - pages.first_sentence[left]
    match_pages(left, right, pages, lexicon.weights, make_feature_index(pages), room)
    return room.partner[:sentences], room.cosines[:sentences]
