"""The group stage on one machine: scored edges in, every document's place out."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import polars as pl

from corpus_tools.engines.context import Context
from corpus_tools.errors import RunError
from corpus_tools.frames import Frame, give_back, take
from corpus_tools.group.aggregates import part_aggregates
from corpus_tools.group.components import Families, Order, Pairs
from corpus_tools.group.decisions import DECIDED, NOTHING, PairDecisions, obey_pairs
from corpus_tools.group.documents import grouping_columns
from corpus_tools.group.joined import join_rewrites
from corpus_tools.group.keep import explain_kept, explain_preferred, explain_removed, rank_documents
from corpus_tools.group.obeyed import find_decided_families, hold_first, part_pairs, retell_kept, retell_removed
from corpus_tools.group.permission import MARKS, mark_permissions
from corpus_tools.group.renamings import lift_renamings
from corpus_tools.plan import GroupPlan
from corpus_tools.store.manifest import Part
from corpus_tools.store.parts import ROWS_PER_FILE
from corpus_tools.tables import CLUSTERS, DOCUMENTS

DOCUMENT_COLUMNS: dict[str, pl.DataType] = {
    "source_id": pl.String(),
    "url": pl.String(),
    "canonical_url": pl.String(),
    "n_words": pl.Int64(),
    "spam_score": pl.Float64(),
    "fetched_at": pl.Datetime("us", "UTC"),
    "broken": pl.Int64(),
    "earlier": pl.Int64(),
    "rewritten": pl.Int64(),
}
"""Document columns the stage reads besides page_id; one that is absent counts as null."""
HELD_COLUMNS = [name for name in DOCUMENT_COLUMNS if name in DOCUMENTS.names]
"""Those that the documents table holds."""
EDGE_COLUMNS: dict[str, pl.DataType] = (
    dict.fromkeys(("left", "right", "kind"), pl.String())
    | dict.fromkeys(("score", "jaccard", "held_left", "held_right"), pl.Float64())
    | dict.fromkeys(("own_left", "own_right", "lost_left", "lost_right"), pl.Int64())
)
"""Edge columns the stage reads; own and lost words that are absent count as none."""
ECHO_COLUMNS = ("echo_left", "echo_right")
"""Those that tell aggregates (``aggregates.part_aggregates``)."""
ROUNDING = 1e-9
"""What the last look lets pass: two shares of the same counts may differ by it."""
FRAME_SCHEMA = pl.from_arrow(CLUSTERS.empty_table()).schema  # type: ignore[union-attr]


def cluster_documents(
    edges: pl.DataFrame, documents: pl.DataFrame, plan: GroupPlan, decided: PairDecisions = NOTHING
) -> pl.DataFrame:
    """``tables.CLUSTERS``, one row a document, sorted by page_id; ``edges`` are as ``decisions.decide_edges`` leaves them.

    ``documents`` needs page_id; the columns of ``DOCUMENT_COLUMNS`` are used where present.
    Raises RunError when an edge names a page that ``documents`` does not hold, or a page_id stands twice.
    """
    absent = [pl.lit(0, kind).alias(name) for name, kind in EDGE_COLUMNS.items() if name not in edges.columns]
    edges = edges.with_columns(absent).select(pl.col(name).cast(kind) for name, kind in EDGE_COLUMNS.items())
    ranked = hold_first(rank_documents(_prepare(documents), plan.keep), decided)
    for side in ("left", "right"):
        _positions(edges[side], ranked["page_id"])
    passing = part_pairs(mark_permissions(edges, plan), ranked, decided)
    order = Order(ranked["rank"].to_numpy(), ranked["merit"].to_numpy())
    found = find_decided_families(_pairs(passing, ranked["page_id"]), order, ranked["page_id"], decided)
    members = _members(ranked, found)
    removed = retell_removed(explain_members(members, passing), members, passing, decided)
    check_removed(removed, plan)
    for told in (explain_kept(members, plan.keep), explain_preferred(members, passing, plan.keep)):
        members = members.join(told, left_on="at", right_on="kept", how="left")
    return retell_kept(_rows(members, removed, plan), decided)


def _pairs(passing: pl.DataFrame, page_ids: pl.Series) -> Pairs:
    """The pairs of which one page may go, as positions; what is lost counts by share, and least for exact copies."""
    left, right = (_positions(passing[side], page_ids) for side in ("left", "right"))
    shares = [passing.select(_lost_share(side)).to_series().to_numpy() for side in ("left", "right")]
    # Among pages that lose as little, the one that is most alike.
    loss = [share + (1 - passing["score"].to_numpy()) * 1e-3 for share in shares]
    exact = passing["kind"].is_in(["exact", DECIDED]).to_numpy()
    rewritten = (passing["kind"] == "rewrite").to_numpy()
    return Pairs(left, right, exact, rewritten, *(passing[mark].to_numpy() for mark in MARKS), *loss)


def _lost_share(side: str) -> pl.Expr:
    """Share of the own words of ``side`` that are lost; of a rewrite, whose words are others, what its score leaves open."""
    share = pl.col(f"lost_{side}") / pl.max_horizontal(pl.col(f"own_{side}"), 1)
    return pl.when(pl.col("kind") == "rewrite").then(1 - pl.col("score")).otherwise(share)


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


def _members(ranked: pl.DataFrame, found: Families) -> pl.DataFrame:
    """``ranked`` with each row's position, family, kept page, the pair that lets it go and its side, and the size of the family."""
    columns = {"root": found.root, "kept": found.kept, "via": found.via, "leaves_left": found.leaves_left}
    members = ranked.with_row_index("at").with_columns(pl.col("at").cast(pl.Int64), *[pl.Series(k, v) for k, v in columns.items()])
    names = pl.coalesce("url", "source_id", "page_id")
    return members.with_columns(pl.len().over("root").alias("size"), names.alias("name"))


