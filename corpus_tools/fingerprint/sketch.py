"""The fingerprint stage: documents in, MinHash signatures out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar, cast

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.errors import PlanError
from corpus_tools.fingerprint.minhash import permutations, signature_metadata, value_type
from corpus_tools.fingerprint.minhash_kernels import SKETCHERS
from corpus_tools.frames import give_back, take
from corpus_tools.kernels.fold import fold_table
from corpus_tools.kernels.normal import describe_column
from corpus_tools.kernels.shingles import text_buffers
from corpus_tools.plan import FingerprintPlan
from corpus_tools.tables import SIGNATURES

Documents = TypeVar("Documents")
"""Any kind of frame, or a RecordBatchReader; the same kind comes back."""

BATCH_ROWS = 4096
"""Documents a thread sketches at a time."""


def fingerprint_documents(frame: Documents, plan: FingerprintPlan = FingerprintPlan(), workers: int = 0) -> Documents:  # noqa: B008 - frozen
    """Sketch every document of ``frame``; the same kind of frame comes back, with the columns of ``tables.SIGNATURES``.

    ``frame`` is any kind of frame that ``dedup`` takes, or a RecordBatchReader (then documents are read as
    signatures are taken, and memory stays bounded). It needs the columns ``page_id`` and ``text``; ``content_hash`` and
    ``n_words`` are worked out where they are missing. ``workers`` threads are used, one a core by default. How the
    signatures were made stands in the Arrow schema metadata (polars frames have none).
    Raises PlanError if a column is missing.
    """
    return cast(Documents, _sketch_frame(frame, plan, workers))


def _sketch_frame(frame: Any, plan: FingerprintPlan, workers: int) -> Any:
    if isinstance(frame, pa.RecordBatchReader):
        return pa.RecordBatchReader.from_batches(_schema(plan), _sketch_all(frame, plan, workers))
    if isinstance(frame, pa.Table):
        return pa.Table.from_batches(_sketch_all(frame.to_batches(BATCH_ROWS), plan, workers), _schema(plan))
    if isinstance(frame, pl.LazyFrame):
        schema = pl.DataFrame(SIGNATURES.empty_table()).schema
        return frame.map_batches(lambda part: _sketch_frame(part, plan, workers), schema=schema)
    if isinstance(frame, pl.DataFrame):
        return pl.DataFrame(pl.from_arrow(_sketch_frame(frame.to_arrow(), plan, workers)))
    documents = take(frame, ("page_id", "text", "content_hash", "n_words"))
    return give_back(_sketch_frame(documents, plan, workers), frame)


def fingerprint_batch(batch: pa.RecordBatch, plan: FingerprintPlan = FingerprintPlan()) -> pa.RecordBatch:  # noqa: B008 - frozen
    """Sketch one batch of documents: the kernel, which holds no Python lock while it works.

    ``batch`` has ``page_id``, ``text`` and, if they are known, ``content_hash`` and ``n_words``.
    Raises PlanError if a column is missing.
    """
    text = _column(batch, "text")
    texts = text_buffers(text)
    signatures = np.empty((len(text), plan.num_perm), value_type(plan.scheme))
    sizes = np.empty(len(text), np.int64)
    most = int(texts.offsets[-1] - texts.offsets[0]) // 2 + len(texts.offsets)
    samples, ends = np.empty(most, np.uint32), np.zeros(len(text) + 1, np.int64)
    a, b = permutations(plan.scheme, plan.num_perm, plan.seed)
    SKETCHERS[plan.scheme](texts.offsets, texts.base, texts.limit, fold_table(), plan.ngram, a, b, signatures, sizes, samples, ends)
    sketched = _binaries(signatures, np.arange(len(text) + 1) * plan.num_perm)
    sampled = _binaries(samples[: ends[-1]].copy(), ends)  # a copy, so that the room for all shingles is given back
    columns = [_column(batch, "page_id"), *_described(batch), pa.array(sizes), sketched, sampled]
    return pa.RecordBatch.from_arrays(
        [column.cast(field.type) for column, field in zip(columns, SIGNATURES, strict=True)], schema=_schema(plan)
    )


def _schema(plan: FingerprintPlan) -> pa.Schema:
    return SIGNATURES.with_metadata(signature_metadata(plan))


def _sketch_all(batches: Iterable[pa.RecordBatch], plan: FingerprintPlan, workers: int) -> Iterator[pa.RecordBatch]:
    """Sketch batches on threads, in order, never more than two a thread ahead of who takes them."""
    threads = workers or os.cpu_count() or 1
    pieces = (piece for batch in batches for piece in _split(batch))
    with ThreadPoolExecutor(threads) as pool:
        waiting = [pool.submit(fingerprint_batch, piece, plan) for piece in islice(pieces, 2 * threads)]
        while waiting:
            done = waiting.pop(0).result()
            waiting += [pool.submit(fingerprint_batch, piece, plan) for piece in islice(pieces, 1)]
            yield done


def _split(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    for start in range(0, batch.num_rows, BATCH_ROWS):
        yield batch.slice(start, BATCH_ROWS)


def _column(batch: pa.RecordBatch, name: str) -> pa.Array[Any]:
    if name not in batch.schema.names:
        raise PlanError(
            f"the documents have no column {name!r}, only {', '.join(batch.schema.names)}",
            f"rename the column that holds it to {name!r}",
        )
    return batch.column(name)


def content_hashes(batch: pa.RecordBatch) -> pa.Array[Any]:
    """The column ``content_hash`` of a batch of documents, worked out from ``text`` where it is missing."""
    return batch.column("content_hash") if "content_hash" in batch.schema.names else describe_column(batch.column("text"))[1]


def _described(batch: pa.RecordBatch) -> tuple[pa.Array[Any], pa.Array[Any]]:
    """The columns ``content_hash`` and ``n_words``, worked out where they are missing."""
    if {"content_hash", "n_words"} <= set(batch.schema.names):
        return batch.column("content_hash"), batch.column("n_words")
    counts, hashes = describe_column(batch.column("text"))
    held = dict(zip(batch.schema.names, batch.columns, strict=True))
    return held.get("content_hash", hashes), held.get("n_words", counts)


def _binaries(values: Any, ends: Any) -> pa.Array[Any]:
    """A binary column whose i-th row holds the values from ``ends[i]`` to ``ends[i + 1]``, without a copy."""
    offsets = (ends * values.itemsize).astype(np.int32)
    return pa.Array.from_buffers(pa.binary(), len(ends) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(values)])
