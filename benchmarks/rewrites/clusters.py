"""Rewrites by machines: cluster pair F1 on DetectRL's clusters that taught nothing, what is found of each kind, and honest pages joined.

Pairs that the search for rewrites joins, alone and with near copies (Jaccard similarity of word 5-grams of at least NEAR), make clusters.
What is found of pages that have one rewrite is counted too, in a corpus of these pages alone and among all of MedQuAD: in a cluster,
rewrites lead to each other. Honest sets are searched whole; pairs are counted as joined where they reach the threshold and are no known versions of one page.

    python -m benchmarks.rewrites.clusters --data DATA [--honest]
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from benchmarks import gate
from benchmarks.data.spun_pages import find_repeats, make_batch, read_honest
from benchmarks.rewrites.pairs import sign_pages
from benchmarks.training.rewrite_pairs import CHOSEN, LONE, TAUGHT, TEXT_OF, known_versions, part_of
from corpus_tools.plan import Plan
from corpus_tools.rewrite.search import FOUND, search_rewrites
from corpus_tools.text import content_hash

SAME_TEXT = 0.5
"""Jaccard similarity from which on unlabelled pages of a set may be one text twice, and are not counted as joined wrongly."""
GATED = {"default.f1": "min", "default.precision": "min"} | {
    f"{where}.{kind}": "min" for where in ("alone", "among_others") for kind in LONE
}


def found_pairs(texts: list[str], plan: Plan) -> tuple[pl.DataFrame, float]:
    """Pairs that the search stores, as places in ``texts``, and pages a CPU second of signatures and search."""
    batch = make_batch(texts).append_column("content_hash", pa.array([content_hash(text) for text in texts]))
    documents = pl.DataFrame(pl.from_arrow(batch)).lazy()
    rate = 0.0
    for _ in range(2):  # the first loads the kernels
        began = time.process_time()
        signed, vocabulary = sign_pages(batch, plan)
        table = pa.Table.from_batches(search_rewrites(signed, documents, plan, vocabulary), FOUND)
        rate = len(texts) / (time.process_time() - began)
    return pl.DataFrame(pl.from_arrow(table)).with_columns(pl.col("left", "right").cast(pl.Int64)), round(rate, 1)


def join(pages: int, pairs: pl.DataFrame) -> list[int]:
    """The root of each page's component."""
    parent = list(range(pages))

    def root(page: int) -> int:
        while parent[page] != page:
            parent[page] = parent[parent[page]]
            page = parent[page]
        return page

    for left, right in pairs.select("left", "right").iter_rows():
        parent[root(left)] = root(right)
    return [root(page) for page in range(pages)]


def judge_clusters(frame: pl.DataFrame, pairs: pl.DataFrame) -> dict[str, Any]:
    """Pair precision, recall and F1 of clusters, and the share of each kind that is in its original's cluster."""
    roots, labels, kinds = join(len(frame), pairs), frame["cluster"].to_list(), frame["kind"].to_list()
    together, found, true = (_count_pairs(one) for one in (list(zip(roots, labels, strict=True)), roots, labels))
    precision, recall = together / max(1, found), together / true
    home = {label: root for root, label, kind in zip(roots, labels, kinds, strict=True) if kind == "original"}
    rows = {"f1": 2 * precision * recall / (precision + recall), "precision": precision, "recall": recall}
    for kind in sorted(set(kinds) - {"original"}):
        at = [place for place, one in enumerate(kinds) if one == kind and labels[place] in home]
        rows[kind] = float(np.mean([home[labels[place]] == roots[place] for place in at]))
    return {name: round(value, 4) for name, value in rows.items()}


def lone_recall(frame: pl.DataFrame, others: list[str], plan: Plan) -> dict[str, float]:
    """Share of the rewrites of each of LONE that are joined to their page, where each page has that one, behind ``others``."""
    frame = frame.unique(["cluster", "kind"], keep="first", maintain_order=True)
    shares = {}
    for kind in LONE:
        pairs = frame.filter(pl.col("kind") == "original").join(frame.filter(pl.col("kind") == kind), on="cluster")
        found, _ = found_pairs([*others, *pairs["text"], *pairs["text_right"]], plan)
        right = (pl.col("right") - pl.col("left") == len(pairs)) & (pl.col("left") >= len(others))
        shares[kind] = round(found.filter(right & (pl.col("score") >= plan.rewrite.threshold)).height / len(pairs), 4)
    return shares


def _count_pairs(groups: list[Any]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(groups).values())


def honest_joined(data: Path, name: str, plan: Plan) -> dict[str, Any]:
    """How many pairs of an honest set the search joins, and the likeliest."""
    if name == "medquad":
        honest = read_honest(data / name)
        texts, known = honest.texts, find_repeats(honest)
    else:
        frame = pl.read_parquet(data / name / "pages.parquet")
        texts, ids = frame[TEXT_OF[name]].to_list(), {one: place for place, one in enumerate(frame["id"])}
        known = {(ids[a], ids[b]) for a, b in known_versions(data, name, frame) if a in ids and b in ids}
    pairs, rate = found_pairs(texts, plan)
    rows = pairs.filter(pl.col("jaccard") < SAME_TEXT).select("left", "right", "score", "head").rows()
    wrong = [row for row in rows if row[:2] not in known and row[:2][::-1] not in known]
    over = [row for row in wrong if row[2] >= plan.rewrite.threshold]
    told = {"pages": len(texts), "joined": len(over), "likeliest": round(max((row[2] for row in wrong), default=0.0), 4)}
    return told | {"by_head": dict(Counter(row[3] for row in over)), "pages_a_cpu_second": rate}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with rewrites, medquad and the other sets")
    parser.add_argument("--honest", action="store_true", help="also count honest pages joined (about two minutes)")
    options = parser.parse_args()
    plan, path = Plan().with_settings({"rewrite.enabled": True}), options.data / "rewrites" / "pages.parquet"
    frame = pl.read_parquet(path).with_columns(pl.col("cluster").cast(pl.String))
    spared = [part_of(one) not in {*TAUGHT, *CHOSEN} for one in frame["cluster"]]
    frame = frame.filter(pl.Series(spared))
    pairs, rate = found_pairs(frame["text"].to_list(), plan)
    figures: dict[str, Any] = {"pages": len(frame), "pages_a_cpu_second": rate}
    for name, threshold in {"default": plan.rewrite.threshold, "threshold_0.2": 0.2, "threshold_0.05": 0.05}.items():
        figures[name] = judge_clusters(frame, pairs.filter(pl.col("score") >= threshold))
    others = {"alone": [], "among_others": read_honest(options.data / "medquad").texts}
    figures |= {where: lone_recall(frame, texts, plan) for where, texts in others.items()}
    print(figures)
    if options.honest:
        figures["honest"] = {name: honest_joined(options.data, name, plan) for name in ("medquad", *TEXT_OF)}
        for name, row in figures["honest"].items():
            print(name, row)
    gate.save_result("rewrites/clusters", figures, gate.digest_files(path), GATED)


if __name__ == "__main__":
    main()
