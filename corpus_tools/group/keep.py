"""Which page of a cluster stays, and in words why each page stays or goes."""

from __future__ import annotations

import polars as pl

RULES: dict[str, tuple[pl.Expr, str]] = {
    "original": (pl.col("rewritten").fill_null(0), "original"),
    "longest": (-pl.col("n_words"), "longest"),
    "earliest": (pl.col("fetched_at").dt.epoch("us").fill_null(2**62), "earliest fetched"),
    "latest": (-pl.col("fetched_at").dt.epoch("us").fill_null(-(2**62)), "latest fetched"),
    "smallest_id": (pl.int_range(pl.len()), "smallest id"),
}
"""Keep rule -> (sort key over documents sorted by page_id, smaller is better; its words)."""


def rank_documents(documents: pl.DataFrame, keep: tuple[str, ...]) -> pl.DataFrame:
    """``documents`` (sorted by page_id) with int64 columns ``key0..`` for the rules and ``rank``: 0 is kept before 1.

    Rules later in ``keep`` break the ties of earlier ones; page_id breaks what is left, so ranks are unique.
    """
    rules = [*keep, *(() if "smallest_id" in keep else ("smallest_id",))]
    keys = [f"key{number}" for number in range(len(rules))]
    ranked = documents.with_columns(RULES[rule][0].cast(pl.Int64).alias(key) for rule, key in zip(rules, keys, strict=True))
    order = ranked.select(pl.arg_sort_by(keys, maintain_order=True)).to_series()
    rank = pl.DataFrame({"at": order, "rank": pl.int_range(len(order), eager=True)}).sort("at")["rank"]
    return ranked.with_columns(rank)


def explain_kept(members: pl.DataFrame, keep: tuple[str, ...]) -> pl.DataFrame:
    """One row a cluster of two and more: ``root`` and ``why_kept``, e.g. ``kept: longest of 4 (812 words)``.

    ``members`` has root, rank, n_words and the keys of ``rank_documents``. Rules are named until one decides.
    """
    rules = [*keep, *(() if "smallest_id" in keep else ("smallest_id",))]
    tied = (
        members.with_columns(pl.len().over("root").alias("left")).filter(pl.col("left") > 1).with_columns(pl.lit("").alias("why"))
    )
    for number, rule in enumerate(rules):
        tied = _apply_rule(tied, f"key{number}", RULES[rule][1])
    return tied.select("root", (pl.lit("kept: ") + pl.col("why") + _words()).alias("why_kept"))


def _apply_rule(tied: pl.DataFrame, key: str, words: str) -> pl.DataFrame:
    """Keep the best of each cluster by one rule, and say so where the cluster was still undecided."""
    best = tied.filter(pl.col(key) == pl.col(key).min().over("root")).with_columns(pl.len().over("root").alias("now"))
    comma = pl.when(pl.col("why") == "").then(pl.lit("")).otherwise(pl.lit(", then "))
    decided = pl.format("{}{}" + words + " of {}", "why", comma, "left")
    useful = (pl.col("left") > 1) & (pl.col("now") < pl.col("left"))
    return best.with_columns(pl.when(useful).then(decided).otherwise("why").alias("why"), pl.col("now").alias("left")).drop("now")


def _words() -> pl.Expr:
    return pl.format(" ({} words)", "n_words")


def explain_removed() -> pl.Expr:
    """Why a removed page went, from kind, jaccard, inside, holds, steps, kept_name and via_name.

    ``inside`` is the share of the page's shingles found in the other page, ``holds`` the reverse.
    """
    direct = pl.col("steps") <= 1
    target = pl.when(direct).then("kept_name").otherwise("via_name")
    what = (
        pl.when(pl.col("kind") == "exact")
        .then(pl.format("exact copy of {}", target))
        .when((pl.col("kind") == "contained") & (pl.col("inside") >= pl.col("holds")))
        .then(pl.format("contained in {}, which holds {} % of its shingles", target, _percent("inside")))
        .when(pl.col("kind") == "contained")
        .then(pl.format("wraps {}, {} % of which it holds", target, _percent("holds")))
        .when(pl.col("kind") == "rewrite")
        .then(pl.format("rewrite of {}, score {}", target, pl.col("score").round(2)))
        .otherwise(pl.format("near copy of {}, {} % of shingles shared", target, _percent("jaccard")))
    )
    tail = pl.when(direct).then(pl.lit("")).otherwise(pl.format("; {} steps from {}", "steps", "kept_name"))
    return pl.lit("removed: ") + what + tail


def _percent(column: str) -> pl.Expr:
    return (pl.col(column) * 100).round().cast(pl.Int64)
