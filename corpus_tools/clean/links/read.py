"""Which words of a page's blocks are links, and where they lead: a second, slow walk over the page, made only where it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from selectolax import lexbor

from corpus_tools.clean.html.blocks import SOFT_HYPHEN, Head
from corpus_tools.clean.html.builder import Builder
from corpus_tools.clean.html.slow_walk import walk_slowly
from corpus_tools.clean.links.carried import Link, usable_address

Pieces = list[tuple[str, str | None]]
"""Runs of text of a block in order, each with the address of the link that it is in."""


class LinkBuilder(Builder):
    """Puts blocks together as any builder, and remembers the runs of text that each was made of."""

    def __init__(self, head: Head) -> None:
        super().__init__(head)
        self.pieces: list[Pieces] = []
        self._held: Pieces = []

    def words(self, text: str) -> None:
        """A run of text, in a link or not."""
        super().words(text)
        self._held.append((text, usable_address(self.href) if self._link_depth else None))

    def flush(self) -> None:
        """End the block in work. Of a text that makes several blocks no links are known."""
        before = len(self.page.blocks)
        super().flush()
        made = len(self.page.blocks) - before
        self.pieces += [self._held] if made == 1 else [[] for _ in range(made)]
        self._held = []

    def close(self, tag: str) -> None:
        """The block-level element ends; a row that becomes one block has the runs of its cells."""
        super().close(tag)
        last = len(self.page.blocks) - 1
        if len(self.pieces) > last + 1:
            self.pieces[last:] = [[piece for cell in self.pieces[last:] for piece in cell]]


def read_links(html: bytes, texts: Sequence[str]) -> list[list[Link]]:
    """The links of each block of a page of these ``texts``; none of a page that is not walked alike, such as one read without a tree."""
    root = lexbor.LexborHTMLParser(html).root
    none: list[list[Link]] = [[] for _ in texts]
    if root is None:
        return none
    builder = LinkBuilder(Head())
    page = walk_slowly(root, builder)
    if page.truncated or len(builder.pieces) != len(texts):
        return none
    return [_place(text, pieces) for text, pieces in zip(texts, builder.pieces, strict=True)]


def _place(text: str, pieces: Pieces) -> list[Link]:
    """Where in a block's text its links stand; neighbouring runs of one link are one."""
    found: list[Link] = []
    cursor = 0
    for piece, address in pieces:
        words = " ".join(piece.replace(SOFT_HYPHEN, "").split())
        at = text.find(words, cursor) if words else -1
        if at < 0:
            continue
        if address and found and found[-1][2] == address and not text[found[-1][0] + len(found[-1][1]) : at].strip():
            start = found.pop()[0]
            found.append((start, text[start : at + len(words)], address))
        elif address:
            found.append((at, words, address))
        cursor = at + len(words)
    return found
