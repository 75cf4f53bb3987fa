"""Doorway templates: one text with another town is found, honest pages, revisions and exact copies are not."""

from __future__ import annotations

import csv
from pathlib import Path

import naive
import narwhals as nw
import polars as pl
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools import tables
from corpus_tools.clean.extract import extract_batch
from corpus_tools.kernels.word_lists import DATE_WORDS
from corpus_tools.plan import CleanPlan, Plan
from corpus_tools.site.doorways import count_doorways, read_doorways
from corpus_tools.site.finish import finish_batch
from corpus_tools.spam.doorways import MAX_MASKED, MIN_WORDS, masked_names, page_templates

SAMPLES = Path(__file__).parents[2] / "samples"
PAGE = (
    "Sleep clinic in {0}\nOur clinic in {0} helps people who snore at night and wake up tired. A night in our sleep laboratory near "
    "{0} Station shows whether breathing stops, and how often it does. The doctor then explains the result and what can be done."
)


def judged(texts: list[str | None]) -> list[int]:
    """Pages of each text's doorway, 0 for none."""
    template, names = page_templates(pa.array(texts, pa.large_string()))
    found = counted(template, names)
    return [found.get(one, 0) for one in template.to_pylist()]


def counted(template: pa.Array, names: pa.Array) -> dict[int, int]:
    frame = pl.DataFrame(pa.table({"template": template, "template_names": names}))
    return read_doorways(count_doorways(nw.from_native(frame.lazy())).collect(backend="pyarrow").to_arrow().to_batches())


def test_a_swapped_town_is_a_doorway() -> None:
    towns = ["Ashford", "Bramley", "New Corwen"]
    assert judged([*(PAGE.format(town) for town in towns), "Something else entirely, about the blood of the body.", None]) == [
        3,
        3,
        3,
        0,
        0,
    ]
    assert masked_names(PAGE.format("New Corwen")) == "New, Corwen, Station"


def test_copies_and_two_towns_are_none() -> None:
    assert judged([PAGE.format("Ashford")] * 5 + [PAGE.format("Bramley")]) == [0] * 6


def test_revisions_with_other_numbers_and_dates_are_none() -> None:
    ends = ("We answer within 98 days, says Dr Hale, since July 2018.", "We answer within 92 days, says Dr Hale, since May 2019.")
    assert judged([PAGE.format("Ashford") + one for one in (*ends, ends[0].replace("July", "October"))]) == [0] * 3


def test_pages_that_differ_in_more_than_names_are_none() -> None:
    ends = ("Ask your doctor.", "Call the clinic first.", "It takes two nights.")
    assert judged([PAGE.format("Ashford") + end for end in ends]) == [0] * 3


def test_samples() -> None:
    with (SAMPLES / "labels.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if (SAMPLES / "gold" / row["page"]).with_suffix(".txt").exists()]
    texts: list[str | None] = [(SAMPLES / "gold" / row["page"]).with_suffix(".txt").read_text(encoding="utf-8") for row in rows]
    hits = {row["page"] for row, pages in zip(rows, judged(texts), strict=True) if pages}
    assert hits == {row["page"] for row in rows if row["family"] == "doorway"}


def test_a_doorway_is_a_reason_and_removes_nothing() -> None:
    pages = [
        {"page_id": town, "text": PAGE.format(town), "content_type": "text/plain"} for town in ("Ashford", "Bramley", "Corwen")
    ]
    extracted = extract_batch(pa.RecordBatch.from_pylist(pages, schema=tables.PAGES), CleanPlan())
    doorways = counted(extracted.column("template"), extracted.column("template_names"))
    alone, found = (finish_batch(extracted, None, Plan(), held)[0].to_pylist() for held in (None, doorways))
    assert [row["page_id"] for row in found] == ["Ashford", "Bramley", "Corwen"]
    for before, row in zip(alone, found, strict=True):
        assert before["spam_score"] < row["spam_score"] < 0.5
        reason = next(one for one in row["spam_reasons"] if one["sign"] == "doorway")
        assert reason["passage"] == f"the same text stands on 3 pages with other names; here: {row['page_id']}, Station"


_PIECES = st.lists(st.sampled_from(["Ash", "ash", "Ward", "May", "4", "the", "of", ".", "\n", "is"]), max_size=60)


@settings(max_examples=examples(60))
@given(st.lists(_PIECES, min_size=2, max_size=6))
def test_templates_and_names_are_those_of_the_definition(pages: list[list[str]]) -> None:
    texts = [" ".join(words) + " and so it goes on in this text" * 5 for words in pages]
    rows = list(zip(*(side.to_pylist() for side in page_templates(pa.array(texts, pa.large_string()))), strict=True))
    wanted = [naive.template(text, MIN_WORDS, MAX_MASKED, frozenset(DATE_WORDS["en"].split())) for text in texts]
    assert [row == (None, None) for row in rows] == [one is None for one in wanted]
    for row, one in zip(rows, wanted, strict=True):
        for other_row, other in zip(rows, wanted, strict=True):
            if one and other:
                assert [a == b for a, b in zip(row, other_row, strict=True)] == [a == b for a, b in zip(one, other, strict=True)]


@settings(max_examples=examples(60))
@given(st.text(max_size=300))
def test_any_text_can_be_masked(text: str) -> None:
    clean = text.encode("utf-8", "replace").decode()
    assert all(len(side) == 1 for side in page_templates(pa.array([clean], pa.large_string())))
    assert isinstance(masked_names(clean), str)
