"""A page that goes on with another article says so."""

from __future__ import annotations

import pytest
from crawls import article

from corpus_tools import clean_text

ONE = "<article><h1>{title}</h1><p>{text}</p></article>"


def _path(*parts: str) -> str:
    page = (
        f"<html><head><title>What helps</title><meta property=og:type content=article></head><body>{''.join(parts)}</body></html>"
    )
    found = clean_text(page, content_type="text/html")
    assert found.page_type == "article"
    return found.path


def _one(seed: int, sentences: int = 30) -> str:
    return ONE.format(title=f"What helps in case {seed}", text=article(seed, sentences).replace(". ", ".</p><p>"))


def test_a_second_article_is_said() -> None:
    assert _path(_one(1), _one(2)) == "html; more than one article"


@pytest.mark.parametrize(
    "rest", ["", _one(2, 3), f"<article>{_one(2)}</article>".replace("<h1>", "<h2>").replace("</h1>", "</h2>")]
)
def test_short_ones_and_sections_are_none(rest: str) -> None:
    assert _path(_one(1), rest) == "html"


def test_an_article_inside_another_is_part_of_it() -> None:
    assert _path(f"<article><h1>All of it</h1>{_one(1)}{_one(2)}</article>") == "html"
