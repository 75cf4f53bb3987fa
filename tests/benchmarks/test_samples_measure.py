"""The samples benchmark: a perfect cleaner scores 1 everywhere, an idle one 0, and each fault lands in its own figure."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from benchmarks.cleaning import passage_scores as bench
from benchmarks.cleaning import samples as command

ALL = command.read_samples(Path(__file__).parents[2] / "samples")


def sample(gold: str, *planted: tuple[str, str]) -> bench.Sample:
    return bench.Sample("site/page.txt", {}, b"", gold.split(), [], [(kind, passage.split()) for kind, passage in planted])


def test_perfect_cleaner_scores_one() -> None:
    figures = bench.measure(ALL, lambda one: bench.Outcome(one.gold, one.planted)).figures()
    assert (figures["recall"], figures["right_kind"], figures["gold_missing"], figures["f1"]) == (1.0, 1.0, 0.0, 1.0)
    assert all(row["recall"] == row["listed"] == 1.0 and row["false_words"] == 0 for row in figures["kinds"].values())


def test_idle_cleaner_scores_nothing() -> None:
    figures = bench.measure(ALL, lambda one: bench.Outcome(one.gold + [w for _, p in one.planted for w in p], [])).figures()
    assert figures["recall"] == 0.0
    assert figures["gold_missing"] == 0.0
    assert figures["f1"] < 0.9


def test_wrong_kind_is_cut_but_not_right() -> None:
    page = sample("pollen makes the nose run", ("share_bar", "share this on facebook"), ("byline", "by jo"))
    cuts = [("newsletter", "share this on facebook".split()), ("byline", ["by", "jo"])]
    kinds = bench.measure([page], lambda one: bench.Outcome(one.gold, cuts)).figures()["kinds"]
    assert (kinds["share_bar"]["recall"], kinds["share_bar"]["right_kind"]) == (1.0, 0.0)
    assert (kinds["byline"]["recall"], kinds["byline"]["right_kind"]) == (1.0, 1.0)


def test_false_cut_is_charged_to_the_kind_that_made_it() -> None:
    page = sample("we share what cookies are about and how they work", ("share_bar", "share this"))
    left, cut = "we share and how they work".split(), "what cookies are about".split()
    figures = bench.measure([page], lambda one: bench.Outcome(left, [("cookie_notice", cut)])).figures()
    assert figures["kinds"]["cookie_notice"]["false_words"] == 4
    assert figures["gold_missing"] == pytest.approx(0.4)


def test_title_left_twice_counts_as_left_once_as_kept() -> None:
    page = sample("hay fever season pollen is small", ("repeated_title", "hay fever season"))
    twice = "hay fever season hay fever season pollen is small".split()
    assert bench.measure([page], lambda one: bench.Outcome(twice, [])).figures()["kinds"]["repeated_title"]["recall"] == 0.0
    assert bench.measure([page], lambda one: bench.Outcome(one.gold, [])).figures()["kinds"]["repeated_title"]["recall"] == 1.0


def test_pairs_found_missed_and_wrong() -> None:
    places = {"a": "x", "b": "x", "c": "y", "d": "y"}
    found = command.pair_figures({"a": "1", "b": "1", "c": "2", "d": "3"}, places)
    assert found == {"true": 1, "found": 1, "wrong": 1, "missed_pairs": [], "wrong_pairs": ["c d"]}
    found = command.pair_figures({"a": "1", "b": "1", "c": "1", "d": "3"}, places)
    assert found == {"true": 3, "found": 1, "wrong": 1, "missed_pairs": ["a c", "b c"], "wrong_pairs": ["c d"]}


def test_a_page_removed_for_another_document_is_wrongly_removed() -> None:
    pages = [bench.Sample(name, {"cluster": label}, b"", [], [], []) for name, label in (("a", "1"), ("b", "1"), ("c", "2"))]
    columns = {"page_id": ["1", "2", "3"], "cluster_id": ["1"] * 3, "role": ["kept", "removed", "removed"], "kept_id": ["1"] * 3}
    found = command.judge_clusters(pages, {"1": "a", "2": "b", "3": "c"}, pl.DataFrame(columns), "cluster")
    assert (found["wrongly_removed"], found["wrong_removals"]) == (1, ["c for a"])


def test_missing_title_is_told_apart_from_missing_body() -> None:
    page = bench.Sample("site/page.html", {}, b"", "iron and blood iron carries oxygen".split(), "iron and blood".split(), [])
    (figures,) = bench.measure([page], lambda _: bench.Outcome("iron carries oxygen".split(), [])).pages
    assert (figures["missing"], figures["body_missing"]) == (3, 0)
    (figures,) = bench.measure([page], lambda _: bench.Outcome("iron and blood carries".split(), [])).pages
    assert (figures["missing"], figures["body_missing"]) == (2, 1)
