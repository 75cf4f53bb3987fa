"""The write stage on one machine: kept and removed pages, joined part by part in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa

from corpus_tools import tables
from corpus_tools.engines.context import Context
from corpus_tools.frames import to_arrow
from corpus_tools.store.manifest import Part
from corpus_tools.store.parts import list_parts, parts_schema, write_rolling
from corpus_tools.write.personal_columns import COUNTS, add_counts, redact_columns

REMOVED_PLACE = ("page_id", "kept_id", "cluster_id", "kind", "similarity", "lost", "lost_words", "reason")
"""What ``tables.REMOVED`` takes from the clusters."""


def corpus_schema(documents: Path) -> pa.Schema:
    """``tables.CORPUS`` with the columns that the folder ``documents`` has besides those of ``tables.DOCUMENTS``."""
    held = parts_schema(documents) or tables.DOCUMENTS
    return pa.schema([*tables.CORPUS, *(field for field in held if field.name not in tables.DOCUMENTS.names)])


def corpus_rows(
    documents: list[pl.LazyFrame], clusters: pl.LazyFrame, schema: pa.Schema = tables.CORPUS, *, redact: bool = False
) -> Iterator[pa.RecordBatch]:
    """Kept documents in input order, as ``schema``; ``documents`` has one frame per part."""
    yield from _placed_rows(documents, _kept_clusters(documents, clusters), schema, redact)


def removed_rows(documents: list[pl.LazyFrame], clusters: pl.LazyFrame, *, redact: bool = False) -> Iterator[pa.RecordBatch]:
    """Removed pages in input order, as tables.REMOVED."""
    removed = clusters.filter(pl.col("role") == "removed").select(REMOVED_PLACE).collect()
    yield from _placed_rows(documents, removed, tables.REMOVED, redact)


def _placed_rows(documents: list[pl.LazyFrame], places: pl.DataFrame, schema: pa.Schema, redact: bool) -> Iterator[pa.RecordBatch]:
    """``part_rows`` of every part.

    A part's places are looked up in the sorted ids: a join would go through all places again for each part.
    """
    places = places.sort("page_id")
    for part in documents:
        wanted = part.select("page_id").collect()["page_id"]
        near = places["page_id"].search_sorted(wanted).unique()
        yield from part_rows(
            part, places[near.filter(near < len(places))].lazy(), schema, redact=redact
        )  # others fall out in the join


def _kept_clusters(documents: list[pl.LazyFrame], clusters: pl.LazyFrame) -> pl.DataFrame:
    """One row per kept page: cluster_id, cluster_size and the sorted urls of the removed copies."""
    urls = pl.concat([part.select("page_id", "url") for part in documents])
    copies = (
        clusters.filter(pl.col("role") == "removed")
        .join(urls, on="page_id", how="left")
        .group_by("kept_id")
        .agg(pl.col("url").drop_nulls().sort().alias("also_seen_at"), (pl.len() + 1).cast(pl.Int64).alias("cluster_size"))
    )
    kept = clusters.filter(pl.col("role") != "removed").select("page_id", "cluster_id")
    joined = kept.join(copies, left_on="page_id", right_on="kept_id", how="left").with_columns(
        pl.col("cluster_size").fill_null(1), pl.col("also_seen_at").fill_null([])
    )
    return joined.collect()


def part_rows(part: pl.LazyFrame, places: pl.LazyFrame, schema: pa.Schema, *, redact: bool = False) -> list[pa.RecordBatch]:
    """The pages of ``part`` that have a place, with it, in the part's order: one batch of ``schema``, or none.

    Where ``schema`` has their columns, e-mail addresses and telephone numbers are counted; with ``redact`` a mark takes their place.
    """
    joined = part.join(places, on="page_id", how="inner", maintain_order="left")
    rows = joined.select(name for name in schema.names if name not in COUNTS).collect()
    if COUNTS[0] in schema.names:
        rows = add_counts(rows)
    if redact:
        rows = redact_columns(rows)
    table = to_arrow(rows.select(schema.names))
    return table.cast(schema).combine_chunks().to_batches()  # type: ignore[no-any-return]


def write_corpus(ctx: Context, folder: Path) -> tuple[list[Part], list[Part]]:
    """Write ``data/train-*.parquet`` and ``removed/part-*.parquet`` into ``folder``; the parts of both."""
    parts = list_parts(ctx.folder / "documents")
    documents = [pl.scan_parquet(path) for path in parts]
    clusters = ctx.engine.scan(ctx.folder / "clusters")
    schema = corpus_schema(ctx.folder / "documents")
    layout = (ctx.plan.write.rows_per_file, ctx.plan.write.compression_level)
    redact = ctx.plan.write.redact
    rows = corpus_rows(documents, clusters, schema, redact=redact), removed_rows(documents, clusters, redact=redact)
    kept = write_rolling(folder / "data", "train", rows[0], schema, *layout, gather=True)
    return kept, write_rolling(folder / "removed", "part", rows[1], tables.REMOVED, *layout, gather=True)
