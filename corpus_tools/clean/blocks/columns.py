"""Feature columns as they are made, before they are one table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt


class Columns:
    """Feature columns as they are made, with their names."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.names: list[str] = []
        self._values: list[tuple[int, Any]] = []

    def extend(self, names: Sequence[str], rows: Any) -> None:
        """Several columns: an array (names, rows), or (names, 1) of one number for all rows each."""
        self._values.append((len(self.names), rows))
        self.names += names

    def places(self, prefix: str) -> list[int]:
        """Where the columns stand whose names begin with ``prefix``."""
        return _places(tuple(self.names), prefix)

    def fill(self, table: npt.NDArray[np.float32]) -> None:
        """Write the columns to the first rows of ``table``, whose rows may be longer."""
        for place, values in self._values:
            table[place : place + len(values), : self.rows] = values

    def matrix(self) -> npt.NDArray[np.float32]:
        """(rows, columns) float32."""
        out = np.empty((len(self.names), self.rows), np.float32)
        self.fill(out)
        return np.ascontiguousarray(out.T)


def row_slices(parts: Sequence[Sequence[str]]) -> list[slice]:
    """Where the rows of each part stand among those of all parts; numpy's own ``split`` takes longer than some kernels."""
    ends = list(accumulate(map(len, parts), initial=0))
    return [slice(*bounds) for bounds in pairwise(ends)]


@lru_cache(16)
def _places(names: tuple[str, ...], prefix: str) -> list[int]:
    return [place for place, name in enumerate(names) if name.startswith(prefix)]
