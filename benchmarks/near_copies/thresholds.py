"""Every labelled set at many thresholds, and the default that follows.

python -m benchmarks.near_copies.thresholds --data DATA    DATA holds vagov/ and medquad/

The threshold is chosen on one half of the true clusters of each set (by a hash of their name) and judged on the other: the
best F1 on revisions among the thresholds that wrongly remove at most 10 of the 5,398 template pages (5 in a half) and find
98% of what was planted. Writes results/near_copies/thresholds.json and one curve a
set, results/near_copies/thresholds_SET.svg.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import gate
from benchmarks.data.labelled_sets import LabelledSet
from benchmarks.near_copies.quality import describe, find_edges, load_sets
from corpus_tools.plan import GroupPlan, Plan
from corpus_tools.report.judging.sweep_text import render_sweep
from corpus_tools.report.sweep import sweep_edges
from corpus_tools.report.sweep_plot import draw_sweep

STEPS = [step / 100 for step in range(40, 97, 2)]
ALLOWED_WRONG, WANTED_RECALL = 5, 0.98


def half(held: LabelledSet, odd: bool) -> pl.DataFrame:
    """The pages of one half of the set's true clusters."""
    names = held.pages["truth"].unique().to_list()
    picked = [name for name in names if hashlib.blake2b(name.encode()).digest()[0] % 2 == int(odd)]
    return held.pages.filter(pl.col("truth").is_in(picked))


def judge_at(
    held: LabelledSet, made: tuple[pl.DataFrame, pl.DataFrame], threshold: float, odd: bool | None = None
) -> dict[str, float]:
    """``quality.describe`` of the set, or of one half of it."""
    judged = None if odd is None else half(held, odd)
    return describe(held, *made, GroupPlan(threshold=threshold), judged)


def choose(
    sets: dict[str, LabelledSet], made: dict[str, Any], odd: bool | None, allowed: int
) -> tuple[float, dict[float, dict[str, float]]]:
    """The threshold by the rule above, on a half or (``odd`` None) on all, and the figures it was chosen from."""
    seen = {}
    for at in [step / 100 for step in range(52, 96)]:
        revisions, templates, planted = (
            judge_at(sets[name], made[name], at, odd) for name in ("revisions", "templates, nothing planted", "templates")
        )
        seen[at] = {"f1": revisions["f1"], "wrong": templates["wrongly_removed"], "planted": planted["planted_recall"]}
    fit = {at: row for at, row in seen.items() if row["wrong"] <= allowed and row["planted"] >= WANTED_RECALL}
    return max(fit, key=lambda at: fit[at]["f1"]), seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    plan = Plan()
    sets = {held.name: held for held in load_sets(given.data)}
    made = {name: find_edges(held.pages, plan)[:2] for name, held in sets.items()}
    figures: dict[str, Any] = {"default": {"threshold": plan.group.threshold}, "sweeps": {}}
    for name, held in sets.items():
        labels = held.pages.select(pl.col("page_id").alias("page"), pl.col("truth").alias("cluster"))
        table = sweep_edges(*made[name], STEPS, labels, held.ignored, plan.group)
        figures["sweeps"][name] = table.drop("wrong_pairs", strict=False).to_dicts()
        (gate.RESULTS / "near_copies" / f"thresholds_{name.replace(', ', '_').replace(' ', '_')}.svg").write_text(
            draw_sweep(table, name), encoding="utf-8"
        )
        print(f"\n{name}\n{render_sweep(table)}")
    best, figures["chosen from"] = choose(sets, made, False, ALLOWED_WRONG)
    figures["recommended"], _ = choose(sets, made, None, 2 * ALLOWED_WRONG)
    print(f"\nrecommended, by the same rule on all labels: {figures['recommended']} (default: {plan.group.threshold})")
    figures["chosen"] = best
    figures["other half"] = {name: judge_at(held, made[name], best, True) for name, held in sets.items()}
    print(f"\nchosen on one half: {best}; on the other half:")
    for name, row in figures["other half"].items():
        print(
            f"  {name}: F1 {row['f1']:.3f}, wrongly removed {row['wrongly_removed']}, planted found {row.get('planted_recall', 1):.4f}"
        )
    files = sorted({path for held in sets.values() for path in held.files})
    gate.save_result("near_copies/thresholds", figures, gate.digest_files(*files))


if __name__ == "__main__":
    main()
