"""The pairs that a threshold gets wrong, by labels: merged though they are two, missed though they are one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from corpus_tools.report.judging.labels import TOGETHER
from corpus_tools.store.opened import StoredRun

WRONG_SCHEMA = {"left": pl.String(), "right": pl.String(), "mistake": pl.String(), "kind": pl.String(), "score": pl.Float64()}
"""A wrong pair: of a merged one left is the page that goes and right the one that stays; kind and score where the pair is stored."""


def wrong_by_clusters(
    clusters: pl.DataFrame, truth: pl.DataFrame, edges: pl.DataFrame, ignored: pl.DataFrame | None = None
) -> list[dict[str, Any]]:
    """Labelled pages that went for a page of another true cluster, and pages that stay beside the first page of their own.

    ``clusters`` as ``tables.CLUSTERS``, ``truth`` with page_id and truth, ``edges`` as ``tables.EDGES``, ``ignored`` with left, right.
    """
    held = clusters.join(truth, on="page_id").sort("page_id")
    kept = truth.rename({"page_id": "kept_id", "truth": "kept_truth"})
    gone = held.filter(pl.col("role") == "removed").join(kept, on="kept_id").filter(pl.col("truth") != pl.col("kept_truth"))
    merged = gone.select(left="page_id", right="kept_id", mistake=pl.lit("merged"))
    stays = held.filter(pl.col("role") != "removed").with_columns(pl.col("page_id").first().over("truth").alias("first"))
    missed = stays.filter(pl.col("page_id") != pl.col("first")).select(left="first", right="page_id", mistake=pl.lit("missed"))
    wrong = pl.concat([merged, missed]).with_columns(
        pl.min_horizontal("left", "right").alias("a"), pl.max_horizontal("left", "right").alias("b")
    )
    if ignored is not None and ignored.height:
        skipped = ignored.select(pl.min_horizontal("left", "right").alias("a"), pl.max_horizontal("left", "right").alias("b"))
        wrong = wrong.join(skipped, on=["a", "b"], how="anti")
    scored = edges.select(a="left", b="right", kind="kind", score="score")
    found = wrong.join(scored, on=["a", "b"], how="left", maintain_order="left")
    return found.select(list(WRONG_SCHEMA)).to_dicts()


def wrong_among_labels(found: pl.DataFrame, labels: pl.DataFrame) -> list[dict[str, Any]]:
    """Judged pairs of the kinds concerned that the threshold gets wrong; ``found`` as ``sweep.decided_pairs``."""
    judged = (
        found.filter("concerned")
        .join(labels.select("left", "right", "label"), on=["left", "right"])
        .filter(pl.col("label") != "unsure")
    )
    together = pl.col("label").is_in(TOGETHER)
    mistake = pl.when(pl.col("merges") & ~together).then(pl.lit("merged")).when(~pl.col("merges") & together).then(pl.lit("missed"))
    wrong = judged.with_columns(mistake.alias("mistake")).filter(pl.col("mistake").is_not_null())
    return wrong.sort("left", "right").select(list(WRONG_SCHEMA)).to_dicts()


def write_wrong(run: StoredRun, tables: dict[str, pl.DataFrame], path: Path) -> int:
    """Write the wrong pairs of several sweeps as one CSV file, with the pages' addresses; the number of different pairs."""
    named = [
        table.select(pl.lit(setting).alias("setting"), "threshold", "wrong_pairs")
        .explode("wrong_pairs", empty_as_null=False)
        .unnest("wrong_pairs")
        for setting, table in tables.items()
        if "wrong_pairs" in table.columns
    ]
    wrong = pl.concat(named) if named else pl.DataFrame(schema={"setting": pl.String, "threshold": pl.Float64, **WRONG_SCHEMA})
    urls = run.documents.select("page_id", pl.coalesce("url", "source_id", "source").alias("url")).collect()
    for side in ("left", "right"):
        wrong = wrong.join(urls.rename({"page_id": side, "url": f"{side}_url"}), on=side, how="left", maintain_order="left")
    wrong.sort("setting", "threshold", "mistake", "left", "right").write_csv(path)
    return wrong.select("left", "right").n_unique() if wrong.height else 0
