"""The kernels of the search for rewrites: frozen, picklable, an Arrow batch in and one out, run wherever an engine puts them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from corpus_tools.match.batches import distinct_texts
from corpus_tools.match.verify import measure_pairs
from corpus_tools.match.word_store import WordStore
from corpus_tools.plan import Plan
from corpus_tools.rewrite.alignment.layout import Lexicon
from corpus_tools.rewrite.alignment.page_store import PageStore
from corpus_tools.rewrite.local import name_originals
from corpus_tools.rewrite.search import SURFACE, are_strangers, least_score, rewrite_edges, score_pairs
from corpus_tools.rewrite.substitutions import collect_swaps, spell_words
from corpus_tools.rewrite.vocabulary import Vocabulary, draw_numbers, in_sample
from corpus_tools.tables import REWRITES

DRAWN = pa.schema([("page_id", pa.string()), ("drawn", pa.float64())])
SAMPLED = pa.schema([("page_id", pa.string()), ("text", pa.string())])
_FOR_RIVALS = ("evidence", "odd_left", "odd_right")
SCORED = pa.schema([*REWRITES, *((name, pa.float64()) for name in _FOR_RIVALS), ("vetoed", pa.bool_())])
PARTED = pa.schema([("left", pa.string()), ("right", pa.string())])
SWAPPED = pa.schema([("from", pa.int64()), ("to", pa.int64()), ("word", pa.string())])
_TEXT_BYTES = 1 << 24
"""Bytes of text laid out at a time, at most, but for a single pair."""
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class DrawNumbers:
    """(page_id) to ``DRAWN``: the number that samples of documents are drawn by."""

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        drawn = pa.array(draw_numbers(batch.column("page_id").to_pylist()), pa.float64())
        return pa.RecordBatch.from_arrays([batch.column("page_id"), drawn], names=DRAWN.names)


@dataclass(frozen=True)
class InSample:
    """(page_id, text) to ``SAMPLED``: the documents a vocabulary is counted on, of ``documents`` in all."""

    documents: int

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return batch.select(SAMPLED.names).filter(
            pa.array(in_sample(batch.column("page_id").to_pylist(), self.documents), pa.bool_())
        )


@dataclass(frozen=True)
class ScoreRewrites:
    """(left, right, and of both text, fetched_at and spam_score) to ``SCORED``: the pairs from ``least_score`` up, with what ``rivals`` goes by.

    Raises RunError where a text is null: a signature without its document.
    """

    plan: Plan
    vocabulary: Vocabulary
    lexicon: Lexicon

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        rows = [table for part in _by_text(batch) if (table := self._score(part)).num_rows]
        return _one_batch(rows, SCORED)

    def _score(self, batch: pa.RecordBatch) -> pa.Table:
        texts, left, right = distinct_texts(batch)
        with PageStore(self.vocabulary) as store:
            store.add(texts, self.lexicon)
            found = score_pairs(store, left, right, self.lexicon)
            odd = store.odd()
        kept = found.score >= least_score(self.plan)
        if not kept.any():
            return SCORED.empty_table()
        likely = batch.filter(pa.array(kept))
        pairs: Any = pl.from_arrow(likely)
        texts, *places = distinct_texts(likely)
        with WordStore(self.plan.fingerprint.ngram) as words:
            words.add(texts)
            edges = rewrite_edges(
                words, (pairs["left"], pairs["right"]), (places[0], places[1]), found.score[kept], found.head[kept]
            )
        evidence_of = dict(zip(_FOR_RIVALS, (found.evidence[kept], odd[left[kept]], odd[right[kept]]), strict=True))
        edges = edges.with_columns(pl.Series(name, values) for name, values in evidence_of.items())
        named = name_originals(edges, _pages(pairs), self.vocabulary).join(
            edges.select("left", "right", *_FOR_RIVALS, "vetoed"), on=["left", "right"]
        )
        return named.select(SCORED.names).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(SCORED)


@dataclass(frozen=True)
class PartStrangers:
    """(left, right, text of both) to ``PARTED``: the pairs of pages that are strangers (``rivals``)."""

    ngram: int

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return _one_batch([self._part(part) for part in _by_text(batch)], PARTED)

    def _part(self, batch: pa.RecordBatch) -> pa.Table:
        texts, left, right = distinct_texts(batch)
        with WordStore(self.ngram) as words:
            words.add(texts)
            strange = are_strangers(measure_pairs(words, left, right, 2 * SURFACE))
        return pa.Table.from_batches([batch.select(PARTED.names).filter(pa.array(strange))]).cast(PARTED)


@dataclass(frozen=True)
class SwapWords:
    """(left, right, text of both), the original left, to ``SWAPPED``.

    A row a swap of a pair, hash for hash, and a row (hash, -1, word) for each word of the texts.
    """

    vocabulary: Vocabulary
    lexicon: Lexicon

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return _one_batch([table for part in _by_text(batch) for table in self._collect(part)], SWAPPED)

    def _collect(self, batch: pa.RecordBatch) -> Iterator[pa.Table]:
        texts, left, right = distinct_texts(batch)
        with PageStore(self.vocabulary) as store:
            store.add(texts, self.lexicon)
            swaps = collect_swaps(store, left, right, self.lexicon)
        spelt = spell_words([texts]).select(pl.col("hash").alias("from"), pl.lit(-1, pl.Int64).alias("to"), "word")
        for rows in (swaps.with_columns(word=pl.lit(None, pl.String)), spelt):
            yield rows.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(SWAPPED)


def _by_text(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch in pieces of about ``_TEXT_BYTES`` of text, a pair at least."""
    if not batch.num_rows:
        return
    sizes = np.zeros(batch.num_rows, np.int64)
    for side in ("text_left", "text_right"):
        sizes += pc.binary_length(batch.column(side)).fill_null(0).to_numpy(zero_copy_only=False)
    piece = np.cumsum(sizes) // _TEXT_BYTES
    cuts = [0, *(np.flatnonzero(np.diff(piece)) + 1).tolist(), batch.num_rows]
    for begin, end in pairwise(cuts):
        if end > begin:
            yield batch.slice(begin, end - begin)


def _pages(pairs: pl.DataFrame) -> pl.DataFrame:
    """page_id, text, date and spam_score of each page of the pairs, once."""
    sides = [
        pairs.select(page_id=side, text=f"text_{side}", date=f"fetched_at_{side}", spam_score=f"spam_score_{side}").cast(
            {"page_id": pl.String, "text": pl.String}
        )
        for side in ("left", "right")
    ]
    return pl.concat(sides).unique("page_id")


def _one_batch(tables: list[pa.Table], schema: pa.Schema) -> pa.RecordBatch:
    table = pa.concat_tables([schema.empty_table(), *tables]).combine_chunks()
    return (table.to_batches() or [pa.RecordBatch.from_pylist([], schema=schema)])[0]
