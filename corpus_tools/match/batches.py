"""What the match stage does to Arrow batches: frozen, picklable, an Arrow batch in and one out, run wherever an engine puts them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.errors import RunError
from corpus_tools.kernels.shingles import hash_shingles
from corpus_tools.match.frequencies import read_frequencies
from corpus_tools.match.search.banding import Banding
from corpus_tools.match.search.candidates import sketch_matrix
from corpus_tools.match.search.containment import read_samples
from corpus_tools.match.verify import is_stored, measure_pairs, passing_estimates
from corpus_tools.match.word_store import TOLD, WordStore
from corpus_tools.plan import Plan
from corpus_tools.tables import EDGES

KEYED = pa.schema([("page_id", pa.string()), ("keys", pa.list_(pa.binary()))])
SAMPLED = pa.schema([("page_id", pa.string()), ("rank", pa.int64()), ("counted", pa.int64()), ("keys", pa.list_(pa.binary()))])
NEAR_KEYED = pa.schema([("page_id", pa.string()), ("key", pa.binary()), ("place", pa.int64()), ("near", pa.binary())])
ACCEPTED = pa.schema([("left", pa.string()), ("right", pa.string())])
SHINGLES = pa.schema([("shingle", pa.int64())])
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class BandKeys:
    """(page_id, signature) to ``KEYED``: for each band two bytes of its number and its values; no two bands share a key."""

    banding: Banding
    scheme: str

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        bands, rows = self.banding.bands, self.banding.rows
        sketches = sketch_matrix(batch.column("signature"), self.scheme)
        taken = sketches[:, : bands * rows].reshape(batch.num_rows, bands, rows)
        numbers = np.broadcast_to(np.arange(bands, dtype=">u2")[None, :, None].view(np.uint8), (batch.num_rows, bands, 2))
        values = np.ascontiguousarray(taken).view(np.uint8).reshape(batch.num_rows, bands, rows * sketches.itemsize)
        keys = _binaries(np.concatenate([numbers, values], axis=2).reshape(batch.num_rows * bands, -1))
        offsets = pa.array(np.arange(batch.num_rows + 1, dtype=np.int32) * np.int32(bands))
        return pa.RecordBatch.from_arrays([batch.column("page_id"), pa.ListArray.from_arrays(offsets, keys)], schema=KEYED)


@dataclass(frozen=True)
class SampledKeys:
    """(page_id, n_shingles, sample) to ``SAMPLED``: each page's sampled shingles; the page with most shingles has the least rank."""

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        ends, values = read_samples(batch.column("sample"))
        keys = _binaries(values.view(np.uint8).reshape(len(values), 4))
        rank = -batch.column("n_shingles").to_numpy(zero_copy_only=False)
        listed = pa.ListArray.from_arrays(pa.array(ends.astype(np.int32)), keys)
        return pa.RecordBatch.from_arrays(
            [batch.column("page_id"), pa.array(rank), pa.array(np.diff(ends)), listed], schema=SAMPLED
        )


@dataclass(frozen=True)
class NearKeys:
    """(page_id, key, place, signature) of hot buckets to ``NEAR_KEYED``: ``near`` sorts as the next band's values, last first."""

    banding: Banding
    scheme: str

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        sketches = sketch_matrix(batch.column("signature"), self.scheme)
        bands, rows = self.banding.bands, self.banding.rows
        band = np.array([int.from_bytes(key[:2], "big") for key in batch.column("key").to_pylist()], np.int64)
        last = ((band + 1) % bands) * rows + rows - 1
        chosen = sketches[np.arange(len(band))[:, None], last[:, None] - np.arange(rows)[None, :]]
        width = rows * sketches.itemsize
        near = _binaries(chosen.astype(chosen.dtype.newbyteorder(">")).view(np.uint8).reshape(len(band), width))
        return pa.RecordBatch.from_arrays([batch.column(name) for name in ("page_id", "key", "place")] + [near], schema=NEAR_KEYED)


def _binaries(rows: Array) -> pa.Array[Any]:
    """Rows of bytes, uint8[n, width], as a binary column."""
    offsets = np.arange(rows.shape[0] + 1, dtype=np.int64) * (rows.shape[1] if rows.size else 0)
    if offsets[-1] > 2**31 - 1:
        raise RunError(
            f"a batch of {rows.shape[0]:,} keys is too large for Arrow", "lower spark.sql.execution.arrow.maxRecordsPerBatch"
        )
    held = np.ascontiguousarray(rows)
    return pa.Array.from_buffers(pa.binary(), rows.shape[0], [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(held)])


@dataclass(frozen=True)
class AcceptPairs:
    """(left, right, n_shingles and signature of both) to ``ACCEPTED``: those whose sketches may still reach the table."""

    plan: Plan

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        count = batch.num_rows
        sides = [sketch_matrix(batch.column(f"signature_{side}"), self.plan.fingerprint.scheme) for side in ("left", "right")]
        sizes = np.concatenate([batch.column(f"n_shingles_{side}").to_numpy(zero_copy_only=False) for side in ("left", "right")])
        at = np.arange(count)
        floor = self.plan.match.min_score
        passed = passing_estimates(np.concatenate(sides), sizes, at, at + count, floor) if count else np.zeros(0, np.bool_)
        return batch.select(["left", "right"]).filter(pa.array(passed)).cast(ACCEPTED)


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
    """(text) to (shingle): each text's distinct shingles, one a row."""

    ngram: int

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        hashes = hash_shingles(batch.column("text").cast(pa.large_string()), self.ngram)[1]
        return pa.RecordBatch.from_arrays([pa.array(hashes.astype(np.int64))], schema=SHINGLES)


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
