"""Whether the search for rewrites harms revisions: pair F1 on vagov from near copies alone, and with rewrites joined too.

python -m benchmarks.rewrites.revisions --data DATA/vagov
"""

from __future__ import annotations

import argparse
from itertools import combinations
from pathlib import Path

import polars as pl
import pyarrow as pa

from benchmarks import gate
from benchmarks.rewrites.pairs import sign_pages
from corpus_tools.fingerprint.sketch import fingerprint_batch
from corpus_tools.group.local import cluster_edges
from corpus_tools.match.local import match_edges
from corpus_tools.plan import GroupPlan, Plan
from corpus_tools.rewrite.search import FOUND, search_rewrites
from corpus_tools.tables import EDGES

Pairs = set[tuple[str, str]]


def pairs_within(frame: pl.DataFrame, label: str) -> Pairs:
    """Pairs of page ids with the same label."""
    groups = frame.group_by(label).agg(pl.col("page_id").sort())["page_id"].to_list()
    return {pair for group in groups for pair in combinations(group, 2)}


def pair_f1(found: Pairs, true: Pairs, ignored: Pairs) -> float:
    """F1 over pairs, but for those to be ignored."""
    found, true = found - ignored, true - ignored
    return 2 * len(found & true) / max(1, len(found) + len(true))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with vagov's parquet files")
    folder: Path = parser.parse_args().data
    pages = pl.read_parquet(folder / "pages.parquet").select(page_id="id", text="text", cluster="cluster")
    unsure = pl.read_parquet(folder / "ambiguous_pairs.parquet")
    ignored = {(min(a, b), max(a, b)) for a, b in zip(unsure["a"], unsure["b"], strict=True)}
    plan = Plan().with_settings({"rewrite.enabled": True})
    kinds = pa.schema([("page_id", pa.string()), ("text", pa.large_string())])
    batch = pages.select("page_id", "text").to_arrow().cast(kinds).combine_chunks().to_batches()[0]
    surface = pl.DataFrame(pl.from_arrow(pa.Table.from_batches([fingerprint_batch(batch, plan.fingerprint)]))).lazy()
    documents = pages.select("page_id", "text").lazy()
    near = pa.Table.from_batches(match_edges(surface, documents, plan), EDGES)
    signed, vocabulary = sign_pages(batch, plan)
    rewrites = pa.Table.from_batches(search_rewrites(signed, documents, plan, vocabulary), FOUND).select(EDGES.names)
    kept = pl.DataFrame(pl.from_arrow(rewrites)).filter(pl.col("score") >= plan.rewrite.threshold)
    true, figures = pairs_within(pages, "cluster"), {}
    for threshold in (plan.group.threshold, 0.5):
        chosen = pl.DataFrame(pl.from_arrow(near)).filter(pl.col("score") >= threshold)
        joined = kept.with_columns(pl.lit(1.0).alias("score"))
        for name, edges in (
            ("near", chosen),
            ("near_and_rewrites", pl.concat([chosen, joined]).unique(["left", "right"], keep="first")),
        ):
            clusters = cluster_edges(edges, pages.select("page_id", "text"), GroupPlan(threshold=threshold))
            figures[f"{name}_{threshold}"] = round(pair_f1(pairs_within(clusters, "cluster_id"), true, ignored), 4)
    labels = dict(zip(pages["page_id"], pages["cluster"], strict=True))
    wrong = [(a, b, score) for a, b, score in kept.select("left", "right", "score").iter_rows() if labels[a] != labels[b]]
    figures |= {"rewrite_edges": len(kept), "rewrite_edges_across_clusters": len([w for w in wrong if w[:2] not in ignored])}
    print(figures)
    for row in sorted(wrong, key=lambda w: -w[2])[:12]:
        print(" ", row)
    gate.save_result("rewrites/revisions", figures, gate.digest_files(folder / "pages.parquet"))


if __name__ == "__main__":
    main()
