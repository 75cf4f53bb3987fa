"""A page becomes blocks in reading order, with the elements and marks around them."""

from __future__ import annotations

import re

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.clean.html.blocks import MAX_BLOCK, MAX_BLOCKS, TAGS
from corpus_tools.clean.html.flat import is_too_much, read_flat, tag_kinds
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.marks import BITS
from corpus_tools.clean.html.tag_kernels import weigh_tags
from corpus_tools.clean.html.tree import read_blocks
from corpus_tools.clean.main_text import read_page


def texts(html: str) -> list[str]:
    return [block.text for block in read_blocks(html).blocks]


def test_block_level_elements_break_and_inline_ones_do_not() -> None:
    assert texts("<p>One <b>bold</b> word<p>Two<div>three<span> four</span></div>five") == [
        "One bold word",
        "Two",
        "three four",
        "five",
    ]


def test_one_br_is_a_line_and_two_are_a_new_block() -> None:
    assert texts("<div>a<br>b<br> <br>c</div>") == ["a\nb", "c"]


def test_preformatted_lines_stay_lines_with_their_indent() -> None:
    assert texts("<pre>def f():\n\treturn 1\n\n</pre>") == ["def f():\n    return 1"]


def test_neighbouring_links_are_set_apart() -> None:
    assert texts("<div><a>Home</a><a>About</a></div>") == ["Home About"]


def test_a_row_of_short_cells_is_one_block_and_a_layout_table_is_not() -> None:
    assert texts("<table><tr><td>Dose</td><td>5 mg</td></tr></table>") == ["Dose | 5 mg"]
    assert texts("<table><tr><td>menu</td><td><p>one</p><p>two</p></td></tr></table>") == ["menu", "one", "two"]


@pytest.mark.parametrize("tag", ["script", "style", "template", "svg", "iframe"])
def test_what_is_no_text_is_left_out(tag: str) -> None:
    assert texts(f"<p>a</p><{tag}>hidden</{tag}><p>b</p>") == ["a", "b"]


def test_linked_characters_and_marks_are_counted() -> None:
    page = read_blocks('<nav class="main-menu"><a href=x>Home</a> and</nav><p>text</p>')
    nav, text = page.blocks
    assert (nav.linked, nav.links, text.linked) == (4, 1, 0)
    above = page.nodes[nav.node].above
    assert above & BITS["e_nav"]
    assert above & BITS["nav"]
    assert page.nodes[nav.node].tag == TAGS["nav"]
    assert not page.nodes[text.node].above & BITS["e_nav"]


@pytest.mark.parametrize(
    ("html", "mark"),
    [
        ('<div class="cookieBanner">x</div>', "cookie"),
        ('<div id="post-comments">x</div>', "comments"),
        ('<div style="display: none">x</div>', "e_hidden"),
        ("<div hidden>x</div>", "e_hidden"),
        ('<div role="navigation">x</div>', "e_nav"),
        ('<div itemprop="articleBody">x</div>', "e_textbody"),
    ],
)
def test_marks_come_from_class_id_role_style_and_itemprop(html: str, mark: str) -> None:
    page = read_blocks(html)
    assert page.nodes[page.blocks[0].node].above & BITS[mark]


def test_head_is_read() -> None:
    head = read_blocks(
        '<html lang="de"><head><title> A  title </title><meta property="og:type" content="article">'
        '<script type="application/ld+json">{"@type": "Recipe"}</script></head><body>x</body>'
    ).head
    assert (head.title, head.language, head.meta["og:type"], head.linked_data) == (
        "A title",
        "de",
        "article",
        ['{"@type": "Recipe"}'],
    )


def test_a_very_long_run_of_text_is_several_blocks_and_nothing_is_lost() -> None:
    text = "word " * 30_000
    blocks = read_blocks(f"<p>{text}</p>").blocks
    assert len(blocks) == 4
    assert all(len(block.text) <= MAX_BLOCK for block in blocks)
    assert " ".join(block.text for block in blocks) == text.strip()


