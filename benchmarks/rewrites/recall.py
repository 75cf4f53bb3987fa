"""Rewrites found and honest pages spared: recall at precision 0.99 by rate and order, beside plain MinHash.

Pages of the half of MedQuAD that training never saw, spun with thesauri it never saw, hidden among all of MedQuAD.

    python -m benchmarks.rewrites.recall --data DATA/medquad [--pages 300] [--spinners aiksaurus everyday] [--plain] [--fresh]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from benchmarks import gate
from benchmarks.data.spinners import translate_and_back
from benchmarks.data.spun_pages import (
    KINDS,
    SPINNERS,
    Honest,
    choose_pages,
    find_repeats,
    make_batch,
    read_honest,
    recipe,
    spun_pages,
)
from benchmarks.rewrites.pairs import Measured, drop_repeats, have_no_rival, measure_set, near_scores, sign_pages
from benchmarks.rewrites.plain_minhash import PLAIN, plain_recall
from corpus_tools.plan import GroupPlan, Plan, RewritePlan
from corpus_tools.rewrite.model import RewriteModel, load_rewrite_model
from corpus_tools.rewrite.original import find_originals
from corpus_tools.rewrite.search import rewrite_candidates, search_rewrites
from corpus_tools.text import content_hash

Array = np.ndarray[Any, np.dtype[Any]]
RATES = (0.1, 0.3, 0.5, 0.7)
PRECISION = 0.99
FRESH = {"spa": "Spanish", "cat": "Catalan"}
"""Languages that pages are translated to and back from, and what they are called."""


def recall_at(scores: Array, labels: Array, positives: int, precision: float = PRECISION) -> tuple[float, float]:
    """Best recall at a precision, and the score it is reached at."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    good = np.flatnonzero(hits / np.arange(1, len(order) + 1) >= precision)
    return (float(hits[good[-1]] / positives), float(scores[order][good[-1]])) if len(good) else (0.0, 1.0)


def score(one: Measured, honest: Measured, model: RewriteModel) -> tuple[Array, Array, Array]:
    """Probabilities of a set's pairs and the honest ones, what is true, and which pairs stand; each [pairs of both]."""
    left, right = np.r_[one.left, honest.left], np.r_[one.right, honest.right]
    scores = model.probability(np.concatenate([one.measures, honest.measures]))
    evidence = np.r_[one.column("log_evidence"), honest.column("log_evidence")]
    strangers = np.r_[one.strangers, honest.strangers]
    stands = have_no_rival(left, right, scores, evidence, one.odd, strangers) & ~np.r_[one.vetoed, honest.vetoed]
    return scores, np.r_[one.true, honest.true], stands


def judge(one: Measured, honest: Measured, model: RewriteModel, threshold: float, near: Array) -> dict[str, float]:
    """The row of one set: candidate recall, recall at precision, and what the shipped threshold gives, alone and with near copies.

    ``near`` bool[spun pages]: those the near copies join to their originals.
    """
    scores, labels, kept = score(one, honest, model)
    recall, at = recall_at(scores[kept], labels[kept], one.spun)
    over = kept & (scores >= threshold)
    found = np.zeros(one.spun, bool)
    found[one.right[labels[: len(one.right)] & (kept & (scores >= at))[: len(one.right)]] - len(one.odd) + one.spun] = True
    return {
        "candidate_recall": float(one.true.sum() / one.spun),
        "recall_at_p99": recall,
        "recall_of_candidates": recall * one.spun / max(1, one.true.sum()),
        "p99_threshold": at,
        "recall": float(labels[over].sum() / one.spun),
        "false_pairs": int((~labels[over]).sum()),
        "precision": float(labels[over].mean()) if over.any() else 1.0,
        "near_recall": float(near.mean()),
        "recall_at_p99_with_near": float((found | near).mean()),
        "candidates_per_page": one.candidates / len(one.odd),
    }


def seeds_right(honest: Honest, chosen: list[int], spun: list[str], vocabulary: Any) -> float:
    """Share of clusters of a page and its rewrite whose original is named right."""
    rewrites, originals = [f"a{i}" for i in chosen], [f"b{i}" for i in chosen]
    pages = pl.DataFrame({"page_id": rewrites + originals, "text": spun + [honest.texts[i] for i in chosen]})
    pairs = pl.DataFrame({"left": rewrites, "right": originals, "head": "words"})
    named = find_originals(pairs, pages, vocabulary)
    return float(named["original"].str.starts_with("b").to_numpy().mean())


def measure_cost(texts: list[str]) -> dict[str, float]:
    """Processor time of the whole match stage on the honest pages: ms a candidate pair, documents a second."""
    batch = make_batch(texts).append_column("content_hash", pa.array([content_hash(text) for text in texts]))
    plan, documents = Plan().with_settings({"rewrite.enabled": True}), pl.DataFrame(pl.from_arrow(batch)).lazy()
    signatures, vocabulary = sign_pages(batch, plan)

    pairs = len(rewrite_candidates(signatures, plan)[1])
    for _ in range(2):  # the first compiles
        began = time.process_time()
        list(search_rewrites(signatures, documents, plan, vocabulary))
        seconds = time.process_time() - began
    return {
        "pairs": pairs,
        "seconds": round(seconds, 2),
        "ms_a_pair": round(1000 * seconds / pairs, 4),
        "documents_a_second": round(len(texts) / seconds, 1),
    }


