"""How real spun pages are told from honest ones, and how often honest pages of five sets are called spam or left without a score.

    python -m benchmarks.spam.real_pages --data DATA

Of the honest sets only pages that taught the phrasebook nothing count. The real spun pages are few, and were read while the phrasebook
was written: their figure says that the signs are found, not how often they will be.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import gate
from benchmarks.spam.score import rank_auc
from benchmarks.training.phrasebook import SETS, honest_texts, is_learned
from corpus_tools.spam.judge import DEFAULT_CUT, judge_page

HONEST = ("medquad", "vagov", "cochrane", "wcxb", "rewrites")


def judge_real(data: Path) -> dict[str, float]:
    """AUC of spun against honest pages, and the share of spun ones at the default cut; no score counts as 0."""
    scores: dict[str, list[float]] = {"spun": [], "honest": []}
    for label, text in pl.read_parquet(data / "spun_pages" / "pages.parquet").select("label", "text").iter_rows():
        scores[label].append(judge_page(text).score or 0.0)
    found = sum(score >= DEFAULT_CUT for score in scores["spun"])
    return {"auc": round(rank_auc(scores["honest"], scores["spun"]), 4), "found": found, "spun": len(scores["spun"])}


def count_alarms(data: Path, name: str) -> dict[str, float]:
    """Share of a set's honest pages at the default cut, share without a score, and milliseconds a page: of two turns the shorter."""
    texts = [text for one, text in honest_texts(data, name) if not is_learned(one)]
    scores, spent = list[float | None](), float("inf")
    for _ in range(2):  # the first loads kernels and statistics
        began = time.process_time()
        scores = [judge_page(text).score for text in texts]
        spent = min(spent, time.process_time() - began)
    return {
        "pages": len(texts),
        "alarms": round(sum((score or 0.0) >= DEFAULT_CUT for score in scores) / len(texts), 5),
        "no_score": round(sum(score is None for score in scores) / len(texts), 4),
        "ms_a_page": round(1000 * spent / len(texts), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with spun_pages and the honest sets")
    data = parser.parse_args().data
    figures: dict[str, Any] = {"real": judge_real(data)}
    print("real pages", figures["real"])
    figures["honest"] = {name: count_alarms(data, name) for name in HONEST if name in SETS}
    for name, row in figures["honest"].items():
        print(f"{name:10} {row}")
    files = [data / name / "pages.parquet" for name in ("spun_pages", *HONEST)]
    gate.save_result("spam/real_pages", figures, gate.digest_files(*files))


if __name__ == "__main__":
    main()
