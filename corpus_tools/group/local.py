"""The group stage on one machine: scored edges in, every document's place out."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import polars as pl

from corpus_tools.engines.context import Context
from corpus_tools.errors import RunError
from corpus_tools.frames import Frame, give_back, take
from corpus_tools.group.components import Components, find_components
from corpus_tools.group.joined import count_rewritten, join_rewrites
from corpus_tools.group.keep import explain_kept, explain_removed, rank_documents
from corpus_tools.plan import GroupPlan
from corpus_tools.store.manifest import Part
from corpus_tools.store.parts import ROWS_PER_FILE
from corpus_tools.tables import CLUSTERS

DOCUMENT_COLUMNS: dict[str, pl.DataType] = {
    "source_id": pl.String(),
    "url": pl.String(),
    "n_words": pl.Int64(),
    "fetched_at": pl.Datetime("us", "UTC"),
    "rewritten": pl.Int64(),
}
"""Document columns the stage reads besides page_id; one that is absent counts as null."""
EDGE_COLUMNS: dict[str, pl.DataType] = dict.fromkeys(("left", "right", "kind"), pl.String()) | dict.fromkeys(
    ("score", "jaccard", "containment_left", "containment_right"), pl.Float64()
)
"""Edge columns the stage reads."""
FRAME_SCHEMA = pl.from_arrow(CLUSTERS.empty_table()).schema  # type: ignore[union-attr]


def cluster_documents(edges: pl.DataFrame, documents: pl.DataFrame, plan: GroupPlan) -> pl.DataFrame:
    """``tables.CLUSTERS``, one row a document, sorted by page_id.

    ``documents`` needs page_id; source_id, url, n_words and fetched_at are used where present.
    Raises RunError when an edge names a page that ``documents`` does not hold, or a page_id stands twice.
    """
    edges = edges.select(pl.col(name).cast(kind) for name, kind in EDGE_COLUMNS.items())
    ranked = rank_documents(_prepare(documents), plan.keep)
    left, right = (_positions(edges[side], ranked["page_id"]) for side in ("left", "right"))
    score = edges["score"].to_numpy()
    found = find_components(left, right, score, ranked["rank"].to_numpy(), plan.threshold, plan.guard)
    members = _members(ranked, found)
    removed = explain_members(members, edges, found)
    kept = explain_kept(members, plan.keep)
    return _rows(members.join(kept, on="root", how="left"), removed, plan)


def _prepare(documents: pl.DataFrame) -> pl.DataFrame:
    """The columns of ``DOCUMENT_COLUMNS`` beside page_id, sorted by page_id, each page once."""
    absent = [pl.lit(None, kind).alias(name) for name, kind in DOCUMENT_COLUMNS.items() if name not in documents.columns]
    chosen = (
        documents.with_columns(absent)
        .select("page_id", *[pl.col(name).cast(kind) for name, kind in DOCUMENT_COLUMNS.items()])
        .sort("page_id")
    )
    twice = chosen.filter(pl.col("page_id") == pl.col("page_id").shift())
    if len(twice):
        raise RunError(f"page_id {twice['page_id'][0]!r} stands on several documents", "give every document its own page_id")
    return chosen.with_columns(pl.col("n_words").fill_null(0))


def _positions(ids: pl.Series, page_ids: pl.Series) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Row of each id in the sorted ``page_ids``, int64."""
    table = pl.DataFrame({"id": page_ids}).with_row_index("at")
    at = pl.DataFrame({"id": ids.cast(pl.String())}).join(table, on="id", how="left", maintain_order="left")["at"]
    if at.null_count():
        missing = ids.filter(at.is_null())[0]
        raise RunError(
            f"an edge names page_id {missing!r}, which no document has", "cluster edges with the documents they were made from"
        )
    return at.cast(pl.Int64).to_numpy()


def _members(ranked: pl.DataFrame, found: Components) -> pl.DataFrame:
    """``ranked`` with each row's position, cluster root, centre, entering edge, worth and size."""
    columns = {"root": found.root, "centre": found.centre, "via": found.via, "similarity": found.worth, "steps": found.steps}
    members = ranked.with_row_index("at").with_columns(pl.col("at").cast(pl.Int64), *[pl.Series(k, v) for k, v in columns.items()])
    names = pl.coalesce("url", "source_id", "page_id")
    return members.with_columns(pl.len().over("root").alias("size"), names.alias("name"))


