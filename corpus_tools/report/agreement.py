"""How far clusters agree with true ones: precision, recall and F1 over pairs of pages, with bootstrap intervals."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

RESAMPLES = 500
"""Bootstrap samples behind an interval."""


def judge_clusters(
    clusters: pl.DataFrame,
    truth: pl.DataFrame,
    ignored: pl.DataFrame | None = None,
    kept_truth: pl.DataFrame | None = None,
) -> dict[str, float]:
    """Pair precision, recall and f1 with bootstrap intervals, and wrongly removed pages.

    ``clusters`` as ``tables.CLUSTERS``, ``truth`` with page_id and truth of the pages judged, ``ignored`` with left and
    right. ``kept_truth`` is as truth, for the pages that others were removed for, where those are more than the judged.
    """
    held = clusters.join(truth, on="page_id", how="inner")
    counts = _pairs_by_truth(held, ignored)
    figures = _rates(counts.sum(axis=0))
    draws = np.random.default_rng(0).multinomial(len(counts), np.full(len(counts), 1 / max(1, len(counts))), RESAMPLES)
    samples = np.array([_rates(total) for total in draws @ counts])
    out: dict[str, float] = {}
    for at, name in enumerate(("precision", "recall", "f1")):
        low, high = np.quantile(samples[:, at], (0.025, 0.975))
        out |= {name: figures[at], f"{name}_low": float(low), f"{name}_high": float(high)}
    kept = (truth if kept_truth is None else kept_truth).rename({"page_id": "kept_id", "truth": "kept_truth"})
    wrong = held.filter(pl.col("role") == "removed").join(kept, on="kept_id").filter(pl.col("truth") != pl.col("kept_truth"))
    return out | {"wrongly_removed": wrong.height}


def _pairs_by_truth(held: pl.DataFrame, ignored: pl.DataFrame | None) -> NDArray[np.float64]:
    """For each true cluster: pairs found, pairs found wrongly (half on each side), pairs missed; float64 [true clusters, 3]."""
    cells = held.group_by("truth", "cluster_id").len("n").with_columns(pl.col("n").cast(pl.Float64))
    cells = cells.with_columns(pl.col("n").sum().over("cluster_id").alias("found"), pl.col("n").sum().over("truth").alias("true"))
    n = pl.col("n")
    tables = [
        cells.select(
            "truth",
            (n * (n - 1) / 2).alias("hit"),
            (n * (pl.col("found") - n) / 2).alias("wrong"),
            (n * (pl.col("true") - n) / 2).alias("missed"),
        )
    ]
    if ignored is not None and ignored.height:
        tables.append(_ignored_pairs(held, ignored))
    return pl.concat(tables).group_by("truth").sum().sort("truth").select("hit", "wrong", "missed").to_numpy()


def _ignored_pairs(held: pl.DataFrame, ignored: pl.DataFrame) -> pl.DataFrame:
    """What the ignored pairs added to the counts, negative, half of each pair on either side."""
    places = held.select("page_id", "truth", "cluster_id")
    pairs = ignored.select("left", "right").unique()
    for side in ("left", "right"):
        renamed = places.rename({"page_id": side, "truth": f"truth_{side}", "cluster_id": f"cluster_{side}"})
        pairs = pairs.join(renamed, on=side)
    same, together = pl.col("truth_left") == pl.col("truth_right"), pl.col("cluster_left") == pl.col("cluster_right")
    halves = {"hit": same & together, "wrong": ~same & together, "missed": same & ~together}
    counted = [(-0.5 * flag.cast(pl.Float64)).alias(name) for name, flag in halves.items()]
    return pl.concat([pairs.select(pl.col(f"truth_{side}").alias("truth"), *counted) for side in ("left", "right")])


def _rates(counts: NDArray[np.float64]) -> tuple[float, float, float]:
    """Precision, recall and f1; 1 where there is nothing to find or nothing found."""
    hit, wrong, missed = (float(value) for value in counts)
    precision = hit / (hit + wrong) if hit + wrong > 0 else 1.0
    recall = hit / (hit + missed) if hit + missed > 0 else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
