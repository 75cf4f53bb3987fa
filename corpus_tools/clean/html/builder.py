"""Blocks put together one event at a time: by the slow walk over a tree, and by the reader that needs no tree."""

from __future__ import annotations

import functools
import operator

from corpus_tools.clean.html.blocks import (
    BREAK,
    DOWN,
    END,
    LINKED_END,
    MAX_BLOCK,
    MAX_BLOCKS,
    ROW_CHARS,
    TAGS,
    UP,
    Block,
    Head,
    Node,
    OpenRows,
    cell_text,
    is_sign,
    parts_words,
)
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.marks import IN_LINK, PREFORMATTED
from corpus_tools.clean.raised import write_raised

_MAX_CELLS = 100
_IN_CELL = (TAGS["p"], TAGS["div"])


class Builder:
    """Puts blocks together from the events of a walk: ``open``, ``close``, ``words``, ``line_break``."""

    def __init__(self, head: Head) -> None:
        self.page = HtmlPage(head)
        self.parts: list[str] = []
        self._inner = self._linked = self._links = self._images = self._inputs = self._size = 0
        self._link_depth, self.href = 0, ""
        self._last_part_linked = False
        self._closed = self._gap = self._box = False
        self._here = -1
        self._spans: dict[int, tuple[int, int]] = {}
        self._rows = OpenRows()

    def open(self, tag: str, mask: int, label: str = "", spans: tuple[int, int] = (1, 1)) -> None:
        """A block-level element starts; a cell reaches over so many columns and rows as ``spans`` says."""
        if self.parts:
            self.flush()
        page = self.page
        # A body's classes say what the page is, not what its text is.
        above = 0 if tag == "body" else mask | page.nodes[self._here].above
        page.nodes.append(Node(TAGS.get(tag, 0), self._here, mask, above, label))
        page.first.append(len(page.blocks))
        page.last.append(len(page.blocks))
        self._here = len(page.nodes) - 1
        self._spans[self._here] = spans

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
        if self._goes_on():
            return
        if self.page.nodes[self._here].parent >= 0:
            self.close("")
        self.open(tag, 0)

    def open_inline(self, tag: str, mask: int, apart: bool = False, boxed: bool = False) -> None:
        """An inline element starts, one that style sheets may set ``apart`` from the one before, or that stands in a box."""
        self._inner |= mask
        if tag == "a":
            # Neighbouring links with nothing between them are set apart by style sheets.
            if self._last_part_linked and not self._link_depth:
                self.parts.append(" ")
            self._link_depth += 1
            self._links += 1
        self._gap = self._gap or (apart and self._closed and bool(self.parts))
        if boxed and self.parts and is_sign(self.parts[-1][-1]):
            self._push(" ")

    def close_inline(self, tag: str, apart: bool = False, boxed: bool = False) -> None:
        """The inline element ends."""
        if tag == "a" and self._link_depth:
            self._link_depth -= 1
        self._closed = self._closed or apart
        self._box = self._box or boxed

    def _goes_on(self) -> bool:
        """Whether the block in work takes in what comes, from a line of its own on: a page of so many blocks is not divided further."""
        if len(self.page.blocks) < MAX_BLOCKS or self._size > MAX_BLOCK:
            return False
        if self.parts and self.parts[-1] != BREAK:
            self._push(BREAK)
        return True

    def _push(self, text: str) -> None:
        self.parts.append(text)
        self._size += len(text)
        self._closed = self._gap = self._box = False

    def raise_text(self, up: bool) -> None:
        """Raised or lowered text begins."""
        self._push(UP if up else DOWN)

    def end_raised(self) -> None:
        """It ends; nothing is left of marks around nothing."""
        at = len(self.parts)
        while at and self.parts[at - 1] == " ":
            at -= 1
        if at and self.parts[at - 1] in (UP, DOWN):
            del self.parts[at - 1 :]
            self._closed = self._gap = self._box = False
        else:
            self._push(LINKED_END if self._last_part_linked else END)

    def put_sign(self, sign: str) -> None:
        """A sign that a formula draws: the bar of a fraction, a root, brackets around what they group."""
        self._push(sign)

    def words(self, text: str) -> None:
        """A run of text."""
        in_pre = self.page.nodes[self._here].above & PREFORMATTED
        if text.isspace():
            if in_pre:
                self._push(text)
            elif self.parts:
                self._push(" ")
                self._last_part_linked = False
            return
        if not in_pre and self._parts_words(text):
            self._push(" ")
        self._push(text)
        self._last_part_linked = linked = self._link_depth > 0
        if linked:
            self._linked += len(text)

    def _parts_words(self, text: str) -> bool:
        """Whether text must be set apart from what the block in work ends with."""
        if not self.parts or not (self._box or self._gap):
            return False
        if self._box:
            return is_sign(text[0])
        return parts_words("".join(self.parts[-2:])[-2:], text)

    def line_break(self) -> None:
        """<br>: a second in a row starts a new block."""
        before = next((part for part in reversed(self.parts) if not part.isspace() or part == BREAK), None)
        if before == BREAK:
            if not self._goes_on():
                self.flush()
        elif before is not None:
            self._push(BREAK)

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
        if END in text or LINKED_END in text or UP in text or DOWN in text:
            text = write_raised(text) if text.strip(f" {UP}{DOWN}{END}{LINKED_END}") else ""
        self.parts = []
        self._closed = self._gap = self._box = False
        if len(text) > MAX_BLOCK:
            self._add_long(text)
        elif text:
            linked = len(text) if above & IN_LINK else min(self._linked, len(text))
            self.page.blocks.append(Block(text, self._here, self._inner, linked, self._links, self._images, self._inputs))
            self._images = self._inputs = 0
        self._inner = self._linked = self._links = self._size = 0
        self._last_part_linked = False

    def _add_long(self, text: str) -> None:
        """A run of text too long for one block, cut at line ends or else spaces where it has any."""
        linked = self._linked >= len(text) // 2
        start = 0
        while start < len(text):
            most = start + MAX_BLOCK
            places = (text.rfind("\n", most - MAX_BLOCK // 2, most), text.rfind(" ", start + 1, most), most)
            end = next(place for place in places if place > start) if len(text) > most else len(text)
            part = text[start:end].strip(" \n")
            if part:
                self.page.blocks.append(Block(part, self._here, self._inner, len(part) * linked, 0, 0, 0))
            start = end

    def _join_row(self, row: int) -> None:
        page = self.page
        start, end = page.first[row], page.last[row]
        cells = [node for node in range(row + 1, len(page.nodes)) if page.nodes[node].parent == row]
        columns = self._rows.place(page.nodes[row].parent, [self._spans[cell] for cell in cells])
        held = [page.blocks[page.first[cell] : page.last[cell]] for cell in cells]
        fits = all(len(inside) <= 1 and self._is_direct(cell, inside) for cell, inside in zip(cells, held, strict=True))
        filled = page.blocks[start:end]
        if not fits or len(filled) < 2 or len(cells) > _MAX_CELLS or sum(map(len, held)) != len(filled):
            return
        if sum(len(block.text) for block in filled) > ROW_CHARS:
            return
        while held and not held[-1]:
            held.pop()
        text, bars = "", 0
        for column, inside in zip(columns, held, strict=False):
            text += " |" * (min(column, _MAX_CELLS) - bars) + (f" {cell_text(inside[0].text)}" if inside else "")
            bars = max(bars, min(column, _MAX_CELLS))
        text = text[1:]
        inner = functools.reduce(operator.or_, (block.inner for block in filled))
        sums = [sum(values) for values in zip(*(block[3:] for block in filled), strict=True)]
        page.blocks[start:] = [Block(text, row, inner, min(sums[0], len(text)), *sums[1:])]
        page.last[row] = start + 1
        for node in range(row + 1, len(page.nodes)):
            page.first[node] = page.last[node] = start

    def _is_direct(self, cell: int, inside: list[Block]) -> bool:
        """Whether a cell's one block is its own text, or that of a paragraph in it."""
        nodes = self.page.nodes
        return all(
            block.node == cell or (nodes[block.node].parent == cell and nodes[block.node].tag in _IN_CELL) for block in inside
        )


def _layout(raw: str, preformatted: int) -> str:
    if preformatted and ("\n" in raw or BREAK in raw):
        lines = [line.rstrip() for line in raw.replace("\t", "    ").splitlines()]
        return "\n".join(line for line in lines if line)
    if BREAK in raw:
        return "\n".join(line for line in (" ".join(part.split()) for part in raw.split(BREAK)) if line)
    return " ".join(raw.split())
