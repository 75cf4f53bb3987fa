"""The rewrite stage on one machine: the pairs, the original of each, and the words swapped."""

from __future__ import annotations

from typing import Any

import polars as pl
import pyarrow as pa

from corpus_tools.engines.context import Context
from corpus_tools.plan import Plan
from corpus_tools.rewrite.known import searched_earlier
from corpus_tools.rewrite.original import find_originals
from corpus_tools.rewrite.search import FOUND, Known, count_lexicon, search_rewrites
from corpus_tools.rewrite.sketch import count_vocabulary, sketch_batch
from corpus_tools.rewrite.substitutions import learn_substitutions
from corpus_tools.rewrite.vocabulary import Vocabulary
from corpus_tools.store.parts import ROWS_PER_FILE, list_parts, read_part
from corpus_tools.tables import REWRITES, SUBSTITUTIONS

_SLICE = 2_000
"""Documents sketched at a time."""


def find_rewrites(
    signatures: pl.LazyFrame, documents: pl.LazyFrame, plan: Plan, vocabulary: Vocabulary, known: Known | None = None
) -> tuple[pl.DataFrame, pa.Table]:
    """``tables.REWRITES`` sorted by (left, right), and ``tables.SUBSTITUTIONS`` learned from the pairs that merge.

    ``signatures`` as ``tables.REWRITE_SIGNATURES`` made with ``vocabulary``; ``documents`` with page_id, text, fetched_at, spam_score.
    ``known`` as ``search_rewrites`` takes it.
    """
    named = find_pairs(signatures, documents, plan, vocabulary, known)
    ids = documents.select("page_id").sort("page_id").collect()["page_id"]
    return named, learn_substitutions(
        named, documents, lambda: count_lexicon(documents, ids, vocabulary), vocabulary, plan.rewrite.threshold
    )


def rewrites_among(documents: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Rows of ``tables.REWRITES`` among documents in memory, sorted by (left, right): sketched, searched and named in one call.

    ``documents`` has page_id and text, and where known content_hash, fetched_at and spam_score. ``plan.rewrite.enabled`` is not asked.
    """
    known: dict[str, Any] = {"fetched_at": pl.Datetime("us", "UTC"), "spam_score": pl.Float64}
    documents = documents.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in known.items() if name not in documents.columns
    )
    if not documents.height:
        return pl.DataFrame(pl.from_arrow(REWRITES.empty_table()))
    batches, vocabulary = _batches(documents), vocabulary_of(documents)
    signed = pa.Table.from_batches([sketch_batch(batch, plan.rewrite, vocabulary) for batch in batches])
    signatures = pl.DataFrame(pl.from_arrow(signed)).lazy()
    return find_pairs(signatures, documents.lazy(), plan, vocabulary)


def vocabulary_of(documents: pl.DataFrame) -> Vocabulary:
    """The vocabulary of documents in memory (page_id, text), as ``rewrites_among`` counts it."""
    batches = _batches(documents)
    return count_vocabulary(lambda: batches, documents.height)


def substitutions_among(rewrites: pl.DataFrame, documents: pl.DataFrame, plan: Plan, vocabulary: Vocabulary) -> pa.Table:
    """``tables.SUBSTITUTIONS`` learned from ``rewrites`` that ``rewrites_among`` found among the documents."""
    held, ids = documents.lazy(), documents["page_id"].sort()
    return learn_substitutions(rewrites, held, lambda: count_lexicon(held, ids, vocabulary), vocabulary, plan.rewrite.threshold)


def _batches(documents: pl.DataFrame) -> list[pa.RecordBatch]:
    """page_id, text and where known content_hash, ``_SLICE`` documents at a time."""
    held = documents.select("page_id", "text", *(name for name in ("content_hash",) if name in documents.columns))
    batches: list[pa.RecordBatch] = held.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks().to_batches(_SLICE)
    return batches


def find_pairs(
    signatures: pl.LazyFrame, documents: pl.LazyFrame, plan: Plan, vocabulary: Vocabulary, known: Known | None = None
) -> pl.DataFrame:
    """The first of what ``find_rewrites`` gives."""
    found = pa.Table.from_batches(search_rewrites(signatures, documents, plan, vocabulary, known), FOUND)
    edges = pl.DataFrame(pl.from_arrow(found))
    wanted = pl.concat([edges["left"], edges["right"]]).unique()
    held = documents.select("page_id", "text", "spam_score", date="fetched_at")
    pages = held.filter(pl.col("page_id").is_in(wanted.implode())).collect()
    return name_originals(edges, pages, vocabulary)


def name_originals(edges: pl.DataFrame, pages: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """``edges`` as rows of ``tables.REWRITES``: with the page of each pair that is its original, and why.

    ``pages`` as ``find_originals`` takes them; other columns of ``edges`` stay behind.
    """
    if not edges.height:
        return pl.DataFrame(pl.from_arrow(REWRITES.empty_table())).select(REWRITES.names)
    return find_originals(edges, pages, vocabulary).select(REWRITES.names)


def make_vocabulary(ctx: Context) -> Vocabulary:
    """The run's vocabulary, counted on a bounded sample of its documents."""
    sources = list_parts(ctx.folder / "documents")
    return count_vocabulary(lambda: (read_part(path, ["page_id", "text"]) for path in sources), ctx.rows("documents"))


def write_pairs(ctx: Context, vocabulary: Vocabulary) -> None:
    """Write ``tables.REWRITES`` and ``tables.SUBSTITUTIONS`` of the run."""
    signatures, documents = (ctx.engine.scan(ctx.folder / name) for name in ("rewrite_signatures", "documents"))
    earlier = searched_earlier(ctx.earlier, ctx.plan, ctx.rows("documents"))
    known = None if earlier is None else (earlier.rewrites, earlier.signatures.select("page_id", "content_hash"))
    rewrites, substitutions = find_rewrites(signatures, documents, ctx.plan, vocabulary, known)
    table = rewrites.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(REWRITES)
    ctx.engine.checkpoint(table.to_batches(), ctx.folder / "rewrites", REWRITES, ROWS_PER_FILE)
    ctx.engine.checkpoint(substitutions.to_batches(), ctx.folder / "substitutions", SUBSTITUTIONS, ROWS_PER_FILE)
