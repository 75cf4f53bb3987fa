"""The HTML road: main text kept, everything else in cuts with kind and score, nothing lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools import tables
from corpus_tools.clean.html.tree import read_blocks
from corpus_tools.clean.merged_cuts import MAX_PASSAGE
from corpus_tools.clean.page import clean_text
from corpus_tools.plan import CleanPlan

PARAGRAPHS = [
    "Metformin is usually the first medicine given to people with type 2 diabetes, because it is safe, cheap and well understood.",
    "It lowers the sugar that the liver makes, and helps the body to answer to the insulin that is there. Weight stays about the same.",
    "Most people start with 500 mg once a day with food, and the dose is raised over some weeks to limit trouble with the stomach.",
    "People with very weak kidneys should not take it, and everyone should have their kidneys tested once a year while they do.",
]
PAGE = """<!DOCTYPE html><html lang="en"><head><title>Metformin for diabetes</title></head><body>
<header class="site-header"><nav class="main-nav"><ul><li><a href="/">Home</a></li><li><a href="/drugs">Drugs</a></li>
<li><a href="/about">About us</a></li></ul></nav></header>
<div class="cookie-banner"><p>We use cookies to improve your visit.</p><button>Accept all</button></div>
<main><article class="post"><h1>Metformin for diabetes</h1><div class="entry-content">
<p>{0}</p><p>{1}</p><h2>How much is taken</h2><p>{2}</p><ul><li>500 mg in the first week, with the evening meal</li>
<li>1000 mg from the second week on, if the stomach allows it</li></ul>
<table><tr><th>Kidney function</th><th>Highest dose</th></tr><tr><td>45 to 60</td><td>2000 mg</td></tr></table><p>{3}</p></div></article></main>
<aside class="sidebar"><h3>Related articles</h3><ul><li><a href="/1">Ten foods that help</a></li><li><a href="/2">Walking and sugar</a></li></ul></aside>
<footer class="site-footer"><p>Copyright 2024 Example Health</p><a href="/privacy">Privacy policy</a></footer></body></html>"""
HTML = PAGE.format(*PARAGRAPHS)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def test_main_text_is_kept_line_by_line_and_furniture_is_cut() -> None:
    found = clean_text(HTML)
    lines = found.text.split("\n")
    assert all(paragraph in lines for paragraph in PARAGRAPHS)
    assert "How much is taken" in lines
    assert "45 to 60 | 2000 mg" in lines
    for furniture in ("We use cookies", "About us", "Walking and sugar", "Privacy policy"):
        assert furniture not in found.text
    assert (found.title, found.language, found.path, found.reason) == ("Metformin for diabetes", "en", "html", None)


def test_cuts_have_kinds_of_the_contract_and_the_score_that_cut_them() -> None:
    cuts = clean_text(HTML).cuts
    assert {cut.kind for cut in cuts} <= set(tables.KINDS)
    kinds = {passage: cut.kind for cut in cuts for passage in cut.passage.split("\n")}
    assert kinds["We use cookies to improve your visit."] == "cookie_notice"
    assert kinds["About us"] == "navigation"
    assert any(re.fullmatch(r"block_model 0\.\d\d", cut.rule) for cut in cuts)


def test_cuts_are_in_order_and_start_inside_the_text() -> None:
    found = clean_text(HTML)
    starts = [cut.start for cut in found.cuts]
    assert starts == sorted(starts)
    assert all(0 <= start <= len(found.text) + 1 for start in starts)


def test_focus_shifts_what_is_kept() -> None:
    kept = {focus: len(clean_text(HTML, plan=CleanPlan(focus=focus)).text) for focus in ("precision", "balanced", "recall")}
    assert kept["precision"] <= kept["balanced"] <= kept["recall"]


def test_code_keeps_its_lines() -> None:
    code = "def dose(weight):\n    return 5 * weight"
    html = PAGE.format(*PARAGRAPHS[:3], f"The dose in code:</p><pre><code>{code}</code></pre><p>{PARAGRAPHS[3]}")
    lines = [line.strip() for line in clean_text(html).text.split("\n")]
    assert all(line.strip() in lines for line in code.split("\n"))


def test_bytes_and_text_clean_alike() -> None:
    assert clean_text(HTML.encode()) == clean_text(HTML)
    assert clean_text(HTML.encode("utf-16")).text == clean_text(HTML).text


def test_its_own_output_is_left_alone() -> None:
    text = clean_text(HTML).text
    again = clean_text(text, content_type="text/plain", title="Metformin for diabetes").text
    assert len(words(again)) >= 0.95 * len(words(text))


def test_a_page_without_text_is_searched_for_what_scripts_would_show() -> None:
    data = '{"@type": "Article", "articleBody": "' + " ".join(PARAGRAPHS) + '"}'
    found = clean_text(f"<html><body><div id=root></div><script type='application/ld+json'>{data}</script></body></html>")
    assert PARAGRAPHS[2] in found.text
    assert found.path.startswith("fallback")


def test_a_page_with_nothing_has_a_reason() -> None:
    for page in ("<html><body><script>x()</script></body></html>", "<html></html>", b"<html>\x00</html>", ""):
        found = clean_text(page)
        assert (found.text, bool(found.reason)) == ("", True)


def test_metadata_is_read_unless_it_is_turned_off() -> None:
    html = HTML.replace(
        "</head>", '<meta name="author" content="Ada Nurse"><link rel="canonical" href="https://e.example/metformin"></head>'
    )
    assert clean_text(html, plan=CleanPlan(metadata=False)).author is None
    found = clean_text(html)
    assert (found.author, found.canonical_url) == ("Ada Nurse", "https://e.example/metformin")


@pytest.mark.parametrize(
    ("kind", "road"), [("text/plain", "text"), ("text/html; charset=x", "html"), ("application/xhtml+xml", "html")]
)
def test_the_media_type_decides_the_road(kind: str, road: str) -> None:
    assert clean_text("<p>Some words that stand here.</p>", content_type=kind).path == road


def test_a_long_passage_is_shortened_with_a_note() -> None:
    menu = "".join(f'<li><a href="/{i}">Menu entry number {i}</a></li>' for i in range(3_000))
    cuts = clean_text(HTML.replace("<ul>", f"<ul>{menu}", 1)).cuts
    longest = max(cuts, key=lambda cut: len(cut.passage))
    assert len(longest.passage) == MAX_PASSAGE
    assert "characters" in longest.rule


SOUP = st.lists(
    st.sampled_from(
        [f"<{tag}>" for tag in "p div ul li table tr td a b h1 pre span section nav footer".split()]
        + [f"</{tag}>" for tag in "p div ul li table tr td a b h1 pre span section nav footer".split()]
        + [
            "<br>",
            "plain words",
            "Share this page",
            "A sentence that is long enough to be kept, with commas, and an end.",
            "&nbsp;",
            "\n",
        ]
    ),
    max_size=50,
).map(" ".join)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.too_slow])
@given(SOUP)
def test_no_word_of_a_page_is_lost_in_silence(soup: str) -> None:
    html = f"<html><body>{soup}</body></html>"
    found = clean_text(html)
    kept_and_cut = words(found.text) + [word for cut in found.cuts for word in words(cut.passage)]
    assert sorted(kept_and_cut) == sorted(words(" ".join(block.text for block in read_blocks(html).blocks)))


@settings(max_examples=examples(150))
@given(st.binary(max_size=400), st.sampled_from([None, "text/html", "text/plain"]))
def test_no_bytes_raise(data: bytes, kind: str | None) -> None:
    found = clean_text(data, content_type=kind)
    assert (found.reason is None) == bool(found.text)


@settings(max_examples=examples(100))
@given(
    st.lists(
        st.binary(max_size=20) | st.sampled_from([b"<p>", b"<div", b"</", b"<!--", b"&#", b"\x00", b"<script>", b"<a href='"]),
        max_size=40,
    )
)
def test_no_broken_markup_raises(pieces: list[bytes]) -> None:
    clean_text(b"<html><body>" + b"".join(pieces), content_type="text/html")
