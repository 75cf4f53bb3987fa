"""Rewrites found and honest pages spared: recall at precision 0.99 by rate and order, beside plain MinHash.

Pages of the half of MedQuAD that training never saw, spun with thesauri it never saw, hidden among all of MedQuAD.

    python benchmarks/spun.py --data DATA/medquad [--pages 300] [--spinners aiksaurus everyday] [--plain]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import gate
import numpy as np
from spun_pairs import KINDS, SPINNERS, Honest, Measured, drop_repeats, find_repeats, measure_set, read_honest, recipe, spun_pages
from spun_plain import PLAIN, plain_recall

from corpus_tools.cluster.align import MEASURES
from corpus_tools.cluster.original import find_originals
from corpus_tools.cluster.spun import best_of_rewrite
from corpus_tools.cluster.spun_model import SpunModel, load_model
from corpus_tools.plan import SpinPlan

Array = np.ndarray[Any, np.dtype[Any]]
RATES = (0.1, 0.2, 0.3, 0.5, 0.7)
PRECISION = 0.99


def recall_at(scores: Array, labels: Array, positives: int, precision: float = PRECISION) -> tuple[float, float]:
    """Best recall at a precision, and the score it is reached at."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    good = np.flatnonzero(hits / np.arange(1, len(order) + 1) >= precision)
    return (float(hits[good[-1]] / positives), float(scores[order][good[-1]])) if len(good) else (0.0, 1.0)


def judge(one: Measured, honest: Measured, model: SpunModel, threshold: float) -> dict[str, float]:
    """The row of one set: candidate recall, recall at precision, and what the shipped threshold gives."""
    left, rewrite = np.r_[one.left, honest.left], np.r_[one.rewrite, honest.rewrite]
    scores = model.probability(np.concatenate([one.measures, honest.measures]), tuple(MEASURES))
    labels, vetoed = np.r_[one.true, honest.true], np.r_[one.vetoed, honest.vetoed]
    pages = int(max(left.max(), np.r_[one.right, honest.right].max())) + 1
    kept = best_of_rewrite(rewrite, scores, pages) & ~vetoed
    recall, at = recall_at(scores[kept], labels[kept], one.spun)
    over = kept & (scores >= threshold)
    return {
        "candidate_recall": float(one.true.sum() / one.spun),
        "recall_at_p99": recall,
        "p99_threshold": at,
        "recall": float(labels[over].sum() / one.spun),
        "false_pairs": int((~labels[over]).sum()),
        "precision": float(labels[over].mean()) if over.any() else 1.0,
        "candidates_per_page": one.candidates / (one.spun + len(np.unique(honest.left))),
    }


def seeds_right(honest: Honest, chosen: list[int], spun: list[str], vocabulary: Any) -> float:
    """Share of clusters of a page and its rewrite whose original is named right."""
    import polars as pl

    rows = {
        "cluster_id": [str(i) for i in chosen] * 2,
        "page_id": [f"b{i}" for i in chosen] + [f"a{i}" for i in chosen],
        "text": [honest.texts[i] for i in chosen] + spun,
    }
    named = find_originals(pl.DataFrame(rows), vocabulary)
    return float(named["original"].str.starts_with("b").to_numpy().mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with MedQuAD's pages.parquet")
    parser.add_argument("--pages", type=int, default=300, help="pages spun for each row")
    parser.add_argument("--spinners", nargs="*", default=["aiksaurus", "everyday"], choices=list(SPINNERS))
    parser.add_argument("--rates", type=float, nargs="*", default=RATES)
    parser.add_argument("--plain", action="store_true", help="also plain MinHash, by exact Jaccard at its best threshold")
    options = parser.parse_args()
    honest, model, threshold = read_honest(options.data), load_model(), SpinPlan().threshold
    base = len(honest.texts)
    began = time.process_time()
    own, _ = measure_set(honest.texts, np.arange(base))
    seconds = time.process_time() - began
    repeats = find_repeats(honest, own)
    own = drop_repeats(own, repeats)
    own.origins[1][:] = own.origins[0] - 1  # two honest pages are never one text
    scores = model.probability(own.measures, tuple(MEASURES))
    kept = best_of_rewrite(own.rewrite, scores, base) & ~own.vetoed
    wrong = [
        (float(scores[i]), honest.focus[own.left[i]], honest.focus[own.right[i]]) for i in np.flatnonzero(kept & (scores >= 0.5))
    ]
    figures: dict[str, Any] = {
        "honest_pairs": len(own.left),
        "honest_pairs_joined": sum(score >= threshold for score, _, _ in wrong),
        "honest_highest": max((score for score, _, _ in wrong), default=0.0),
        "seconds_measuring_honest": round(seconds, 1),
        "rows": [],
    }
    print(f"honest pages: {base}, candidate pairs {len(own.left)}, joined at {threshold}: {figures['honest_pairs_joined']}")
    for score, one, other in sorted(wrong, reverse=True)[:8]:
        print(f"  {score:.3f} {one} | {other}")
    for name in options.spinners:
        synonyms = SPINNERS[name]()
        for kind in KINDS:
            for rate in options.rates:
                chosen, spun = spun_pages(honest, synonyms, recipe(rate, kind), 1, options.pages, "report")
                pairs, vocabulary = measure_set([*honest.texts, *spun], np.array([*range(base), *chosen]), base)
                row: dict[str, Any] = {"spinner": name, "order": kind, "rate": rate}
                row |= judge(drop_repeats(pairs, repeats), own, model, threshold)
                row["originals_named"] = seeds_right(honest, chosen, spun, vocabulary)
                if options.plain:
                    row |= {n: plain_recall(honest.texts, spun, chosen, *PLAIN[n], repeats, PRECISION) for n in PLAIN}
                figures["rows"].append(row)
                print(
                    "  ".join(f"{key} {value:.3f}" if isinstance(value, float) else f"{value}" for key, value in row.items()),
                    flush=True,
                )
    floors = {"honest_pairs_joined": "max"}
    for place, row in enumerate(figures["rows"]):
        if row["spinner"] == "aiksaurus" and row["rate"] >= 0.5:
            floors[f"rows.{place}.recall_at_p99"] = "min"
    gate.save_result("spun", figures, gate.digest_data(options.data / "pages.parquet"), floors)


if __name__ == "__main__":
    main()
