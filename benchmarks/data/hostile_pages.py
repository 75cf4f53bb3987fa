"""Pages made to hurt, as HTML and as scraped text: deep, long, repeated, or of characters that few pages hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Made = Callable[[], str]
HTML: dict[str, Made] = {
    "100,000 nested div": lambda: "<div>" * 100_000 + "some words to keep " * 20 + "</div>" * 100_000,
    "50,000 open div": lambda: "<div>x" * 50_000,
    "20,000 open font, p": lambda: "".join(f"<font color={i}><p>x" for i in range(20_000)),
    "50 MB attribute": lambda: "<p class='" + "x" * 50_000_000 + "'>" + "some words to keep " * 20 + "</p>",
    "20 MB line": lambda: "<p>" + "word and more " * 1_500_000,
    "20 MB word": lambda: "<p>" + "w" * 20_000_000,
    "1,000,000 a": lambda: "<a href=x>y</a> " * 1_000_000,
    "1,000,000 open a": lambda: "<a href=x>y " * 1_000_000,
    "4,000,000 entities": lambda: "<p>" + "&amp;" * 4_000_000,
    "entity bomb": lambda: "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(f"<!ENTITY a{i} '&a;&a;'>" for i in range(50)) + "]><p>&a49;",
    "200,000 br": lambda: "word<br>" * 200_000,
    "30,000 li": lambda: "<ul>" + "<li>an item of it" * 30_000,
    "30,000 p": lambda: "<p>a short one</p>" * 30_000,
    "5,000 x 10 table": lambda: "<table>" + ("<tr>" + "<td>1.5</td>" * 10 + "</tr>") * 5_000 + "</table>",
    "300 kB of spans": lambda: "<p>" + "<span>a b</span> " * 18_000,
    "1,000,000 <!--": lambda: "<!--" * 1_000_000,
    "2,000,000 <": lambda: "<" * 2_000_000,
    "500,000 li in 10,000 div": lambda: "<div>" * 10_000 + "<li>x" * 500_000,
    "13,000 attributes": lambda: "<p " + " ".join(f"a{i}" for i in range(13_000)) + ">words of a page</p>",
    "100,000 ends of nothing": lambda: "<x-y>" * 10_000 + "</zz>" * 100_000,
    "15,000 open table": lambda: "<table>" * 15_000 + "words",
    "NUL bytes": lambda: "<p>a\0b some words</p>" * 1_000,
    "lone surrogates": lambda: "<p>\\ud800 some words</p>" * 1_000,
}
TEXT: dict[str, Made] = {
    "20 MB line": lambda: "word and more of it. " * 1_000_000,
    "20 MB of short lines": lambda: "a line\n" * 3_000_000,
    "20 MB word": lambda: "w" * 20_000_000,
    "20 MB of one notice word": lambda: "cookie " * 3_000_000,
    "20 MB of notices": lambda: "We use cookies. Accept all. Read our cookie policy.\n" * 400_000,
    "20 MB of titles twice": lambda: "".join(f"Title {i} of a page Title {i} of a page " for i in range(500_000)),
    "20 MB of anchors": lambda: "we like it check here or compromised " * 550_000,
    "spaces": lambda: "a" + " " * 20_000_000 + "b",
    "dots": lambda: "a" + "." * 20_000_000 + " b",
    "parentheses": lambda: "(" * 10_000_000 + ")" * 10_000_000,
    "quotes": lambda: "'\"" * 10_000_000,
    "pipes": lambda: "home | about | " * 1_400_000,
    "dates": lambda: "12 May 2020 " * 1_700_000,
    "combining marks": lambda: "a" + "\u0301" * 10_000_000,
    "right-to-left marks": lambda: "word\u202e\u2066 " * 2_000_000,
    "NUL bytes": lambda: "some\0words of it\n" * 1_300_000,
    "lone surrogates": lambda: "\ud800 some words\n" * 1_300_000,
    "astral letters": lambda: "\U0001d552\U0001d553 " * 2_000_000,
}
"""Name -> the page, as HTML and as scraped text."""


def read_page(kind: str, name: str) -> bytes:
    """One of the pages, as bytes."""
    return {"text/html": HTML, "text/plain": TEXT}[kind][name]().encode("utf-8", "surrogatepass")


def all_pages() -> Iterator[tuple[str, str]]:
    """Kind and name of every page."""
    yield from (("text/html", name) for name in HTML)
    yield from (("text/plain", name) for name in TEXT)
