"""Clean text as Markdown: what each line of a page was (a heading, an item, a row, code), and text written with such marks.

A line's mark is a short code: ``p`` text, ``+`` a line that goes on, ``h2`` a heading of level 2, ``u1`` an item of a list at depth 1,
``o2.7`` the seventh item of an ordered list at depth 2, ``i1`` what goes on in an item, ``r4`` a row of table 4, ``c9.4`` a line of code of
element 9 that begins with 4 spaces, ``q`` a quotation, ``t`` and ``d`` a term and what it means. Marks and lines go through the same cuts.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.html.arrays import flag_tags
from corpus_tools.clean.html.blocks import TAGS
from corpus_tools.clean.html.element_kernels import nearest_deciding
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.links.carried import plain_mark, write_links

_LEVELS = {TAGS[f"h{level}"]: level for level in range(1, 7)}
_ITEM, _ORDERED, _QUOTE, _PRE, _ROW = TAGS["li"], TAGS["ol"], TAGS["blockquote"], TAGS["pre"], TAGS["tr"]
_PLAIN_MARKS = {TAGS["dt"]: "t", TAGS["dd"]: "d", _QUOTE: "q"} | {code: f"h{level}" for code, level in _LEVELS.items()}
_MAX_DEPTH = 40
_MARKED = re.compile(r"(?=#{1,6} |>|```)")


class BlockMarks:
    """The marks of a page's blocks, asked for in reading order."""

    def __init__(self, page: HtmlPage) -> None:
        given = page.arrays
        deciding, depth = nearest_deciding(given.tag, given.parent, _deciding(), TAGS["ul"], TAGS["ol"], _MAX_DEPTH)
        self._tag, self._parent, self._node = given.tag, given.parent, given.node
        self._deciding: list[int] = deciding[given.node].tolist()
        self._depth, self._deciding_tag = depth[given.node].tolist(), given.tag[deciding[given.node]].tolist()
        self._numbers: dict[int, int] = {}
        self._counts: dict[int, int] = {}
        self._item = -1

    def of(self, block: int) -> str:
        """The mark of a block's first line."""
        node = self._deciding[block]
        if node < 0:
            return "p"
        tag = self._deciding_tag[block]
        if tag == _ITEM:
            return self._of_item(node, block)
        if tag == _PRE:
            return f"c{node}"
        if tag == _ROW:
            return f"r{self._table(node)}" if node == self._node[block] else "p"
        return _PLAIN_MARKS[tag]

    def _table(self, row: int) -> int:
        up = int(self._parent[row])
        return int(self._parent[up]) if up >= 0 and self._tag[up] != TAGS["table"] else up

    def _of_item(self, node: int, block: int) -> str:
        depth = max(1, self._depth[block])
        if node == self._item:
            return f"i{depth}"
        self._item = node
        above = int(self._parent[node])
        if node not in self._numbers:
            self._counts[above] = self._numbers[node] = self._counts.get(above, 0) + 1
        return f"o{depth}.{self._numbers[node]}" if above >= 0 and self._tag[above] == _ORDERED else f"u{depth}"


@cache
def _deciding() -> npt.NDArray[np.bool_]:
    """Whether an element of each code decides what the lines in it are."""
    return flag_tags((*_PLAIN_MARKS, _ITEM, _PRE, _ROW))


def line_marks(first: str, lines: Sequence[str]) -> list[str]:
    """The marks of a block's lines, whose first has ``first``."""
    if first.startswith("c"):
        return [f"{first}.{len(line) - len(line.lstrip(' '))}" for line in lines]
    return [first, *[_next_mark(first)] * (len(lines) - 1)]


def _next_mark(mark: str) -> str:
    """The mark of the next line of a block whose line before has ``mark``."""
    kind = mark[:1]
    if kind in "ph+td":
        return "+"
    return f"i{mark[1:].partition('.')[0]}" if kind in "uoi" else mark


def write_markdown(text: str, marks: Sequence[str]) -> str:
    """``text``, a block a line, as Markdown; ``marks`` has one mark a line. All words of the text stand in it, and no others but the addresses
    of links that marks carry."""
    pieces: list[str] = []
    before = ""
    given = ((plain_mark(mark), write_links(line, mark)) for mark, line in zip(marks, text.split("\n"), strict=True))
    for key, group in itertools.groupby(given, key=lambda pair: _run_of(pair[0])):
        lines = list(_written(key, list(group)))
        tight = key in ("item", "+") or (key == "d" and before == "t")
        pieces.append(("\n" if tight and before in ("item", "t", "+", "p", "q") and key != "item" else "\n\n") if pieces else "")
        if key == "item" and before == "item":
            pieces[-1] = "\n"
        pieces.append("\n".join(lines))
        before = key
    return "".join(pieces)


def _run_of(mark: str) -> str:
    """Lines that are written together have the same."""
    kind = mark[:1]
    return mark.partition(".")[0] if kind in "rc" else "item" if kind in "uoi" else kind


def _written(key: str, group: list[tuple[str, str]]) -> Iterator[str]:
    kind = key[:1]
    lines = [line for _, line in group]
    if kind == "c":
        yield from ("```", *(" " * int(mark.partition(".")[2] or 0) + line.lstrip(" ") for mark, line in group), "```")
    elif kind == "r":
        yield from _table(lines)
    elif key == "item":
        for mark, line in group:
            yield _item(mark, line)
    elif kind == "h":
        for mark, line in group:
            yield f"{'#' * int(mark[1:])} {line}"
    elif kind in ("q", "d"):
        for line in lines:
            yield f"{'> ' if kind == 'q' else ': '}{line}"
    else:
        yield ("\n" if kind == "+" else "\n\n").join(
            _MARKED.sub(r"\\", line, count=1) if _MARKED.match(line) else line for line in lines
        )


def _item(mark: str, line: str) -> str:
    depth, _, number = mark[1:].partition(".")
    indent = "    " * (int(depth) - 1)
    lead = {"u": "- ", "o": f"{number}. "}.get(mark[0], "    ")
    return f"{indent}{lead}{line}"


_BETWEEN_CELLS = re.compile(r"(?:^|(?<= ))\|(?= |$)")


def _table(rows: list[str]) -> Iterator[str]:
    """Rows of cells between bars that have spaces around; bars of a cell's own have none. The first row is the header."""
    cells = [[cell.strip().replace("|", r"\|") for cell in _BETWEEN_CELLS.split(row)] for row in rows]
    width = max(map(len, cells))
    for place, row in enumerate(cells):
        yield f"| {' | '.join([*row, *[''] * (width - len(row))])} |"
        if place == 0:
            yield f"|{' --- |' * width}"
