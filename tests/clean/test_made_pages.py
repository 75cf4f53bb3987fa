"""Pages as several systems write them, with invented content: what must stand as it is, and what must go."""

from __future__ import annotations

import pytest

from corpus_tools import clean_text
from corpus_tools.clean.page import Cleaned

FIRST = "The council has dug up the market square and found a well from the twelfth century, 14 metres deep."
SECOND = "Archaeologists want until October, while traders would rather have the square back by August."
THIRD = "A glass plate may cover the well in the end, so that it can be seen from the fish stall."


def clean(html: str) -> Cleaned:
    return clean_text(html, content_type="text/html")


def page(body: str, head: str = "<title>A well under the market | Hexham Post</title>") -> str:
    return f"<!DOCTYPE html><html lang=en><head>{head}</head><body><nav><a href=/>Hexham Post</a> <a href=/s>Sport</a></nav>{body}</body></html>"


NUXT = '<script>window.__NUXT__=(function(a,b){return {layout:"default",data:[{paras:["%s","%s","%s"],draft:a}],error:b}}(false,null));</script>'
NUXT_3 = (
    '<script type="application/json" id="__NUXT_DATA__">[["Reactive",1],{"data":2},{"paras":3},[4,5,6],"%s","%s","%s"]</script>'
)
NEXT = r'<script>self.__next_f.push([1,"5:[\"$\",\"p\",null,{\"children\":\"%s\"}]\n6:[\"$\",\"p\",null,{\"children\":[\"%s\",\"%s\"]}]\n"])</script>'


@pytest.mark.parametrize("script", [NUXT, NUXT_3, NEXT])
def test_state_that_is_no_plain_object_is_read_where_nothing_shows(script: str) -> None:
    found = clean(page("<div id=app></div>" + script % (FIRST, SECOND, THIRD)))
    assert [line for line in found.text.split("\n") if line in (FIRST, SECOND, THIRD)] == [FIRST, SECOND, THIRD]
    assert found.path.startswith("fallback")


def test_quotes_without_end_cost_little() -> None:
    found = clean(page("<div id=app></div><script>window.__NUXT__=(" + '"\\"' * 300_000 + "</script>"))
    assert found.text == "" or "\\" not in found.text


BLOGGER = (
    "<div class=main><div class='widget Blog'><div class=blog-posts><div class=date-outer><h2 class=date-header><span>Saturday, 17 November 2012"
    "</span></h2><div class=date-posts><div class=post-outer><div class='post hentry'><h3 class='post-title'>Why my hens stopped laying</h3>"
    "<div class='post-body'>Every November the same thing happens: six hens, no eggs. It is the light, not the cold.<br><br>Hens need about 14 "
    "hours of light to lay. In my valley we are down to 8 and a half.<br><br><b>What I do now</b><br><ul><li>a 40 W bulb from 4 to 8 in the "
    "morning</li><li>oyster shell in the mash</li></ul>After ten days the first egg lay in the straw.</div></div></div></div></div></div></div>"
    "<div class=comments><h4>1 comment:</h4><dl><dt>Per said...</dt><dd>Mine lay all winter without a lamp.</dd></dl></div></div>"
)


def test_a_post_inside_elements_of_a_date_keeps_its_short_lines() -> None:
    lines = clean(page(BLOGGER, "<title>Hens in Winter: Why my hens stopped laying</title>")).text.split("\n")
    assert {"Why my hens stopped laying", "What I do now", "oyster shell in the mash"} <= set(lines)


@pytest.mark.parametrize("title", ["Privacy Policy", "Contact us", "Newsletter"])
def test_a_title_that_is_a_label_elsewhere_stays(title: str) -> None:
    found = clean(
        page(f"<main><h1>{title}</h1><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></main>", f"<title>{title} | Hexham Post</title>")
    )
    assert found.text.split("\n")[0] == title
    assert found.markdown.startswith(f"# {title}\n")


def test_a_policy_keeps_what_it_says_of_newsletters() -> None:
    said = "If you subscribe to our newsletter, you can unsubscribe at any time with the link at its end."
    text = f"When you order, we store your name and your address for six years.\n{said}\nWe use cookies to remember your basket."
    assert clean_text(f"Privacy Policy\n{text}", content_type="text/plain").text.endswith(text)


