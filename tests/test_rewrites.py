"""Rewrites in a run: spun samples join their originals, the original stays, the words swapped are written down."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import polars as pl
import pytest

from corpus_tools import pipeline
from corpus_tools.cluster import join_rewrites
from corpus_tools.plan import Plan
from corpus_tools.runs import Run

SAMPLES = Path(__file__).parent.parent / "samples"
LABELS = list(csv.DictReader((SAMPLES / "labels.csv").open(encoding="utf-8")))


@pytest.fixture(scope="module")
def spun(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("spun")
    return pipeline.run(SAMPLES / "pages", folder / "RUN", Plan().with_settings({"spin.enabled": True}), workers=2)


def _clusters(run: Run) -> pl.DataFrame:
    labels = pl.DataFrame({"url": [f"pages/{row['page']}" for row in LABELS], "relation": [row["relation"] for row in LABELS]})
    truth = pl.Series("truth", [row["spun_cluster"] for row in LABELS])
    urls = run.documents.select("page_id", "url").collect()
    return run.clusters.collect().join(urls, on="page_id").join(labels.with_columns(truth), on="url")


def test_spun_pages_join_their_original(spun: Run) -> None:
    placed = _clusters(spun)
    rewrites = placed.filter(pl.col("relation").str.starts_with("spun_"))
    assert rewrites.height >= 8
    assert set(rewrites["role"]) == {"removed"}


def test_nothing_is_joined_that_is_not_one_article(spun: Run) -> None:
    mixed = _clusters(spun).group_by("cluster_id").agg(pl.col("truth").n_unique()).filter(pl.col("truth") > 1)
    assert not mixed.height


def test_the_kept_page_is_no_rewrite_and_says_so(spun: Run) -> None:
    kept = _clusters(spun).filter(pl.col("role") == "kept")
    assert not kept.filter(pl.col("relation").str.starts_with("spun_")).height
    assert kept.filter(pl.col("reason").str.contains("original")).height


def test_substitutions_are_words_that_were_swapped(spun: Run) -> None:
    table = spun.substitutions.collect()
    assert table.height > 20
    assert (table["support"] >= 2).all()
    assert (table["left"] != table["right"]).all()


def test_a_path_may_lead_over_a_rewrite(spun: Run) -> None:
    pair = spun.rewrites.sort("score", descending=True).head(1).collect()
    found = spun.explain(pair["left"][0], pair["right"][0])
    assert found.together is True
    assert {step["kind"] for step in found.path} & {"spun", "near", "contained", "exact"}


def test_the_threshold_moves_nothing_but_the_groups(spun: Run, tmp_path: Path) -> None:
    copy = Run(shutil.copytree(spun.path, tmp_path / "RUN"))
    plan = copy.plan.with_settings({"spin.enabled": False})
    again = pipeline.resume(copy.path, plan)
    assert again.record["last_run_did"] == ["rewrite", "group", "write"]
    assert not again.rewrites.collect().height
    assert again.corpus.collect().height > spun.corpus.collect().height


def test_one_row_a_pair_and_the_near_copy_first() -> None:
    columns = ("jaccard", "containment_left", "containment_right", "ordered", "subject_conflict")
    plan = Plan().with_settings({"spin.enabled": True, "spin.threshold": 0.8, "group.threshold": 0.6})

    def table(rows: list[tuple[str, str, float]], kind: str) -> pl.LazyFrame:
        frame = pl.DataFrame(rows, schema=["left", "right", "score"], orient="row")
        return frame.select(
            "left", "right", pl.lit(kind).alias("kind"), "score", *[pl.lit(0.0).alias(one) for one in columns]
        ).lazy()

    near = table([("a", "b", 0.7), ("a", "c", 0.4), ("a", "d", 0.4)], "near")
    spun = table([("a", "b", 0.9), ("a", "c", 0.9), ("a", "d", 0.5), ("b", "c", 0.8)], "spun")
    joined = join_rewrites(near, spun, plan).collect()
    assert joined.select("left", "right", "kind", "score").rows() == [
        ("a", "b", "near", 0.7),
        ("a", "c", "spun", 0.9),
        ("a", "d", "near", 0.4),
        ("b", "c", "spun", 0.8),
    ]