def explain_members(members: pl.DataFrame, passing: pl.DataFrame) -> pl.DataFrame:
    """Rows ``at``, ``kind``, ``similarity``, ``lost``, ``lost_words`` and ``why_removed`` of every page that goes, sorted by ``at``.

    ``passing`` are the pairs of ``mark_permissions``, which ``via`` counts; -1 is an exact copy of the kept page.
    """
    gone = members.filter(pl.col("at") != pl.col("kept")).select("at", "kept", "via", "leaves_left", "n_words")
    pairs = passing.select("kind", "score", "own_left", "own_right", "lost_left", "lost_right")
    pairs = pairs.with_row_index("via").with_columns(pl.col("via").cast(pl.Int64))
    kept_names = members.select(pl.col("at").alias("kept"), pl.col("name").alias("kept_name"))
    table = gone.join(kept_names, on="kept", how="left").join(pairs, on="via", how="left").sort("at")
    sides = {name: pl.when("leaves_left").then(f"{name}_left").otherwise(f"{name}_right") for name in ("own", "lost")}
    table = table.with_columns(
        pl.col("kind").fill_null("exact"),
        pl.col("score").fill_null(1.0).alias("score"),
        sides["own"].fill_null(pl.col("n_words")).alias("own"),
        sides["lost"].fill_null(0).alias("lost_words"),
    )
    share = pl.col("lost_words") / pl.max_horizontal("own", 1)
    told = pl.col("kind") != "rewrite"
    table = table.with_columns(pl.when(told).then(share).alias("lost"), pl.when(told).then("lost_words").alias("lost_words"))
    return table.select("at", "kind", similarity="score", lost="lost", lost_words="lost_words", why_removed=explain_removed())


