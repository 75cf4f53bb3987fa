"""The pair search of one machine: candidates among the anchors of a run, whose sketches are read from the table and lie on disk.

An anchor is the page that stands for all pages with its text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from corpus_tools.match.search.banding import plan_banding
from corpus_tools.match.search.candidates import find_candidates, mixed_sizes, sketch_matrix
from corpus_tools.match.search.containment import find_held, read_samples
from corpus_tools.match.verify import passing_estimates
from corpus_tools.plan import Plan
from corpus_tools.store.scratch import Scratch

Array = np.ndarray[Any, np.dtype[Any]]
BATCH = 4_000
"""Sketches read at a time."""


def read_pages(signatures: pl.LazyFrame) -> pl.DataFrame:
    """page_id, content_hash, n_words and n_shingles of ``tables.SIGNATURES``, sorted by page_id, with the ``row`` each had."""
    return signatures.select("page_id", "content_hash", "n_words", "n_shingles").with_row_index("row").sort("page_id").collect()


def first_of_texts(pages: pl.DataFrame) -> Array:
    """The first row with each row's text, int64[rows]; ``pages`` is sorted by page_id."""
    first = pl.col("at").cast(pl.Int64).first().over("content_hash")
    return pages.with_row_index("at").select(first)["at"].to_numpy()


def candidate_pairs(
    signatures: pl.LazyFrame, pages: pl.DataFrame, anchors: Array, old: Array, plan: Plan, totals: dict[str, int]
) -> tuple[Array, Array]:
    """Pairs of anchors worth measuring, as rows of ``pages``: left < right, sorted; pairs of old texts are not.

    ``pages`` as ``read_pages`` gives them, ``anchors`` as ``first_of_texts``. Raises MixedSignaturesError for sketches of different sizes.
    """
    rows = np.flatnonzero(anchors == np.arange(len(anchors)))
    if not len(rows):
        return rows, rows
    place = np.full(len(pages), -1, np.int64)
    place[pages["row"].to_numpy()[rows]] = np.arange(len(rows))
    sizes, floor, old = pages["n_shingles"].to_numpy()[rows], plan.match.min_score, old[rows]
    with Scratch() as scratch:
        sketches = _read_sketches(signatures, place, plan, scratch)

        def accept(left: Array, right: Array) -> Array:
            fresh = ~(old[left] & old[right])
            fresh[fresh] = passing_estimates(sketches, sizes, left[fresh], right[fresh], floor)
            return fresh

        pairs, report = find_candidates(sketches, plan_banding(plan.match, sketches.shape[1]), accept=accept)
    totals |= {"bounded_buckets": report.hot, "largest_bucket": report.largest, "pairs_left_out": report.skipped}
    held = find_held(_list_samples(signatures, place), sizes)
    held = held[~(old[held[:, 0]] & old[held[:, 1]])]
    packed = np.unique(np.concatenate([pairs[:, 0] * len(rows) + pairs[:, 1], held[:, 0] * len(rows) + held[:, 1]]))
    left, right = np.divmod(packed, len(rows))
    return rows[left], rows[right]


def _read_column(signatures: pl.LazyFrame, place: Array, name: str) -> Iterator[tuple[Array, pl.Series]]:
    """A column of the anchors, a batch at a time, and their places; ``place`` is of each row of the table, -1 for the others."""
    first = 0
    for batch in signatures.select(name).collect_batches(chunk_size=BATCH, maintain_order=True):
        at = place[first : first + len(batch)]
        first += len(batch)
        yield at[at >= 0], batch[name].filter(pl.Series(at >= 0))


def _read_sketches(signatures: pl.LazyFrame, place: Array, plan: Plan, scratch: Scratch) -> Array:
    """MinHash values [anchors, values], read-only, on disk."""
    matrix = np.zeros((0, 0))
    for at, column in _read_column(signatures, place, "signature"):
        values = sketch_matrix(column.to_arrow(), plan.fingerprint.scheme)
        if not len(at):
            continue
        if not len(matrix):
            matrix = scratch.room("sketches", (int(place.max()) + 1, values.shape[1]), values.dtype)
        if values.shape[1] != matrix.shape[1]:
            raise mixed_sizes(values.shape[1] * values.itemsize, matrix.shape[1] * values.itemsize)
        matrix[at] = values
    matrix.flags.writeable = False  # as kernels are compiled for
    return matrix


def _list_samples(signatures: pl.LazyFrame, place: Array) -> Iterator[tuple[Array, Array]]:
    """Sampled shingles of the anchors a batch at a time: their places, each as often as it has values, and the values."""
    for at, column in _read_column(signatures, place, "sample"):
        ends, values = read_samples(column.to_arrow())
        yield np.repeat(at, np.diff(ends)), values
