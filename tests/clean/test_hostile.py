"""Pages made to hurt end in bounded time, on the linear road where a tree would be quadratic."""

from __future__ import annotations

import time

import pytest

from corpus_tools.clean.html.blocks import MAX_BLOCKS
from corpus_tools.clean.page import clean_text

KEEP = "Some words of a page that are worth keeping, in a sentence. " * 5

MARKUP = {
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(40_000)) + f">{KEEP}",
    "attributes with signs of tags": "<p " + " ".join(f"a{n}{'<b' if n % 200 == 0 else ''}" for n in range(40_000)) + f">{KEEP}",
    "attributes after a script": "<!--<script>--><p " + " ".join(f"a{n}=1" for n in range(40_000)) + f"></p>{KEEP}",
    "nested templates": "<div><template shadowrootmode=open><slot></slot>" * 200 + "<p>more" * 40_000 + KEEP,
    "slots": "<div><template shadowrootmode=open>"
    + "<slot></slot>" * 20_000
    + "</template>"
    + "<p slot=none>x" * 20_000
    + "</div>"
    + KEEP,
    "linked data": "<script type=application/ld+json>" + '{"a":' * 50_000 + "</script>" + KEEP,
    "state": "<script id=__NEXT_DATA__>["
    + '{"t":"<b>words</b> of a page that says something. And more."},' * 20_000
    + "{}]</script>",
    "titles": "<title>a title</title>" * 50_000 + KEEP,
    "metas": "".join(f"<meta name=a{n} content=b>" for n in range(50_000)) + KEEP,
}
"""Tried as HTML and as text."""

PAGES = {
    "nested": "<div>" * 30_000 + KEEP + "</div>" * 30_000,
    "open": "<div>x" * 15_000,
    "formatting": "".join(f"<font color={i}><p>x" for i in range(6_000)) + KEEP,
    "attribute": "<p class='" + "x" * 5_000_000 + "'>" + KEEP,
    "line": "<p>" + "word and more " * 100_000,
    "links": "<a href=x>y</a> " * 50_000,
    "open links": "<a href=x>y " * 50_000,
    "entities": "<p>" + "&amp;" * 400_000,
    "bomb": "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(f"<!ENTITY a{i} '&a;&a;'>" for i in range(50)) + f"]><p>&a49; {KEEP}",
    "breaks": "word<br>" * 50_000,
    "items": "<ul>" + "<li>an item" * 10_000,
    "table": "<table>" + ("<tr>" + "<td>1.5</td>" * 10 + "</tr>") * 1_000,
    "spans": "<p>" + "<span>a b</span> " * 20_000,
    "comments": "<!--" * 300_000,
    "angles": "<" * 300_000,
    "scripts": "<script>" * 50_000,
    **MARKUP,
    "nul": "<p>a\0b some words</p>" * 500,
    "surrogates": "<p>\ud800 some words</p>" * 500,
}


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_ends(name: str) -> None:
    clean_text(KEEP + "<p>warm up</p>")
    start = time.process_time()
    found = clean_text(PAGES[name], content_type="text/html")
    assert time.process_time() - start < 15
    assert found.text or found.reason


@pytest.mark.parametrize("name", ["nested", "formatting", "bomb"])
def test_the_text_among_the_hostility_is_kept(name: str) -> None:
    assert KEEP.strip() in clean_text(PAGES[name], content_type="text/html").text


@pytest.mark.parametrize("name", ["nested", "open", "formatting"])
def test_a_fallback_is_named(name: str) -> None:
    assert clean_text(PAGES[name], content_type="text/html").path.startswith("fallback")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "latin-1", "cp1251", "shift_jis", "gb18030"])
def test_wrong_charsets_do_not_raise(encoding: str) -> None:
    raw = f"<p>{KEEP} größe, naïve</p>".encode(encoding, "replace")
    for said in ("utf-8", "utf-16", "ascii", "no-such-charset", None):
        assert clean_text(raw[: len(raw) - 1], content_type="text/html", charset=said).text


TEXTS = {
    "line": "word and more of it. " * 50_000,
    "lines": "a line\n" * 50_000,
    "word": "cookie " * 100_000,
    "unbroken": "w" * 1_000_000,
    "spaces": "a" + " " * 500_000 + "b",
    "dots": "a" + "." * 500_000 + " b",
    "parentheses": "(" * 300_000 + ")" * 300_000,
    "quotes": "'\"" * 300_000,
    "anchors": "we like it check here or not " * 20_000,
    **MARKUP,
    "nul": "some\0words of it\n" * 20_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_ends(name: str) -> None:
    start = time.process_time()
    found = clean_text(TEXTS[name], content_type="text/plain")
    assert time.process_time() - start < 15
    assert found.text or found.reason


def test_text_over_the_budget_is_kept_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    notice, words = "We use cookies. Accept all. Read our cookie policy.", "The heart pumps blood through the body all day. " * 4
    monkeypatch.setattr("corpus_tools.clean.page.LOOKED_AT", 300)
    pages = [f"{words}\n{notice}\n{words}\n{notice}\n{words}", f"{words}{notice} {words}{words}{notice}"]
    for page, found in ((page, clean_text(page, content_type="text/plain")) for page in pages):
        assert found.path.startswith("fallback: only the first")
        assert found.text.count(notice) == 1
        assert notice in found.cuts[0].passage
        assert len(found.cuts) == 1
        assert sorted(f"{found.text} {found.cuts[0].passage}".split()) == sorted(page.split())


def test_what_a_page_of_very_many_blocks_says_after_them_is_kept() -> None:
    prose = "This sentence says what the doctor found out about patient number {} after some weeks of treatment."
    html = "<h1>A list</h1>" + "".join(f"<p>{prose.format(at)}</p>" for at in range(MAX_BLOCKS + 5_000))
    found = clean_text(html, content_type="text/html")
    assert all(prose.format(at) in found.text for at in range(MAX_BLOCKS, MAX_BLOCKS + 5_000, 500))
