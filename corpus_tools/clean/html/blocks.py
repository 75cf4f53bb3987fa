"""What a page is read into: blocks of text, the elements that hold them, what its head says; and what elements are to a reader."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

SKIPPED = frozenset(
    "script style template svg iframe object embed video audio canvas map area param source track noframes frameset head datalist "
    "annotation annotation-xml".split()
)
"""Elements whose inside is no text of the page."""

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark meter nobr output q rp rt ruby s samp small span "
    "strike strong sub sup time tt u var wbr rb rtc slot".split()
)
MATH = frozenset(
    "math mi mn mo ms mtext mrow msup msub msubsup mfrac msqrt mroot munder mover munderover mmultiscripts mstyle mpadded mphantom "
    "menclose mfenced merror maction semantics mtable mtr mtd".split()
)
INLINE |= MATH
"""Elements that do not break a line of text."""

PHRASES = frozenset(("button", "label"))
"""Elements that do not break a line if they stand inside a sentence, as do elements that HTML does not know."""
APART = frozenset("span time cite data output button label a b strong".split())
"""Inline elements that style sheets set apart where two stand side by side."""

MAX_PHRASE = 24
"""Nodes in an element that may be part of a sentence."""
UP, DOWN, END, LINKED_END = "\x01", "\x02", "\x03", "\x04"
"""Stand around what is raised or lowered while a block is put together; the last where it is a link."""

MAX_SPAN = 20
"""Columns that a cell reaches over at most: more is one that is to be as wide as the table."""
MAX_TERMS = 8
"""Elements one in another that are looked into for a second term of a formula."""
SPAN_COLUMNS = 7
"""Columns of a table of which it is known for how many rows they are taken."""

ATOMS = SKIPPED | {"br", "img", "picture", "input", "title", "meta", "link"}
MARKED_INLINE = frozenset(("a", "span", "time", "cite", "small"))
ROW_CHARS = 600
SOFT_HYPHEN = "\xad"
BREAK = "\x1e"
"""Stands for <br> while a block is put together; white space to ``str.split``."""

TAGS = {
    name: code
    for code, name in enumerate(
        "? body div p h1 h2 h3 h4 h5 h6 li ul ol td tr table section article main header footer nav aside form button "
        "label select pre blockquote figure figcaption dl dt dd details summary noscript address dialog fieldset center "
        "textarea th thead tbody tfoot caption legend option hr br img input".split()
    )
}
"""Codes of element names, as the model knows them; 0 is any other."""

MAX_NODES = 300_000
"""A page with more elements is read without a tree."""

MAX_BLOCKS = 50_000
"""A page with more blocks is read without a tree; what stands after so many is divided only where a block would be too long, and is
kept. What is known of a block takes some kilobytes."""

MAX_BLOCK = 50_000
"""Characters of one block: a longer run of text is several."""


LINKED_DATA_CHARS = 400_000
"""Characters of the longest script of linked data that is kept."""

META = re.compile(
    r"og:(?:type|title|site_name|description|url|published_time)|description|generator|date|author|byl|license|pubdate|"
    r"article:(?:published_time|author|author_name)|date_?published|publish[-_]?date|publication_date|"
    r"(?:dc|dcterms)\.(?:creator|date|date\.issued|created|issued|license|rights\.license)|"
    r"citation_(?:author|publication_date|date|online_date)|parsely-(?:author|pub-date)|sailthru\.(?:author|date)",
    re.I,
)
"""Names of the <meta> elements that are kept."""


@dataclass
class Head:
    """What a page's head says of it."""

    title: str | None = None
    language: str | None = None
    meta: dict[str, str] = field(default_factory=dict)
    linked_data: list[str] = field(default_factory=list)


class Node(NamedTuple):
    """A block-level element: code of its name, place of its parent, its marks, its marks or-ed with its ancestors', class and id."""

    tag: int
    parent: int
    mask: int
    above: int
    label: str


class Block(NamedTuple):
    """A run of text: the element that holds it, marks of its inline elements, linked characters, links, images and fields before it."""

    text: str
    node: int
    inner: int
    linked: int
    links: int
    images: int
    inputs: int


class OpenRows:
    """Which columns of a table's next rows are taken by cells of the rows before."""

    def __init__(self) -> None:
        self._taken: dict[int, int] = {}
        self._above = -1

    def place(self, above: int, spans: list[tuple[int, int]]) -> list[int]:
        """The columns of the cells of a row of the element ``above``; each reaches over so many columns and rows."""
        taken = self._taken if self._above == above else {}
        after = {column: left - 1 for column, left in taken.items() if left > 1}
        columns, column = [], 0
        for wide, high in spans:
            while column in taken:
                column += 1
            columns.append(column)
            if high > 1:
                after |= dict.fromkeys(range(column, min(column + wide, SPAN_COLUMNS)), high - 1)
            column += wide
        self._taken, self._above = after, above
        return columns


def is_sign(char: str) -> bool:
    """Whether a character is taken for part of a word, as the compiled walk takes it."""
    return (char.isascii() and char.isalnum()) or char > "\x7f"


def _is_cased(char: str) -> bool:
    """Whether a character is of the parts of Latin, Greek and Cyrillic whose letters the compiled walk tells apart."""
    return char.isascii() or "\xc0" <= char <= "\u017f" or "\u0391" <= char <= "\u03ce" or "\u0400" <= char <= "\u045f"


def parts_words(last: str, text: str) -> bool:
    """Whether the text of an element that begins right where another ended, with the two characters ``last``, is another word."""
    if len(last) < 2 or last[0] <= " " or len(text) < 2:
        return False
    first, small = text[0], _is_cased(last[1]) and last[1].islower()
    if _is_cased(first) and first.isupper():
        return small or last[1] in "0123456789)."
    return small and (first in "0123456789£" or (first == "$" and text[1] in "0123456789"))


_OWN_BAR = re.compile(r"[ \n]?\|[ \n]?")


def cell_text(text: str) -> str:
    """A cell as it stands in a row: one line, with no space beside its own bars, so that only bars between columns have some."""
    return (_OWN_BAR.sub("|", text) if "|" in text else text).replace("\n", " ")
