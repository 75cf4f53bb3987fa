"""The compiled walk over lexbor's tree gives the page that the slow walk over its nodes gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from needs import examples
from selectolax.lexbor import LexborHTMLParser

from corpus_tools.clean.html import tree
from corpus_tools.clean.html.arrays import PageArrays
from corpus_tools.clean.html.blocks import MAX_BLOCK, Node
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.slow_walk import walk_slowly
from corpus_tools.clean.html.tree import read_blocks, walk_tree

SAMPLES = sorted((Path(__file__).parents[3] / "samples").rglob("*.html"))


def plain(nodes: list[Node]) -> list[Node]:
    """Nodes with as much of their labels as anything looks at."""
    return [node._replace(label=" ".join(node.label[:300].split())) for node in nodes]


def pages_are_equal(fast: HtmlPage, slow: HtmlPage) -> None:
    assert fast.blocks == slow.blocks
    assert fast.texts == [block.text for block in slow.blocks]
    assert plain(fast.nodes) == plain(slow.nodes)
    assert (fast.first, fast.last) == (slow.first, slow.last)
    assert (fast.head, fast.truncated) == (slow.head, slow.truncated)


def both_walks_agree(html: str) -> None:
    parser = LexborHTMLParser(html)
    fast = walk_tree(parser)
    assert fast is not None
    pages_are_equal(fast, walk_slowly(parser.root))


BLOCK_TAGS = "p div ul li table tr td th h1 pre textarea section nav blockquote tbody center details custom-tag button body"
INLINE_TAGS = "a a a b span span time small mi mrow msup msubsup mfrac msqrt mstyle strong sup sup sub nobr ruby font code label data x-y slot"
OTHERS = "svg math template noscript title select option head script style iframe plaintext xmp form image frameset object"
TAGS = f"{BLOCK_TAGS} {INLINE_TAGS} {OTHERS}".split()
ATTRIBUTES = (
    " class=nav| class='post-meta comments'| id=footer| role=link| role=navigation| style='display:none'| hidden| aria-hidden=true| "
    "aria-hidden=false| itemprop=articleBody| rowspan=2| colspan=2| rowspan='3' colspan=2| colspan=x| rowspan=123456| class='katex-html' aria-hidden=true| class=katex-html| class| class=''| href=x class=\"größe card\"| id='a\u00a0b' data-x=1| CLASS=Sidebar| a:b=c"
).split("|")
WORDS = [
    "word", " ", "\n", "\t", "\r\n", "\u00a0", "\u2003", "\u2028", "\x1e", "\x1f", "\x0b", "größe", "日本語", "😀", "a  b\n\n c\td ",
    "Share", "9. May", "£5", "$5", "$x", "Größe", "Über", "łódź", "Łódź", "слово", "Слово", "λόγος", "Λόγος", "ª", "(a)",
    "&nbsp;", "&amp;", "&#x1e;", "&#133;", "\ufffd", "\u3000x", "e\u0301", "x\x1ey", "</", "<!-- no -->", "<![CDATA[x]]>", "<?x?>",
]  # fmt: skip
PIECES = st.one_of(
    st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(["", *ATTRIBUTES])),
    st.builds("</{}>".format, st.sampled_from(TAGS)),
    st.sampled_from(
        [*WORDS, *["<br>"] * 4, "<img>", "<input>", "<picture>", "text of some length", "<td>cell", "<td>a | b|", "<td>|", "</p>"]
    ),
)
HEADS = st.sampled_from(
    [
        "",
        "<html lang=' de '><head><title> a <b>\u00a0 title</title><meta name=author content='A B'><meta property='' name=date>",
        '<meta property="OG:Title" content="x\u00fc"><meta name=description content><script type="application/ld+json">{"a": "<"}</script>',
        "<title></title><title>second</title><meta name=other content=x><meta content=y><html lang>",
    ]
)


@settings(max_examples=examples(400))
@given(HEADS, st.lists(PIECES, max_size=60).map("".join))
@example("", "<table><tr><td><a>x</a><td class=nav>y<td><img>z</table>")
@example("", "<table><tr><td><p>x<td>y</table><a>1</a><a>2</a> <a>3<br><br>4<br> <br>5")
@example("", "<pre> a\n\n\tb \r\nc<br>d\u2028 e\x1e</pre><div role=link>all of it <b>linked</b></div>")
@example("", "<script type=application/ld+json>{}</script><noscript><p class=x>y</p></noscript><svg><title>t</title></svg>")
def test_both_walks_give_one_page(head: str, soup: str) -> None:
    both_walks_agree(head + soup)


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>makes <gloss-term>thyroxine</gloss-term>, a hormone", ["makes thyroxine, a hormone"]),
        ("<p><x-a>Tea</x-a> and <x-a>milk</x-a> both", ["Tea and milk both"]),
        ("<x-app><h1>Title</h1><p>Text</x-app>", ["Title", "Text"]),
        ("<p>Press<button>Stop</button>now, <label>Dose</label>: 5 mg", ["Press Stop now, Dose: 5 mg"]),
        ("<div><button>Yes</button><button>No</button></div>", ["Yes", "No"]),
        ("<p><span>3 May 2021</span><span>By Ann Lee</span>", ["3 May 2021 By Ann Lee"]),
        ("<p>a <span>1</span><span>234</span> b", ["a 1234 b"]),
        ("<div><span>Share</span><a>Facebook</a><a>Twitter</a>", ["Share Facebook Twitter"]),
        ("<div><b>Ann</b><span>9 May 2021</span>", ["Ann 9 May 2021"]),
        ("<div><strong>Price</strong><span>£8</span><span>Time</span><span>6.30pm</span>", ["Price £8 Time 6.30pm"]),
        ("<p><span>3 beds</span><span>2.5 baths</span><span>$1,200</span>", ["3 beds 2.5 baths $1,200"]),
        ("<p><span>Größe</span><a>Ändern</a><span>Цена</span><b>Скидка</b>", ["Größe Ändern Цена Скидка"]),
        ("<p><b>H</b><span>2</span>O, <b>i</b><b>Phone</b>, <b>micro</b><a>meter</a>", ["H2O, iPhone, micrometer"]),
        ("<p>10<sup>5</sup>, CO<sub>2</sub>, 5 m<sup>2</sup>, 10<sup>-3</sup>", ["10⁵, CO₂, 5 m², 10⁻³"]),
        ("<p>the 1<sup>st</sup> of V<sub>max</sub> and 10<sup>1.5</sup>", ["the 1st of V_max and 10^1.5"]),
        ("<p>take 50<sup><a href=#n>1</a></sup> or tablets<sup>2</sup>", ["take 50 ¹ or tablets ²"]),
        ("<p>x<sup> </sup>y<sub></sub>z", ["xyz"]),
        ("<p><math><msup><mn>10</mn><mn>6</mn></msup><annotation>10^6</annotation></math> cells", ["10⁶ cells"]),
        ("<p><math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> tablet", ["1/2 tablet"]),
        ("<p>T = <math><msqrt><mfrac><mi>l</mi><mi>g</mi></mfrac></msqrt></math>", ["T = √(l/g)"]),
        ("<p><math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mrow><mi>c</mi></mrow></mfrac></math>", ["(a+b)/c"]),
        ("<p><math><mfrac><mfrac><mi>a</mi><mi>b</mi></mfrac><msqrt><mn>2</mn></msqrt></mfrac></math>", ["(a/b)/√2"]),
        (
            "<p>is <span class=katex><span class=katex-mathml><math><mi>x</mi><annotation>x</annotation></math></span>"
            "<span class=katex-html aria-hidden=true><span>x</span></span></span>, or so",
            ["is x, or so"],
        ),
        ("<pre><i>a</i>\n<i>  b</i>\n<i>c</i></pre>", ["a\n  b\nc"]),
        ("<table><tr><td>A<td><td>5 mg<tr><td><td>B<td><p>no<br>yes</table>", ["A | | 5 mg", "| B | no yes"]),
        (
            "<table><tr><td rowspan=2>8 weeks<td>A<td>1 ml<tr><td>B<td>2 ml<tr><td>1 year<td>C<td>3 ml</table>",
            ["8 weeks | A | 1 ml", "| B | 2 ml", "1 year | C | 3 ml"],
        ),
        (
            "<table><tr><th>Age<th>Given<th>By<th>Dose<tr><td>9<td colspan=2>second doses<td>1 ml</table>",
            ["Age | Given | By | Dose", "9 | second doses | | 1 ml"],
        ),
        (
            "<table><tr><td rowspan=3>a<td rowspan=2>b<td>c<tr><td>d<td>e<tr><td>f<td>g<tr><td>h<td>i</table>",
            ["a | b | c", "| | d | e", "| f | g", "h | i"],
        ),
        ("<table><thead><tr><th rowspan=2>a<th>b<tbody><tr><td>c<td>d</table>", ["a | b", "c | d"]),
        ("<p>one <meta itemprop=x content=y> line", ["one line"]),
    ],
)
def test_what_stands_in_a_sentence_stays_in_it(html: str, lines: list[str]) -> None:
    both_walks_agree(html)
    assert read_blocks(html).texts == lines


@pytest.mark.parametrize("inside", [1, 7, 8, 9, 3_000])
def test_formulas_are_looked_into_no_deeper_than_needed(inside: int) -> None:
    both_walks_agree("<p>a <math><mfrac><mn>1</mn>" + "<mrow>" * inside + "<mi>x</mi>" + "</mrow>" * inside + "</mfrac></math>")
    both_walks_agree("<p>a <math>" + "<msqrt>" * inside + "<mi>x</mi>" + "</msqrt>" * inside + "</math>")


def test_a_cell_over_many_columns_adds_few_bars() -> None:
    html = "<table><tr><td colspan=99>a<td colspan=99>b<td>c</table>"
    both_walks_agree(html)
    assert read_blocks(html).texts[0].count("|") == 40


def test_title_after_an_image_in_the_head() -> None:
    html = "<head><noscript><img src=x></noscript><title>The title</title><meta property=og:title content=Og></head><p>text"
    both_walks_agree(html)
    assert read_blocks(html).head.title == "The title"


@settings(max_examples=examples(150))
@given(st.text(max_size=200))
def test_any_text_is_read_alike(text: str) -> None:
    both_walks_agree(text)
    both_walks_agree(f"<pre>{text}</pre><p class='{text}' id=\"{text}\">x")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_pages_are_read_alike(path: Path) -> None:
    both_walks_agree(path.read_text(encoding="utf-8", errors="replace"))


@settings(max_examples=examples(60))
@given(st.lists(PIECES, max_size=40).map("".join))
def test_lists_and_arrays_say_the_same(soup: str) -> None:
    page = read_blocks(soup)
    again = HtmlPage(page.head, PageArrays.of(page.nodes, page.first, page.last, page.blocks))
    pages_are_equal(again, page)


def test_a_page_that_does_not_fit_is_left_to_the_slow_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "<p>" + "word " * MAX_BLOCK
    assert walk_tree(LexborHTMLParser(long)) is None
    assert [len(block.text) <= MAX_BLOCK for block in read_blocks(long).blocks] == [True] * 6
    many = "".join(f"<meta name=n{i} content=x>" for i in range(5_000))
    assert walk_tree(LexborHTMLParser(many)) is None
    monkeypatch.setattr(tree, "MAX_BYTES", 10)
    assert walk_tree(LexborHTMLParser("<p>more than ten bytes")) is None


@pytest.mark.parametrize(
    "html",
    [
        "".join(f"<p class=c{i} id=x{i}>word {i}</p>" for i in range(5_000)),
        "<p>" + "<a class=x href=y>z</a>" * 20_000,
        "<pre>" + "\t\n" * 50_000 + "x",
        "<div>" * 400 + "x" + "</div>" * 400,
        f"<p class='{'größe ' * 3_000}' style='{'x' * 5_000}'>text",
        "<p>" + "<br>x" * 20_000,
        "<table>" + "<tr><td>a<td>b" * 3_000,
    ],
    ids=["labels", "links", "tabs", "deep", "attribute", "breaks", "rows"],
)
def test_large_pages_are_read_alike_or_left_to_the_slow_walk(html: str) -> None:
    parser = LexborHTMLParser(html)
    fast = walk_tree(parser)
    if fast is not None:
        pages_are_equal(fast, walk_slowly(parser.root))


def test_a_walk_of_too_many_elements_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "MAX_NODES", 10)
    page = walk_tree(LexborHTMLParser("<p>a" * 20))
    assert page is not None
    assert page.truncated


def test_without_the_functions_of_lexbor_pages_are_read_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    html = "<nav class=menu><a href=x>Home</a></nav><p>text"
    fast = read_blocks(html)
    monkeypatch.setattr(tree, "_functions", lambda: None)
    pages_are_equal(fast, read_blocks(html))


def test_the_fast_walk_is_tried_on_a_page_of_our_own_before_it_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    tree.can_walk_fast.cache_clear()
    try:
        assert tree.can_walk_fast()
        monkeypatch.setattr(tree, "walk_tree", lambda parser: HtmlPage())  # a selectolax whose functions do something else
        tree.can_walk_fast.cache_clear()
        assert not tree.can_walk_fast()
        assert [block.text for block in read_blocks("<p>Some words.</p>").blocks] == ["Some words."]
    finally:
        tree.can_walk_fast.cache_clear()


def test_a_page_is_read_as_it_would_be_as_the_first_one() -> None:
    pages = [
        *(path.read_bytes() for path in SAMPLES[:12]),
        b"",
        b"<p>One",
        b"<p class=a>" * 900 + b"text" * 9_000,
        b"<p>Last <b>words</b>",
    ]
    alone = []
    for page in pages:
        tree._rooms.clear()
        alone.append(read_blocks(page))
    tree._rooms.clear()
    for order in (1, -1):
        found = [read_blocks(page) for page in pages[::order]][::order]
        for one, other in zip(found, alone, strict=True):
            pages_are_equal(one, other)
    assert len(tree._rooms) == 1


def test_a_page_keeps_nothing_of_the_room_it_was_read_in() -> None:
    first = read_blocks(b"<p class=a>One text <a href=x>and a link</a>")
    blocks, nodes = list(first.blocks), list(first.nodes)
    read_blocks(b"<ul><li id=b>Quite another</ul>" * 50)
    assert (first.arrays.blocks(), first.arrays.nodes()) == (blocks, nodes)
