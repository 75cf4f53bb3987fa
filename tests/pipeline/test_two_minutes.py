"""The script of docs/review.md, two minutes: three wrong merges and one wrong cut among 2,000 pages are found, decided, and mended."""

from __future__ import annotations

import json
import time
from pathlib import Path

import polars as pl
import pytest
from crawls import article

from corpus_tools import api
from corpus_tools.report.review.answers import Answers
from corpus_tools.report.review.pairs import open_review
from corpus_tools.store.decisions import Decision

PAGES = 2_000
NOTICE = "This site uses cookies. By continuing to browse the site you are agreeing to our use of cookies."
"""What one page quotes, and no page means."""


def other_dose(number: int) -> tuple[str, str]:
    """Two pages that share most sentences and are not one: the second says of children what the first says of adults."""
    sentences = article(10_000 + number).split(". ")
    others = list(sentences)
    for at in (8, 15, 22):
        others[at] = "For children the doctor gives half of the dose and looks again after two days"
    return ". ".join(sentences), ". ".join(others)


def write_pages(folder: Path) -> Path:
    """2,000 pages: among them three pairs that look like one page, 50 exact copies, and a page that quotes a cookie notice."""
    texts = {f"page{number}": article(number, 12) for number in range(PAGES - 57)}
    for number in range(3):
        texts[f"adults{number}"], texts[f"children{number}"] = other_dose(number)
    texts |= {f"copy{number}": article(number, 12) for number in range(50)}
    texts["notices"] = f"{article(30_000, 6)}\n{NOTICE}\n{article(30_001, 6)}"
    folder.mkdir()
    rows = [{"id": name, "url": f"https://{name}.example/", "text": text} for name, text in texts.items()]
    (folder / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_wrong_merges_and_a_wrong_cut_are_found_decided_and_mended(tmp_path: Path) -> None:
    source, folder = write_pages(tmp_path / "in"), tmp_path / "RUN"
    before = api.run(source, folder, workers=2)
    wrong = {f"{who}{number}" for number in range(3) for who in ("adults", "children")}
    removed = set(before.removed.collect()["source_id"])
    assert len(removed & wrong) == 3
    assert len(removed) == 53

    # What a person does: the first pairs of the review are the three; the list of cut passages holds one that says something.
    began = time.monotonic()
    answers, review = Answers(folder), open_review(before)[0]
    names = dict(before.documents.select("page_id", "source_id").collect().iter_rows())
    shown = [(names[pair["left"]], names[pair["right"]]) for pair in review.pairs]
    first = shown[:5]
    assert {name for pair in first for name in pair} >= wrong
    for left, right in first:
        if {left, right} <= wrong:
            answers.decide(Decision("apart", left, right, note="other doses"))
    cut = before.stripped.join(before.documents.select("page_id", "source_id"), on="page_id").collect().row(0, named=True)
    assert cut["source_id"] == "notices"
    answers.decide(Decision("restore", cut["source_id"], passage=cut["passage"], note="the page is about such notices"))

    after = api.run(source, folder, workers=2)
    assert time.monotonic() - began < 120
    assert "clean" not in after.record["last_run_did"]
    assert set(after.removed.collect()["source_id"]) == removed - wrong
    kept = after.corpus.filter(pl.col("source_id").is_in([*wrong, "notices"])).collect()
    assert kept.height == 7
    assert NOTICE in kept.filter(pl.col("source_id") == "notices")["text"][0]
    told = after.explain("adults0", "children0").verdict
    assert told.startswith("decided by a person")
