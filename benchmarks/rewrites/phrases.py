"""Pages whose phrases and clauses were changed: how many are found at the default threshold, and at precision 0.99.

Pages of the half of MedQuAD that training never saw, spun with ``benchmarks.data.phrase_spinner``, hidden among all of MedQuAD. With
``--half 0`` pages of the half that teaches: what is chosen is chosen there.

    python -m benchmarks.rewrites.phrases --data DATA/medquad [--pages 300] [--rates 0.3 0.5 0.7] [--half 1]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from benchmarks import gate
from benchmarks.data.phrase_spinner import spin_phrases
from benchmarks.data.spun_pages import KINDS, choose_pages, recipe
from benchmarks.rewrites.recall import Bench

RATES = (0.3, 0.5, 0.7)
KEPT = ("recall", "recall_at_p99", "candidate_recall", "false_pairs", "near_recall", "recall_at_p99_with_near")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with MedQuAD's pages.parquet")
    parser.add_argument("--pages", type=int, default=300, help="pages spun for each row")
    parser.add_argument("--rates", type=float, nargs="*", default=RATES)
    parser.add_argument(
        "--half", type=int, default=1, choices=(0, 1), help="half of MedQuAD; of the half that teaches nothing is saved"
    )
    options = parser.parse_args()
    bench, rows = Bench(options.data, plain=False), dict[str, Any]()
    for kind in KINDS:
        for rate in options.rates:
            chosen = choose_pages(bench.honest, options.half, options.pages, "phrases")
            spun = [spin_phrases(bench.honest.texts[at], recipe(rate, kind), f"phrases{at}") for at in chosen]
            row = bench.row({"order": kind, "rate": rate}, chosen, spun)
            rows[f"{kind} {rate:.0%}"] = {name: row[name] for name in KEPT}
    if options.half == 1:
        gated = {f"{name}.recall": "min" for name in rows if name.endswith("50%")}
        gate.save_result("rewrites/phrases", rows, gate.digest_files(options.data / "pages.parquet"), gated)


if __name__ == "__main__":
    main()
