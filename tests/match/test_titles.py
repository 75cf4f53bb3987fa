"""One title makes two pages likelier to be one; titles that name different things make a shared frame a frame."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools import dedup
from corpus_tools.fingerprint.sketch import fingerprint_documents
from corpus_tools.match.evidence.subject_kernels import read_units
from corpus_tools.match.evidence.title_kernels import MAX_TITLE_WORDS, hash_titles
from corpus_tools.match.local import match_edges
from corpus_tools.match.page_words import read_word_arrays
from corpus_tools.match.titles import Titles, read_titles, share_title
from corpus_tools.plan import Plan
from corpus_tools.tables import EDGES

PAIR = (np.array([0]), np.array([1]))


def _read(titles: list[str | None], texts: list[str]) -> Titles:
    held = pa.array(texts, pa.large_string())
    start, _, letters, info = read_word_arrays(held)
    return read_titles(pl.Series(titles, dtype=pl.String), held, start, letters, info)


def _share(one: str | None, other: str | None, text: str = "All about asbestos and the lungs of people") -> bool:
    titles = _read([one, other], [text, text])
    return bool(share_title(titles.whole, titles.short, *PAIR)[0])


def test_pages_share_a_title_with_the_name_of_a_site_or_without() -> None:
    assert _share("Asbestos", "ASBESTOS")
    assert _share("Asbestos", "Asbestos | Veterans Affairs")
    assert _share("Asbestos :: Lungs", "Asbestos")
    assert not _share("Asbestos", "Asbestos and lungs")
    assert not _share("Asbestos | Lungs", "Asbestos | People")
    assert not _share(None, None)
    assert not _share("", "")


def test_a_title_of_which_the_text_says_nothing_is_no_ones() -> None:
    assert not _share("My Shop", "My Shop")


def test_without_a_title_the_heading_of_the_text_is_one_if_the_text_says_more_of_it() -> None:
    text = "Asbestos and lungs\nThe lungs suffer from asbestos."
    assert _share(None, None, text)
    assert _share(None, "Asbestos and lungs | Veterans Affairs", text)
    assert not _share(None, None, "My Shop\nAsbestos is bad for the lungs.")
    assert not _share(None, None, "The lungs suffer from asbestos.\nAsbestos is bad for the lungs.")
    assert not _read([None], [text]).names.size


WORD = st.sampled_from("asbestos lung people of the type 2 a hemophilia".split())
SENTENCE = st.lists(WORD, max_size=40).map(" ".join)


def _units(text: str, most: int | None = None) -> list[int]:
    _, _, letters, info = read_word_arrays(pa.array([text], pa.large_string()))
    return [unit for unit in read_units(letters[:most], info[:most]).tolist() if unit]


@given(st.lists(st.tuples(SENTENCE, SENTENCE), min_size=1, max_size=4))
def test_a_title_names_what_its_text_says_too(pages: list[tuple[str, str]]) -> None:
    titles = _read([title for title, _ in pages], [text for _, text in pages])
    found = [titles.names[one:end].tolist() for one, end in zip(titles.start[:-1], titles.start[1:], strict=True)]
    named = [list(dict.fromkeys(unit for unit in _units(t, MAX_TITLE_WORDS) if unit in set(_units(x)))) for t, x in pages]
    assert found == named


@given(st.lists(SENTENCE, min_size=1, max_size=6))
def test_equal_words_and_no_others_have_one_hash(titles: list[str]) -> None:
    start, words, _, _ = read_word_arrays(pa.array(titles, pa.large_string()))
    hashes = hash_titles(start, words)
    for one, title in enumerate(titles):
        assert (hashes[one] == 0) == (not title)
        assert [hashes[one] == other for other in hashes] == [title.split() == other.split() for other in titles]


def _words(chance: random.Random, count: int) -> list[str]:
    return [f"{chance.choice('bdfgklmnprst')}{chance.choice('aeiou')}{chance.choice('lmnr')}{at}" for at in range(count)]


def _edges(pages: list[tuple[str, str | None]]) -> pl.DataFrame:
    frame = pl.DataFrame([(f"{at:03}", *page) for at, page in enumerate(pages)], schema=["page_id", "text", "title"], orient="row")
    frame = frame.with_columns(pl.col("title").cast(pl.String))
    signatures = fingerprint_documents(frame.select("page_id", "text"))
    made = pa.Table.from_batches(list(match_edges(signatures.lazy(), frame.lazy(), Plan())), EDGES)
    return pl.DataFrame(made)


def test_two_states_of_a_page_with_one_title_are_likelier_to_be_one_page() -> None:
    old = _words(random.Random(4), 400)
    new = [f"x{word}" if at % 80 < 15 else word for at, word in enumerate(old)]
    texts = " ".join(["Asbestos", *old]), " ".join(["Asbestos", *new])
    scores = {title: _edges([(texts[0], "Asbestos"), (texts[1], title)])["score"].item() for title in ("Asbestos", "Lungs", None)}
    assert scores["Lungs"] == scores[None] < Plan().group.threshold
    assert scores["Asbestos"] == pytest.approx(scores[None] + 0.3 * (1 - scores[None]))


def _leaflets(titled: bool) -> pl.DataFrame:
    """Twelve short leaflets under one notice that name their medicine once, far from the beginning, beside a page or two of each."""
    notice = " ".join(_words(random.Random(5), 90))
    names = [f"Medicine{letter}ol" for letter in "bcdfghklmnpr"]
    return _edges([(f"{notice} ask for {name} today", f"Using {name}" if titled else None) for name in names])


def test_titles_that_name_different_things_keep_pages_under_a_notice_apart() -> None:
    assert _leaflets(titled=False).height > 0
    assert _leaflets(titled=True).height == 0


def test_two_headlines_over_one_article_are_one_page() -> None:
    body = " ".join(_words(random.Random(6), 500))
    heads = ("Experts welcome the trial", "Sceptics doubt the trial")
    found = _edges([(f"{head}\n{body}", head) for head in heads])
    assert found["score"].item() > Plan().group.threshold


def _articles(count: int, titled: bool, sites: bool) -> pl.DataFrame:
    """One article of 150 words on ``count`` sites, each with its name above it and a line below."""
    chance = random.Random(7)
    body = " ".join(_words(chance, 150))
    names = [" ".join(word.capitalize() for word in _words(chance, 2)) for _ in range(count)]
    pages = [
        (
            f"{at:03}",
            f"{name}\nBody {body}\nCopyright {name}, all rights reserved",
            "Body" if titled else None,
            f"http://{at}.example/",
        )
        for at, name in enumerate(names)
    ]
    frame = pl.DataFrame(pages, schema=dict.fromkeys(("page_id", "text", "title", "url"), pl.String), orient="row")
    return frame if sites else frame.with_columns(url=pl.lit("http://one.example/") + pl.col("page_id"))


def _removed(frame: pl.DataFrame) -> int:
    return int((dedup(frame, id="page_id", mark=True)["role"] == "removed").sum())


def test_an_article_that_many_sites_publish_under_one_title_is_kept_once() -> None:
    assert _removed(_articles(10, titled=True, sites=True)) == 9
    assert _removed(_articles(10, titled=False, sites=True)) == 0  # nothing tells it from ten pages under one notice
    assert _removed(_articles(10, titled=True, sites=False)) == 0  # on one site a title may be the name of the site
