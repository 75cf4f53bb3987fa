"""A page as arrays: what the features are computed from, and what its lists of nodes and blocks are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_tools.clean._kernels import spread_marks
from corpus_tools.clean.blocks import TAGS, Block, Node

Array = npt.NDArray[Any]
HALF = 62
"""Bits of a mark mask in the first of its two columns; the others are in the second."""
_JOINER = b" | "


class Label(NamedTuple):
    """What an element says of itself: its marks, its class names and id."""

    mask: int
    text: str


NO_LABEL = Label(0, "")


def halves(mask: int) -> tuple[int, int]:
    """A mask as the two columns of an array."""
    return mask & (1 << HALF) - 1, mask >> HALF


def whole(pair: Sequence[int]) -> int:
    """A mask from its two columns."""
    return pair[0] | pair[1] << HALF


@dataclass(frozen=True)
class PageArrays:
    """Over elements int64 ``tag``, ``parent``, ``first``, ``last``, ``label`` (a place in ``labels``), and ``above`` (n, 2).

    Over blocks int64 ``start`` and ``end`` (bytes of ``data``, UTF-8), ``node``, ``linked``, ``links``, ``images``,
    ``inputs``, ``chars``, and ``inner`` (n, 2). ``masks`` (n, 2) are the marks of ``labels``.
    """

    tag: Array
    parent: Array
    first: Array
    last: Array
    label: Array
    labels: list[Label]
    masks: Array
    above: Array
    data: npt.NDArray[np.uint8]
    start: Array
    end: Array
    node: Array
    linked: Array
    links: Array
    images: Array
    inputs: Array
    chars: Array
    inner: Array

    @staticmethod
    def made(
        nodes: Array, blocks: Array, pairs: Array, labels: list[Label], data: npt.NDArray[np.uint8], inner: Array | None = None
    ) -> PageArrays:
        """From rows of ``_walk_kernels``: nodes (n, 5), blocks (m, 8), and pairs (k, 2) of a block and a label that marks its inside.

        The last of ``labels`` is that of elements without one, -1. ``inner`` (m, 2) stands in for the pairs.
        """
        masks = np.array([halves(label.mask) for label in labels], np.int64)
        tag, parent, first, last, label = np.ascontiguousarray(nodes.T)
        label %= len(labels)
        above, found = spread_marks(tag, parent, label, masks, pairs, len(blocks), TAGS["body"])
        start, end, node, linked, links, images, inputs, chars = np.ascontiguousarray(blocks.T)
        return PageArrays(
            tag, parent, first, last, label, labels, masks, above, data, start, end, node, linked, links, images, inputs, chars,
            found if inner is None else inner,
        )  # fmt: skip

    @staticmethod
    def of(nodes: Sequence[Node], first: Sequence[int], last: Sequence[int], blocks: Sequence[Block]) -> PageArrays:
        """From a page's lists."""
        numbers: dict[Label, int] = {}
        label = [numbers.setdefault(Label(node.mask, node.label), len(numbers)) for node in nodes]
        rows = [(node.tag, node.parent, *row) for node, row in zip(nodes, zip(first, last, label, strict=True), strict=True)]
        texts = [block.text.encode("utf-8", "surrogatepass") for block in blocks]
        ends = np.cumsum([len(text) + len(_JOINER) for text in texts], dtype=np.int64) - len(_JOINER)
        inner = np.array([halves(block.inner) for block in blocks], np.int64).reshape(-1, 2)
        numbered = [
            (end - len(text), end, block.node, *block[3:], len(block.text))
            for block, text, end in zip(blocks, texts, ends.tolist(), strict=True)
        ]
        return PageArrays.made(
            np.array(rows, np.int64).reshape(-1, 5),
            np.array(numbered, np.int64).reshape(-1, 8),
            np.empty((0, 2), np.int64),
            [*numbers, NO_LABEL],
            np.frombuffer(_JOINER.join(texts), np.uint8),
            inner,
        )

    def nodes(self) -> list[Node]:
        """The elements one by one."""
        found = []
        rows = zip(self.tag.tolist(), self.parent.tolist(), self.label.tolist(), self.above.tolist(), strict=True)
        for tag, parent, label, above in rows:
            mask, text = self.labels[label]
            found.append(Node(tag, parent, mask, whole(above), text))
        return found

    def texts(self) -> list[str]:
        """The blocks' texts."""
        data = self.data.tobytes()
        return [data[a:b].decode("utf-8", "replace") for a, b in zip(self.start.tolist(), self.end.tolist(), strict=True)]

    def blocks(self) -> list[Block]:
        """The blocks one by one."""
        columns = (self.node, self.linked, self.links, self.images, self.inputs)
        numbers = zip(*(column.tolist() for column in columns), strict=True)
        return [
            Block(text, node, whole(inner), *rest)
            for text, inner, (node, *rest) in zip(self.texts(), self.inner.tolist(), numbers, strict=True)
        ]
