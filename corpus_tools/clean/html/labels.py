"""What the elements of a page say of themselves: each distinct label once, with its marks.

A label's bytes are an element's code, 1 if it is hidden, and class, id, role, itemprop and style, each ended by NUL.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.html.blocks import TAGS
from corpus_tools.clean.html.mark_kernels import mark_labels
from corpus_tools.clean.html.marks import BITS, HIDDEN, OF_ROLE, TEXT_PROPS, WORDS, mark_element
from corpus_tools.clean.html.walk_state import (
    ATTRIBUTES,
    HIGH,
    INLINE_CODE,
    LABEL_CODE,
    LABEL_HEAD,
    LABEL_HIDDEN,
    LABEL_VALUES,
    LINK_CODE,
    LOW,
)
from corpus_tools.kernels.lookup import Lookup

Array = npt.NDArray[Any]
HALF = 62
"""Bits of a mark mask in the first of its two columns; the others are in the second."""
NO_LABEL = bytes(LABEL_HEAD + LABEL_VALUES)
_NAMES = {code: name for name, code in TAGS.items()} | {int(LINK_CODE): "a", int(INLINE_CODE): "span"}


class Label(NamedTuple):
    """What an element says of itself: its marks, its class names and id."""

    mask: int
    text: str


def halves(mask: int) -> tuple[int, int]:
    """A mask as the two columns of an array."""
    return mask & (1 << HALF) - 1, mask >> HALF


def whole(pair: Sequence[int]) -> int:
    """A mask from its two columns."""
    return pair[LOW] | pair[HIGH] << HALF


@dataclass(frozen=True)
class ElementLabels:
    """Labels one after the other in ``data``, label i from byte ``starts[i]`` on; their ``masks`` (n, 2); the last is that of
    elements without one.
    """

    data: npt.NDArray[np.uint8]
    starts: Array
    masks: Array
    beyond: tuple[int, ...]
    """Places of those with a letter outside ASCII."""

    def __len__(self) -> int:
        return len(self.masks)

    @staticmethod
    def written(data: bytes, ends: Array) -> ElementLabels:
        """From the bytes that a walk wrote, and where each label ends, int64[n]."""
        starts = np.zeros(len(ends) + 2, np.int64)
        starts[1:-1], starts[-1] = ends, len(data) + len(NO_LABEL)
        array = np.frombuffer(data + NO_LABEL, np.uint8)
        masks, plain = np.zeros((len(starts) - 1, 2), np.int64), np.empty(len(starts) - 1, np.bool_)
        words, roles, props, tags, hidden = _tables()
        mark_labels(array, starts, words.arrays, roles.arrays, props.arrays, tags, hidden, masks, plain)
        beyond = () if plain.all() else tuple(np.flatnonzero(~plain).tolist())
        for place in beyond:
            masks[place] = halves(_read(data[starts[place] : starts[place + 1]]).mask)
        return ElementLabels(array, starts, masks, beyond)

    @staticmethod
    def of(labels: Iterable[Label]) -> ElementLabels:
        """From what is known already."""
        found = [*labels, Label(0, "")]
        pieces = [
            bytes(LABEL_HEAD) + label.text.replace("\0", " ").encode("utf-8", "surrogatepass") + bytes(LABEL_VALUES)
            for label in found
        ]
        starts = np.cumsum([0, *map(len, pieces)], dtype=np.int64)
        beyond = tuple(place for place, piece in enumerate(pieces) if not piece.isascii())
        masks = np.array([halves(label.mask) for label in found], np.int64)
        return ElementLabels(np.frombuffer(b"".join(pieces), np.uint8), starts, masks, beyond)

    def pieces(self) -> list[bytes]:
        """The bytes of each label."""
        data = self.data.tobytes()
        return [data[a:b] for a, b in itertools.pairwise(self.starts.tolist())]

    def texts(self) -> list[str]:
        """Class names and id of each."""
        return [_text(piece) for piece in self.pieces()]

    def texts_beyond_ascii(self) -> list[tuple[int, str]]:
        """Place, class names and id of those with a letter outside ASCII."""
        return [(place, _text(self.data[self.starts[place] : self.starts[place + 1]].tobytes())) for place in self.beyond]


def _text(written: bytes) -> str:
    names, name = written[LABEL_HEAD:].split(b"\0")[:2]
    return f"{names.decode('utf-8', 'replace')} {name.decode('utf-8', 'replace')}"


def _read(written: bytes) -> Label:
    """What the bytes of a label say, in Python."""
    values = [value.decode("utf-8", "replace") for value in written[LABEL_HEAD:].split(b"\0")]
    given = dict(zip(ATTRIBUTES, values[:LABEL_VALUES], strict=False)) | ({"hidden": ""} if written[LABEL_HIDDEN] else {})
    return Label(mark_element(_NAMES[written[LABEL_CODE]], given), _text(written))


@cache
def _tables() -> tuple[Any, ...]:
    """What ``mark_labels`` must know of words, roles, itemprops and elements."""
    words = Lookup.of({word: halves(mask) for word, mask in WORDS.items()}, np.int64)
    roles = Lookup.of({role: halves(BITS[name]) for role, name in OF_ROLE.items()}, np.int64)
    tags = np.zeros((256, 2), np.int64)
    for code, name in _NAMES.items():
        tags[code] = halves(mark_element(name, {}))
    props = Lookup.of(dict.fromkeys(sorted(TEXT_PROPS), halves(BITS["e_textbody"])), np.int64)
    return words, roles, props, tags, np.array(halves(HIDDEN))
