"""The page type: told by what the HTML holds, with probabilities, and the same whatever surrounds the call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from corpus_tools.clean.blocks.model import packaged_block_model
from corpus_tools.clean.extract import extract_page
from corpus_tools.clean.html.marks import MARKS
from corpus_tools.clean.html.tree import read_blocks
from corpus_tools.clean.page import clean_text
from corpus_tools.clean.page_type.features import NAMES, page_features
from corpus_tools.clean.page_type.model import TYPES, packaged_page_type_model
from corpus_tools.plan import CleanPlan
from corpus_tools.tables import PAGES

PARAGRAPH = "The council said on Monday that the bridge across the river would stay closed until the spring, because two pillars had moved. "
ARTICLE = (
    '<html><head><title>Bridge stays closed</title><meta property="og:type" content="article">'
    '<meta property="article:published_time" content="2024-03-01"></head><body><article class="post"><h1>Bridge stays closed</h1>'
    + "".join(f"<p>{PARAGRAPH * 3}Day {day}.</p>" for day in range(8))
    + "</article></body></html>"
)
THREAD = (
    "<html><head><title>Pump does not start - Forum</title></head><body class='forum'><h1>Pump does not start</h1>"
    + "".join(
        f"<div class='post message'><div class='author user'>member{n}</div><div class='date'>12 May 2021, 10:0{n}</div>"
        f"<div class='postbody content'>I had the same trouble with mine and changed the filter, then it ran for {n} days.</div>"
        "<a class='reply' href='#'>Reply</a> <a class='quote' href='#'>Quote</a></div>"
        for n in range(9)
    )
    + "</body></html>"
)


def judge(html: str) -> dict[str, float]:
    page = read_blocks(html)
    _, lay, numbers = packaged_block_model().probabilities(page)
    return packaged_page_type_model().judge(page, lay, numbers)


@pytest.mark.parametrize(("html", "kind"), [(ARTICLE, "article"), (THREAD, "forum")])
def test_pages_of_one_kind_each(html: str, kind: str) -> None:
    found = clean_text(html)
    assert found.page_type == kind
    assert found.page_type_probability is not None
    assert 0.5 < found.page_type_probability <= 1


def test_probabilities_are_of_all_types_and_the_likeliest_comes_first() -> None:
    shares = judge(ARTICLE)
    assert sorted(shares) == sorted(TYPES)
    assert sum(shares.values()) == pytest.approx(1, abs=1e-3)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    assert judge(ARTICLE) == shares


def test_the_weights_know_the_numbers_they_are_given() -> None:
    page = read_blocks(THREAD)
    _, lay, numbers = packaged_block_model().probabilities(page)
    found = page_features(page, lay)
    assert len(found) == len(NAMES)
    for forest in packaged_page_type_model().forests:
        assert forest.names[len(numbers) :] == NAMES
        assert all(name.startswith("page.") for name in forest.names[: len(numbers)])


def test_marks_are_counted_as_a_walk_over_the_page_counts_them() -> None:
    page = read_blocks(THREAD)
    _, lay, _ = packaged_block_model().probabilities(page)
    found = dict(zip(NAMES, page_features(page, lay).tolist(), strict=True))
    for place, name in enumerate(MARKS):
        words = sum(
            count for block, count in zip(page.blocks, lay.words.tolist(), strict=True) if page.nodes[block.node].above >> place & 1
        )
        share = sum(node.mask >> place & 1 for node in page.nodes) / len(page.nodes)
        assert found[f"words.{name}"] == pytest.approx(words / lay.words.sum(), rel=1e-5)
        assert found[f"share.{name}"] == pytest.approx(share, rel=1e-5)
    assert found["longest"] == max(
        [float(count) for count, linked in zip(lay.words, lay.linked, strict=True) if count >= 15 and linked < 0.4], default=0.0
    )


def test_text_without_html_has_no_type() -> None:
    for found in (
        clean_text(PARAGRAPH * 5),
        clean_text(ARTICLE, plan=CleanPlan(focus="none")),
        clean_text("<html><body></body></html>"),
    ):
        assert (found.page_type, found.page_type_probability) == (None, None)


def test_the_columns_say_what_the_page_says() -> None:
    page: dict[str, Any] = dict.fromkeys(PAGES.names) | {
        "page_id": "a",
        "source": "s",
        "text": ARTICLE,
        "content_type": "text/html",
    }
    row = extract_page(page, CleanPlan())
    found = clean_text(ARTICLE)
    assert (row["page_type"], row["page_type_probability"]) == (found.page_type, found.page_type_probability)
    assert np.isfinite(row["page_type_probability"])
