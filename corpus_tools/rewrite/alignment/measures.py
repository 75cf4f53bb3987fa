"""Two pages side by side: which sentences stand for each other, and how alike the pages are by the measures named here.

Sentence features and their weights are in ``_page_kernels``, the greedy one-to-one match in ``_match_kernels``, words side by side in
``_sentence_kernels`` and the measures in ``_pair_kernels``; here is what they need and what they give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from corpus_tools.rewrite.vocabulary import Vocabulary

if TYPE_CHECKING:
    from corpus_tools.rewrite.alignment.page_kernels import Lexicon, Pages

Array = np.ndarray[Any, np.dtype[Any]]

MIN_WEIGHT = 0.7
"""Features of less weight (in more than about half of the documents) are not looked at."""
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
    "odd_ratio": "ratio of the pages' odd shares (see cluster.original), the lesser over the greater",
}
"""What of a pair is measured; all but those in ``log`` are 0..1."""
NO_CONCEPTS = np.zeros(0, np.uint32)


@dataclass
class FeatureCounts:
    """Documents counted, and how many of them hold a feature, by slot."""

    vocabulary: Vocabulary
    concepts: Array
    documents: int = 0

    def __post_init__(self) -> None:
        from corpus_tools.rewrite.alignment.page_kernels import SLOTS

        self._counts, self._seen = np.zeros(SLOTS, np.int32), np.full(SLOTS, -1, np.int32)

    def add(self, texts: pa.Array[Any]) -> None:
        """Count the features of more documents."""
        from corpus_tools.kernels.fold import fold_table
        from corpus_tools.kernels.shingles import text_buffers
        from corpus_tools.rewrite.alignment.page_kernels import count_features

        held = text_buffers(texts)
        lexicon = make_lexicon(self.vocabulary, np.zeros(0, np.float32), self.concepts)
        count_features(held.offsets, held.base, held.limit, fold_table(), lexicon, self._counts, self._seen, self.documents)
        self.documents += len(texts)

    def lexicon(self) -> Lexicon:
        """What laying pages out needs."""
        weights = np.log((self.documents + 1) / (self._counts + 0.5)).astype(np.float32)
        return make_lexicon(self.vocabulary, weights, self.concepts)


def make_lexicon(vocabulary: Vocabulary, weights: Array, concepts: Array = NO_CONCEPTS) -> Lexicon:
    """A lexicon of the vocabulary's words, feature ``weights`` float32[SLOTS] and ``concepts`` uint32[SLOTS] or none."""
    from corpus_tools.rewrite.alignment.page_kernels import Lexicon

    return Lexicon(vocabulary.kinds, vocabulary.weights, weights, concepts, vocabulary.shingles)


def lay_out_texts(texts: pa.Array[Any], lexicon: Lexicon) -> Pages:
    """The texts as ``Pages``; about 25 bytes of memory a byte of text are reserved, a fifth of them used."""
    from corpus_tools.kernels.fold import fold_table
    from corpus_tools.kernels.shingles import text_buffers
    from corpus_tools.rewrite.alignment.page_kernels import ENTITIES, Pages, lay_out

    held, n = text_buffers(texts), len(texts)
    room = int(held.offsets[-1] - held.offsets[0]) // 2 + 2 * n + 2
    pages = Pages(
        words=np.empty(room, np.uint32),
        classes=np.empty(room, np.uint8),
        flags=np.empty(room, np.uint8),
        stems=np.empty(room, np.uint32),
        feats=np.empty(6 * room + 6, np.uint32),
        sents=np.empty(6 * room + 6, np.int32),
        starts=np.empty(room, np.int64),
        norms=np.empty(room, np.float32),
        masses=np.empty(room, np.float32),
        entities=np.zeros((n, ENTITIES, 2)),
        bounds=np.zeros((n + 1, 3), np.int64),
    )
    lay_out(held.offsets, held.base, held.limit, fold_table(), lexicon, MIN_WEIGHT, ENTITY_WEIGHT, pages)
    return pages


def measure(pages: Pages, left: Array, right: Array, lexicon: Lexicon, odd: Array) -> Array:
    """The measures of pairs of pages (rows of ``pages``), float64[pairs, len(MEASURES)]; ``odd`` is ``odd_shares`` of the pages."""
    from corpus_tools.rewrite.alignment.measure_kernels import measure_pairs

    order = np.lexsort((right, left))
    out = np.empty((len(left), len(MEASURES)))
    measured = np.empty((len(left), len(MEASURES) - 1))
    measure_pairs(left[order], right[order], pages, lexicon, measured)
    out[order, :-1] = measured
    out[:, -1] = (np.minimum(odd[left], odd[right]) + ODD_FLOOR) / (np.maximum(odd[left], odd[right]) + ODD_FLOOR)
    return out
