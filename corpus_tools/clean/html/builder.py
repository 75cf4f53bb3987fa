"""Blocks put together one event at a time: by the slow walk over a tree, and by the reader that needs no tree."""

from __future__ import annotations

import functools
import operator

from corpus_tools.clean.html.blocks import BREAK, MAX_BLOCK, ROW_CHARS, TAGS, Block, Head, Node
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.marks import IN_LINK, PREFORMATTED


class Builder:
    """Puts blocks together from the events of a walk: ``open``, ``close``, ``words``, ``line_break``."""

    def __init__(self, head: Head) -> None:
        self.page = HtmlPage(head)
        self.parts: list[str] = []
        self._inner = self._linked = self._links = self._images = self._inputs = 0
        self._link_depth = 0
        self._last_part_linked = False
        self._here = -1

    def open(self, tag: str, mask: int, label: str = "") -> None:
        """A block-level element starts."""
        if self.parts:
            self.flush()
        page = self.page
        # A body's classes say what the page is, not what its text is.
        above = 0 if tag == "body" else mask | page.nodes[self._here].above
        page.nodes.append(Node(TAGS.get(tag, 0), self._here, mask, above, label))
        page.first.append(len(page.blocks))
        page.last.append(len(page.blocks))
        self._here = len(page.nodes) - 1

    def close(self, tag: str) -> None:
        """The block-level element ends; a table row of short cells becomes one block."""
        if self.parts:
            self.flush()
        here, page = self._here, self.page
        page.last[here] = len(page.blocks)
        if tag == "tr":
            self._join_row(here)
        self._here = page.nodes[here].parent

    def stand_in(self, tag: str) -> None:
        """A block-level element begins that is never closed: a child of the body, empty until the next."""
        if self.page.nodes[self._here].parent >= 0:
            self.close("")
        self.open(tag, 0)

    def open_inline(self, tag: str, mask: int) -> None:
        """An inline element starts."""
        self._inner |= mask
        if tag == "a":
            # Neighbouring links with nothing between them are set apart by style sheets.
            if self._last_part_linked and not self._link_depth:
                self.parts.append(" ")
            self._link_depth += 1
            self._links += 1

    def close_inline(self, tag: str) -> None:
        """The inline element ends."""
        if tag == "a" and self._link_depth:
            self._link_depth -= 1

    def words(self, text: str) -> None:
        """A run of text."""
        if text.isspace():
            if self.parts:
                self.parts.append(" ")
                self._last_part_linked = False
            return
        self.parts.append(text)
        self._last_part_linked = linked = self._link_depth > 0
        if linked:
            self._linked += len(text)

    def line_break(self) -> None:
        """<br>: a second in a row starts a new block."""
        before = next((part for part in reversed(self.parts) if part != " "), None)
        if before == BREAK:
            self.flush()
        elif before is not None:
            self.parts.append(BREAK)

    def image(self) -> None:
        """An image stands here."""
        self._images += 1

    def input(self) -> None:
        """A form field stands here."""
        self._inputs += 1

    def finish(self) -> HtmlPage:
        """The page; elements still open end here."""
        while self._here >= 0:
            self.close("")
        return self.page

    def flush(self) -> None:
        """End the block in work."""
        above = self.page.nodes[self._here].above
        text = _layout("".join(self.parts), above & PREFORMATTED)
        self.parts = []
        if len(text) > MAX_BLOCK:
            self._add_long(text)
        elif text:
            linked = len(text) if above & IN_LINK else min(self._linked, len(text))
            self.page.blocks.append(Block(text, self._here, self._inner, linked, self._links, self._images, self._inputs))
            self._images = self._inputs = 0
        self._inner = self._linked = self._links = 0
        self._last_part_linked = False

    def _add_long(self, text: str) -> None:
        """A run of text too long for one block, cut at spaces where it has any."""
        linked = self._linked >= len(text) // 2
        start = 0
        while start < len(text):
            space = text.rfind(" ", start + 1, start + MAX_BLOCK) if len(text) - start > MAX_BLOCK else len(text)
            end = space if space > start else start + MAX_BLOCK
            part = text[start:end].strip(" \n")
            if part:
                self.page.blocks.append(Block(part, self._here, self._inner, len(part) * linked, 0, 0, 0))
            start = end

    def _join_row(self, row: int) -> None:
        page = self.page
        start, end = page.first[row], page.last[row]
        cells = page.blocks[start:end]
        if len(cells) < 2 or sum(len(cell.text) for cell in cells) > ROW_CHARS:
            return
        holders = {cell.node for cell in cells}
        if len(holders) < len(cells) or any(page.nodes[holder].parent != row for holder in holders):
            return
        inner = functools.reduce(operator.or_, (cell.inner for cell in cells))
        sums = [sum(values) for values in zip(*(cell[3:] for cell in cells), strict=True)]
        page.blocks[start:] = [Block(" | ".join(cell.text for cell in cells), row, inner, *sums)]
        page.last[row] = start + 1
        for node in range(row + 1, len(page.nodes)):
            page.first[node] = page.last[node] = start


def _layout(raw: str, preformatted: int) -> str:
    if preformatted and ("\n" in raw or BREAK in raw):
        lines = [line.rstrip() for line in raw.replace("\t", "    ").splitlines()]
        return "\n".join(line for line in lines if line)
    if BREAK in raw:
        return "\n".join(line for line in (" ".join(part.split()) for part in raw.split(BREAK)) if line)
    return " ".join(raw.split())
