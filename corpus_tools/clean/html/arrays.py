"""A page as arrays: what the features are computed from, and what its lists of nodes and blocks are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.html.blocks import TAGS, Block, Node
from corpus_tools.clean.html.element_kernels import inherit_marks
from corpus_tools.clean.html.labels import ElementLabels, Label, halves, whole
from corpus_tools.clean.html.walk_state import BLOCK, NODE, PAIR

Array = npt.NDArray[Any]
_JOINER = b" | "
_OF_BLOCK = BLOCK.names or ()
_ONLY_WHILE_WALKING = (0,) * (len(NODE.names or ()) - 5)
"""Stand for what only a walk needs of a node: all but its tag, parent, first and last block, and label."""


def flag_tags(codes: Iterable[int]) -> npt.NDArray[np.bool_]:
    """Whether an element of each code is one of some."""
    found = np.zeros(len(TAGS), np.bool_)
    found[list(codes)] = True
    return found


@dataclass(frozen=True)
class PageArrays:
    """Over elements int64 ``tag``, ``parent``, ``first``, ``last``, ``label`` (a place in ``labels``), and ``above`` (n, 2).

    Over blocks int64 ``start`` and ``end`` (bytes of ``data``, UTF-8), ``node``, ``linked``, ``links``, ``images``,
    ``inputs``, ``chars``, and ``inner`` (n, 2).
    """

    tag: Array
    parent: Array
    first: Array
    last: Array
    label: Array
    labels: ElementLabels
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
        nodes: Array, blocks: Array, pairs: Array, labels: ElementLabels, data: npt.NDArray[np.uint8], inner: Array | None = None
    ) -> PageArrays:
        """From rows of ``walk_state``: nodes NODE[n], blocks BLOCK[m], and pairs PAIR[k].

        Elements without a label have -1. ``inner`` (m, 2) stands in for the pairs.
        """
        of_node = {name: nodes[name].copy() for name in ("tag", "parent", "first", "last", "label")}
        of_node["label"] %= len(labels)
        of_block = {name: blocks[name].copy() for name in _OF_BLOCK}
        tag, parent, label = of_node["tag"], of_node["parent"], of_node["label"]
        above, found = inherit_marks(tag, parent, label, labels.masks, pairs, len(blocks), TAGS["body"])
        return PageArrays(**of_node, labels=labels, above=above, data=data, **of_block, inner=found if inner is None else inner)

    @staticmethod
    def of(nodes: Sequence[Node], first: Sequence[int], last: Sequence[int], blocks: Sequence[Block]) -> PageArrays:
        """From a page's lists."""
        numbers: dict[Label, int] = {}
        label = [numbers.setdefault(Label(node.mask, node.label), len(numbers)) for node in nodes]
        known = zip(nodes, zip(first, last, label, strict=True), strict=True)
        rows = [(node.tag, node.parent, *row, *_ONLY_WHILE_WALKING) for node, row in known]
        texts = [block.text.encode("utf-8", "surrogatepass") for block in blocks]
        ends = np.cumsum([len(text) + len(_JOINER) for text in texts], dtype=np.int64) - len(_JOINER)
        inner = np.array([halves(block.inner) for block in blocks], np.int64).reshape(-1, 2)
        numbered = [
            (end - len(text), end, block.node, *block[3:], len(block.text))
            for block, text, end in zip(blocks, texts, ends.tolist(), strict=True)
        ]
        return PageArrays.made(
            np.array(rows, NODE),
            np.array(numbered, BLOCK),
            np.empty(0, PAIR),
            ElementLabels.of(numbers),
            np.frombuffer(_JOINER.join(texts), np.uint8),
            inner,
        )

    def nodes(self) -> list[Node]:
        """The elements one by one."""
        found, texts, masks = [], self.labels.texts(), self.labels.masks.tolist()
        rows = zip(self.tag.tolist(), self.parent.tolist(), self.label.tolist(), self.above.tolist(), strict=True)
        for tag, parent, label, above in rows:
            found.append(Node(tag, parent, whole(masks[label]), whole(above), texts[label]))
        return found

    def texts(self) -> list[str]:
        """The blocks' texts."""
        data, spans = self.data.tobytes(), list(zip(self.start.tolist(), self.end.tolist(), strict=True))
        try:
            if data.isascii():
                whole = data.decode()
                return [whole[a:b] for a, b in spans]
            return [data[a:b].decode() for a, b in spans]
        except UnicodeDecodeError:
            return [data[a:b].decode("utf-8", "replace") for a, b in spans]

    def blocks(self) -> list[Block]:
        """The blocks one by one."""
        columns = (self.node, self.linked, self.links, self.images, self.inputs)
        numbers = zip(*(column.tolist() for column in columns), strict=True)
        return [
            Block(text, node, whole(inner), *rest)
            for text, inner, (node, *rest) in zip(self.texts(), self.inner.tolist(), numbers, strict=True)
        ]
