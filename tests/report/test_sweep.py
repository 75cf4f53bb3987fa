"""Sweeps: counts by hand, pairs against the definition, monotone in the threshold, a picture that parses."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.api import Run, open_run
from corpus_tools.errors import PlanError, SourceError
from corpus_tools.report.agreement import judge_clusters
from corpus_tools.report.judging.grouping import move_threshold
from corpus_tools.report.judging.labels import LABEL_COLUMNS, match_sample
from corpus_tools.report.judging.strata import draw_sample, stored_pairs
from corpus_tools.report.judging.sweep_text import render_sweep
from corpus_tools.report.judging.wrong import write_wrong
from corpus_tools.report.sweep import Sweeper, decided_pairs, sweep_edges, sweep_run
from corpus_tools.report.sweep_plot import draw_sweep
from corpus_tools.tables import EDGES

PAGES = pl.DataFrame({"page_id": list("abcdef"), "source_id": ["1", "2", "3", "4", "5", "6"], "n_words": [6, 5, 4, 3, 2, 1]})
PAIRS = pl.DataFrame(
    [
        (left, right, "near", *[score] * 5, *[0] * (len(EDGES) - 8))
        for left, right, score in (("a", "b", 0.9), ("b", "c", 0.7), ("d", "e", 0.65))
    ],
    schema=pl.DataFrame(EDGES.empty_table()).schema,
    orient="row",
    strict=False,
)


def test_counts_at_each_threshold() -> None:
    table = sweep_edges(PAIRS, PAGES, [0.6, 0.7, 0.8, 0.95])
    assert table.columns == ["threshold", "kept", "kept_share", "removed", "clusters", "largest_cluster", "lost_words"]
    assert table["kept"].to_list() == [4, 5, 5, 6]
    assert table["clusters"].to_list() == [2, 1, 1, 0]
    assert table["largest_cluster"].to_list() == [3, 3, 2, 1]
    assert table["kept_share"].to_list() == pytest.approx([4 / 6, 5 / 6, 5 / 6, 1.0])


def test_labels_judge_by_page_id_or_by_the_inputs_own_id() -> None:
    by_own = {"1": "x", "2": "x", "3": "y", "4": "z", "5": "z", "6": "z"}
    table = sweep_edges(PAIRS, PAGES, [0.6, 0.8], by_own)
    first = table.row(0, named=True)
    assert (first["precision"], first["recall"]) == (pytest.approx(2 / 4), pytest.approx(2 / 4))
    assert table["wrongly_removed"].to_list() == [0, 0]  # c is like b alone, which went for a
    assert first["f1_low"] <= first["f1"] <= first["f1_high"]
    by_id = pl.DataFrame({"page": PAGES["page_id"], "cluster": list(by_own.values())})
    assert sweep_edges(PAIRS, PAGES, [0.6, 0.8], by_id).equals(table)
    with pytest.raises(PlanError, match="none of the 1 labels"):
        sweep_edges(PAIRS, PAGES, [0.6], {"nobody": "x"})


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=10), st.data())
def test_pairs_are_counted_as_defined(places: list[tuple[int, int]], data: st.DataObject) -> None:
    names = [f"p{number}" for number in range(len(places))]
    pairs = list(combinations(range(len(places)), 2))
    skipped = set(data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=4)))
    hit = wrong = missed = 0
    for a, b in pairs:
        if (a, b) not in skipped:
            found, true = places[a][0] == places[b][0], places[a][1] == places[b][1]
            hit, wrong, missed = hit + (found and true), wrong + (found and not true), missed + (true and not found)
    clusters = pl.DataFrame({"page_id": names, "cluster_id": [str(c) for c, _ in places], "role": "single", "kept_id": names})
    truth = pl.DataFrame({"page_id": names, "truth": [str(t) for _, t in places]})
    ignored = pl.DataFrame(
        {"left": [names[a] for a, _ in skipped], "right": [names[b] for _, b in skipped]},
        schema={"left": pl.String, "right": pl.String},
    )
    found = judge_clusters(clusters, truth, ignored)
    assert found["precision"] == pytest.approx(hit / (hit + wrong) if hit + wrong else 1.0)
    assert found["recall"] == pytest.approx(hit / (hit + missed) if hit + missed else 1.0)


def test_the_picture_is_xml_with_a_line_for_each_measure() -> None:
    labels = dict(zip("abcdef", "xxyzzz", strict=True))
    picture = ET.fromstring(draw_sweep(sweep_edges(PAIRS, PAGES, [0.6, 0.7, 0.8], labels), "a < b & c"))  # noqa: S314 - our own
    kinds = [part.tag.rpartition("}")[2] for part in picture]
    assert kinds.count("polyline") == 4
    assert kinds.count("polygon") == 1
    assert ET.fromstring(draw_sweep(sweep_edges(PAIRS, PAGES, [0.6]))) is not None  # noqa: S314 - our own


def test_a_run_is_swept_by_its_own_plan_and_labels_file(finished: tuple[Path, Path], tmp_path: Path) -> None:
    run = open_run(finished[1])
    table = sweep_run(run)
    assert table["threshold"].to_list() == sorted([*(step / 20 for step in range(7, 20)), run.plan.group.threshold])
    assert table["removed"].is_sorted(descending=True)
    labels = tmp_path / "labels.csv"
    pages = run.documents.select("source").collect()["source"]
    labels.write_text("page,cluster\n" + "".join(f'"{page}",{number}\n' for number, page in enumerate(pages)))
    judged = run.sweep([0.5], labels)
    assert judged["wrongly_removed"].to_list() == judged["removed"].to_list() != [0]
    shown = render_sweep(judged, plot=tmp_path / "curve.svg").splitlines()
    assert shown[0].split()[:2] == ["threshold", "kept"]
    assert len(shown) == 2
    assert (tmp_path / "curve.svg").read_text().startswith("<svg")
    assert json.loads(render_sweep(judged, as_json=True))["threshold"] == 0.5


def test_labels_that_cannot_be_used_are_errors(finished: tuple[Path, Path], tmp_path: Path) -> None:
    run = open_run(finished[1])
    with pytest.raises(SourceError, match="does not exist"):
        run.sweep([0.5], tmp_path / "none.csv")
    (tmp_path / "odd.csv").write_text("name,cluster\nx,1\n")
    with pytest.raises(PlanError, match="no column 'page'"):
        run.sweep([0.5], tmp_path / "odd.csv")


@pytest.mark.slow
def test_a_sweep_at_the_plans_values_is_what_the_run_did(samples_run: Run) -> None:
    """With rewrites, and with what a person decided: the same grouping, by the same columns of the documents."""
    sweeper = Sweeper(samples_run)
    assert sweeper.settings == ["group.threshold", "group.min_contained", "rewrite.threshold"]
    clusters = samples_run.clusters.collect()
    assert sweeper.held.clusters(samples_run.plan).equals(clusters.cast(sweeper.held.clusters(samples_run.plan).schema))
    for setting in sweeper.settings:
        section, name = setting.split(".")
        own = getattr(getattr(samples_run.plan, section), name)
        table = sweeper.table(setting)
        row = table.filter(pl.col("threshold") == own).row(0, named=True)
        assert row["removed"] == clusters.filter(pl.col("role") == "removed").height
        assert row["lost_words"] == clusters["lost_words"].sum()
        assert table["kept"].is_sorted()
    assert sweeper.table("rewrite.threshold")["kept"].n_unique() > 1


def test_wrong_pairs_are_listed(samples_run: Run, tmp_path: Path) -> None:
    pages = samples_run.clusters.select("page_id", "cluster_id", "role", "kept_id").sort("page_id").collect()
    gone = pages.filter(pl.col("role") == "removed").row(0, named=True)
    labels = tmp_path / "labels.csv"
    told = pages.select(
        page="page_id", cluster=pl.when(pl.col("page_id") == gone["page_id"]).then(pl.lit("alone")).otherwise("kept_id")
    )
    told.write_csv(labels)
    plan = samples_run.plan.group
    row = samples_run.sweep([plan.threshold], labels).row(0, named=True)
    assert row["wrongly_removed"] == 1
    assert [(one["left"], one["right"], one["mistake"]) for one in row["wrong_pairs"]] == [
        (gone["page_id"], gone["kept_id"], "merged")
    ]
    high = samples_run.sweep([1.0], labels).row(0, named=True)
    assert {one["mistake"] for one in high["wrong_pairs"]} >= {"missed"}
    tables = {"group.threshold": samples_run.sweep([plan.threshold, 1.0], labels)}
    assert write_wrong(samples_run, tables, tmp_path / "wrong.csv") >= 1
    written = pl.read_csv(tmp_path / "wrong.csv")
    assert written.filter(pl.col("threshold") == plan.threshold)["left"].to_list() == [gone["page_id"]]
    assert written["left_url"].null_count() == 0


@pytest.mark.slow
def test_judged_pairs_give_estimates_and_a_recommendation(samples_run: Run, tmp_path: Path) -> None:
    pairs = stored_pairs(samples_run)
    sample = draw_sample(pairs, pairs.height)
    assert sample.height == pairs.height
    assert sample["probability"].unique().to_list() == [1.0]
    said = pl.when(pl.col("place") >= 0.8).then(pl.lit("same")).otherwise(pl.lit("not the same"))
    labels = tmp_path / "labels.csv"
    sample.with_columns(said.alias("label"), pl.lit("").alias("note")).select(LABEL_COLUMNS).write_csv(labels)
    table = samples_run.sweep((), labels)
    assert (table["precision"] == table["precision_low"]).all()  # all are judged: nothing is in doubt
    near = pairs.filter(pl.col("kind").is_in(["near", "contained"]))
    assert table["labels"].unique().to_list() == [near.height]
    for row in table.iter_rows(named=True):
        assert len([one for one in row["wrong_pairs"] if one["mistake"] == "merged"]) == round(
            (1 - row["precision"])
            * sum(
                decided_pairs(
                    pairs, "group.threshold", move_threshold(samples_run.plan, "group.threshold", row["threshold"])
                ).filter("concerned")["merges"]
            )
        )
    found = {one.setting: one for one in samples_run.recommend(labels)}
    assert found["group.threshold"].enough
    assert found["group.threshold"].more_labels == 0
    assert found["group.threshold"].f1 == table["f1"].max()
    few = draw_sample(pairs, 12).with_columns(said.alias("label"), pl.lit("").alias("note")).select(LABEL_COLUMNS)
    few.write_csv(labels)
    unsure = samples_run.recommend(labels)[0]
    assert not unsure.enough
    assert 0 < unsure.more_labels <= near.height
    assert "Labels are too few" in str(unsure)
    none = few.filter(pl.col("kind") == "rewrite").write_csv(labels) or samples_run.sweep((), labels)
    assert "f1" not in none.columns
    assert none["labels"].unique().to_list() == [0]


def test_labels_of_another_draw_do_not_count(samples_run: Run) -> None:
    pairs = stored_pairs(samples_run)
    drawn = draw_sample(pairs, 10).with_columns(pl.lit("same").alias("label"))
    labels = drawn.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("near 0.00-0.01")).otherwise("stratum").alias("stratum")
    )
    sample, notes = match_sample(pairs, labels)
    assert len(sample["at"]) == drawn.height - 1
    assert notes == ["1 labels do not count: their pairs have other scores now than when they were drawn"]
