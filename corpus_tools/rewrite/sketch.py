"""The rewrite sketch of documents: a sketch of what survives when an article is rewritten word by word.

Synonym software leaves in place a text's stable function words, its numbers, doses and names, the terms that have no
synonym, and here and there a pair of words. Three families of shingles hold that: 4-grams of the sentence's *skeleton*
(stable function words and immutable terms, every run of other words as one mark), pairs of neighbouring immutable terms,
and word 2-grams. Which terms are immutable needs no thesaurus: capitals inside a sentence, digits, and words rare in the
corpus. Shingles frequent in the corpus are left out.

Of each family one value a bin is kept: the hash range is cut in ``bins`` equal parts and the least hash of each stays
(one-permutation hashing; Li, Owen, Zhang 2012). Two documents agree in about as many bins as their sets overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_tools.errors import PlanError
from corpus_tools.fingerprint.sketch import content_hashes
from corpus_tools.kernels.fold import fold_table
from corpus_tools.kernels.shingles import text_buffers
from corpus_tools.plan import RewritePlan
from corpus_tools.rewrite.language_kernels import count_word_documents
from corpus_tools.rewrite.languages import LEARNED, OTHER, as_if_alone, language_marks, learn_function_words
from corpus_tools.rewrite.sketch_kernels import NOTHING, count_shingles, sketch_pages
from corpus_tools.rewrite.vocabulary import SHINGLE_SLOTS, VERSION, WORD_SLOTS, Vocabulary, hot_at_home, in_sample
from corpus_tools.tables import REWRITE_SIGNATURES

FAMILIES = 3
"""Families of shingles: skeleton 4-grams, immutable pairs, word 2-grams."""

Batches = Callable[[], Iterable[pa.RecordBatch]]


def count_vocabulary(batches: Batches, documents: int) -> Vocabulary:
    """Count words, then shingles, over the sample of ``documents`` documents.

    ``batches()`` gives record batches with page_id and text and is called twice. Time and memory are bounded by
    ``vocabulary.SAMPLE`` documents; the order of the documents is of no consequence.
    """
    counts, seen, counted = np.zeros((OTHER + 1, WORD_SLOTS), np.uint16), np.full(WORD_SLOTS, -1, np.int32), 0
    spoken, uses, marks = np.zeros(OTHER + 1, np.int64), np.zeros(WORD_SLOTS, np.int64), language_marks()
    for text in _sampled(batches(), documents):
        held = text_buffers(text)
        count_word_documents(held.offsets, held.base, held.limit, fold_table(), marks, counts, uses, spoken, seen, counted)
        counted += len(text)
    words, homes = as_if_alone(counts, spoken)
    homes[learn_function_words(counts, uses, spoken)] = LEARNED
    words = np.minimum(words, 65535).astype(np.uint16)
    counts = _count_shingles(_sampled(batches(), documents), Vocabulary(counted, words, np.zeros(0, np.uint8), homes).kinds)
    shingles = np.minimum(counts.sum(axis=0, dtype=np.uint32), 255).astype(np.uint8)
    return Vocabulary(counted, words, shingles, homes, hot_at_home(counts, spoken))


def _count_shingles(texts: Iterable[pa.Array[Any]], kinds: Any) -> Any:
    """Documents that hold a shingle, uint16[languages + 1, SHINGLE_SLOTS]; the texts are let go before the counts are used."""
    counts, seen, first = np.zeros((OTHER + 1, SHINGLE_SLOTS), np.uint16), np.full(SHINGLE_SLOTS, -1, np.int32), 0
    for text in texts:
        held = text_buffers(text)
        count_shingles(held.offsets, held.base, held.limit, fold_table(), language_marks(), kinds, counts, seen, first)
        first += len(text)
    return counts


def _sampled(batches: Iterable[pa.RecordBatch], documents: int) -> Iterable[pa.Array[Any]]:
    for batch in batches:
        drawn = in_sample(batch.column("page_id").to_pylist(), documents)
        if drawn.any():
            yield batch.column("text").filter(pa.array(drawn)).cast(pa.large_string())


def sketch_batch(batch: pa.RecordBatch, plan: RewritePlan, vocabulary: Vocabulary) -> pa.RecordBatch:
    """Sketch one batch of documents (page_id, text, where known content_hash): rows of ``tables.REWRITE_SIGNATURES``.

    ``rewrite_signature`` is FAMILIES * plan.bins little-endian uint32, 2**32 - 1 for an empty bin; all bins of a page of
    fewer than plan.min_chars characters are empty, so that it pairs with none. The schema's metadata
    name how it was made; signatures compare only where they are equal. Raises PlanError if a column is missing.
    """
    for name in ("page_id", "text"):
        if name not in batch.schema.names:
            raise PlanError(
                f"the documents have no column {name!r}, only {', '.join(batch.schema.names)}", f"name a column {name!r}"
            )
    held = text_buffers(batch.column("text"))
    values = np.empty((batch.num_rows, FAMILIES * plan.bins), np.uint32)
    sketch_pages(held.offsets, held.base, held.limit, fold_table(), vocabulary.kinds, vocabulary.hot, plan.bins, values)
    values[_short_texts(batch.column("text"), np.diff(held.offsets), plan.min_chars)] = NOTHING
    columns = [batch.column("page_id"), content_hashes(batch), _binary(values)]
    schema = REWRITE_SIGNATURES.with_metadata(rewrite_metadata(plan, vocabulary))
    return pa.RecordBatch.from_arrays([one.cast(field.type) for one, field in zip(columns, schema, strict=True)], schema=schema)


def _short_texts(texts: pa.Array[Any], sizes: Any, least: int) -> Any:
    """Places of the texts of fewer than ``least`` characters; ``sizes`` are their bytes, of which a character has one to four."""
    maybe = np.flatnonzero(sizes < 4 * least)
    lengths = pc.utf8_length(texts.take(pa.array(maybe))).fill_null(0).to_numpy(zero_copy_only=False)
    return maybe[lengths < least]


def rewrite_metadata(plan: RewritePlan, vocabulary: Vocabulary) -> dict[str, str]:
    """How signatures were made, for the schema of their table."""
    made = {
        "rewrite_version": VERSION,
        "rewrite_bins": plan.bins,
        "rewrite_min_chars": plan.min_chars,
        "vocabulary": vocabulary.digest,
    }
    return {name: str(value) for name, value in made.items()}


def _binary(values: Any) -> pa.Array[Any]:
    rows, width = values.shape[0], values.shape[1] * values.itemsize
    offsets = np.arange(rows + 1, dtype=np.int64) * width
    return pa.Array.from_buffers(pa.large_binary(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(values)]).cast(pa.binary())
