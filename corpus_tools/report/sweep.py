"""What other thresholds would give: the stored pairs grouped again at each, and judged by labels if there are any."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from corpus_tools.errors import PlanError
from corpus_tools.frames import take
from corpus_tools.group.aggregates import mark_merging
from corpus_tools.group.renamings import lift_renamings
from corpus_tools.plan import GroupPlan, Plan
from corpus_tools.report.agreement import judge_clusters
from corpus_tools.report.judging.estimate import Cells, estimate_rates, make_cells
from corpus_tools.report.judging.grouping import SETTINGS, Grouping, default_thresholds, move_threshold, open_grouping
from corpus_tools.report.judging.labels import Labels, TrueClusters, match_sample, read_labels, resolve_labels
from corpus_tools.report.judging.strata import stored_pairs
from corpus_tools.report.judging.wrong import WRONG_SCHEMA, wrong_among_labels, wrong_by_clusters
from corpus_tools.store.opened import StoredRun


def sweep_edges(
    edges: pl.DataFrame | pl.LazyFrame,
    documents: pl.DataFrame | pl.LazyFrame,
    thresholds: Sequence[float],
    labels: TrueClusters | None = None,
    ignored: pl.DataFrame | None = None,
    plan: GroupPlan | None = None,
) -> pl.DataFrame:
    """One row for each value of group.threshold: threshold, kept, kept_share, removed, clusters (of at least two pages),
    largest_cluster, lost_words (own words of removed pages that stand nowhere on their kept pages).

    ``edges`` as ``tables.EDGES``, ``documents`` as for ``cluster_edges``. With ``labels`` (page_id, source_id, url or source
    -> true cluster: a mapping, or a frame with columns page and cluster) also precision, recall and f1 over pairs of labelled
    pages, each with the ends of its 95% bootstrap interval (``_low``, ``_high``; true clusters are drawn again), wrongly_removed:
    labelled pages removed in favour of a page of another cluster, and wrong_pairs, a list. ``ignored`` (left, right) are pairs
    that count neither way. Raises PlanError for labels that name no page.
    """
    base = Plan() if plan is None else Plan(group=plan, match=move_threshold(Plan(), "group.threshold", plan.threshold).match)
    pages = take(documents).lazy().collect()
    held = Grouping(lift_renamings(take(edges).lazy().collect()), pages, base)
    truth = None if labels is None else resolve_labels(labels, pages)
    return _sweep(held, "group.threshold", thresholds, truth, None, ignored)


def sweep_run(
    run: StoredRun, thresholds: Sequence[float] = (), labels: str | Path | None = None, setting: str = "group.threshold"
) -> pl.DataFrame:
    """``sweep_edges`` over a run's tables and its own plan, for one of the thresholds; all its steps if none are given.

    ``labels`` is a file (``report.judging.labels``): true clusters of pages, or judged pairs. From pairs that were drawn by
    ``review --sample`` precision, recall and f1 are estimated for all stored pairs of the kinds that the threshold decides, with
    95% intervals (``report.judging.estimate``), and ``labels`` counts those that were used.
    """
    return Sweeper(run, labels).table(setting, thresholds)


class Sweeper:
    """A run and its labels, read once, to sweep several thresholds."""

    def __init__(self, run: StoredRun, labels: str | Path | None = None) -> None:
        self.held = open_grouping(run)
        self.labels = None if labels is None else resolve_labels(read_labels(labels), self.held.documents)
        self.pairs = stored_pairs(run) if self.labels and self.labels.pairs is not None else None
        self.notes: list[str] = list(self.labels.notes) if self.labels else []
        if self.pairs is not None and self.labels and self.labels.pairs is not None:
            self.notes += match_sample(self.pairs, self.labels.pairs)[1]

    @property
    def settings(self) -> list[str]:
        """The thresholds that merge pairs under the run's plan."""
        plan = self.held.plan
        merging = {"near": True, "contained": plan.group.contained == "remove", "rewrite": plan.rewrite.enabled}
        return [SETTINGS[kind] for kind, yes in merging.items() if yes]

    def table(self, setting: str, thresholds: Sequence[float] = ()) -> pl.DataFrame:
        """The sweep of one threshold. PlanError if it is none of ``settings``."""
        if setting not in self.settings:
            raise PlanError(f"{setting!r} merges no pairs in this run", f"choose from {', '.join(self.settings)}")
        return _sweep(self.held, setting, thresholds or default_thresholds(self.held.plan, setting), self.labels, self.pairs)

    def cells(self, setting: str, threshold: float) -> Cells | None:
        """What the judged pairs tell of one threshold; None if none was drawn by a sample."""
        if self.pairs is None or self.labels is None or self.labels.pairs is None:
            return None
        return _cells(self.pairs, self.labels.pairs, setting, move_threshold(self.held.plan, setting, threshold))


