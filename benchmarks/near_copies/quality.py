"""Duplicates found and pages wrongly removed: plain MinHash at several thresholds against this project's default.

python -m benchmarks.near_copies.quality --data DATA    DATA holds vagov/ and medquad/

Plain MinHash is verified exactly and joined transitively, as in the field: word 5-grams, all pairs with a Jaccard similarity
of at least the threshold, and nothing else. No pair is missed: all are compared. Pairs are counted within the clusters of each.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import gate
from benchmarks.data.labelled_sets import LabelledSet, load_revisions, load_templates
from benchmarks.data.made_templates import make_templates
from corpus_tools.fingerprint.sketch import fingerprint_documents
from corpus_tools.group.local import cluster_edges
from corpus_tools.match.local import match_edges
from corpus_tools.plan import GroupPlan, MatchPlan, Plan
from corpus_tools.report.agreement import judge_clusters
from corpus_tools.tables import EDGES

PLAIN = (0.5, 0.7, 0.8)


def find_edges(pages: pl.DataFrame, plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, float]]:
    """Edges, documents with n_words, and seconds spent."""
    begin = time.perf_counter()
    signatures = fingerprint_documents(pages.select("page_id", "text"), plan.fingerprint)
    sketched = time.perf_counter()
    batches = list(match_edges(signatures.lazy(), pages.lazy(), plan))
    seconds = {"fingerprint_seconds": sketched - begin, "match_seconds": time.perf_counter() - sketched}
    frames = [pl.DataFrame(pl.from_arrow(batch)) for batch in batches] or [pl.DataFrame(EDGES.empty_table())]
    return pl.concat(frames), pages.join(signatures.select("page_id", "n_words"), on="page_id"), seconds


def plain_edges(pages: pl.DataFrame, floor: float = min(PLAIN)) -> pl.DataFrame:
    """All pairs of pages whose word 5-grams have a Jaccard similarity of at least ``floor``, scored by it; none is missed."""
    import numpy as np
    import pyarrow as pa

    from corpus_tools.match.verify import measure_overlaps
    from corpus_tools.match.word_store import WordStore

    ordered = pages.sort("page_id")
    with WordStore(5) as store:
        store.add(ordered["text"].cast(pl.String).to_arrow().cast(pa.large_string()))
        sizes = np.diff(store.sets()[0])
        found = []
        for at in range(len(sizes) - 1):
            others = np.arange(at + 1, len(sizes))
            others = others[np.minimum(sizes[others], sizes[at]) >= floor * np.maximum(sizes[others], sizes[at])]
            measures = measure_overlaps(store, np.full(len(others), at), others)
            near = measures["jaccard"] >= floor
            found.append(
                pl.DataFrame({"left": np.full(near.sum(), at), "right": others[near], **{k: v[near] for k, v in measures.items()}})
            )
    table = pl.concat(found)
    names = [ordered["page_id"].gather(table[side]).alias(side) for side in ("left", "right")]
    return table.with_columns(*names, pl.lit("near").alias("kind"), pl.col("jaccard").alias("score"))


def describe(
    held: LabelledSet, edges: pl.DataFrame, documents: pl.DataFrame, plan: GroupPlan, judged: pl.DataFrame | None = None
) -> dict[str, float]:
    """Pair measures, wrongly removed pages, largest cluster, recall of what was planted.

    ``judged`` are the pages to count (page_id), all by default; clusters are those of all pages.
    """
    clusters = cluster_edges(edges, documents, plan)
    truth = held.pages.select("page_id", "truth")
    looked_at = truth if judged is None else truth.join(judged.select("page_id"), on="page_id", how="semi")
    figures = judge_clusters(clusters, looked_at, held.ignored, kept_truth=truth)
    figures["removed"] = clusters.filter(pl.col("role") == "removed").height
    figures["largest_cluster"] = int(clusters.group_by("cluster_id").len()["len"].max())  # type: ignore[arg-type]
    if "edit" not in held.pages.columns:
        return figures
    place = clusters.select("page_id", "cluster_id")
    planted = held.pages.filter(pl.col("edit").is_not_null()).join(place, on="page_id").join(looked_at, on="page_id", how="semi")
    planted = planted.join(place.rename({"page_id": "source", "cluster_id": "sources"}), on="source")
    found = planted.with_columns((pl.col("cluster_id") == pl.col("sources")).alias("found"))
    shares: dict[str, float] = dict(found.group_by("edit").agg(pl.col("found").mean()).sort("edit").iter_rows())
    recall = int(found["found"].sum()) / found.height
    return figures | {"planted_recall": recall} | {f"planted: {edit}": share for edit, share in shares.items()}


def measure_set(held: LabelledSet, plan: Plan, plain: bool = True) -> dict[str, dict[str, float]]:
    """Name of the method -> its figures on the set."""
    edges, documents, seconds = find_edges(held.pages, plan)
    ours = describe(held, edges, documents, plan.group) | seconds | {"pairs_stored": edges.height}
    if not plain:
        return {"this project": ours}
    pairs = plain_edges(held.pages)
    table = {f"word 5-grams, J >= {at}": describe(held, pairs, documents, GroupPlan(threshold=at)) for at in PLAIN}
    return table | {"this project": ours}


def print_set(name: str, table: dict[str, dict[str, float]]) -> None:
    """One line a method."""
    print(f"\n{name}")
    print(f"{'':<24}{'P':>7}{'R':>7}{'F1':>7}{'95 % interval':>17}{'removed':>9}{'wrongly':>9}{'largest':>9}{'planted found':>15}")
    for method, row in table.items():
        interval = f"{row['f1_low']:.3f}-{row['f1_high']:.3f}"
        planted = f"{row['planted_recall']:.4f}" if "planted_recall" in row else "-"
        line = f"{method:<24}{row['precision']:>7.3f}{row['recall']:>7.3f}{row['f1']:>7.3f}{interval:>17}"
        print(f"{line}{row['removed']:>9,.0f}{row['wrongly_removed']:>9,.0f}{row['largest_cluster']:>9,.0f}{planted:>15}")


def load_sets(data: Path) -> list[LabelledSet]:
    """Every labelled set: revisions without and with addresses, template pages alone, the same with planted revisions, made templates."""
    planted = load_templates(data)
    alone = LabelledSet(
        "templates, nothing planted", planted.pages.filter(pl.col("edit").is_null()).drop("edit", "source"), planted.files
    )
    return [load_revisions(data), load_revisions(data, addressed=True), alone, planted, make_templates()]


GATED = {
    "revisions.this project.f1": "min",
    "revisions, with addresses.this project.f1": "min",
    "templates, nothing planted.this project.wrongly_removed": "max",
    "templates.this project.wrongly_removed": "max",
    "templates.this project.planted_recall": "min",
    "made templates.this project.wrongly_removed": "max",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--no-plain", action="store_true", help="leave the peers' method out")
    given = parser.parse_args()
    plan = Plan(match=MatchPlan())
    figures: dict[str, Any] = {}
    for held in load_sets(given.data):
        figures[held.name] = measure_set(held, plan, not given.no_plain)
        print_set(held.name, figures[held.name])
    files = sorted({path for held in load_sets(given.data) for path in held.files})
    if not given.no_plain:
        gate.save_result("near_copies/quality", figures, gate.digest_files(*files), GATED)


if __name__ == "__main__":
    main()
