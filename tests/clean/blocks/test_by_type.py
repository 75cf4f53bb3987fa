"""What the page's type settles: comments under an article go, posts and cards stay, and never most of a page is cut for it."""

from __future__ import annotations

import numpy as np
import pytest

from corpus_tools.clean.blocks.by_type import OF_PRODUCTS, least_of_groups, settle_by_type
from corpus_tools.clean.blocks.groups import LEAST
from corpus_tools.clean.blocks.layout import lay_out
from corpus_tools.clean.blocks.model import choose_blocks
from corpus_tools.clean.html.tree import read_blocks
from corpus_tools.clean.page_type.model import TYPES

PROSE = "<p>The pump was opened in the morning and both of its valves were cleaned before it was put back into the well.</p>"
COMMENTS = "<h2>2 Comments</h2><p>My pump has the same trouble since the summer.</p><p>Thanks for the advice, it works.</p><h2>Tools needed</h2>"
RELATED = "<div><div>You may also like</div><p><a href=a>How a valve is cleaned in five steps</a></p><p>Valves last for ten years.</p></div>"


def settle(body: str, kind: str, sure: float = 0.9, p: float = 0.9, comments: bool = True, kept: bool = True) -> list[str]:
    """The texts that stay of a page whose blocks were all kept, or none."""
    page = read_blocks(f"<html><body>{body}</body></html>")
    lay = lay_out(page)
    before = np.full(len(page.texts), kept)
    shares = dict.fromkeys(TYPES, 0.0) | {kind: sure}
    after = settle_by_type(page, lay, np.full(len(before), p), before, shares, comments)
    assert before.all() == kept  # what came in is left as it was
    return [text for text, stays in zip(page.texts, after, strict=True) if stays]


@pytest.mark.parametrize(("kind", "sure", "comments", "go"), [
    ("article", 0.9, True, True), ("article", 0.6, True, False), ("forum", 0.9, True, False), ("article", 0.9, False, False),
])  # fmt: skip
def test_comments_under_an_article_go(kind: str, sure: float, comments: bool, go: bool) -> None:
    left = " ".join(settle(PROSE * 4 + COMMENTS + PROSE, kind, sure, comments=comments))
    assert ("same trouble" in left) != go
    assert "Tools needed" in left


def test_linked_titles_under_a_heading_of_related_pages_go() -> None:
    for kind in ("article", "service", "product", "forum"):
        left = " ".join(settle(PROSE * 4 + RELATED + PROSE, kind))
        assert "five steps" not in left
        assert "ten years" in left
    for kind in ("listing", "collection", "documentation"):
        assert "five steps" in " ".join(settle(PROSE * 4 + RELATED + PROSE, kind))


def test_what_is_most_of_a_page_stays() -> None:
    body = PROSE + "<h2>Comments</h2>" + PROSE * 3
    assert len(settle(body, "article")) == 5


def test_dates_and_counts_beside_posts_go_and_posts_stay() -> None:
    posts = f"<div class=meta>12 May 2021</div><div class=post>{PROSE}</div>" * 4
    assert not [text for text in settle(posts, "forum") if "2021" in text]
    assert len(settle(posts, "forum")) == 4
    assert len(settle(posts, "article")) == 8


def test_a_mark_over_the_whole_thread_says_nothing_of_its_lines() -> None:
    posts = f"<div class=date-outer><h3>The pump is dry</h3><div class=post>{PROSE}<b>What I tried</b>{PROSE}</div></div>"
    assert len(settle(posts, "forum")) == 4
    assert len(settle(f"<div class=sidebar>{PROSE * 2}</div>{PROSE}", "forum")) == 3


def test_cards_of_a_collection_stay() -> None:
    cards = "<ul class=grid>" + "<li class=card><a href=x>Garden pump</a></li>" * 5 + "</ul><nav class=card>Home</nav>"
    assert settle(cards, "collection", p=0.3, kept=False) == ["Garden pump"] * 5
    assert settle(cards, "collection", p=0.2, kept=False) == []
    assert settle(cards, "product", p=0.3, kept=False) == []


def test_the_floor_is_lower_where_most_of_a_page_is_content() -> None:
    p, words, linked = np.array([0.9, 0.36, 0.1]), np.array([20.0, 20.0, 20.0]), np.zeros(3)
    assert choose_blocks(p, words, linked, "balanced", "service").tolist() == [True, True, False]
    assert choose_blocks(p, words, linked, "balanced", "article").tolist() == [True, False, False]
    assert choose_blocks(p, words, linked, "precision", "service").tolist() == choose_blocks(p, words, linked, "precision").tolist()


def test_prose_between_what_is_kept_needs_less_than_what_is_short_linked_or_outside() -> None:
    words, linked = np.array([30.0, 99.0, 30.0, 29.0, 30.0, 99.0, 30.0]), np.array([0.0, 0.0, 0.2, 0.0, 0.3, 0.0, 0.0])
    for focus, unsure in (("balanced", 0.4), ("precision", 0.6)):
        p = np.array([unsure, 0.9, unsure, unsure, unsure, 0.9, unsure])
        assert choose_blocks(p, words, linked, focus).tolist() == [False, True, True, False, False, True, False]


def test_groups_need_more_on_pages_of_products_and_are_open_on_threads() -> None:
    shares = dict.fromkeys(TYPES, 0.0)
    for focus, least in LEAST.items():
        assert least_of_groups(focus, shares | {"article": 0.9, "product": 0.1}) == least
        assert least_of_groups(focus, shares | {"forum": 0.4}) is None
    found = least_of_groups("balanced", shares | {"product": 0.6})
    assert found == tuple(one + OF_PRODUCTS for one in LEAST["balanced"])
    assert least_of_groups("recall", shares | {"product": 0.6}) == LEAST["recall"]
