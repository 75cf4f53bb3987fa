"""Markdown with the addresses of links: text and cuts stay what they are without."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from crawls import article, html_page
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools import api, clean_text
from corpus_tools.clean.html.tree import read_blocks
from corpus_tools.clean.links.carried import MAX_ADDRESS, carry_links, plain_mark, usable_address, write_links
from corpus_tools.clean.links.read import read_links
from corpus_tools.plan import CleanPlan, Plan

PAGE = """<html><head><title>Gout and what helps</title></head><body><nav><a href="/">Home</a> <a href="/x">About us</a></nav>
<main><h1>Gout and <a href="/wiki/what(1)">what helps</a></h1>
<p>Gout is treated with <a href="https://a.example/drug?x=1&amp;y=2">a <b>drug</b></a> that is taken here, and <a href="here.html">here</a>
is how it is <a href="#top">taken</a> each day with a glass of water.</p>
<ul><li>First, see <a href="mailto:doc@a.example">the doctor</a> about it<br>and then <a href="javascript:alert(1)">click</a> or
<a href="/p q">go on</a>.</li></ul>
<table><tr><th>Drug</th><th>Dose</th></tr><tr><td><a href="/a|b">Allopurinol [tablets]</a></td><td>5 mg</td></tr></table>
<pre>see <a href="/code">code</a></pre>
<p>A second paragraph says some more about it, so that the page is long enough to be taken for an article by all who read it.</p>
</main><footer>Copyright 2020</footer></body></html>"""
WRITTEN = r"""# Gout and [what helps](/wiki/what%281%29)

Gout is treated with [a drug](https://a.example/drug?x=1&y=2) that is taken here, and [here](here.html) is how it is taken each day with a glass of water.

- First, see [the doctor](mailto:doc@a.example) about it
    and then click or [go on](/p%20q).

| Drug | Dose |
| --- | --- |
| [Allopurinol \[tablets\]](/a%7Cb) | 5 mg |

```
see code
```

A second paragraph says some more about it, so that the page is long enough to be taken for an article by all who read it."""
KEEP = CleanPlan(links="keep")


def test_links_of_kept_text_are_written_and_nothing_else_changes() -> None:
    plain, linked = (clean_text(PAGE, content_type="text/html", plan=plan) for plan in (CleanPlan(), KEEP))
    assert linked.markdown == WRITTEN
    assert (linked.text, linked.cuts, linked.title) == (plain.text, plain.cuts, plain.title)
    assert "](" not in plain.markdown


def test_links_of_text_that_is_taken_as_it_is() -> None:
    found = clean_text(PAGE, content_type="text/html", plan=CleanPlan(links="keep", focus="none"))
    assert "[Home](/) [About us](/x)" in found.markdown
    assert WRITTEN in found.markdown


def test_a_page_read_without_a_tree_has_no_links() -> None:
    html = "<div>" * 30_000 + "<p>See <a href=x>this</a> and what it says.</p>"
    assert "](" not in clean_text(html, content_type="text/html", plan=KEEP).markdown


def test_a_block_parted_because_of_its_length_has_no_links() -> None:
    html = b"<p>" + b"word <a href=x>link</a> " * 20_000 + b"</p><p>and <a href=y>more</a></p>"
    texts = read_blocks(html).texts
    *parts, last = read_links(html, texts)
    assert parts
    assert not any(parts)
    assert last == [(4, "more", "y")]


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (" https://a.example/x ", "https://a.example/x"),
        ("/a\n/b c", "/a/b%20c"),
        ("/größe", "/größe"),
        ("/a(b)", "/a%28b%29"),
        *[(bad, None) for bad in ("", None, "#top", "JavaScript:alert(1)", "java\tscript:x", "data:text/html,x", "/\x00", "/" + "x" * MAX_ADDRESS)],
    ],
)  # fmt: skip
def test_addresses(given: str | None, address: str | None) -> None:
    assert usable_address(given) == address


def test_what_was_cut_from_a_line_takes_its_link_along() -> None:
    line = "See here and here for more"
    (mark,) = carry_links(["p"], [line], [(4, "here", "/1"), (13, "here", "/2")])
    assert plain_mark(mark) == "p"
    assert write_links(line, mark) == "See [here](/1) and [here](/2) for more"
    assert write_links("and here for more", mark) == "and [here](/1) for more"
    assert write_links("for more", mark) == "for more"
    assert write_links(line, "p") == line


@given(st.lists(st.sampled_from(["word", "here", "[a]", "b|c", "größe"]), min_size=1, max_size=8), st.data())
def test_a_line_with_links_has_the_same_words(words: list[str], data: st.DataObject) -> None:
    line, links, at = " ".join(words), [], 0
    for word in words:
        if data.draw(st.booleans()):
            links.append((at, word, "/x"))
        at += len(word) + 1
    (mark,) = carry_links(["u1"], [line], links)
    written = write_links(line, mark)
    assert written.count("](/x)") == len(links)
    assert re.sub(r"\[((?:[^\[\]\\]|\\.)*)\]\(/x\)", r"\1", written).replace("\\", "") == line


@pytest.mark.slow
def test_a_run_writes_them(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for number in range(3):
        html = html_page(f"page {number}", article(number, 40))
        html = html.replace("</p>", ' See <a href="/more">what else is known</a> about it.</p>', 1)
        (source / f"{number}.html").write_text(html)
    run = api.run(source, tmp_path / "RUN", Plan().with_settings({"clean.links": "keep"}), workers=1)
    rows = run.table("corpus").collect()
    assert all("[what else is known](/more)" in one for one in rows["markdown"])
    assert not any("](" in one for one in rows["text"])
