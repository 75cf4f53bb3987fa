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
from corpus_tools.tables import CLUSTERS, EDGES

NAMES = [field.name for field in EDGES]


def edges(*rows: tuple[str, str, str, float, float, float, float]) -> pl.DataFrame:
    """left, right, kind, score, jaccard, containment left and right."""
    return pl.DataFrame([(*row, row[3], 0.0) for row in rows], schema=NAMES, orient="row")


def documents(**words: int) -> pl.DataFrame:
    return pl.DataFrame({"page_id": list(words), "n_words": list(words.values())})


PAGES = documents(a=5, b=5, c=7, d=7, e=3, f=2, g=9)
PAIRS = edges(
    ("a", "b", "exact", 1.0, 1.0, 1.0, 1.0),
    ("b", "c", "near", 0.9, 0.9, 0.95, 0.9),
    ("c", "d", "near", 0.95, 0.93, 0.95, 0.9),
    ("e", "f", "contained", 0.65, 0.5, 0.5, 0.97),
)


def test_roles_reasons_and_similarities() -> None:
    found = {row["page_id"]: row for row in cluster_edges(PAIRS, PAGES).to_dicts()}
    assert [found[page]["cluster_id"] for page in "abcdefg"] == ["a", "a", "a", "a", "e", "e", "g"]
    assert [found[page]["role"] for page in "abcdefg"] == ["removed", "removed", "kept", "removed", "kept", "removed", "single"]
    assert found["c"]["reason"] == "kept: longest of 4, then smallest id of 2 (7 words)"
    assert found["d"]["reason"] == "removed: near copy of c, 93 % of shingles shared"
    assert found["a"]["reason"] == "removed: exact copy of b; 2 steps from c"
    assert found["f"]["reason"] == "removed: contained in e, which holds 97 % of its shingles"
    assert found["g"]["reason"] == "single: no other page scores 0.62 or more with it"
    assert found["d"]["similarity"] == 0.95
    assert found["c"]["similarity"] is None
    assert found["a"]["kind"] == "exact"


def test_a_page_that_wraps_the_kept_one_says_so() -> None:
    plan = GroupPlan(keep=("smallest_id",))
    found = cluster_edges(edges(("e", "f", "contained", 0.65, 0.5, 0.97, 0.5)), documents(e=3, f=9), plan)
    assert found["reason"].to_list() == ["kept: smallest id of 2 (3 words)", "removed: wraps e, 97 % of which it holds"]


def test_time_decides_where_the_rule_says_so() -> None:
    times = [dt.datetime(2020, 1, day, tzinfo=dt.UTC) for day in (3, 1)]
    pages = documents(a=5, b=5, c=5).with_columns(fetched_at=pl.Series([*times, None], dtype=pl.Datetime("us", "UTC")))
    pairs = edges(("a", "b", "near", 0.9, 0.9, 0.9, 0.9), ("a", "c", "near", 0.9, 0.9, 0.9, 0.9))
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
    with pytest.raises(PlanError, match="list"):
        cluster_edges([], PAGES)


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
    rows = edges(*[(*pair, "near", score / 100, score / 100, 0.9, 0.8) for pair, score in zip(pairs, scores, strict=True)])
    pages = pl.DataFrame({"page_id": names, "n_words": data.draw(st.lists(st.integers(1, 3), min_size=8, max_size=8))})
    found = cluster_edges(rows, pages)
    assert found["page_id"].to_list() == names
    kept = found.filter(pl.col("role") != "removed")
    assert sorted(kept["cluster_id"]) == sorted(found["cluster_id"].unique())
    assert found.filter(pl.col("role") == "kept").height == found.filter(pl.col("role") == "removed")["cluster_id"].n_unique()
    assert (kept["kept_id"] == kept["page_id"]).all()
    assert found["reason"].null_count() == 0
    shuffled = cluster_edges(rows.sample(fraction=1, shuffle=True, seed=1), pages.sample(fraction=1, shuffle=True, seed=2))
    assert shuffled.equals(found)


def test_rows_are_valid_arrow() -> None:
    assert isinstance(cluster_edges(PAIRS.to_arrow(), PAGES.to_arrow()), pa.Table)
