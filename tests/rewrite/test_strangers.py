"""Strangers: told by the texts of pages that one page pairs with, the same by either form of the stage."""

from __future__ import annotations

from pathlib import Path

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from corpus_tools.engines.desk import Desk
from corpus_tools.engines.polars import PolarsEngine
from corpus_tools.match.verify import score_texts
from corpus_tools.plan import Plan
from corpus_tools.rewrite import distributed, search

LEAFLET = """{name}: information for patients
{name} is taken by mouth with a glass of water. Your doctor has prescribed {name} after an examination; do not pass it on.
Before you take it, tell your doctor about other medicines, allergies, pregnancy, and diseases of the liver or the kidneys.
Possible side effects are headache, dizziness, a dry mouth, tiredness and an upset stomach; most of them pass after a few days.
Store {name} below 25 degrees in the original pack, out of the sight and reach of children."""
ORIGINAL, SIBLING, COPY, REWRITE = "abcd"
DOCUMENTS = pl.LazyFrame(
    {
        "page_id": [ORIGINAL, SIBLING, COPY, REWRITE],
        "text": [LEAFLET.format(name=name) for name in ("Belatrol", "Fluvoram", "Belatrol")]
        + ["Swallow Belatrol with some water."],
    }
)
PAIRS = pl.LazyFrame(
    {
        "left": [ORIGINAL, SIBLING, COPY, ORIGINAL],
        "right": [REWRITE, REWRITE, REWRITE, SIBLING],
        "score": [0.9, 0.95, 0.9, 0.2],
        "evidence": [3.0, 2.0, 2.5, 4.0],
    }
)
EXPECTED = {(REWRITE, SIBLING, ORIGINAL, SIBLING), (REWRITE, SIBLING, SIBLING, COPY)}


def here() -> set[tuple[str, ...]]:
    ids = pl.Series([ORIGINAL, SIBLING, COPY, REWRITE])
    places = PAIRS.with_columns(pl.col("left", "right").replace_strict(dict(zip(ids, range(4), strict=True))))
    found = search.find_strangers(places, DOCUMENTS, ids, Plan()).collect()
    return {tuple(ids[place] for place in row) for row in found.iter_rows()}


def test_pages_of_one_template_about_different_subjects_are_strangers() -> None:
    assert here() == EXPECTED


def test_relational_steps_find_the_same(tmp_path: Path) -> None:
    desk = Desk(PolarsEngine(), tmp_path)
    found = distributed.find_strangers(desk, nw.from_native(PAIRS), nw.from_native(DOCUMENTS), Plan()).to_native().collect()
    assert set(found.iter_rows()) == EXPECTED


@pytest.mark.parametrize("score", [0.5, 0.9])
def test_two_pages_that_are_likely_rewrites_are_one_text_whatever_their_subjects(score: float) -> None:
    kin = pl.LazyFrame({"left": [0, 1, 0], "right": [3, 3, 1], "score": [0.9, 0.95, score], "evidence": [3.0, 2.0, 4.0]})
    ids = pl.Series([ORIGINAL, SIBLING, COPY, REWRITE])
    assert search.find_strangers(kin, DOCUMENTS, ids, Plan()).collect().is_empty()


def test_what_makes_strangers_is_what_throws_a_pair_out() -> None:
    texts = DOCUMENTS.collect()["text"]
    for other, strange in ((1, True), (2, False), (3, False)):
        measures = {
            name: np.array([value]) for name, value in score_texts(texts[0], texts[other], Plan()).items() if name != "kind"
        }
        assert search.are_strangers(measures).tolist() == [strange]
