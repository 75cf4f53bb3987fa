"""The planted corpus: same pages from the same seed, each kind made as it says."""

from __future__ import annotations

import itertools
import json
import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.data import planted_pages as made
from benchmarks.data.planted_corpus import COUNTS, SCHEMA, in_schema, plant_among
from benchmarks.data.planted_words import LISTS, fill, more_text

FEW = dict.fromkeys(COUNTS, 3) | {"rolling_list": 2, "captures": 1, "notice_site": 30, "notice_web": 30, "leaflets": 23}


def _honest(count: int = 60) -> pl.DataFrame:
    chance = random.Random(5)
    texts = [
        f"A tumor center has a program. Doctors treat people with cancer, children with a rare disease. {more_text(300, chance)}".replace(
            ". ", ".\n", 3
        )
        for _ in range(count)
    ]
    return in_schema(
        pl.DataFrame({"page_id": [f"page{at:03d}" for at in range(count)], "text": texts}).with_columns(
            title="Subject " + pl.col("page_id"), truth="made: " + pl.col("page_id"), url="https://a.example/" + pl.col("page_id")
        )
    )


@pytest.fixture(scope="module")
def pages() -> pl.DataFrame:
    return plant_among(_honest(), 7, FEW)


def _of(pages: pl.DataFrame, kind: str) -> list[dict[str, object]]:
    found = pages.filter(pl.col("kind") == kind).to_dicts()
    assert found
    return found


def test_the_same_seed_gives_the_same_pages(pages: pl.DataFrame) -> None:
    assert pages.equals(plant_among(_honest(), 7, FEW))
    assert not pages.equals(plant_among(_honest(), 8, FEW))


def test_columns_and_ids(pages: pl.DataFrame) -> None:
    assert pages.schema == SCHEMA
    assert pages["page_id"].is_unique().all()
    assert set(pages["kind"].drop_nulls()) == set(COUNTS)
    planted = pages.filter(pl.col("kind").is_not_null())
    assert planted.select("text", "truth", "expect", "sources").null_count().sum_horizontal().item() == 0
    assert pages.filter(pl.col("kind").is_null()).equals(_honest())


def test_a_source_serves_one_kind_and_a_copy_has_its_truth(pages: pl.DataFrame) -> None:
    made_of = pages.filter(pl.col("kind").is_not_null() & (pl.col("kind") != "leaflets")).explode("sources").drop_nulls("sources")
    assert made_of.group_by("sources").agg(pl.col("kind").n_unique())["kind"].max() == 1
    truths = pages.select(sources="page_id", source_truth="truth")
    copies = made_of.filter(pl.col("expect") == "goes").join(truths, on="sources")
    assert copies.height > 20
    assert (copies["truth"] == copies["source_truth"]).all()


def test_parts_hold_words_of_their_source_and_nothing_is_left_out(pages: pl.DataFrame) -> None:
    texts = dict(pages.select("page_id", "text").iter_rows())
    for page in _of(pages, "excerpt"):
        source = " ".join(texts[page["sources"][0]].split())
        assert made.sentences(page["text"])[0] in source
        assert len(page["text"].split()) < 0.7 * len(source.split())
    parts = _of(pages, "split")[:3]
    assert len({part["truth"] for part in parts}) == 1
    words = set(" ".join(part["text"] for part in parts).split())
    assert set(texts[parts[0]["sources"][0]].split()) <= words


def test_two_articles_stand_whole_in_their_concatenation(pages: pl.DataFrame) -> None:
    texts = dict(pages.select("page_id", "text").iter_rows())
    for page in _of(pages, "concatenation"):
        first, second = (texts[source] for source in page["sources"])
        assert page["text"].startswith(first)
        assert page["text"].endswith(second)


def test_captures_change_little_by_little(pages: pl.DataFrame) -> None:
    lists = pages.filter(pl.col("kind") == "rolling_list").group_by("truth", maintain_order=True).agg("text")["text"].to_list()
    assert [len(captures) for captures in lists] == [18, 19]
    for captures in lists:
        for before, after in itertools.pairwise(captures):
            assert len(set(after.split("\n")) - set(before.split("\n"))) == 1
    captures = [set(made.sentences(page["text"])) for page in _of(pages, "captures")]
    assert len(captures) == 60
    assert max(len(after - before) for before, after in itertools.pairwise(captures)) <= 3


def test_pages_under_one_notice_differ_in_their_own_words(pages: pl.DataFrame) -> None:
    for kind in ("notice_site", "notice_web", "records", "code", "leaflets"):
        rows = _of(pages, kind)
        assert all(page["own_words"] >= 8 for page in rows)
        assert len({page["text"] for page in rows}) == len(rows)
    sites = [len({page["site"] for page in _of(pages, kind)}) for kind in ("notice_site", "notice_web")]
    assert sites[0] < sites[1]
    assert all(json.loads(page["text"])["type"] == "function_call" for page in _of(pages, "records"))
    assert [page["expect"] for page in _of(pages, "leaflets")].count("goes") == 3


def test_numbers_that_belong_to_a_name_stay() -> None:
    text = "In 2010 about 35 percent of 120 people had diabetes type 2 or group 12 disease on chromosome 11 of the set. BRCA1 is a gene."
    new = made.version(text, random.Random(1))
    assert all(kept in new for kept in ("type 2", "group 12", "chromosome 11", "BRCA1"))
    assert all(moved not in new for moved in ("In 2010", "about 35 percent", "of 120 people"))


def test_spelling_keeps_capitals_and_plurals() -> None:
    assert made.respell("Tumors, ANEMIA and a Center", random.Random(1)) == "Tumours, ANAEMIA and a Centre"


@given(st.text(alphabet="ab .!?\nA0", max_size=200))
def test_sentences_lose_no_word(text: str) -> None:
    assert " ".join(made.sentences(text)).split() == text.split()
    cuts = made.starts(text)
    assert "".join(text[low:high] for low, high in itertools.pairwise(cuts)) == text


def test_every_slot_has_a_list() -> None:
    for form in ("{part} of a {name}", "{n} {small} {year}"):
        assert "{" not in fill(form, random.Random(2))
    assert all(len(set(words)) == len(words) for words in LISTS.values())
