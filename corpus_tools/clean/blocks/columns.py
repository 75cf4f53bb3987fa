"""Feature columns as they are made, before they are one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


class Columns:
    """Feature columns as they are made, with their names."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.names: list[str] = []
        self._values: list[tuple[int, Any]] = []

    def add(self, name: str, values: Any) -> None:
        """A column, or one number for all rows."""
        self._values.append((len(self.names), values))
        self.names.append(name)

    def extend(self, names: Sequence[str], rows: Any) -> None:
        """Several columns: an array (names, rows), or (names, 1) of one number for all rows each."""
        self._values.append((len(self.names), rows))
        self.names += names

    def add_records(self, prefixes: Iterable[str], records: npt.NDArray[Any]) -> None:
        """Records of float32 (prefixes, rows): a column for each prefix and field, called after both."""
        fields = records.dtype.names or ()
        rows = records.view(np.float32).reshape(*records.shape, len(fields)).transpose(0, 2, 1).reshape(-1, records.shape[1])
        self.extend([prefix + field for prefix in prefixes for field in fields], rows)

    def places(self, prefix: str) -> list[int]:
        """Where the columns stand whose names begin with ``prefix``."""
        return [place for place, name in enumerate(self.names) if name.startswith(prefix)]

    def fill(self, table: npt.NDArray[np.float32]) -> None:
        """Write the columns to the first rows of ``table``, whose rows may be longer."""
        for place, values in self._values:
            if getattr(values, "ndim", 0) == 2:
                table[place : place + len(values), : self.rows] = values
            else:
                table[place, : self.rows] = values

    def matrix(self) -> npt.NDArray[np.float32]:
        """(rows, columns) float32."""
        out = np.empty((len(self.names), self.rows), np.float32)
        self.fill(out)
        return np.ascontiguousarray(out.T)
