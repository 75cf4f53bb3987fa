"""Which page of a cluster stays, and in words why each page stays or goes."""

from __future__ import annotations

import polars as pl

from corpus_tools.match.addresses import VISIT_NAMES

SPAM = 0.5
"""Spam score from which on a page gives way to one that scores less."""
UNCLEAN = (
    rf"(?i)[;?&]({'|'.join(VISIT_NAMES)}|print|printable|amp|outputtype|view=print)\b"
    r"|/(amp|print|printable)(/|\.html?|$|\?)|^https?://(amp|m|mobile|print)\.|[/.]amp\.html?$|#"
)
"""Addresses with a session or tracking parameter, or of a page's AMP, mobile or print form."""


def _address_key() -> pl.Expr:
    """0 for the canonical address that the page states, 1 for a clean one or none, 2 for one that is not clean."""
    stated = pl.col("url") == pl.col("canonical_url")
    unclean = pl.col("url").fill_null("").str.contains(UNCLEAN)
    return pl.when(stated.fill_null(value=False)).then(0).when(unclean).then(2).otherwise(1)


RULES: dict[str, tuple[pl.Expr, str]] = {
    "published": (-pl.col("earlier").fill_null(0), "of the earlier run"),
    "intact": (pl.col("broken").fill_null(0), "whole, without broken characters"),
    "original": (pl.col("rewritten").fill_null(0) + (pl.col("spam_score").fill_null(0.0) >= SPAM), "original"),
    "canonical": (_address_key(), "canonical address"),
    "longest": (-pl.col("n_words"), "longest"),
    "earliest": (pl.col("fetched_at").dt.epoch("us").fill_null(2**62), "earliest fetched"),
    "latest": (-pl.col("fetched_at").dt.epoch("us").fill_null(-(2**62)), "latest fetched"),
    "smallest_id": (pl.int_range(pl.len()), "smallest id"),
}
"""Keep rule -> (sort key over documents sorted by page_id, smaller is better; its words)."""
MERITS = ("published", "intact", "original")
"""Keep rules that no page makes up for by holding all that another says."""


def rank_documents(documents: pl.DataFrame, keep: tuple[str, ...]) -> pl.DataFrame:
    """``documents`` (sorted by page_id) with int64 columns ``key0..`` for the rules, ``rank`` (0 is kept before 1) and ``merit``.

    ``merit`` is the place by ``MERITS`` alone, smaller is better, one for pages that tie. Rules later in ``keep`` break the ties of earlier ones; page_id breaks what is left, so ranks are unique.
    """
    rules = [*keep, *(() if "smallest_id" in keep else ("smallest_id",))]
    keys = [f"key{number}" for number in range(len(rules))]
    ranked = documents.with_columns(RULES[rule][0].cast(pl.Int64).alias(key) for rule, key in zip(rules, keys, strict=True))
    order = ranked.select(pl.arg_sort_by(keys, maintain_order=True)).to_series()
    rank = pl.DataFrame({"at": order, "rank": pl.int_range(len(order), eager=True)}).sort("at")["rank"]
    merits = [key for key, rule in zip(keys, rules, strict=True) if rule in MERITS]
    merit = pl.struct(merits).rank("dense").cast(pl.Int64) if merits else pl.lit(0, pl.Int64)
    return ranked.with_columns(rank, merit=merit)


def explain_kept(members: pl.DataFrame, keep: tuple[str, ...]) -> pl.DataFrame:
    """One row for each page that others went for: ``kept`` and ``why_kept``, e.g. ``kept: longest of 4 (812 words)``.

    ``members`` has kept (the page kept in a page's place), at, rank, n_words and the keys of ``rank_documents``. The rules are
    named by which the page is preferred to those that went for it, until one decides; a page that holds a shorter one may be
    kept in spite of them.
    """
    rules = [*keep, *(() if "smallest_id" in keep else ("smallest_id",))]
    tied = (
        members.with_columns(pl.len().over("kept").alias("left")).filter(pl.col("left") > 1).with_columns(pl.lit("").alias("why"))
    )
    for number, rule in enumerate(rules):
        tied = _apply_rule(tied, f"key{number}", RULES[rule][1])
    said = pl.when(pl.col("at") == pl.col("kept")).then("why").otherwise(pl.lit("holds the other pages"))
    chosen = tied.with_columns(said.alias("why")).unique("kept", keep="first", maintain_order=True).select("kept", "why")
    words = members.select(pl.col("at").alias("kept"), "n_words")
    named = chosen.join(words, on="kept", how="left")
    return named.select("kept", (pl.lit("kept: ") + pl.col("why") + _words()).alias("why_kept"))


