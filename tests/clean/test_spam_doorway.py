"""Doorway templates: one text with another town is found, honest pages and exact copies are not."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_tools.clean.spam_doorway import doorway_columns, mask_names

SAMPLES = Path(__file__).parents[2] / "samples"
PAGE = (
    "Sleep clinic in {0}\nOur clinic in {0} helps people who snore at night and wake up tired. A night in our sleep laboratory near "
    "{0} Station shows whether breathing stops, and how often it does. The doctor then explains the result and what can be done."
)


def judged(texts: list[str | None]) -> list[tuple[int, str | None]]:
    frame = pl.DataFrame({"page_id": [str(at) for at in range(len(texts))], "text": texts}, schema_overrides={"text": pl.String})
    found = doorway_columns(frame)
    assert found.columns == ["page_id", "text", "doorway_pages", "doorway_swap"]
    return list(zip(found["doorway_pages"].to_list(), found["doorway_swap"].to_list(), strict=True))


def test_a_swapped_town_is_a_doorway() -> None:
    towns = ["Ashford", "Bramley", "New Corwen"]
    found = judged([*(PAGE.format(town) for town in towns), "Something else entirely, about the blood of the body.", None])
    assert [pages for pages, _ in found] == [3, 3, 3, 0, 0]
    assert found[2][1] is not None
    assert found[2][1].startswith("New Corwen")
    assert found[3][1] is None


def test_copies_and_two_towns_are_none() -> None:
    assert judged([PAGE.format("Ashford")] * 5 + [PAGE.format("Bramley")]) == [(0, None)] * 6


def test_pages_that_differ_in_more_than_names_are_none() -> None:
    ends = ("Ask your doctor.", "Call the clinic first.", "It takes two nights.")
    assert judged([PAGE.format("Ashford") + end for end in ends]) == [(0, None)] * 3


def test_samples() -> None:
    with (SAMPLES / "labels.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if (SAMPLES / "gold" / row["page"]).with_suffix(".txt").exists()]
    texts: list[str | None] = [(SAMPLES / "gold" / row["page"]).with_suffix(".txt").read_text(encoding="utf-8") for row in rows]
    hits = {row["page"] for row, (pages, _) in zip(rows, judged(texts), strict=True) if pages}
    assert hits == {row["page"] for row in rows if row["family"] == "doorway"}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_masked(text: str) -> None:
    masked, names = mask_names(text)
    assert mask_names(text) == (masked, names)
    assert ("*" in masked.split(" ")) == bool(names)
