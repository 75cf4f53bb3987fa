"""Pages of kinds that cleaners are known to spoil, with invented content: what must stand, on one line, and what must not."""

from __future__ import annotations

import pytest

from corpus_tools import clean_text
from corpus_tools.plan import CleanPlan

NAV = (
    "<header><a href=/>Alder Clinic</a><nav><ul><li><a href=/a>Services</a></li><li><a href=/b>Find us</a></li></ul></nav></header>"
)
FOOT = "<footer><ul><li><a href=/p>Privacy policy</a></li></ul><p>© 2023 Alder Clinic. All rights reserved.</p></footer>"
FIRST = "Shingles is a painful rash that follows the line of a nerve, most often on one side of the chest."
SECOND = "The rash begins as red spots, which turn into blisters within two or three days and dry up after ten."
THIRD = "Tablets against the virus work best if they are begun within three days after the first spots are seen."


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html lang=en><head><title>Shingles | Alder Clinic</title>{head}</head><body>{NAV}{body}{FOOT}</body></html>"


def lines_of(html: str | bytes, **settings: str) -> list[str]:
    return clean_text(html, content_type="text/html", plan=CleanPlan(**settings)).text.split("\n")


def test_unknown_elements_leave_a_sentence_whole() -> None:
    body = f"<main><h1>Shingles</h1><p>{FIRST}</p><p>Take <term-box>aciclovir</term-box> or <m-c><m-m>2</m-m></m-c> tablets of it, five times a day, for a week.</p><p>{SECOND}</p></main>"
    assert "Take aciclovir or 2 tablets of it, five times a day, for a week." in lines_of(page(body))


def test_numbers_are_what_they_were() -> None:
    body = f"<main><h1>Shingles</h1><p>{FIRST}</p><p>The blood held 10<sup>5</sup> copies a ml, the dose was 50<sup><a href=#n>1</a></sup> mg and the skin 2 m<sup>2</sup>.</p><p>{SECOND}</p></main>"
    assert "The blood held 10⁵ copies a ml, the dose was 50 ¹ mg and the skin 2 m²." in lines_of(page(body))


@pytest.mark.parametrize("mode", ["open", "closed"])
def test_a_shadow_tree_shows(mode: str) -> None:
    body = f"<clinic-page><template shadowrootmode={mode}><main><h1><slot name=top></slot></h1><p>{FIRST}</p><slot></slot></main></template><b slot=top>Shingles</b><p>{SECOND}</p><p>{THIRD}</p></clinic-page>"
    found = lines_of(page(body))
    assert [line for line in found if line in (FIRST, SECOND, THIRD)] == [FIRST, SECOND, THIRD]


def test_a_template_that_no_browser_shows_is_left_out() -> None:
    body = f"<main><h1>Shingles</h1><p>{FIRST}</p><p>{SECOND}</p></main><template><p>{THIRD}</p></template>"
    assert THIRD not in lines_of(page(body))


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/ld+json">{"@type": "MedicalWebPage", "articleBody": "%s\\n\\n%s\\n\\n%s"}</script>',
        '<script id="__NEXT_DATA__" type="application/json">{"props": {"blocks": [{"text": "%s"}, {"html": "<p>%s</p>"}, {"body": ["%s"]}]}}</script>',
        '<script>window.__INITIAL_STATE__ = {"page": [{"text": "%s"}, {"text": "%s"}, {"text": "%s"}]};</script>',
        "<noscript><p>%s</p><p>%s</p><p>%s</p></noscript>",
    ],
)
def test_text_behind_scripts_is_read_where_nothing_else_is_left(script: str) -> None:
    found = clean_text(page("<div id=app></div>" + script % (FIRST, SECOND, THIRD)), content_type="text/html")
    assert [line for line in found.text.split("\n") if line in (FIRST, SECOND, THIRD)] == [FIRST, SECOND, THIRD]


def test_text_for_wide_and_narrow_screens_stands_once() -> None:
    text = f"<h1>Shingles</h1><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
    found = clean_text(page(f"<main><div class=wide>{text}</div><div class=narrow>{text}</div></main>"), content_type="text/html")
    assert all(found.text.count(line) == 1 for line in (FIRST, SECOND, THIRD))
    assert any(cut.rule == "twin" for cut in found.cuts)


