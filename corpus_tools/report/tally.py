"""What the report counts over all rows of a run: where pages went, by site, language, kind and reason, and histograms."""

from __future__ import annotations

from typing import Any

import polars as pl

from corpus_tools.group.renamings import lift_renamings
from corpus_tools.report.columns import DIGITS
from corpus_tools.store.opened import StoredRun

SHOWN_SITES = 60
SHOWN_VALUES = 40
"""Maximum number of rules or reasons that are counted one by one."""
SCORE_BINS = 50
SHARE_BINS = 20
CLIP = 160

Rows = list[dict[str, Any]]


def tally_run(run: StoredRun) -> dict[str, Any]:
    """Counts over every row of a finished run, as plain values. Reads each table once, column by column."""
    return {
        "flow": _flow(run),
        "rejected": _rejected(run),
        "sites": _sites(run),
        "languages": _languages(run),
        "cuts": _cuts(run),
        "rules": _rules(run),
        "scores": _histogram(lift_renamings(run.edges), "score", SCORE_BINS, "kind"),
        "rewrite_scores": _histogram(run.rewrites, "score", SCORE_BINS, "head"),
        "lost": _histogram(run.clusters.filter(pl.col("role") == "removed"), "lost", SHARE_BINS, "kind"),
        "spam": _histogram(run.documents, "spam_score", SHARE_BINS),
        "family_sizes": _family_sizes(run),
    }


def collect(frame: pl.LazyFrame) -> pl.DataFrame:
    """The rows of a lazy frame, worked through in pieces."""
    return frame.collect(engine="streaming")


def without_numbers(column: str) -> pl.Expr:
    """A column's text with its numbers replaced, so that reasons and rules that differ only there count as one."""
    return pl.col(column).str.replace_all(r"\d+(?:[.,]\d+)*", "#").str.slice(0, CLIP)


def _placed(run: StoredRun) -> pl.LazyFrame:
    """Documents without their texts, each with its role."""
    columns = run.documents.select("page_id", "site", "language", "n_words")
    return columns.join(run.clusters.select("page_id", "role", "kind", "lost_words"), on="page_id", how="left")


def _flow(run: StoredRun) -> Rows:
    """Documents by role and by kind of removal: pages, words, and words lost."""
    counted = _placed(run).group_by("role", "kind")
    sums = counted.agg(
        pl.len().alias("pages"),
        pl.col("n_words").sum().alias("words"),
        pl.col("lost_words").sum(),
        pl.col("lost_words").count().alias("measured"),
    )
    return collect(sums).sort("role", "kind").to_dicts()


def _rejected(run: StoredRun) -> Rows:
    counted = run.rejected.group_by("stage", without_numbers("reason")).agg(pl.len().alias("pages"))
    return _top(collect(counted), "pages", ["stage", "reason"], SHOWN_VALUES)


def _sites(run: StoredRun) -> Rows:
    """Pages by site: kept, removed, rejected, and words; those with most pages first, the rest in one row."""
    removed = (pl.col("role") == "removed").fill_null(value=False)
    ended = (
        _placed(run)
        .group_by("site")
        .agg((~removed).sum().alias("kept"), removed.sum().alias("removed"), pl.col("n_words").sum().alias("words"))
    )
    turned = run.table("extracted").select("page_id", "site").join(run.rejected.select("page_id"), on="page_id", how="semi")
    both = pl.concat(
        [
            ended.with_columns(pl.lit(0).alias("rejected")).cast({"kept": pl.Int64, "removed": pl.Int64, "rejected": pl.Int64}),
            turned.group_by("site")
            .agg(pl.len().cast(pl.Int64).alias("rejected"))
            .select(
                "site",
                pl.lit(0, pl.Int64).alias("kept"),
                pl.lit(0, pl.Int64).alias("removed"),
                pl.lit(0, pl.Int64).alias("words"),
                "rejected",
            ),
        ]
    )
    summed = both.group_by(pl.col("site").str.slice(0, CLIP)).agg(pl.col("kept", "removed", "rejected", "words").sum())
    counted = collect(summed).with_columns((pl.col("kept") + pl.col("removed") + pl.col("rejected")).alias("pages"))
    return _top(counted, "pages", ["site"], SHOWN_SITES)


def _languages(run: StoredRun) -> Rows:
    removed = (pl.col("role") == "removed").fill_null(value=False)
    counted = (
        _placed(run)
        .group_by("language")
        .agg(pl.len().alias("pages"), removed.sum().alias("removed"), pl.col("n_words").sum().alias("words"))
    )
    return _top(collect(counted), "pages", ["language"], SHOWN_VALUES)


def _cuts(run: StoredRun) -> Rows:
    """Cut passages by kind: passages and characters."""
    counted = run.stripped.group_by("kind").agg(
        pl.len().alias("passages"), pl.col("passage").str.len_chars().sum().alias("characters")
    )
    return collect(counted).sort("characters", "kind", descending=[True, False]).to_dicts()


def _rules(run: StoredRun) -> Rows:
    counted = run.stripped.group_by("kind", without_numbers("rule")).agg(pl.len().alias("passages"))
    return _top(collect(counted), "passages", ["kind", "rule"], 4 * SHOWN_VALUES)


def _family_sizes(run: StoredRun) -> Rows:
    """Families of two pages and more, by their number of pages."""
    sizes = run.clusters.group_by("cluster_id").agg(pl.len().alias("size")).filter(pl.col("size") > 1)
    return collect(sizes.group_by("size").agg(pl.len().alias("families"))).sort("size").to_dicts()


def _histogram(frame: pl.LazyFrame, column: str, bins: int, by: str | None = None) -> Rows:
    """Rows by ``at`` (0 to bins - 1, the bin of a value between 0 and 1, rounded as it is shown) and by another column."""
    at = (pl.col(column).round(DIGITS) * bins + 1e-9).floor().clip(0, bins - 1).cast(pl.Int32).alias("at")
    keys = [at, *([pl.col(by)] if by else [])]
    counted = frame.filter(pl.col(column).is_not_null()).group_by(keys).agg(pl.len().alias("rows"))
    return collect(counted).sort("at", *([by] if by else [])).to_dicts()


def _top(frame: pl.DataFrame, count: str, names: list[str], limit: int) -> Rows:
    """The largest rows; what is left out stands in a last row with the number of rows in ``others``."""
    ordered = frame.sort(count, *names, descending=[True, *[False] * len(names)])
    rows = ordered.head(limit).to_dicts()
    rest = ordered.slice(limit)
    if rest.height:
        sums = {name: int(rest[name].sum()) for name in rest.columns if name not in names}
        rows.append({**dict.fromkeys(names), **sums, "others": rest.height})
    return rows