def explain_members(members: pl.DataFrame, edges: pl.DataFrame, found: Components) -> pl.DataFrame:
    """Rows ``at``, ``kind`` and ``why_removed`` for every member that is not its cluster's representative."""
    gone = members.filter(pl.col("via") >= 0)
    used = edges[gone["via"].to_numpy()].select(
        "left", "right", "kind", "score", "jaccard", "containment_left", "containment_right"
    )
    is_left = pl.col("page_id") == pl.col("left")
    table = pl.concat([gone.select("at", "page_id", "centre", "similarity", "steps"), used], how="horizontal").with_columns(
        pl.when(is_left).then("containment_left").otherwise("containment_right").alias("inside"),
        pl.when(is_left).then("containment_right").otherwise("containment_left").alias("holds"),
        pl.when(is_left).then("right").otherwise("left").alias("via_id"),
        # a way of nothing but exact copies is one exact copy
        pl.when((pl.col("kind") == "exact") & (pl.col("similarity") >= 1.0)).then(1).otherwise("steps").alias("steps"),
    )
    names = members.select("page_id", "name")
    kept_names = members.select(pl.col("at").alias("centre"), pl.col("name").alias("kept_name"))
    named = table.join(kept_names, on="centre", how="left").join(names, left_on="via_id", right_on="page_id", how="left")
    return named.rename({"name": "via_name"}).select("at", "kind", explain_removed().alias("why_removed"))


def _rows(members: pl.DataFrame, removed: pl.DataFrame, plan: GroupPlan) -> pl.DataFrame:
    """The table itself, columns and types as ``tables.CLUSTERS``."""
    pages = members["page_id"]
    role = pl.when(pl.col("size") == 1).then(pl.lit("single")).when(pl.col("at") == pl.col("centre")).then(pl.lit("kept"))
    alone = f"single: no other page scores {plan.threshold:g} or more with it"
    reason = (
        pl.when(pl.col("role") == "single")
        .then(pl.lit(alone))
        .when(pl.col("role") == "kept")
        .then("why_kept")
        .otherwise("why_removed")
    )
    return (
        members.with_columns(role.otherwise(pl.lit("removed")).alias("role"))
        .join(removed, on="at", how="left")
        .sort("at")
        .with_columns(
            pages.gather(members["root"]).alias("cluster_id"),
            pages.gather(members["centre"]).alias("kept_id"),
            pl.when(pl.col("role") == "removed").then("similarity").alias("similarity"),
            reason.alias("reason"),
        )
        .select(pl.col(name).cast(kind) for name, kind in FRAME_SCHEMA.items())
    )


def cluster_edges(edges: Frame, documents: Frame, plan: GroupPlan = GroupPlan()) -> Frame:  # noqa: B008 - frozen
    """The cluster and role of every document (``tables.CLUSTERS``, sorted by page_id), one row per document.

    ``edges`` is as in ``tables.EDGES``. ``documents`` has page_id and, where known, source_id, url, n_words and
    fetched_at. Raises RunError if an edge names a page that ``documents`` lacks, or if a page is there twice.
    """
    lazy = take(documents).lazy()
    held = [name for name in lazy.collect_schema().names() if name in DOCUMENT_COLUMNS]
    found = cluster_documents(take(edges).lazy().collect(), lazy.select("page_id", *held).collect(), plan)
    return cast(Frame, give_back(found.to_arrow().cast(CLUSTERS), edges))


def write_clusters(ctx: Context) -> list[Part]:
    """Write ``tables.CLUSTERS`` of the run."""
    edges, documents, rewrites = (ctx.engine.scan(ctx.folder / name) for name in ("edges", "documents", "rewrites"))
    if ctx.plan.rewrite.enabled:
        edges = join_rewrites(edges, rewrites, ctx.plan).sort("left", "right")
        documents = documents.join(count_rewritten(rewrites), on="page_id", how="left")
    frame = cluster_edges(edges, documents, ctx.plan.group).lazy().collect()
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(CLUSTERS)
    return ctx.engine.checkpoint(table.to_batches(), ctx.folder / "clusters", CLUSTERS, ROWS_PER_FILE)
