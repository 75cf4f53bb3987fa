"""When two addresses are one, and what that does to a pair of pages."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.fingerprint.sketch import fingerprint_documents
from corpus_tools.match.addresses import hash_addresses, hash_sites, share_address, share_site, simplify_address
from corpus_tools.match.local import match_edges
from corpus_tools.match.verify import score_texts
from corpus_tools.plan import Plan
from corpus_tools.tables import EDGES


@pytest.mark.parametrize(
    ("url", "simple"),
    [
        ("https://www.Clinic.example/a/b/", "clinic.example/a/b"),
        ("http://clinic.example:80/a?utm_source=x&id=3&fbclid=9", "clinic.example/a?id=3"),
        ("https://me:secret@clinic.example/a", "clinic.example/a"),
        ("http://clinic.example/a;jsessionid=0A1B?id=3#part-2", "clinic.example/a?id=3"),
        ("http://clinic.example/a;version=2", "clinic.example/a;version=2"),
        ("http://clinic.example/#!/news", "clinic.example#!/news"),
        ("http://clinic.example/A?sidebar=1", "clinic.example/A?sidebar=1"),
        ("pages/a.html", "pages/a.html"),
        ("http://[broken/a", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_what_is_left_of_an_address(url: str | None, simple: str) -> None:
    assert simplify_address(url) == simple


@given(st.text(max_size=60))
def test_any_text_is_simplified_once_and_for_all(text: str) -> None:
    simple = simplify_address(f"https://site.example/{text}")
    assert simplify_address(f"https://{simple}") == simple or not simple


def test_pages_share_an_address_where_it_is_one_or_one_states_the_others() -> None:
    own = hash_addresses(pl.Series(["http://s.example/a", "https://www.s.example/a/", "http://s.example/b", None, None]), 5)
    stated = hash_addresses(
        pl.Series(["http://s.example/", "http://s.example/", "http://s.example/a", None, "http://s.example/"]), 5
    )
    pairs = [(0, 1, True), (0, 2, True), (2, 1, True), (3, 4, False), (0, 3, False)]
    left, right, same = (np.array(column) for column in zip(*pairs, strict=True))
    assert (share_address(own, stated, left, right) == same).all()
    assert (share_address(own, stated, right, left) == same).all()


def test_pages_that_all_state_the_home_page_share_none() -> None:
    own = hash_addresses(pl.Series(["http://s.example/a", "http://s.example/b"]), 2)
    home = hash_addresses(pl.Series(["http://s.example/"] * 2), 2)
    assert not share_address(own, home, np.array([0]), np.array([1])).any()


def _revised() -> tuple[str, str]:
    """A text, and one in which five passages of fifteen words are others."""
    chance = random.Random(4)
    words = [f"{chance.choice('bdfgklmnprst')}{chance.choice('aeiou')}{number}" for number in range(400)]
    return " ".join(words), " ".join(f"x{word}" if at % 80 < 15 else word for at, word in enumerate(words))


def _score(urls: list[str | None], canonical: list[str | None] | None = None) -> float:
    pages = pl.DataFrame({"page_id": ["a", "b"], "text": _revised(), "url": urls, "canonical_url": canonical or [None, None]})
    pages = pages.with_columns(pl.col("url", "canonical_url").cast(pl.String))
    signatures = fingerprint_documents(pages.select("page_id", "text"))
    table = pa.Table.from_batches(list(match_edges(signatures.lazy(), pages.lazy(), Plan())), EDGES)
    (row,) = table.to_pylist()
    return float(row["score"])


def test_two_captures_of_one_address_are_likelier_to_be_one_page() -> None:
    apart = _score(["http://s.example/a", "http://s.example/b"])
    assert apart < Plan().group.threshold
    assert _score([None, None]) == apart
    assert _score(["http://s.example/a", "https://www.s.example/a?utm_medium=mail"]) == pytest.approx(apart + 0.35 * (1 - apart))
    assert _score(["http://s.example/a", "http://amp.s.example/a"], [None, "http://s.example/a"]) > apart


def test_one_address_says_nothing_for_pages_on_different_subjects() -> None:
    sheet = "{0} is a medicine. Take {0} with water. Do not take {0} if you are allergic to {0}. Keep {0} away from children. " * 8
    texts = sheet.format("Belatrol"), sheet.format("Nucarin")
    apart, same = score_texts(*texts, Plan()), score_texts(*texts, Plan(), {"url": ("http://s.example/a", "http://s.example/a")})
    assert same["subject_conflict"] == 1
    assert (same["score"], same["same_address"]) == (apart["score"], 1)


def test_pages_stand_on_one_site_or_on_two_or_it_is_not_known() -> None:
    urls = pl.Series(
        ["http://a.example/x", "https://www.a.example:443/y", "http://b.example/x", None, "pages/x.html"], dtype=pl.String
    )
    sites = hash_sites(urls, 5)
    pairs = [
        (0, 1, True, False),
        (0, 2, False, True),
        (0, 3, False, False),
        (3, 3, False, False),
        (1, 4, False, False),
        (4, 4, False, False),
    ]
    left, right, one, two = (np.array(column) for column in zip(*pairs, strict=True))
    found = share_site(sites, left, right)
    assert (found[0] == one).all()
    assert (found[1] == two).all()