@pytest.mark.parametrize(
    ("line", "text", "date", "author"),
    [
        ("di Marco Ghio - 3 maggio 2019", "Il faro riapre sabato ai visitatori dopo nove anni di lavori, che sono costati più del previsto.", "2019-05-03", "Marco Ghio"),
        ("Door Sanne Bakker, 8 februari 2022 om 10:15", "De molen heeft voor het eerst weer gedraaid en er is ook weer meel te koop, dat niet duur is.", "2022-02-08", "Sanne Bakker"),
        ("Autor: Piotr Wrona, 14 listopada 2020, 8:20", "Schronisko nie jest otwarte do maja, ale turyści mogą nocować w schronisku na polanie, które jest blisko.", "2020-11-14", "Piotr Wrona"),
        ("Автор: Ольга Рябова, 21 сентября 2018, 12:40", "Новый мост через затон открыли в пятницу утром, и автобусы пойдут через него с понедельника.", "2018-09-21", "Ольга Рябова"),
        ("Por Lucía Ferro | 8 de noviembre de 2021", "El viejo faro será un museo desde abril, y la entrada para los menores de doce años no cuesta nada.", "2021-11-08", "Lucía Ferro"),
    ],
)  # fmt: skip
def test_bylines_with_months_in_small_letters_go_and_are_told(line: str, text: str, date: str, author: str) -> None:
    body = f"<h1>{text.split()[0]}</h1><p class=x>{line}</p><p>{text}</p><p>{text.replace(',', ';')}</p>"
    found = clean(f"<html><title>{text.split()[0]}</title><body><main>{body}</main></body></html>")
    assert line not in found.text
    assert (found.published, found.author) == (date, author)
    assert clean_text(f"{line}\n{text}", content_type="text/plain").text == text


@pytest.mark.parametrize("written", ["It&amp;#8217;s here: Dose &amp;amp; time", "It&#8217;s here: Dose &amp; time"])
def test_a_title_that_was_escaped_twice_is_mended(written: str) -> None:
    head = f"<title>{written} | Hexham Post</title><meta property=og:title content='{written}'>"
    assert clean(page(f"<main><p>{FIRST}</p><p>{SECOND}</p></main>", head)).title == "It’s here: Dose & time"


def test_a_title_about_tags_keeps_them() -> None:
    head = "<title>How to use &amp;lt;b&amp;gt; in a letter</title>"
    assert clean(page(f"<main><p>{FIRST}</p></main>", head)).title == "How to use &lt;b&gt; in a letter"


def test_headings_are_without_the_links_that_machines_add() -> None:
    body = (
        f"<main><h1>The well<a class=headerlink href=#w>¶</a></h1><p>{FIRST}</p><h2>Depth <small>(2023)</small><a class=anchor href=#d>#</a></h2>"
        f"<p>{SECOND}</p><div class=mw-heading><h2>History</h2><span>[<a href=e>edit</a>]</span></div><p>{THIRD}</p></main>"
    )
    found = clean(page(body, "<title>The well - Hexham Post</title>"))
    assert (found.title, "edit" in found.text) == ("The well", False)
    assert {"# The well", "## Depth (2023)", "## History"} <= set(found.markdown.split("\n"))


def test_doses_stand_in_their_columns() -> None:
    rows = (
        "<tr><th rowspan=2>Patient</th><th colspan=2>Dose</th><th rowspan=2>Days</th></tr><tr><th>Morning</th><th>Evening</th></tr>"
        "<tr><td rowspan=2>Adults</td><td colspan=2>500 mg</td><td>7</td></tr><tr><td>250 mg</td><td>125 mg</td><td>14</td></tr>"
    )
    found = clean(
        page(f"<main><h1>Dose</h1><p>{FIRST}</p><p>{SECOND}</p><table>{rows}</table><p>{THIRD}</p></main>")
    ).markdown.split("\n")
    assert [line for line in found if line[0:1] == "|" and "-" not in line] == [
        "| Patient | Dose |  | Days |",
        "|  | Morning | Evening |  |",
        "| Adults | 500 mg |  | 7 |",
        "|  | 250 mg | 125 mg | 14 |",
    ]


@pytest.mark.parametrize(
    ("heading", "titles"),
    [
        ("İlgili haberler", "Körfezde balık bolluğu|Eski değirmen onarılıyor"),
        ("You may also like", "Fish stall to close|Rain floods the cellars"),
        ("Das könnte Sie auch interessieren", "Neuer Fahrplan der Fähre|Fischmarkt öffnet"),
    ],
)
def test_related_titles_go_with_their_heading_on_pages_of_no_sure_type(heading: str, titles: str) -> None:
    listed = "".join(f"<li><a href=/{n}>{title}</a></li>" for n, title in enumerate(titles.split("|")))
    box = f"<div class=q3><h3>{heading}</h3><ul>{listed}</ul></div>"
    text = clean(page(f"<div class=w2><h1>A well</h1><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>{box}</div>")).text
    assert not any(title in text for title in (heading, *titles.split("|")))
    assert THIRD in text


def test_soft_hyphens_part_no_words() -> None:
    body = f"<main><h1>Bundes&shy;tags&shy;wahl</h1><p>Die Bundes&shy;tags&shy;wahl ist im Sep&shy;tember. {FIRST}</p><p>{SECOND}</p></main>"
    found = clean(page(body, "<title>Bundestagswahl | Hexham Post</title>"))
    assert found.title == "Bundestagswahl"
    assert found.text.startswith("Bundestagswahl\nDie Bundestagswahl ist im September. ")
    text = clean_text("Die Bundes\xadtagswahl ist im September.", content_type="text/plain").text
    assert text == "Die Bundestagswahl ist im September."
