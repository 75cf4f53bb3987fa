"""Many patterns at once: which of them a text holds the literals of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean._literal_kernels import find_fitting
from corpus_tools.clean.patterns import Literals

Array = npt.NDArray[Any]


class LiteralFinder:
    """Tells which patterns can match a text, by what ``patterns.required`` says of each."""

    def __init__(self, patterns: Sequence[tuple[Literals, ...]]) -> None:
        owned: dict[bytes, list[int]] = {}
        numbers = [0]
        for sets in patterns:
            for place, literals in enumerate(sets, numbers[-1]):
                for one in literals:
                    owned.setdefault(one.encode(), []).append(place)
            numbers.append(numbers[-1] + len(sets))
        pieces = sorted(owned)
        prefixes = [piece[0] << 8 | piece[1] for piece in pieces]
        self._tables: tuple[Array, ...] = (
            np.searchsorted(prefixes, np.arange((1 << 16) + 1)),
            np.frombuffer(b"".join(pieces), np.uint8),
            _bounds(map(len, pieces)),
            _bounds(len(owned[piece]) for piece in pieces),
            np.array([place for piece in pieces for place in owned[piece]], np.int64),
            np.array(numbers, np.int64),
        )

    def fitting(self, text: str) -> list[int]:
        """Numbers of the patterns that can match somewhere in ``text``, in order."""
        data = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
        found: list[int] = find_fitting(data, *self._tables).tolist()
        return found


def _bounds(sizes: Any) -> Array:
    return np.cumsum([0, *sizes], dtype=np.int64)