def test_a_refrain_stands_as_often_as_it_is_sung() -> None:
    refrain = "<p>Oh the spots, the spots, they come and they go</p><p>And nobody tells me what I want to know</p>"
    verses = "".join(
        f"<p>Verse {n} tells of a patient who came to the door with a rash on the arm and a little bit more</p>{refrain}"
        for n in range(3)
    )
    intro = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>" + "".join(f"<p>The song has verse {n} of many.</p>" for n in range(6))
    found = lines_of(page(f"<main><h1>Song of the spots</h1>{intro}{verses}</main>"))
    assert found.count("Oh the spots, the spots, they come and they go") == 3


COMMENTS = "<section id=comments class=comments><h2>2 comments</h2><ol><li class=comment><p>A cold bath in the evening helped me to sleep through the night.</p><a href=#r>Reply</a></li><li class=comment><p>Mine was gone within a week, with the tablets from the doctor.</p></li></ol></section>"


@pytest.mark.parametrize("choice", ["keep", "cut"])
def test_comments_are_kept_and_cut_as_asked(choice: str) -> None:
    body = f"<main><article><h1>Shingles</h1><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></article>{COMMENTS}</main>"
    stands = [any(part in line for line in lines_of(page(body), comments=choice)) for part in ("cold bath", "gone within a week")]
    assert stands == [choice == "keep"] * 2


@pytest.mark.parametrize("choice", ["keep", "cut"])
def test_reference_lists_are_kept_and_cut_as_asked(choice: str) -> None:
    items = "".join(
        f"<li>Author {n}, Other B. A study of shingles and its course. J Nerve Med. 20{n:02}; {n}: 4-9. doi:10.1/{n}</li>"
        for n in range(10, 35)
    )
    body = f"<main><article><h1>Shingles</h1><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><h2>References</h2><ol class=references>{items}</ol></article></main>"
    found = sum("A study of shingles" in line for line in lines_of(page(body), references=choice))
    assert found == (25 if choice == "keep" else 0)


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        ("<title>Shingles in old age - Alder Clinic</title>", "Shingles in old age", "Shingles in old age"),
        (
            "<noscript><img src=x></noscript><title>Shingles in old age | Alder Clinic</title>",
            "Shingles in old age",
            "Shingles in old age",
        ),
        (
            "<title>Alder Clinic</title><meta property='og:title' content='Shingles: who gets it'>",
            "Shingles: who gets it",
            "Shingles: who gets it",
        ),
        ("<title>Shingles - who gets it - Alder Clinic</title>", "Something else here", "Shingles - who gets it"),
        ("<title>A title alone - and more of it</title>", "", "A title alone - and more of it"),
        ("<meta property='og:site_name' content='Alder Clinic'><title>Alder Clinic: Shingles</title>", "Alder Clinic", "Shingles"),
    ],
)
def test_titles_are_exact_and_without_the_name_of_the_site(head: str, heading: str, title: str) -> None:
    html = f"<html><head>{head}</head><body>{NAV}<main><h1>{heading}</h1><p>{FIRST}</p><p>{SECOND}</p></main>{FOOT}</body></html>"
    assert clean_text(html, content_type="text/html").title == title


def test_nothing_is_cut_without_a_focus() -> None:
    found = clean_text(page(f"<p>{FIRST}</p>"), content_type="text/html", plan=CleanPlan(focus="none"))
    assert not found.cuts
    assert "Privacy policy" in found.text
    text = "We use cookies.\n\n  Share on Facebook  \nText"
    assert clean_text(text, content_type="text/plain", plan=CleanPlan(focus="none")).text == text


@pytest.mark.parametrize(
    "html",
    [
        "<html><p " + " ".join(f"a{n}=1" for n in range(40_000)) + f">{FIRST}</p>",
        f"<html><body><p>{FIRST}</p>" + "<template><i>x</i>" * 300 + "words of it " * 20_000 + "</template>" * 300,
        f"<html><body><p>{FIRST}</p><p>a" + "<x-y>" * 3_000,
    ],
    ids=["attributes", "templates", "unknown elements"],
)
def test_hostile_pages_are_read_in_bounded_time(html: str) -> None:
    assert FIRST in clean_text(html, content_type="text/html").text