def judge_honest(honest: Honest, own: Measured, model: RewriteModel, threshold: float) -> dict[str, Any]:
    """How many honest pairs the threshold joins, and the likeliest of them."""
    scores = model.probability(own.measures)
    stands = have_no_rival(own.left, own.right, scores, own.column("log_evidence"), own.odd, own.strangers)
    kept = stands & ~own.vetoed
    wrong = sorted((-float(scores[i]), honest.focus[own.left[i]], honest.focus[own.right[i]]) for i in np.flatnonzero(kept))
    for value, one, other in wrong[:8]:
        print(f"  {-value:.3f} {one} | {other}")
    return {
        "honest_pairs": len(own.left),
        "honest_pairs_joined": sum(-value >= threshold for value, _, _ in wrong),
        "honest_highest": max((-value for value, _, _ in wrong), default=0.0),
    }


class Bench:
    """All of MedQuAD, measured once, and what rows are judged with."""

    def __init__(self, data: Path, plain: bool) -> None:
        self.honest, self.model, self.threshold, self.plain = (
            read_honest(data),
            load_rewrite_model(),
            RewritePlan().threshold,
            plain,
        )
        self.base, self.repeats = len(self.honest.texts), find_repeats(self.honest)
        self.every, _ = measure_set(self.honest.texts, np.arange(self.base))
        self.own = drop_repeats(self.every, self.repeats)

    def row(self, named: dict[str, Any], chosen: list[int], spun: list[str]) -> dict[str, Any]:
        """``named`` and the figures of pages spun from the pages ``chosen``."""
        texts = [*self.honest.texts, *spun]
        pairs, vocabulary = measure_set(texts, np.array([*range(self.base), *chosen]), self.base)
        near = near_scores(texts, np.array(chosen), np.arange(self.base, len(texts))) >= GroupPlan().threshold
        row = named | judge(drop_repeats(pairs, self.repeats), self.own, self.model, self.threshold, near)
        row["recall_at_p99_all_honest_pairs"] = judge(pairs, self.every, self.model, self.threshold, near)["recall_at_p99"]
        row["originals_named"] = seeds_right(self.honest, chosen, spun, vocabulary)
        if self.plain:
            row |= {n: plain_recall(self.honest.texts, spun, chosen, *PLAIN[n], self.repeats, PRECISION) for n in PLAIN}
        told = (f"{key} {value:.3f}" if isinstance(value, float) else f"{value}" for key, value in row.items())
        print("  ".join(told), flush=True)
        return row


def fresh_rows(bench: Bench, pages: int) -> list[dict[str, Any]]:
    """Pages translated to another language and back: a spinner made after the model was frozen, and not tuned on."""
    rows = []
    for language in FRESH:
        for kind in KINDS:
            chosen = choose_pages(bench.honest, 1, pages, "fresh")
            texts, seeds = [bench.honest.texts[i] for i in chosen], [f"fresh{i}" for i in chosen]
            spun = translate_and_back(texts, language, recipe(0.0, kind), seeds)
            rows.append(bench.row({"spinner": f"translated to {FRESH[language]} and back", "order": kind}, chosen, spun))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with MedQuAD's pages.parquet")
    parser.add_argument("--pages", type=int, default=300, help="pages spun for each row")
    parser.add_argument("--spinners", nargs="*", default=["aiksaurus", "everyday"], choices=list(SPINNERS))
    parser.add_argument("--rates", type=float, nargs="*", default=RATES)
    parser.add_argument("--plain", action="store_true", help="also plain MinHash, by exact Jaccard at its best threshold")
    parser.add_argument(
        "--fresh", action="store_true", help="also pages translated to another language and back (about two minutes)"
    )
    options = parser.parse_args()
    bench = Bench(options.data, options.plain)
    figures: dict[str, Any] = judge_honest(bench.honest, bench.own, bench.model, bench.threshold)
    figures |= {
        "repeats_left_out": len(bench.every.left) - len(bench.own.left),
        "cost": measure_cost(bench.honest.texts),
        "rows": [],
    }
    print({name: value for name, value in figures.items() if name != "rows"}, flush=True)
    for name in options.spinners:
        synonyms = SPINNERS[name]()
        for kind in KINDS:
            for rate in options.rates:
                chosen, spun = spun_pages(bench.honest, synonyms, recipe(rate, kind), 1, options.pages, "report")
                figures["rows"].append(bench.row({"spinner": name, "order": kind, "rate": rate}, chosen, spun))
    if options.fresh:
        figures["fresh"] = fresh_rows(bench, options.pages)
    figures["recall_at_p99"] = {
        f"{row['spinner']} {row['order']} {row['rate']:.0%}": row["recall_at_p99"] for row in figures["rows"]
    }
    gated = {f"recall_at_p99.{name}": "min" for name in figures["recall_at_p99"] if name.startswith("aiksaurus")}
    gated["honest_pairs_joined"] = "max"
    gate.save_result("rewrites/recall", figures, gate.digest_files(options.data / "pages.parquet"), gated)


if __name__ == "__main__":
    main()