def explain_preferred(members: pl.DataFrame, passing: pl.DataFrame, keep: tuple[str, ...]) -> pl.DataFrame:
    """One row for each page that stays although a page that stays holds all it says: ``kept`` and ``why_preferred``.

    Such a page is better by one of ``MERITS``, the first of which in ``keep`` is named. ``members`` as ``explain_kept`` takes them,
    with page_id, via and name; ``passing`` as ``permission.mark_permissions`` leaves pairs. Copies of a page speak for it.
    """
    stays = (pl.col("at") == pl.col("kept")) | (pl.col("via") < 0)
    ends = members.filter(stays).select("page_id", "kept", "name")
    of = ends.drop("name").rename({"page_id": "goes"})
    by = ends.rename({"page_id": "for", "kept": "holder"})
    sides = [("left", "right"), ("right", "left")]
    whole = pl.concat([passing.filter(f"{one}_whole").select(goes=one, **{"for": other}) for one, other in sides])
    pairs = whole.join(of, on="goes").join(by, on="for").filter(pl.col("kept") != pl.col("holder")).sort("kept", "holder", "name")
    keys = {f"key{number}": RULES[rule][1] for number, rule in enumerate(keep) if rule in MERITS}
    for side, at in (("own", "kept"), ("other", "holder")):
        held = members.select(pl.col("at").alias(at), *[pl.col(key).alias(f"{side}_{key}") for key in keys])
        pairs = pairs.join(held, on=at, how="left", maintain_order="left")
    better = [pl.when(pl.col(f"own_{key}") < pl.col(f"other_{key}")).then(pl.lit(words)) for key, words in keys.items()]
    why = pl.format("kept: {}, though {} holds what it says", pl.coalesce(*better, pl.lit(None, pl.String)), "name")
    return pairs.select("kept", why_preferred=why).drop_nulls().unique("kept", keep="first", maintain_order=True)


def _apply_rule(tied: pl.DataFrame, key: str, words: str) -> pl.DataFrame:
    """Keep the best of each cluster by one rule, and say so where the cluster was still undecided."""
    best = tied.filter(pl.col(key) == pl.col(key).min().over("kept")).with_columns(pl.len().over("kept").alias("now"))
    comma = pl.when(pl.col("why") == "").then(pl.lit("")).otherwise(pl.lit(", then "))
    decided = pl.format("{}{}" + words + " of {}", "why", comma, "left")
    useful = (pl.col("left") > 1) & (pl.col("now") < pl.col("left"))
    return best.with_columns(pl.when(useful).then(decided).otherwise("why").alias("why"), pl.col("now").alias("left")).drop("now")


def _words() -> pl.Expr:
    return pl.format(" ({} words)", "n_words")


def explain_removed() -> pl.Expr:
    """Why a removed page went, from kind, score, jaccard, lost, and ``kept_name``, the page kept in its place."""
    what = (
        pl.when(pl.col("kind") == "exact")
        .then(pl.format("exact copy of {}", "kept_name"))
        .when(pl.col("kind") == "contained")
        .then(pl.format("contained in {}, which holds {}% of its own words", "kept_name", _percent(1 - pl.col("lost"))))
        .when(pl.col("kind") == "rewrite")
        .then(pl.format("rewrite of {}, score {}", "kept_name", pl.col("score").round(2)))
        .otherwise(
            pl.format(
                "near copy of {}, score {}; {}% of its own words are not there",
                "kept_name",
                pl.col("score").round(2),
                _percent(pl.col("lost")),
            )
        )
    )
    return pl.lit("removed: ") + what


def _percent(column: pl.Expr) -> pl.Expr:
    return (column * 100).round().cast(pl.Int64)
