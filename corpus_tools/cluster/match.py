"""The match stage: sketches in, scored pairs out, streamed in order.

Exact copies are joined first: every group with one content hash is a star around its smallest
page_id, and only that page goes on. Candidates of the rest are measured on their texts, a block of
pairs at a time. Memory holds all sketches and candidate pairs, and one block of the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.cluster.store import WordStore, load_documents
from corpus_tools.cluster.verify import kinds, measure_pairs, passing_estimates
from corpus_tools.plan import Plan
from corpus_tools.tables import EDGES

Array = np.ndarray[Any, np.dtype[Any]]
BLOCK = 250_000
"""Pairs measured at a time, and rows of a batch that comes out."""


def match_edges(signatures: pl.LazyFrame, documents: pl.LazyFrame, plan: Plan, progress: Any = None) -> Iterator[pa.RecordBatch]:
    """Record batches of ``tables.EDGES``, sorted by (left, right), the same for the same input.

    ``signatures`` as ``tables.SIGNATURES``; ``documents`` needs page_id and text. ``progress`` has
    ``advance(amount)`` and is told of candidate pairs measured. Raises RunError for a signature without its document.
    """
    sketched = signatures.select("page_id", "content_hash", "n_shingles", "signature").sort("page_id").collect()
    exact = exact_stars(sketched)
    left, right = _candidates(sketched, plan)
    yield from _stream(sketched["page_id"], documents, (left, right), exact, plan, progress)


def exact_stars(sketched: pl.DataFrame) -> tuple[Array, Array]:
    """Exact copies as pairs of rows (first page of the group, other page), sorted; ``sketched`` sorted by page_id."""
    groups = sketched.with_row_index("at").select("at", pl.col("at").first().over("content_hash").alias("first"))
    pairs = groups.filter(pl.col("at") != pl.col("first")).sort("first", "at")
    return pairs["first"].cast(pl.Int64).to_numpy(), pairs["at"].cast(pl.Int64).to_numpy()


def _candidates(sketched: pl.DataFrame, plan: Plan) -> tuple[Array, Array]:
    """Pairs of rows worth measuring, left < right, sorted: one page of each group of exact copies takes part."""
    rows = np.flatnonzero(sketched["content_hash"].is_first_distinct().to_numpy())
    if not len(rows):
        return rows, rows
    chosen = sketched[rows]
    sketches = np.frombuffer(b"".join(chosen["signature"].to_list()), np.uint32).reshape(len(rows), -1)
    left, right = find_candidates(sketches, plan)
    order = np.lexsort((right, left))
    left, right = left[order], right[order]
    sizes = chosen["n_shingles"].to_numpy()
    passed = passing_estimates(sketches, sizes, left, right, plan.match.candidate_floor)
    return rows[left[passed]], rows[right[passed]]


def find_candidates(sketches: Array, plan: Plan) -> tuple[Array, Array]:
    bands, rows = plan.match.bands or 32, plan.match.rows or 4
    found: set[tuple[int, int]] = set()
    for band in range(bands):
        keys: dict[bytes, list[int]] = {}
        for at, row in enumerate(sketches[:, band * rows : (band + 1) * rows]):
            keys.setdefault(row.tobytes(), []).append(at)
        for group in keys.values():
            found.update((a, b) for i, a in enumerate(group) for b in group[i + 1 :])
    pairs = np.array(sorted(found), np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _stream(
    page_ids: pl.Series, documents: pl.LazyFrame, pairs: tuple[Array, Array], exact: tuple[Array, Array], plan: Plan, progress: Any
) -> Iterator[pa.RecordBatch]:
    """Measure the pairs block by block, each block with the exact copies whose left page falls in it."""
    left, right = pairs
    taking_part = np.unique(np.concatenate(pairs))
    with WordStore(plan.fingerprint.ngram) as store:
        place = np.zeros(len(page_ids), np.int64)
        place[taking_part] = load_documents(store, documents, page_ids[taking_part])
        done = 0
        for stop, exact_cut in _cuts(left, exact[0]):
            block = slice(done, stop)
            rows = _measure(store, place, left[block], right[block], plan)
            rows.append(_exact_rows(exact[0][exact_cut], exact[1][exact_cut]))
            batch = _batch(page_ids, pl.concat(rows).sort("left", "right"))
            if progress is not None:
                progress.advance(stop - done)
            done = stop
            if batch.num_rows:
                yield batch


def _cuts(left: Array, exact_left: Array) -> Iterator[tuple[int, slice]]:
    """End of each block of pairs, moved so that no left page is divided, and the exact pairs that go with it."""
    done = exact_done = 0
    while done < len(left) or exact_done < len(exact_left):
        stop = len(left)
        if done + BLOCK < len(left):
            stop = int(np.searchsorted(left, left[done + BLOCK - 1], side="right"))
        exact_stop = len(exact_left) if stop == len(left) else int(np.searchsorted(exact_left, left[stop - 1], side="right"))
        yield stop, slice(exact_done, exact_stop)
        done, exact_done = stop, exact_stop


def _measure(store: WordStore, place: Array, left: Array, right: Array, plan: Plan) -> list[pl.DataFrame]:
    if not len(left):
        return []
    measures = measure_pairs(store, place[left], place[right])
    frame = pl.DataFrame({"left": left, "right": right, "kind": kinds(measures), **measures})
    return [frame.filter(pl.col("score") >= plan.match.candidate_floor)]


def _exact_rows(left: Array, right: Array) -> pl.DataFrame:
    measures = [pl.lit(1.0).alias(name) for name in EDGES.names[3:]]
    return pl.DataFrame({"left": left, "right": right}).with_columns(pl.lit("exact").alias("kind"), *measures).select(EDGES.names)


def _batch(page_ids: pl.Series, rows: pl.DataFrame) -> pa.RecordBatch:
    """Rows with page ids in place of positions, as one batch of ``tables.EDGES``."""
    named = rows.with_columns(page_ids.gather(rows["left"]).alias("left"), page_ids.gather(rows["right"]).alias("right"))
    table = named.select(EDGES.names).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(EDGES).combine_chunks()
    batches = table.to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=EDGES)
