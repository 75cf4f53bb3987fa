"""dedup: the line on a frame in memory, rows and columns otherwise untouched."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest
from crawls import article
from runs import SAMPLES

import corpus_tools.pipeline.namespace  # noqa: F401 - registers frame.corpus
from corpus_tools import Plan, dedup
from corpus_tools.errors import PlanError

TEXTS = [article(1), article(2), article(1), article(1).replace("night", "evening", 1), None, "", article(3)]


@pytest.fixture
def frame() -> pl.DataFrame:
    return pl.DataFrame({"body": TEXTS, "n": range(len(TEXTS)), "name": [f"p{n}" for n in range(len(TEXTS))]})


def test_copies_go_and_everything_else_stays_as_it_was(frame: pl.DataFrame) -> None:
    kept = dedup(frame, "body")
    assert kept["n"].to_list() == [0, 1, 4, 5, 6]
    assert kept.schema == frame.schema
    assert kept.equals(frame[[0, 1, 4, 5, 6]])


def test_every_kind_of_frame_comes_back_as_its_kind(frame: pl.DataFrame) -> None:
    kept = dedup(frame, "body")
    assert dedup(frame.lazy(), "body").collect().equals(kept)
    table = dedup(frame.to_arrow(), "body")
    assert isinstance(table, pa.Table)
    assert table.column("n").to_pylist() == kept["n"].to_list()
    assert frame.corpus.dedup("body").equals(kept)  # type: ignore[attr-defined]
    assert frame.lazy().corpus.dedup("body").collect().equals(kept)  # type: ignore[attr-defined]


def test_marking_keeps_every_row_and_says_why(frame: pl.DataFrame) -> None:
    marked = dedup(frame, "body", id="name", mark=True)
    assert marked.height == frame.height
    assert marked["role"].to_list() == ["kept", "single", "removed", "removed", "single", "single", "single"]
    assert set(marked.filter(pl.col("role") == "removed")["kept_id"]) == {"p0"}
    assert "p0" in marked["reason"][2]


def test_it_is_idempotent_and_blind_to_order(frame: pl.DataFrame) -> None:
    kept = dedup(frame, "body")
    assert dedup(kept, "body").equals(kept)
    turned = dedup(frame.reverse(), "body")
    assert turned.height == kept.height


def test_a_higher_threshold_never_removes_more(frame: pl.DataFrame) -> None:
    kept = [dedup(frame, "body", plan=Plan().with_settings({"group.threshold": at})).height for at in (0.5, 0.7, 0.9, 1.0)]
    assert kept == sorted(kept)


def test_an_empty_frame_stays_empty(frame: pl.DataFrame) -> None:
    assert dedup(frame.clear(), "body").equals(frame.clear())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [({"text": "words"}, "no column 'words'"), ({"text": "n"}, "not text"), ({"text": "body", "id": "body"}, "twice")],
)
def test_wrong_columns_are_named(frame: pl.DataFrame, arguments: dict[str, str], told: str) -> None:
    with pytest.raises(PlanError, match=told):
        dedup(frame, **arguments)
    with pytest.raises(PlanError, match="list"):
        dedup([1, 2])


def test_rewrites_go_too_unless_the_plan_leaves_them_out() -> None:
    pages = sorted((SAMPLES / "gold").rglob("*.txt"))
    frame = pl.DataFrame({"name": [page.stem for page in pages], "text": [page.read_text(encoding="utf-8") for page in pages]})
    marked = dedup(frame, mark=True)
    spun = marked.filter(pl.col("name") == "table_iron-deficiency_50")
    assert spun["role"].to_list() == ["removed"]
    assert "rewrite of" in spun["reason"][0]
    alone = dedup(frame, mark=True, plan=Plan().with_settings({"rewrite.enabled": False}))
    assert alone.filter(pl.col("name") == "table_iron-deficiency_50")["role"].to_list() != ["removed"]
    assert dedup(frame).height < alone.filter(pl.col("role") != "removed").height
