"""Rewrites in a run: spun samples join their originals, the original stays, the words swapped are written down."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import polars as pl
from rich.console import Console
from runs import SAMPLES

from corpus_tools import api
from corpus_tools.api import Run
from corpus_tools.group.joined import join_rewrites
from corpus_tools.plan import Plan
from corpus_tools.report.explain import Explanation
from corpus_tools.tables import EDGES

LABELS = list(csv.DictReader((SAMPLES / "labels.csv").open(encoding="utf-8")))


def _clusters(run: Run) -> pl.DataFrame:
    labels = pl.DataFrame({"url": [f"pages/{row['page']}" for row in LABELS], "relation": [row["relation"] for row in LABELS]})
    truth = pl.Series("truth", [row["spun_cluster"] for row in LABELS])
    urls = run.documents.select("page_id", "url").collect()
    return run.clusters.collect().join(urls, on="page_id").join(labels.with_columns(truth), on="url")


def test_spun_pages_join_their_original(samples_run: Run) -> None:
    placed = _clusters(samples_run)
    rewrites = placed.filter(pl.col("relation").str.starts_with("spun_"))
    assert rewrites.height >= 8
    assert set(rewrites["role"]) == {"removed"}


def test_nothing_is_joined_that_is_not_one_article(samples_run: Run) -> None:
    mixed = _clusters(samples_run).group_by("cluster_id").agg(pl.col("truth").n_unique()).filter(pl.col("truth") > 1)
    assert not mixed.height


def test_the_kept_page_is_no_rewrite_and_says_so(samples_run: Run) -> None:
    kept = _clusters(samples_run).filter(pl.col("role") == "kept")
    assert not kept.filter(pl.col("relation").str.starts_with("spun_")).height
    assert kept.filter(pl.col("reason").str.contains("original")).height


def test_substitutions_are_words_that_were_swapped(samples_run: Run) -> None:
    table = samples_run.substitutions.collect()
    assert table.height > 20
    assert (table["support"] >= 2).all()
    assert (table["left"] != table["right"]).all()


def test_a_path_may_lead_over_a_rewrite(samples_run: Run) -> None:
    pair = samples_run.rewrites.sort("score", descending=True).head(1).collect()
    found = samples_run.explain(pair["left"][0], pair["right"][0])
    assert found.together is True
    assert {step["kind"] for step in found.path} & {"rewrite", "near", "contained", "exact"}


def _explain(run: Run, one: str, other: str) -> Explanation:
    return run.explain(f"pages/{one}", f"pages/{other}")


def test_explain_shows_what_became_of_each_word_whichever_page_is_named_first(samples_run: Run) -> None:
    original, rewrite = "healthjournal.example/iron-deficiency.html", "trendpulse.example/table_iron-deficiency_50.txt"
    found, turned = _explain(samples_run, original, rewrite), _explain(samples_run, rewrite, original)
    assert found.rewriting is not None
    assert found.rewriting == turned.rewriting
    assert found.rewriting.original == found.left["page_id"] == turned.right["page_id"]
    assert "word pairs" in found.rewriting.why_original
    swapped = [
        (span.left, span.right) for one in found.rewriting.detail.sentences for span in one.spans if span.kind == "substituted"
    ]
    table = dict(csv.reader((SAMPLES / "synonyms.csv").open(encoding="utf-8")))
    single = [(old.strip(".,;:").lower(), new.strip(".,;:").lower()) for old, new in swapped if " " not in old + new]
    listed = [new in table.get(old, "").split("|") for old, new in single]
    assert len(single) > 40
    assert sum(listed) / len(listed) > 0.8  # the synonyms the page was made with; the rest stand for several words
    words = found.rewriting.detail.words
    assert words["copied"] > words["substituted"] > 100
    assert all(pairs >= 2 for _, _, pairs in found.rewriting.swaps)
    held = json.loads(found.to_json())["rewriting"]
    assert held["detail"]["sentences"][0]["spans"][0].keys() == {"kind", "left", "right"}


def test_the_terminal_shows_swaps_without_colours(samples_run: Run) -> None:
    console = Console(width=160, record=True, force_terminal=False)
    pages = ("trendpulse.example/table_iron-deficiency_50.txt", "healthjournal.example/iron-deficiency.html")
    console.print(_explain(samples_run, *pages).render())
    shown = console.export_text()
    assert "original: the second page" in shown
    assert "The body {uses → utilises} iron to build haemoglobin" in shown
    assert re.search(r"first page: spam score (0\.9\d|1\.0)", shown)


def test_pages_that_are_no_rewrites_are_not_called_so(samples_run: Run) -> None:
    pages = samples_run.documents.filter(pl.col("url").str.contains("rareindex")).collect()["url"].to_list()
    assert samples_run.explain(pages[0], pages[1]).rewriting is None
    assert samples_run.explain(pages[0], pages[0]).rewriting is None


def test_the_threshold_moves_nothing_but_the_groups(samples_run: Run, tmp_path: Path) -> None:
    copy = Run(shutil.copytree(samples_run.path, tmp_path / "RUN"))
    plan = copy.plan.with_settings({"rewrite.enabled": False})
    again = api.resume(copy.path, plan)
    assert again.record["last_run_did"] == ["rewrite", "group", "write"]
    assert not again.rewrites.collect().height
    assert again.corpus.collect().height > samples_run.corpus.collect().height


def test_one_row_a_pair_and_the_near_copy_first() -> None:
    columns = EDGES.names[4:]
    plan = Plan().with_settings({"rewrite.enabled": True, "rewrite.threshold": 0.8, "group.threshold": 0.6})

    def table(rows: list[tuple[str, str, float]], kind: str) -> pl.LazyFrame:
        frame = pl.DataFrame(rows, schema=["left", "right", "score"], orient="row")
        return frame.select(
            "left", "right", pl.lit(kind).alias("kind"), "score", *[pl.lit(0.0).alias(one) for one in columns]
        ).lazy()

    near = table([("a", "b", 0.7), ("a", "c", 0.4), ("a", "d", 0.4)], "near")
    rewrites = table([("a", "b", 0.9), ("a", "c", 0.9), ("a", "d", 0.5), ("b", "c", 0.8)], "rewrite")
    joined = join_rewrites(near, rewrites, plan).sort("left", "right").collect()
    assert joined.select("left", "right", "kind", "score").rows() == [
        ("a", "b", "near", 0.7),
        ("a", "c", "rewrite", 0.9),
        ("a", "d", "near", 0.4),
        ("b", "c", "rewrite", 0.8),
    ]
