"""A page as blocks of text in reading order: one parse, one walk, no recursion."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from corpus_tools.clean.html.arrays import PageArrays

SKIPPED = frozenset(
    "script style template svg iframe object embed video audio canvas map area param source track noframes frameset head datalist".split()
)
"""Elements whose inside is no text of the page."""

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark meter nobr output q rp rt ruby s samp small span "
    "strike strong sub sup time tt u var wbr math mi mn mo mrow msup msub mfrac mtext".split()
)
"""Elements that do not break a line of text."""

ATOMS = SKIPPED | {"br", "img", "picture", "input"}
MARKED_INLINE = frozenset(("a", "span", "time", "cite", "small"))
ROW_CHARS = 600
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

MAX_BLOCK = 50_000
"""Characters of one block: a longer run of text is several."""


LINKED_DATA_CHARS = 400_000
"""Characters of the longest script of linked data that is kept."""

META = re.compile(r"og:(?:type|title|site_name|description)|description|author|article:published_time|generator|date", re.I)
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


class Page:
    """Blocks in reading order and the elements that hold them: element ``i`` holds blocks ``first[i]`` up to ``last[i]``.

    The lists and ``arrays`` say the same. Whichever a page was made with, the others are made when first asked for.
    """

    def __init__(self, head: Head | None = None, arrays: PageArrays | None = None) -> None:
        self.head = head or Head()
        self.truncated = False
        self._given = arrays

    @cached_property
    def nodes(self) -> list[Node]:
        """The block-level elements, parents before children."""
        return self._given.nodes() if self._given else []

    @cached_property
    def first(self) -> list[int]:
        """Of each element, its first block."""
        return self._given.first.tolist() if self._given else []

    @cached_property
    def last(self) -> list[int]:
        """Of each element, the block after its last."""
        return self._given.last.tolist() if self._given else []

    @cached_property
    def blocks(self) -> list[Block]:
        """The blocks."""
        return self._given.blocks() if self._given else []

    @cached_property
    def texts(self) -> list[str]:
        """The blocks' texts."""
        return self._given.texts() if self._given else [block.text for block in self.blocks]

    @property
    def arrays(self) -> PageArrays:
        """The page as arrays; do not add blocks after the first use."""
        if self._given is None:
            from corpus_tools.clean.html.arrays import PageArrays  # the kernels of a tree are slow to import

            self._given = PageArrays.of(self.nodes, self.first, self.last, self.blocks)
        return self._given


def read_blocks(html: str | bytes) -> Page:
    """Parse a page, text or UTF-8, with lexbor and walk it once. The walk ends at ``MAX_NODES`` elements."""
    from selectolax.lexbor import LexborHTMLParser

    from corpus_tools.clean.html.builder import walk_slowly
    from corpus_tools.clean.html.tree import walk_tree

    parser = LexborHTMLParser(html)
    if parser.root is None:
        return Page()
    return walk_tree(parser) or walk_slowly(parser.root)
