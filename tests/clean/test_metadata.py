"""What a page states about itself is read off its head, its linked data, its tags and the lines that were cut."""

from __future__ import annotations

import pytest

from corpus_tools.clean.dates import parse_date
from corpus_tools.clean.main_text import read_page
from corpus_tools.clean.metadata import METADATA, add_from_cuts, read_metadata
from corpus_tools.cut import Cut


def facts(head: str, body: str = "", url: str | None = None) -> dict[str, str | None]:
    html = f"<html><head>{head}</head><body><p>Some words.</p>{body}</body></html>".encode()
    return read_metadata(read_page(html)[0].head, html, url)


def test_a_page_that_states_nothing_has_no_facts() -> None:
    assert facts("") == dict.fromkeys(METADATA)


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2021-03-04T10:00:00Z">',
        '<meta name="DC.date" content="2021-03-04">',
        '<meta name="citation_publication_date" content="2021/3/4">',
        '<script type="application/ld+json">{"@type": "Article", "datePublished": "2021-03-04"}</script>',
        '<meta itemprop="datePublished" content="2021-03-04">',
        "<abbr class=published itemprop=datePublished title='2021-03-04T10:00:00Z'>10:00</abbr>",
    ],
)
def test_the_date_of_publication(head: str) -> None:
    assert facts(head)["published"] == "2021-03-04"


def test_a_lone_time_element_dates_a_page_and_several_do_not() -> None:
    assert facts("", '<time datetime="2020-01-02">then</time>')["published"] == "2020-01-02"
    assert facts("", '<time datetime="2020-01-02">then</time><time datetime="2020-01-03">later</time>')["published"] is None


@pytest.mark.parametrize(
    ("head", "author"),
    [
        ('<meta name="author" content="By Ada Nurse">', "Ada Nurse"),
        ('<meta property="article:author" content="https://social.example/ada">', None),
        ('<script type="application/ld+json">{"author": {"@type": "Person", "name": "Ada \\u004eurse"}}</script>', "Ada Nurse"),
        (
            '<script type="application/ld+json">{"author": [{"name": "Ada"}, {"name": "Bo"}], "publisher": {"name": "P"}}</script>',
            "Ada; Bo",
        ),
        ('<script type="application/ld+json">{"author": "Ada Nurse"}</script>', "Ada Nurse"),
    ],
)
def test_authors(head: str, author: str | None) -> None:
    assert facts(head)["author"] == author


def test_licence_and_address() -> None:
    body = '<a rel="license" href="https://creativecommons.org/licenses/by-nc-sa/4.0/">CC</a>'
    found = facts('<link rel="canonical" href="/a?b=1&amp;c=2">', body, "https://e.example/x")
    assert (found["licence"], found["canonical_url"]) == ("CC BY-NC-SA 4.0", "https://e.example/a?b=1&c=2")
    assert facts('<link rel="canonical" href="/a">')["canonical_url"] is None
    assert facts("<link rel=canonical href=javascript:x()>")["canonical_url"] is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("published 4 march 2021", "2021-03-04"),
        ("march 4th, 2021", "2021-03-04"),
        ("4. märz 2021", "2021-03-04"),
        ("4 de marzo de 2021", "2021-03-04"),
        ("25/12/2020", "2020-12-25"),
        ("12/25/2020", "2020-12-25"),
        ("03/04/2020", None),
        ("20210304", "2021-03-04"),
        ("2021-13-40", None),
        ("in 2021", None),
    ],
)
def test_days_that_a_text_names(text: str, date: str | None) -> None:
    assert parse_date(text) == date


def test_lines_that_were_cut_fill_what_the_page_does_not_state() -> None:
    none: dict[str, str | None] = dict.fromkeys(METADATA)
    cuts = [
        Cut("date_line", "Last updated 5 May 2022", 0, "date.cue"),
        Cut("date_line", "Published 4 May 2022", 0, "date.cue"),
        Cut("byline", "By Ada Nurse | 5 min", 0, "byline.name"),
    ]
    found = add_from_cuts(none, cuts, "en")
    assert (found["published"], found["author"]) == ("2022-05-04", "Ada Nurse")
    assert add_from_cuts(none | {"author": "Bo", "published": "2020-01-01"}, cuts, "en")["author"] == "Bo"


@pytest.mark.parametrize(
    ("passage", "language", "date", "author"),
    [
        ("Von Lena Huber, 8. November 2021, 15.20 Uhr", "de", "2021-11-08", "Lena Huber"),
        ("di Marco Ghio - 3 maggio 2019", "it", "2019-05-03", "Marco Ghio"),
        ("Por Renata Prado — 12 de março de 2021, 14h30", "pt", "2021-03-12", "Renata Prado"),
        ("Par Claire Vasseur — Publié le 2 juin 2021 à 6h00, mis à jour le 3 juin 2021", "fr", "2021-06-02", "Claire Vasseur"),
        ("By\nAda Nurse\nMay 4, 2022", "en", "2022-05-04", "Ada Nurse"),
        ("By Ada Nurse May 4, 2022", "en", "2022-05-04", "Ada Nurse"),
        ("By Ada Nurse\nEditor at Large\nUpdated May 5, 2022", "en", None, "Ada Nurse"),
        ("By Ada Nurse on 2022-05-04", "en", "2022-05-04", "Ada Nurse"),
        ("Lovely weather, by the way", "en", None, None),
    ],
)
def test_bylines_tell_names_and_days(passage: str, language: str, date: str | None, author: str | None) -> None:
    for rule in ("byline.name", "block_model 0.21"):
        found = add_from_cuts(dict.fromkeys(METADATA), [Cut("byline", passage, 0, rule)], language)
        assert (found["published"], found["author"]) == (date, author)


@pytest.mark.parametrize(
    ("passage", "kind", "date"),
    [
        ("Start here\nPublished August 7, 2023 by Nina Brook", "site_template", "2023-08-07"),
        ("Posted on\nNov 21, 2018\nUpdated at\nDec 10, 2025", "navigation", "2018-11-21"),
        ("Wirtschaft\nVeröffentlicht am 3. Mai 2021", "navigation", "2021-05-03"),
        ("发布于 2023-07-06 23:12", "navigation", "2023-07-06"),
        ("등록 2021.11.08 15:20", "navigation", "2021-11-08"),
        ("公開日 2022年5月10日", "navigation", "2022-05-10"),
        ("Posted on Nov 21, 2018", "comments", None),
        ("Related: Posted on Nov 21, 2018", "link_farm", None),
        ("Published. Updated Dec 10, 2025", "navigation", None),
        ("© 2025 Best Ltd", "navigation", None),
        ("Posted on " + "x" * 300 + " Nov 21, 2018", "navigation", None),
    ],
)
def test_a_cut_that_says_when_the_page_was_published(passage: str, kind: str, date: str | None) -> None:
    found = add_from_cuts(dict.fromkeys(METADATA), [Cut(kind, passage, 0, "block_model 0.02")], "en")
    assert found["published"] == date


def test_hostile_tags_cost_little() -> None:
    html = b"<link canonical " * 50_000 + b"<a license" * 50_000
    assert read_metadata(read_page(b"<p>Words.</p>")[0].head, html) == dict.fromkeys(METADATA)
