"""Pages of a template beside a spun page of it, in a run: in how many families both stand, and which pages are lost for it.

Spun pages of the half of MedQuAD that training never saw are put among all of MedQuAD. A page is lost where it is removed for one that
is neither its original nor its rewrite, and largely another text (``find_repeats``).

    python -m benchmarks.rewrites.siblings --data DATA/medquad [--pages 300] [--half 1] [--seed report]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import gate
from benchmarks.data.spun_pages import KINDS, SPINNERS, Honest, find_repeats, read_honest, recipe, spun_pages
from corpus_tools import find_copies

RATES = (0.3, 0.5, 0.7)
GATED = {f"{name} {kind} {rate:.0%}.lost": "max" for name in ("aiksaurus", "everyday") for kind in KINDS for rate in RATES}


def judge_families(honest: Honest, repeats: set[tuple[int, int]], chosen: list[int], spun: list[str]) -> dict[str, int]:
    """Of a run over honest and spun pages: pages that are found, that share a family with another text, and that are lost."""
    texts, first = [*honest.texts, *spun], {text: place for place, text in reversed([*enumerate(honest.texts)])}
    origins = [first[honest.texts[place]] for place in (*range(len(honest.texts)), *chosen)]
    frame = pl.DataFrame({"id": [f"{place:06d}" for place in range(len(texts))], "text": texts})
    families = find_copies(frame, id="id").families
    rows = families.select("family", "role", "kind", pl.col("id", "kept_id").cast(pl.Int64)).rows(named=True)

    def are_one(page: int, other: int) -> bool:
        pair = origins[page], origins[other]
        return pair[0] == pair[1] or (min(pair), max(pair)) in repeats

    members: dict[str, list[int]] = {}
    for row in rows:
        members.setdefault(row["family"], []).append(row["id"])
    at = [(page, held) for held in members.values() for page in held if page >= len(honest.texts)]
    gone = [row for row in rows if row["role"] == "removed" and row["kind"] == "rewrite"]
    lost = [row["id"] for row in gone if not are_one(row["id"], row["kept_id"])]
    return {
        "beside_another_text": sum(any(not are_one(page, other) for other in held) for page, held in at),
        "lost": sum(page < len(honest.texts) for page in lost),
        "spun_removed_for_another": sum(page >= len(honest.texts) for page in lost),
        "found": sum(any(origins[other] == origins[page] and other != page for other in held) for page, held in at),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with MedQuAD's pages.parquet")
    parser.add_argument("--pages", type=int, default=300, help="pages spun for each row")
    parser.add_argument("--spinners", nargs="*", default=["aiksaurus", "everyday"], choices=list(SPINNERS))
    parser.add_argument("--half", type=int, default=1, choices=(0, 1), help="of MedQuAD: 0 teaches, 1 is reported and saved")
    parser.add_argument("--seed", default="report")
    options = parser.parse_args()
    honest = read_honest(options.data)
    repeats, figures = find_repeats(honest), dict[str, Any]()
    for name in options.spinners:
        for kind in KINDS:
            for rate in RATES:
                made = spun_pages(honest, SPINNERS[name](), recipe(rate, kind), options.half, options.pages, options.seed)
                row = figures[f"{name} {kind} {rate:.0%}"] = judge_families(honest, repeats, *made)
                print(f"{name} {kind} {rate:.0%}", row, flush=True)
    if options.half == 1:
        gate.save_result("rewrites/siblings", figures, gate.digest_files(options.data / "pages.parquet"), GATED)


if __name__ == "__main__":
    main()