def node_ranges_hold(page: HtmlPage) -> None:
    for place, node in enumerate(page.nodes):
        assert node.parent < place
        assert 0 <= page.first[place] <= page.last[place] <= len(page.blocks)
    for place, block in enumerate(page.blocks):
        assert block.text.strip()
        assert page.first[block.node] <= place < page.last[block.node]
        assert 0 <= block.linked <= len(block.text)


PIECES = st.sampled_from(
    "<p> <div class=nav> </div> <table> <tr> <td> </tr> </table> <a href=x> </a> <br> <b> </b> <ul> <li> </ul> <pre> </pre> word & &amp; < > "
    "<!-- --> <select> <option> </select> <h1> </h1> <p".split(" ")
)


@settings(max_examples=examples(150))
@given(st.lists(PIECES, max_size=60).map(" ".join))
def test_ranges_hold_for_any_tag_soup(html: str) -> None:
    node_ranges_hold(read_blocks(html))
    node_ranges_hold(read_flat(html))


@settings(max_examples=examples(100))
@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=40))
def test_every_word_of_the_page_is_in_a_block(words: list[str]) -> None:
    tags = ("p", "div", "span", "td", "li", "b", "a", "h2")
    html = "".join(f"<{tags[i % len(tags)]}> {word} </{tags[i % len(tags)]}>" for i, word in enumerate(words))
    for read in (read_blocks, read_flat):
        found = re.findall("[a-z]+", " ".join(block.text for block in read(html).blocks))
        assert sorted(found) == sorted(words)


def test_flat_reading_gives_the_blocks_a_tree_gives() -> None:
    html = "<title>T</title><p>One <b>bold</b> word<p>Two &amp; more<!-- no --><script>no</script><div>three<br><br>four</div>"
    flat = read_flat(html)
    assert [block.text for block in flat.blocks] == texts(html)
    assert flat.head.title == "T"


TAG_PIECES = st.sampled_from(
    "< / </ <div> </div> <DIV/> <b> </B> <font x> </font> <br> <li> <h1> <1> <a1 é <é <!-- > <Iİ> <x-y> <kK>".split()
)


@settings(max_examples=examples(200))
@given(st.lists(TAG_PIECES, max_size=50).map("".join))
def test_tags_are_weighed_as_by_the_definition(html: str) -> None:
    table = tag_kinds()
    found = weigh_tags(np.frombuffer(html.encode(), np.uint8), table.keys, table.values)
    assert found == naive.weigh_tags(html)


@pytest.mark.parametrize("piece", ["<p>word {}</p>", "<li>word {}", "word {}<br><br>", "<div>word {}"])
def test_a_page_of_very_many_blocks_is_divided_no_further_and_keeps_its_words(piece: str) -> None:
    count = MAX_BLOCKS + 20_000
    html = "".join(piece.format(at) for at in range(count))
    page, path = read_page(html.encode())
    assert path.startswith("fallback")
    assert MAX_BLOCKS <= len(page.texts) <= MAX_BLOCKS + len(html) // MAX_BLOCK + 2
    assert all(len(text) <= MAX_BLOCK for text in page.texts)
    assert "\n".join(page.texts).split("\n") == [f"word {at}" for at in range(count)]


def test_pages_no_tree_should_be_built_of_are_told() -> None:
    assert is_too_much(b"<div>" * 30_000)
    assert is_too_much(b"<div>" * 6_000 + b"<li>item" * 30_000)  # each item looks for one before it
    assert is_too_much(b"<p " + b" ".join(b"a%d" % at for at in range(15_000)) + b">")
    assert not is_too_much(b"<svg>" + b"<path d=M0>" * 9_000 + b"<p>text</p>" * 5_000)  # drawn, and never closed
    assert is_too_much(b"<div>" * 30_000 + b"</div>" * 30_000)
    assert is_too_much(b"".join(b"<font color=%d><p>" % i for i in range(8_000)))
    assert not is_too_much(b"<ul>" + b"<li>item" * 30_000 + b"</ul>")
    assert not is_too_much(b"<p>text</p>" * 50_000)
