"""What the match stage does to Arrow batches: frozen, picklable, an Arrow batch in and one out, run wherever an engine puts them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from corpus_tools.engines.packets import pack_records, unpack_records
from corpus_tools.errors import RunError
from corpus_tools.kernels.shingles import hash_shingles
from corpus_tools.match.frequencies import count_many, read_frequencies
from corpus_tools.match.search.candidates import sketch_matrix
from corpus_tools.match.verify import is_stored, measure_pairs, passing_estimates
from corpus_tools.match.word_store import TOLD, WordStore
from corpus_tools.plan import Plan
from corpus_tools.tables import EDGES, FREQUENCIES

ACCEPTED = pa.schema([("left", pa.string()), ("right", pa.string()), ("group", pa.int64())])
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class AcceptPairs:
    """The pairs of a group (one, other, sure) and its pages (number, page_id, n_shingles, signature) to ``ACCEPTED``.

    Those are the pairs that are sure and those whose sketches may still reach the table, by the ids of their pages.
    """

    plan: Plan

    def __call__(self, pairs: pa.Table, pages: pa.Table) -> pa.Table:
        at = [pc.index_in(pairs[side], value_set=pages["number"]).to_numpy() for side in ("one", "other")]
        passed = np.asarray(pairs["sure"]) > 0
        if not passed.all():
            sketches = sketch_matrix(pages["signature"], self.plan.fingerprint.scheme)
            sizes = pages["n_shingles"].to_numpy()
            passed = passed | passing_estimates(sketches, sizes, at[0], at[1], self.plan.match.min_score)
        ids = (pages["page_id"].take(pa.array(side[passed])) for side in at)
        return pa.table([*ids, pairs["group"].filter(pa.array(passed))], schema=ACCEPTED)


@dataclass(frozen=True)
class MeasurePairs:
    """(left, right, and of both text and what is ``TOLD`` of them) to ``tables.EDGES``: the pairs that score ``match.min_score`` and more.

    ``frequencies`` is the folder of ``tables.FREQUENCIES``. Raises RunError where a text is null: a signature without its document.
    """

    plan: Plan
    frequencies: Path

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if not batch.num_rows:
            return pa.RecordBatch.from_pylist([], schema=EDGES)
        places, left, right = distinct_pages(batch)
        texts = texts_of(batch, places)
        told = {name: cast(pl.Series, pl.from_arrow(of_pages(batch, name, places))) for name in TOLD}
        with WordStore(self.plan.fingerprint.ngram, read_frequencies(self.frequencies)) as store:
            store.add(texts, told)
            measures = measure_pairs(store, left, right, self.plan.match.min_score)
        frame = pl.DataFrame(measures)
        ends = [batch.column(side) for side in ("left", "right")]
        rows = pa.Table.from_arrays([*ends, *frame.to_arrow().columns], names=EDGES.names).cast(EDGES)
        kept = rows.filter(pa.array(is_stored(measures, self.plan.match.min_score))).combine_chunks()
        return (kept.to_batches() or [pa.RecordBatch.from_pylist([], schema=EDGES)])[0]


@dataclass(frozen=True)
class ListShingles:
    """(text) to ``PACKED``: each text's distinct shingles, uint32, those of one value in one of ``buckets`` buckets."""

    ngram: int
    buckets: int

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        hashes = hash_shingles(batch.column("text").cast(pa.large_string()), self.ngram)[1]
        return pack_records(hashes, (hashes % np.uint32(self.buckets)).astype(np.int64))


@dataclass(frozen=True)
class CountShingles:
    """A bucket of shingles to ``tables.FREQUENCIES``: how many texts hold each, if MIN_DOCUMENTS do."""

    def __call__(self, packed: pa.Table) -> pa.Table:
        return count_many(unpack_records(packed, np.dtype(np.uint32))).to_arrow().cast(FREQUENCIES)


def distinct_texts(batch: pa.RecordBatch) -> tuple[pa.Array[Any], Array, Array]:
    """The texts of a batch, each page's once, and where each pair's two texts stand among them."""
    places, left, right = distinct_pages(batch)
    return texts_of(batch, places), left, right


def texts_of(batch: pa.RecordBatch, places: Array) -> pa.Array[Any]:
    """The texts of the pages at ``places``; RunError where one is null."""
    texts = of_pages(batch, "text", places)
    if texts.null_count:
        missing = _both_ends(batch).take(pa.array(places)).filter(texts.is_null())[0].as_py()
        raise RunError(
            f"page_id {missing!r} has a signature but not exactly one document",
            "match signatures with the documents they were made from",
        )
    return texts


def _both_ends(batch: pa.RecordBatch) -> pa.Array[Any]:
    """The ids in the left column and, after them, those in the right one."""
    return pa.concat_arrays([batch.column(side).cast(pa.string()) for side in ("left", "right")])


def distinct_pages(batch: pa.RecordBatch) -> tuple[Array, Array, Array]:
    """Where each page of a batch stands first, in the left column and the right one after it; each pair's two pages among them."""
    encoded = _both_ends(batch).dictionary_encode()
    codes = encoded.indices.to_numpy().astype(np.int64)  # as kernels are compiled for elsewhere
    first = np.full(len(encoded.dictionary), len(codes), np.int64)
    np.minimum.at(first, codes, np.arange(len(codes)))
    return first, codes[: batch.num_rows], codes[batch.num_rows :]


def of_pages(batch: pa.RecordBatch, name: str, places: Array) -> pa.Array[Any]:
    """A column that stands in a batch once for each side, of the pages at ``places`` (``distinct_pages``), as large strings."""
    both = pa.concat_arrays([batch.column(f"{name}_{side}").cast(pa.large_string()) for side in ("left", "right")])
    return both.take(pa.array(places))
