"""The group stage: every page one row, the representative by rule, the reason in words."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.errors import PlanError, RunError
from corpus_tools.group.local import cluster_edges
from corpus_tools.plan import GroupPlan
from corpus_tools.tables import CLUSTERS

NAMES = {"left": pl.String, "right": pl.String, "kind": pl.String} | dict.fromkeys(
    ("score", "jaccard", "own_left", "own_right", "lost_left", "lost_right"), pl.Float64
)


def edges(*rows: tuple[str, str, str, float, float, float, float, float]) -> pl.DataFrame:
    """left, right, kind, score, own words of left and right, lost words of left and right; of contained pairs held follows."""
    table = pl.DataFrame([(*row[:4], row[3], *row[4:]) for row in rows], schema=NAMES, orient="row")
    shares = {side: 1 - pl.col(f"lost_{side}") / pl.col(f"own_{side}") for side in ("left", "right")}
    held = [
        pl.when(pl.col("kind") == "contained").then(share).otherwise(0.0).alias(f"held_{side}") for side, share in shares.items()
    ]
    return table.with_columns(held)


def documents(**words: int) -> pl.DataFrame:
    return pl.DataFrame({"page_id": list(words), "n_words": list(words.values())})


PAGES = documents(a=5, b=5, c=7, d=7, e=3, f=2, g=9)
PAIRS = edges(
    ("a", "b", "exact", 1.0, 5, 5, 0, 0),
    ("b", "c", "near", 0.9, 50, 70, 5, 20),
    ("c", "d", "near", 0.95, 70, 70, 7, 7),
    ("e", "f", "contained", 0.45, 40, 20, 22, 1),
)


def test_roles_reasons_and_similarities() -> None:
    found = {row["page_id"]: row for row in cluster_edges(PAIRS, PAGES).to_dicts()}
    assert [found[page]["cluster_id"] for page in "abcdefg"] == ["a", "a", "a", "a", "e", "e", "g"]
    assert [found[page]["role"] for page in "abcdefg"] == ["removed", "removed", "kept", "removed", "kept", "removed", "single"]
    assert found["c"]["reason"] == "kept: longest of 4, then smallest id of 2 (7 words)"
    assert found["d"]["reason"] == "removed: near copy of c, score 0.95; 10% of its own words are not there"
    assert found["a"]["reason"] == "removed: near copy of c, score 0.9; 10% of its own words are not there"
    assert found["f"]["reason"] == "removed: contained in e, which holds 95% of its own words"
    assert found["g"]["reason"] == "single: no other page may stand for it, nor it for another"
    assert [found[page]["kept_id"] for page in "abcdefg"] == ["c", "c", "c", "c", "e", "e", "g"]
    assert (found["d"]["similarity"], found["d"]["lost"], found["d"]["lost_words"]) == (0.95, 0.1, 7)
    assert (found["c"]["similarity"], found["c"]["lost"]) == (None, None)
    assert found["a"]["kind"] == "near"


def test_a_copy_of_the_kept_page_is_an_exact_copy() -> None:
    found = cluster_edges(edges(("a", "b", "exact", 1.0, 5, 5, 0, 0)), documents(a=5, b=5)).row(1, named=True)
    assert (found["kind"], found["reason"], found["lost"]) == ("exact", "removed: exact copy of a", 0.0)


def test_no_near_copy_goes_that_would_lose_too_much() -> None:
    pairs = edges(("a", "b", "near", 0.9, 100, 200, 10, 110))
    for plan, kept in ((GroupPlan(), ["b", "b"]), (GroupPlan(max_lost=0.05), ["a", "b"])):
        assert cluster_edges(pairs, documents(a=100, b=200), plan)["kept_id"].to_list() == kept
    # The page that ranks first does not go for one that is no copy of it, nor may that one go.
    assert cluster_edges(pairs, documents(a=100, b=200), GroupPlan(keep=("smallest_id",)))["kept_id"].to_list() == ["a", "b"]


def test_contained_pages_may_be_kept() -> None:
    found = cluster_edges(PAIRS, PAGES, GroupPlan(contained="keep"))
    assert found.filter(pl.col("page_id").is_in(["e", "f"]))["role"].to_list() == ["single", "single"]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("url", ["https://h.example/a?utm_source=x", "https://h.example/a", "https://amp.h.example/a"]),
        ("broken", [1, 0, 1]),
        ("earlier", [None, 1, None]),
        ("spam_score", [0.7, 0.1, 0.9]),
        ("rewritten", [1, 0, 2]),
    ],
)
def test_rules_before_length(column: str, values: list[object]) -> None:
    pages = documents(a=90, b=50, c=70).with_columns(pl.Series(column, values))
    pairs = edges(("a", "b", "near", 0.9, 90, 50, 9, 5), ("b", "c", "near", 0.9, 50, 70, 5, 7))
    assert cluster_edges(pairs, pages)["kept_id"].unique().to_list() == ["b"]


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("broken", [0, 1], "whole, without broken characters"),
        ("earlier", [1, None], "of the earlier run"),
        ("spam_score", [0.1, 0.9], "original"),
    ],
)
def test_no_page_goes_for_a_worse_one_that_holds_it(column: str, values: list[object], words: str) -> None:
    pages = documents(a=50, b=90).with_columns(pl.Series(column, values))
    found = cluster_edges(edges(("a", "b", "contained", 0.5, 50, 90, 0, 40)), pages)
    assert found["role"].to_list() == ["kept", "kept"]
    assert found["reason"][0] == f"kept: {words}, though b holds what it says"
    assert found["reason"][1] == "kept: no kept page of its family of 2 holds what it says"
    allowed = GroupPlan(keep=("longest",))
    assert cluster_edges(edges(("a", "b", "contained", 0.5, 50, 90, 0, 40)), pages, allowed)["kept_id"].to_list() == ["b", "b"]


def test_a_page_goes_for_a_near_copy_with_more_to_it_whatever_its_address() -> None:
    """The other way round too much would be lost, and both would stay."""
    pages = documents(a=50, b=90).with_columns(url=pl.Series(["https://h.example/a", "https://m.h.example/a"]))
    found = cluster_edges(edges(("a", "b", "near", 0.9, 50, 90, 1, 40)), pages)
    assert found["kept_id"].to_list() == ["b", "b"]
    assert found["reason"].to_list() == [
        "removed: near copy of https://m.h.example/a, score 0.9; 2% of its own words are not there",
        "kept: holds the other pages (90 words)",
    ]
    assert cluster_edges(edges(("a", "b", "near", 0.9, 50, 90, 2, 40)), pages)["role"].to_list() == ["kept", "kept"]


def test_time_decides_where_the_rule_says_so() -> None:
    times = [dt.datetime(2020, 1, day, tzinfo=dt.UTC) for day in (3, 1)]
    pages = documents(a=5, b=5, c=5).with_columns(fetched_at=pl.Series([*times, None], dtype=pl.Datetime("us", "UTC")))
    pairs = edges(*[(a, b, "near", 0.9, 50, 50, 5, 5) for a, b in ("ab", "ac", "bc")])
    for keep, kept in ((("longest", "earliest"), "b"), (("latest",), "a"), (("smallest_id",), "a")):
        found = cluster_edges(pairs, pages, GroupPlan(keep=keep))
        assert found["kept_id"].unique().to_list() == [kept], keep
    why = cluster_edges(pairs, pages).filter(pl.col("role") == "kept")["reason"].item()
    assert why == "kept: earliest fetched of 3 (5 words)"


def test_the_kind_of_frame_is_kept_and_the_schema_is_the_table() -> None:
    assert cluster_edges(PAIRS.to_arrow(), PAGES.to_arrow()).schema.equals(CLUSTERS)
    lazy = cluster_edges(PAIRS.lazy(), PAGES.lazy())
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect().equals(cluster_edges(PAIRS, PAGES))
    with pytest.raises(PlanError, match="dict"):
        cluster_edges({}, PAGES)


def test_no_edges_and_no_documents() -> None:
    assert cluster_edges(PAIRS.clear(), PAGES)["role"].unique().to_list() == ["single"]
    assert cluster_edges(PAIRS.clear(), PAGES.clear()).is_empty()


def test_an_edge_without_its_document_is_an_error() -> None:
    with pytest.raises(RunError, match="'d'"):
        cluster_edges(PAIRS, PAGES.filter(pl.col("page_id") != "d"))
    with pytest.raises(RunError, match="'a' stands on several"):
        cluster_edges(PAIRS, pl.concat([PAGES, PAGES.head(1)]))


@given(st.data())
def test_every_page_has_one_row_in_any_order(data: st.DataObject) -> None:
    names = [f"p{number}" for number in range(8)]
    pairs = data.draw(
        st.lists(st.tuples(*[st.sampled_from(names)] * 2).filter(lambda pair: pair[0] < pair[1]), unique=True, max_size=12)
    )
    scores = data.draw(st.lists(st.integers(40, 100), min_size=len(pairs), max_size=len(pairs)))
    rows = edges(*[(*pair, "near", score / 100, 50, 50, 10, 12) for pair, score in zip(pairs, scores, strict=True)])
    pages = pl.DataFrame({"page_id": names, "n_words": data.draw(st.lists(st.integers(1, 3), min_size=8, max_size=8))})
    found = cluster_edges(rows, pages)
    assert found["page_id"].to_list() == names
    kept = found.filter(pl.col("role") != "removed")
    passing = {(row["left"], row["right"]) for row in rows.to_dicts() if row["score"] >= GroupPlan().threshold}
    for row in found.filter(pl.col("role") == "removed").to_dicts():
        assert tuple(sorted((row["page_id"], row["kept_id"]))) in passing
    assert (kept["kept_id"] == kept["page_id"]).all()
    assert found["reason"].null_count() == 0
    shuffled = cluster_edges(rows.sample(fraction=1, shuffle=True, seed=1), pages.sample(fraction=1, shuffle=True, seed=2))
    assert shuffled.equals(found)


def test_rows_are_valid_arrow() -> None:
    assert isinstance(cluster_edges(PAIRS.to_arrow(), PAGES.to_arrow()), pa.Table)
