"""The pages that the report shows: where each went and why, and what to call a page without title or address."""

from __future__ import annotations

import polars as pl

from corpus_tools.report.tally import collect
from corpus_tools.store.opened import StoredRun

NAME_CHARS = 120
URL_CHARS = 240
REASON_CHARS = 320


def read_pages(run: StoredRun, chosen: pl.DataFrame) -> pl.DataFrame:
    """The chosen pages in their order, documents and rejected ones in the same columns."""
    wanted = chosen.lazy()
    documents = collect(_documents(run, wanted)).join(
        collect(run.clusters.join(wanted, on="page_id", how="semi")).drop("source_id"), on="page_id", how="left"
    )
    cuts = collect(run.stripped.join(wanted, on="page_id", how="semi").group_by("page_id").agg(pl.len().alias("cuts")))
    rejected = collect(_rejected(run, wanted))
    both = pl.concat([documents, rejected], how="diagonal").join(cuts, on="page_id", how="left")
    ordered = chosen.join(both, on="page_id", how="inner", maintain_order="left")
    removed = pl.col("role") == "removed"
    return ordered.with_columns(
        pl.when(pl.col("outcome") == "rejected")
        .then(pl.lit("rejected"))
        .when(removed)
        .then(pl.lit("removed"))
        .otherwise(pl.lit("kept"))
        .alias("outcome"),
        pl.when(pl.col("role") != "single").then(pl.col("cluster_id")).alias("family"),
        pl.when(removed).then(pl.col("kept_id")).alias("kept_id"),
        pl.when(pl.col("source") != pl.col("url")).then(pl.col("source")).alias("source"),
        pl.col("reason").str.slice(0, REASON_CHARS),
        pl.col("cuts").fill_null(0),
    ).drop("cluster_id")


def _documents(run: StoredRun, wanted: pl.LazyFrame) -> pl.LazyFrame:
    start = pl.col("text").str.slice(0, 4 * NAME_CHARS)
    columns = run.documents.join(wanted, on="page_id", how="semi")
    return columns.select(
        "page_id",
        *_naming(start),
        *_common(),
        "language",
        pl.col("n_words").alias("words"),
        "fetched_at",
        "path",
        pl.col("spam_score").alias("spam"),
    )


def _rejected(run: StoredRun, wanted: pl.LazyFrame) -> pl.LazyFrame:
    turned = run.rejected.select("page_id", "stage", "reason").join(wanted, on="page_id", how="semi")
    held = run.table("extracted").drop("stage", "reason").join(turned, on="page_id", how="inner")
    start = pl.col("text").fill_null("").str.slice(0, 4 * NAME_CHARS)
    return held.select(
        "page_id", *_naming(start), *_common(), "language", "path", "stage", "reason", pl.lit("rejected").alias("outcome")
    )


def _naming(start: pl.Expr) -> list[pl.Expr]:
    """What to call a page, and which of its words that is: its title, its address, its first words, or its id."""
    words = start.str.replace_all(r"\s+", " ").str.strip_chars()
    title = pl.col("title").str.replace_all(r"\s+", " ").str.strip_chars()
    choices = {"title": title, "address": pl.col("url"), "first words": words, "id": pl.col("page_id")}
    name, named = pl.lit(None, pl.String), pl.lit(None, pl.String)
    for told, value in reversed(choices.items()):
        is_set = value.fill_null("") != ""
        name = pl.when(is_set).then(_clip(value)).otherwise(name)
        named = pl.when(is_set).then(pl.lit(told)).otherwise(named)
    return [name.alias("name"), named.alias("named")]


def _clip(value: pl.Expr) -> pl.Expr:
    return pl.when(value.str.len_chars() > NAME_CHARS).then(value.str.slice(0, NAME_CHARS - 1) + "…").otherwise(value)


def _common() -> list[pl.Expr]:
    return [
        pl.col("url").str.slice(0, URL_CHARS),
        pl.col("site").str.slice(0, NAME_CHARS),
        pl.col("source").str.slice(0, URL_CHARS),
        pl.col("source_id").str.slice(0, NAME_CHARS),
    ]
