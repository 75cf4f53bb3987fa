"""What a run grouped, in memory, so that it can be grouped again under other thresholds: pairs, documents, decisions."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from corpus_tools.errors import PlanError
from corpus_tools.group.decisions import NOTHING, PairDecisions, decide_edges, measure_joined, parted_pairs, resolve_decisions
from corpus_tools.group.documents import grouping_columns
from corpus_tools.group.joined import join_rewrites
from corpus_tools.group.local import HELD_COLUMNS, cluster_edges
from corpus_tools.group.renamings import lift_renamings
from corpus_tools.pipeline.decided import run_decisions
from corpus_tools.plan import GroupPlan, Plan
from corpus_tools.store.opened import StoredRun
from corpus_tools.tables import EDGES

SETTINGS = {"near": "group.threshold", "contained": "group.min_contained", "rewrite": "rewrite.threshold"}
"""Kind of pair -> the setting that is its threshold."""


@dataclass(frozen=True)
class Grouping:
    """The input of the group stage, renamed pairs lifted. ``rewrites`` is None where the run did not look for any."""

    edges: pl.DataFrame
    documents: pl.DataFrame
    plan: Plan
    rewrites: pl.DataFrame | None = None
    decided: PairDecisions = NOTHING
    joined: pl.DataFrame | None = None
    """The pairs that a person joined, measured."""

    def clusters(self, plan: Plan) -> pl.DataFrame:
        """``tables.CLUSTERS`` as the group stage would make it under ``plan``."""
        edges = self.edges.lazy()
        if self.rewrites is not None:
            edges = join_rewrites(edges, self.rewrites.lazy(), plan)
        if self.joined is not None:
            edges = decide_edges(edges, self.joined.lazy(), pl.DataFrame(parted_pairs(self.decided)).lazy())
        return cluster_edges(edges.collect().sort("left", "right"), self.documents, plan.group, self.decided)


def open_grouping(run: StoredRun) -> Grouping:
    """What a finished run grouped; all that depends on no threshold is read once."""
    from corpus_tools.store.earlier import Earlier

    plan = run.plan
    rewrites = run.rewrites if plan.rewrite.enabled else None
    before = run.record.get("against")
    earlier = Earlier(Path(before)).run.clusters if before and Path(before).is_dir() else None
    documents = grouping_columns(run.documents, HELD_COLUMNS, rewrites, earlier).collect()
    named = documents.join(run.documents.select("page_id", "source").collect(), on="page_id", how="left")
    decided = resolve_decisions(run_decisions(run), run.documents)[0]
    joined = pl.DataFrame(measure_joined(decided, run.documents, plan)) if decided else None
    edges = lift_renamings(run.edges.select(EDGES.names)).collect()
    return Grouping(edges, named, plan, rewrites.collect() if rewrites is not None else None, decided, joined)


def move_threshold(plan: Plan, setting: str, value: float) -> Plan:
    """``plan`` with one of the thresholds moved; PlanError if it may not have that value."""
    section, name = setting.split(".")
    moved = dataclasses.replace(getattr(plan, section), **{name: value} | ({"min_score": 0.01} if section == "rewrite" else {}))
    if isinstance(moved, GroupPlan):
        lowest = min(plan.match.min_score, max(value, 0.05)) if name == "threshold" else plan.match.min_score
        if name == "threshold" and value < lowest:
            raise PlanError(f"{setting} is {value}", f"give at least {lowest}")
        return dataclasses.replace(plan, group=moved, match=dataclasses.replace(plan.match, min_score=lowest))
    return dataclasses.replace(plan, rewrite=moved)


def default_thresholds(plan: Plan, setting: str) -> list[float]:
    """The values to try: those between the lowest that is stored and 1, in even steps, and the plan's own."""
    steps = {"group.threshold": (plan.match.min_score, 20, 0.95), "group.min_contained": (0.8, 40, 1.0)}
    low, per_one, high = steps.get(setting, (max(plan.rewrite.min_score, 0.05), 20, 0.95))
    section, name = setting.split(".")
    tried = {step / per_one for step in range(per_one + 1) if low - 1e-9 <= step / per_one <= high + 1e-9}
    return sorted(tried | {float(getattr(getattr(plan, section), name))})
