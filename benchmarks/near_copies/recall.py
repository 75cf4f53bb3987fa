"""Does the stated recall hold? Pairs of texts at J in [t, t + .05), from text to candidates, against what the plan states.

python -m benchmarks.near_copies.recall [--pairs 20000] [--recall 0.99]

For each t the plan's min_score is t. The pairs' true Jaccard similarity is counted on their shingle sets; what the plan states
for them is the mean of its curve over these similarities. Texts have 80 to 600 words.
"""

from __future__ import annotations

import argparse
import hashlib
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks import gate
from corpus_tools import fingerprint_documents
from corpus_tools.kernels.shingles import hash_shingles
from corpus_tools.match.search.banding import plan_banding
from corpus_tools.match.search.candidates import find_candidates, sketch_matrix
from corpus_tools.match.verify import passing_estimates
from corpus_tools.plan import MatchPlan

FLOORS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)


def main() -> None:
    """Measure at every floor, print the table, write results/near_copies/recall.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--recall", type=float, default=0.99)
    given = parser.parse_args()
    print(f"{'J >=':>7}{'bands':>7}{'rows':>6}{'pairs':>8}{'stated':>9}{'found':>9}{'differ':>9}{'by bands':>10}")
    rows, digests = [], []
    for floor in FLOORS:
        texts = make_pairs(floor, given.pairs)
        digests.append(hashlib.sha256("\n".join(texts).encode()).digest())
        row = measure(texts, floor, given.recall)
        rows.append(row)
        print(
            f"{floor:>7.2f}{row['bands']:>7}{row['rows']:>6}{row['pairs']:>8,}{row['stated']:>9.4f}{row['found']:>9.4f}"
            f"{row['found'] - row['stated']:>+9.4f}{row['by_bands']:>10.4f}"
        )
    worst = max(abs(row["found"] - row["stated"]) for row in rows)
    lowest = min(row["found"] for row in rows)
    print(f"largest difference {worst:.4f}, lowest recall {lowest:.4f} where {given.recall} is asked for")
    figures = {"recall": given.recall, "floors": rows, "largest_difference": worst, "lowest_recall": lowest}
    data = gate.digest_made(f"{given.pairs:,} pairs made for each similarity", digests)
    gate.save_result("near_copies/recall", figures, data, {"largest_difference": "max", "lowest_recall": "min"})


def measure(made: list[str], floor: float, recall: float) -> dict[str, Any]:
    """Stated and found recall of the pairs among those of ``made`` that have a similarity in [floor, floor + .05)."""
    texts = pa.array(made, pa.large_string())
    names = [f"{i:032x}" for i in range(len(texts))]
    columns = {"page_id": names, "content_hash": names, "n_words": [0] * len(texts), "text": texts}
    sketches = sketch_matrix(fingerprint_documents(pa.table(columns))["signature"], "affine32")
    indptr, sets = hash_shingles(texts, 5)
    jaccard = np.array([_jaccard(sets, indptr, i) for i in range(0, len(texts), 2)])
    chosen = np.flatnonzero((jaccard >= floor) & (jaccard < floor + 0.05))
    sizes = np.diff(indptr)
    banding = plan_banding(MatchPlan(min_score=floor, recall=recall), sketches.shape[1])
    pairs, _ = find_candidates(sketches, banding)
    kept = passing_estimates(sketches, sizes, pairs[:, 0], pairs[:, 1], floor)
    return {
        "floor": floor,
        "bands": banding.bands,
        "rows": banding.rows,
        "pairs": len(chosen),
        "stated": float(np.mean([banding.probability(value) for value in jaccard[chosen]])),
        "found": _share(pairs[kept], chosen),
        "by_bands": _share(pairs, chosen),
    }


def make_pairs(floor: float, count: int) -> list[str]:
    """Texts of which 2i and 2i + 1 have about a similarity in [floor, floor + .05)."""
    chance = np.random.default_rng(round(floor * 100))
    texts = []
    for number in range(count):
        length = int(chance.integers(80, 601))
        words = [f"{number}x{i}" for i in range(length)]
        aim = (length - 4) * (1 - (t := floor + 0.05 * chance.random())) / (1 + t)
        places = chance.permutation(np.arange(4, length - 5, 6))[: round(aim / 5)]
        texts.append(" ".join(words))
        for place in places:
            words[place] = "other"
        texts.append(" ".join(words))
    return texts


def _jaccard(sets: Any, indptr: Any, i: int) -> float:
    one, other = (sets[indptr[k] : indptr[k + 1]] for k in (i, i + 1))
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return float(shared / (len(one) + len(other) - shared))


def _share(pairs: Any, chosen: Any) -> float:
    """Share of the pairs (2i, 2i + 1) with i in ``chosen`` among the candidates."""
    found = pairs[(pairs[:, 0] % 2 == 0) & (pairs[:, 1] == pairs[:, 0] + 1), 0] // 2
    return float(np.isin(chosen, found).mean())


if __name__ == "__main__":
    main()
