"""How much may it add to a score that two pages have one address?

python -m benchmarks.near_copies.addresses --data DATA    DATA holds vagov/ and medquad/

The weight is chosen on planted pages: captures of rolling lists and of pages that changed little by little, all under one
address, stay a handful each and lose nothing, and no other page goes wrongly. What it brings is shown on revisions.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import gate
from benchmarks.data.labelled_sets import load_revisions
from benchmarks.data.planted_corpus import plant
from benchmarks.near_copies.evidence import Gathered, gather
from benchmarks.near_copies.left_out import CHOOSING_SEED, judge_truth
from benchmarks.near_copies.planted import judge_planted
from corpus_tools.group.local import cluster_edges
from corpus_tools.match.verdict import Weights
from corpus_tools.plan import Plan

WEIGHTS = (0.0, 0.2, 0.35, 0.5, 0.65)


def group(gathered: Gathered, weight: float, plan: Plan) -> pl.DataFrame:
    """Clusters of a set where one address adds ``weight`` of what is lacking."""
    return cluster_edges(gathered.judge(Weights(same_address=weight), plan.match.min_score), gathered.documents, plan.group)


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    data, plan = parser.parse_args().data, Plan()
    revisions = load_revisions(data, addressed=True)
    planted = plant(data, CHOOSING_SEED)
    chosen_on, shown_on = gather(planted, plan), gather(revisions.pages, plan)
    judge = judge_truth(revisions.pages, revisions.ignored, finds=True)
    figures: dict[str, Any] = {}
    for weight in WEIGHTS:
        rows = judge_planted(planted, group(chosen_on, weight, plan), revisions.ignored)
        captured = rows.filter(pl.col("kind").is_in(["rolling_list", "captures"]))
        figures[f"{weight}"] = {
            "planted_found": rows["found"].mean(),
            "planted_wrong": int(rows["wrongly_removed"].sum()),
            "fewest_captures_kept": captured["fewest_kept"].min(),
            "worst_lost": captured["worst_lost"].max(),
            "revisions_f1": asdict(judge(group(shown_on, weight, plan)))["quality"],
        }
        print(weight, figures[f"{weight}"], flush=True)
    files = (data / "medquad" / "pages.parquet", *revisions.files)
    gate.save_result("near_copies/addresses", figures, gate.digest_files(*files), {})


if __name__ == "__main__":
    main()