def check_removed(removed: pl.DataFrame, plan: GroupPlan) -> None:
    """Raise RunError if a page would go that its own kept page may not stand for: a last look before anything is written."""
    near = (pl.col("kind") == "near") & ((pl.col("similarity") < plan.threshold) | (pl.col("lost") > plan.max_lost))
    within = (pl.col("lost") <= 1 - plan.min_contained + ROUNDING) | (
        (pl.col("similarity") >= plan.threshold) & (pl.col("lost") <= plan.max_lost)
    )
    wrong = removed.filter(near | ((pl.col("kind") == "contained") & ~within))
    if wrong.height:
        raise RunError(
            f"{wrong.height:,} pages would be removed that their kept pages do not stand for, among them: {wrong['why_removed'][0]}",
            "this is a defect: please report it with the plan and the version",
        )


def _rows(members: pl.DataFrame, removed: pl.DataFrame, plan: GroupPlan) -> pl.DataFrame:
    """The table itself, columns and types as ``tables.CLUSTERS``."""
    pages = members["page_id"]
    role = pl.when(pl.col("size") == 1).then(pl.lit("single")).when(pl.col("at") == pl.col("kept")).then(pl.lit("kept"))
    alone = pl.lit("single: no other page may stand for it, nor it for another")
    apart = pl.format("kept: no kept page of its family of {} holds what it says", "size")
    reason = (
        pl.when(pl.col("role") == "single")
        .then(alone)
        .when(pl.col("role") == "kept")
        .then(pl.coalesce("why_kept", "why_preferred", apart))
        .otherwise("why_removed")
    )
    return (
        members.with_columns(role.otherwise(pl.lit("removed")).alias("role"))
        .join(removed, on="at", how="left")
        .sort("at")
        .with_columns(
            pages.gather(members["root"]).alias("cluster_id"),
            pages.gather(members["kept"]).alias("kept_id"),
            reason.alias("reason"),
        )
        .select(pl.col(name).cast(kind) for name, kind in FRAME_SCHEMA.items())
    )


def cluster_edges(
    edges: Frame,
    documents: Frame,
    plan: GroupPlan = GroupPlan(),  # noqa: B008 - frozen
    decided: PairDecisions = NOTHING,
) -> Frame:
    """The cluster and role of every document (``tables.CLUSTERS``, sorted by page_id), one row per document.

    ``edges`` is as in ``tables.EDGES``. ``documents`` has page_id and, where known, source_id, url, n_words and
    fetched_at. Raises RunError if an edge names a page that ``documents`` lacks, or if a page is there twice.
    """
    lazy = take(documents).lazy()
    held = [name for name in lazy.collect_schema().names() if name in DOCUMENT_COLUMNS]
    parted = part_aggregates(lift_renamings(take(edges).lazy().collect()), plan)
    found = cluster_documents(parted, lazy.select("page_id", *held).collect(), plan, decided)
    return cast(Frame, give_back(found.to_arrow().cast(CLUSTERS), edges))


def write_clusters(ctx: Context, decided: PairDecisions) -> list[Part]:
    """Write ``tables.CLUSTERS`` of the run."""
    edges, documents, rewrites = (ctx.engine.scan(ctx.folder / name) for name in ("edges", "documents", "rewrites"))
    edges = lift_renamings(edges)
    if ctx.plan.rewrite.enabled:
        edges = join_rewrites(edges, rewrites, ctx.plan)
    edges = obey_pairs(edges, documents, decided, ctx.plan, ctx.engine.frame)
    edges = edges.select(*EDGE_COLUMNS, *ECHO_COLUMNS).sort("left", "right")
    earlier = ctx.before.run.clusters if ctx.before else None
    pages = grouping_columns(documents, HELD_COLUMNS, rewrites if ctx.plan.rewrite.enabled else None, earlier)
    frame = cluster_edges(edges, pages, ctx.plan.group, decided).lazy().collect()
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(CLUSTERS)
    return ctx.engine.checkpoint(table.to_batches(), ctx.folder / "clusters", CLUSTERS, ROWS_PER_FILE)
