"""A page as blocks of text in reading order, as lists and as arrays."""

from __future__ import annotations

from functools import cached_property

from corpus_tools.clean.html.arrays import PageArrays
from corpus_tools.clean.html.blocks import Block, Head, Node


class HtmlPage:
    """Blocks in reading order and the elements that hold them: element ``i`` holds blocks ``first[i]`` up to ``last[i]``.

    The lists and ``arrays`` say the same. Whichever a page was made with, the others are made when first asked for.
    """

    def __init__(self, head: Head | None = None, arrays: PageArrays | None = None) -> None:
        self.head = head or Head()
        self.truncated = False
        self.source: bytes | None = None
        """What a tree was built of; None of a page read without one."""
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
            self._given = PageArrays.of(self.nodes, self.first, self.last, self.blocks)
        return self._given
