"""The columns of the block model, written by kernels, are what plain Python makes of each block."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_features import Naive, NaiveContext
from needs import examples

from corpus_tools.clean.blocks.block_text import score_forms, short_text
from corpus_tools.clean.blocks.columns import Columns
from corpus_tools.clean.blocks.context import context_features, expected_f1
from corpus_tools.clean.blocks.features import _word_bits, block_features
from corpus_tools.clean.blocks.layout import lay_out
from corpus_tools.clean.blocks.model import packaged_block_model
from corpus_tools.clean.blocks.scores import Scores, add_scores, score_elements
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.tree import read_blocks
from corpus_tools.kernels.lookup import hash_words

LONG = "There is no better place for a long walk than the old path along the river, and in spring it is full of flowers."
PIECES = st.sampled_from(
    [
        *(
            "<h1>A title</h1>",
            "<h2>Comments</h2>",
            "<h2>Read more</h2>",
            "<ul class=menu><li><a href=x>Home</a><li>News</ul>",
            f"<p>{LONG}",
        ),
        *(
            f"<p>{LONG} <a href=x>{LONG}</a>",
            "<div class='post card'><p>Add to cart, 5 comments",
            "</div>",
            "<article><main>",
            "</article>",
        ),
        *(
            "<table><tr><td>a<td>b</table>",
            "<img src=x>",
            "<p>One<input>",
            "<blockquote>Quoted text here.</blockquote>",
            "<p>日本語 text",
        ),
        *("<pre>x\ny</pre>", "<section id=reviews><p>Great. Really? 12 stars | more", "</section>", "<footer><p>© 2020</footer>"),
    ]
)
HTML = st.lists(PIECES, min_size=1, max_size=14).map("".join)


def read(html: str) -> HtmlPage | None:
    page = read_blocks(html)
    return page if page.texts else None


def compare(columns: Columns, at: int, expected: dict[str, Any]) -> None:
    row = dict(zip(columns.names, columns.matrix()[at].tolist(), strict=True))
    for name, value in expected.items():
        if name in row:
            assert row[name] == float(np.float32(value)), (name, at)


@settings(max_examples=examples(60), deadline=None)
@given(HTML)
def test_blocks_are_described_as_python_describes_them(html: str) -> None:
    page = read(html)
    if page is None:
        return
    lay = lay_out(page)
    columns, twin = block_features(page, lay), Naive(page, lay, lay.text.bits(_word_bits()))
    missing = set(columns.names) - set(twin.block(0) | twin.headings(0) | twin.best(0) | twin.numbers())
    assert all(name.startswith(("above.", "par.", "inner.", "page.", "in_")) or name in ("copies", "nth_copy") for name in missing)
    for at in range(len(lay.words)):
        compare(columns, at, twin.block(at) | twin.headings(at) | twin.best(at) | twin.numbers())


@settings(max_examples=examples(60), deadline=None)
@given(HTML, st.data())
def test_the_second_look_is_what_python_makes_of_the_first(html: str, data: st.DataObject) -> None:
    page = read(html)
    if page is None:
        return
    lay = lay_out(page)
    n = len(lay.words)
    p = np.array(data.draw(st.lists(st.sampled_from([0.01, 0.1, 0.3, 1 / 3, 0.5, 0.77, 0.95]), min_size=n, max_size=n)))
    columns, twin = context_features(lay, p), NaiveContext(page, lay, lay.text.bits(_word_bits()), p)
    assert set(columns.names) == set(twin.context(0))
    for at in range(n):
        compare(columns, at, twin.context(at))
    assert expected_f1(p, lay.words + 1.0) == twin.expected()


SCORES = Scores(
    {"menu": -1.5, "post": 0.75, "card": -0.1, "reviews": 0.3}, {"home": -2.0, "river": 1.25, "0": 0.5, "old": 0.1}, {"news": -1.0}
)


@settings(max_examples=examples(40), deadline=None)
@given(HTML)
def test_class_names_and_words_are_worth_what_python_says(html: str) -> None:
    page = read(html)
    if page is None:
        return
    lay, columns = lay_out(page), Columns(len(page.texts))
    add_scores(columns, page, lay, SCORES)
    words = dict(zip(hash_words(score_forms(list(SCORES.words))).tolist(), SCORES.words.values(), strict=True))
    texts = dict(zip(hash_words([short_text(text) for text in SCORES.texts]).tolist(), SCORES.texts.values(), strict=True))
    twin, of_label = Naive(page, lay, lay.text.bits(_word_bits())), score_elements(page.arrays.labels, SCORES)
    for at in range(len(lay.words)):
        compare(columns, at, twin.scores(at, of_label, words, texts))


def test_the_names_are_those_of_the_weights() -> None:
    page, model = read(f"<h1>A</h1><p>{LONG}"), packaged_block_model()
    assert page is not None
    lay = lay_out(page)
    columns = block_features(page, lay)
    add_scores(columns, page, lay, model.scores)
    context = context_features(lay, np.full(len(lay.words), 0.5))
    assert (*columns.names, *context.names) == model.second.names
    assert columns.places("page.")[0] == columns.names.index("page.n")


@pytest.mark.parametrize("mark", ["card", "e_main", "e_nav"])
def test_marks_are_told_of_what_stands_under_them(mark: str) -> None:
    page = read(f"<div class=card><p>{LONG}</div><main><p>{LONG}</main><nav><p>{LONG}</nav>")
    assert page is not None
    columns = block_features(page, lay_out(page))
    row = columns.matrix()[:, columns.names.index(f"above.{mark}")].tolist()
    assert row == [float(mark == name) for name in ("card", "e_main", "e_nav")]
