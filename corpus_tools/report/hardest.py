"""The pairs nearest to each threshold: one a family, spread over kinds and sites."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import polars as pl

from corpus_tools.report.tally import collect
from corpus_tools.store.opened import StoredRun

CONSIDERED = 40
"""Pairs looked at for each one that is shown: enough that families and sites which repeat can be passed over."""
NEAR = 0.2
"""A pair whose measure is further from a threshold than this is not a borderline pair."""
SITE_SHARE = 4
"""At most one in this many pairs of a list comes from the same two sites, while others are left."""


@dataclass(frozen=True)
class Threshold:
    """A setting that decides pairs. ``table`` holds the pairs, ``measure`` is what the setting is compared with."""

    name: str
    value: float
    table: str
    measure: pl.Expr
    applies: pl.Expr
    told: str


def thresholds_of(run: StoredRun) -> list[Threshold]:
    """The settings of the run's plan that decide whether one page may stand for another."""
    plan = run.plan
    lost = pl.min_horizontal(*(pl.col(f"lost_{side}") / pl.max_horizontal(1, pl.col(f"own_{side}")) for side in ("left", "right")))
    agreed = (pl.col("subject_conflict") < 1) & (pl.col("shared_notice") < 1)
    near = agreed & pl.col("kind").is_in(["near", "contained"])
    found = [
        Threshold("group.threshold", plan.group.threshold, "edges", pl.col("score"), near, "score"),
        Threshold(
            "group.max_lost",
            plan.group.max_lost,
            "edges",
            lost,
            near & (pl.col("score") >= plan.group.threshold),
            "share of own words lost",
        ),
    ]
    if plan.group.contained == "remove":
        held = (1 - lost).alias("held")
        below = agreed & (pl.col("score") < plan.group.threshold)
        found.append(Threshold("group.min_contained", plan.group.min_contained, "edges", held, below, "share of own words held"))
    if plan.rewrite.enabled:
        score = pl.col("score")
        found.append(Threshold("rewrite.threshold", plan.rewrite.threshold, "rewrites", score, pl.lit(value=True), "probability"))
    return found


def find_hardest(run: StoredRun, shown: int) -> list[tuple[Threshold, pl.DataFrame]]:
    """For each threshold up to ``shown`` pairs, nearest first: left, right, and ``measure``, the value that was compared."""
    return [(threshold, _pick(run, threshold, shown)) for threshold in thresholds_of(run)]


def _pick(run: StoredRun, threshold: Threshold, shown: int) -> pl.DataFrame:
    pairs = run.table(threshold.table).filter(threshold.applies).with_columns(threshold.measure.alias("measure"))
    far = (pl.col("measure") - threshold.value).abs().alias("far")
    close = pairs.select("left", "right", "kind", "measure", far).filter(pl.col("far") <= NEAR)
    nearest = collect(close.sort("far", "left", "right").head(CONSIDERED * shown))
    places = run.documents.select("page_id", "site").join(run.clusters.select("page_id", "cluster_id"), on="page_id")
    for side in ("left", "right"):
        named = places.rename({"page_id": side, "site": f"site_{side}", "cluster_id": f"family_{side}"})
        nearest = collect(nearest.lazy().join(named, on=side, how="left"))
    nearest = nearest.sort("far", "left", "right")
    return nearest[_spread(nearest, shown)].select("left", "right", "measure")


def _spread(pairs: pl.DataFrame, shown: int) -> list[int]:
    """Numbers of the rows to show, in order: no family twice, and no kind and two sites often while others are left."""
    families: set[str] = set()
    often: Counter[tuple[str, ...]] = Counter()
    taken: list[int] = []
    for limit in (max(2, shown // SITE_SHARE), shown):
        for number, row in enumerate(pairs.iter_rows(named=True)):
            both = {row["family_left"], row["family_right"]}
            sort = (row["kind"], *sorted(str(row[f"site_{side}"]) for side in ("left", "right")))
            if len(taken) < shown and not both & families and often[sort] < limit:
                families |= both
                often[sort] += 1
                taken.append(number)
    return sorted(taken)