def _sweep(
    held: Grouping,
    setting: str,
    thresholds: Sequence[float],
    labels: Labels | None,
    pairs: pl.DataFrame | None,
    ignored: pl.DataFrame | None = None,
) -> pl.DataFrame:
    rows = []
    for threshold in thresholds:
        plan = move_threshold(held.plan, setting, float(threshold))
        clusters = held.clusters(plan)
        row: dict[str, Any] = {"threshold": float(threshold), **_count_roles(clusters)}
        if labels is not None and labels.clusters is not None:
            row |= judge_clusters(clusters, labels.clusters, ignored)
            row["wrong_pairs"] = wrong_by_clusters(clusters, labels.clusters, held.edges, ignored)
        elif labels is not None and labels.pairs is not None and pairs is not None:
            row |= _judge_pairs(pairs, labels.pairs, setting, plan)
        rows.append(row)
    typed = {"wrong_pairs": pl.List(pl.Struct(WRONG_SCHEMA))} if labels is not None else {}
    return pl.DataFrame(rows, schema_overrides=typed, infer_schema_length=None)


def _count_roles(clusters: pl.DataFrame) -> dict[str, float]:
    removed = int((clusters["role"] == "removed").sum())
    sizes = clusters.group_by("cluster_id").len()["len"]
    kept = clusters.height - removed
    return {
        "kept": kept,
        "kept_share": kept / max(1, clusters.height),
        "removed": removed,
        "clusters": int((sizes > 1).sum()),
        "largest_cluster": int(sizes.max() or 0),  # type: ignore[arg-type]
        "lost_words": int(clusters["lost_words"].sum() or 0),
    }


def _judge_pairs(pairs: pl.DataFrame, labels: pl.DataFrame, setting: str, plan: Plan) -> dict[str, Any]:
    """Estimates from judged pairs, the number of labels behind them, and the judged pairs that are wrong at this threshold."""
    cells = _cells(pairs, labels, setting, plan)
    row: dict[str, Any] = {}
    judged = int(cells.judged.sum())
    for name, rate in estimate_rates(cells).items() if judged else ():
        row |= {name: rate.value, f"{name}_low": rate.low, f"{name}_high": rate.high}
    found = decided_pairs(pairs, setting, plan)
    return row | {"labels": judged, "wrong_pairs": wrong_among_labels(found, labels)}


def _cells(pairs: pl.DataFrame, labels: pl.DataFrame, setting: str, plan: Plan) -> Cells:
    sample = match_sample(pairs, labels)[0]
    found = decided_pairs(pairs, setting, plan)
    concerned = found["concerned"].to_numpy()
    place = np.full(pairs.height, -1, np.int64)
    place[concerned] = np.arange(concerned.sum())
    used = place[sample["at"]] >= 0
    stratum = pairs["stratum"].rank("dense").to_numpy()[concerned].astype(np.int64) - 1
    merges = found["merges"].to_numpy()[concerned]
    return make_cells(stratum, merges, place[sample["at"]][used], sample["right"][used])


def decided_pairs(pairs: pl.DataFrame, setting: str, plan: Plan) -> pl.DataFrame:
    """``pairs`` (``strata.stored_pairs``) with ``concerned``, whether this threshold has a say, and ``merges``, whether one page may go."""
    if setting == SETTINGS["rewrite"]:
        merges = (pl.col("rewrite") >= plan.rewrite.threshold).fill_null(value=False)
        return pairs.with_columns(pl.col("rewrite").is_not_null().alias("concerned"), merges.alias("merges"))
    kinds = ["contained"] if setting == SETTINGS["contained"] else ["near", "contained"]
    passing = mark_merging(pairs, plan.group).filter(pl.col("kind") != "rewrite").select("left", "right", merges=pl.lit(value=True))
    joined = pairs.join(passing, on=["left", "right"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("kind").is_in(kinds).alias("concerned"), pl.col("merges").fill_null(value=False))
