"""Tells how a delimited text file is written: what stands between its fields, and how fields are quoted."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from dataclasses import dataclass

DELIMITERS = ",\t;|"


@dataclass(frozen=True)
class Dialect:
    """``quoting`` and ``escape`` as in the module csv."""

    delimiter: str
    quoting: int = csv.QUOTE_MINIMAL
    escape: str | None = None

    def names(self, header: str) -> list[str]:
        """The column names of a header line."""
        rows = csv.reader([header], delimiter=self.delimiter, quoting=self.quoting, escapechar=self.escape)  # type: ignore[arg-type]
        try:
            return [name.strip() for name in next(rows, [])]
        except csv.Error:
            return []


def find_dialect(header: str, sample: str, known: Collection[str]) -> Dialect:
    """The dialect of a file whose first line is ``header`` and that begins with ``sample``.

    The delimiter is the one that splits the header into most names among ``known`` (in lower case), then into most names.
    """
    by_delimiter = {delimiter: Dialect(delimiter).names(header) for delimiter in DELIMITERS}

    def fit(delimiter: str) -> tuple[int, int]:
        names = by_delimiter[delimiter]
        return sum(name.casefold() in known for name in names), len(names)

    delimiter = max(DELIMITERS, key=fit)
    quoting, escape = _find_quoting(delimiter, sample)
    return Dialect(delimiter, quoting, escape)


def _find_quoting(delimiter: str, sample: str) -> tuple[int, str | None]:
    """Whether quotes around fields mean something, and what stands before a quote inside them."""
    edge = re.escape(delimiter)
    opened = len(re.findall(rf'(?:^|{edge})"', sample, re.M))
    quoted = re.findall(rf'(?:^|{edge})"((?:[^"\\]|""|\\.|\\)*+)"(?=\r?$|{edge}|\Z)', sample, re.M)
    if opened and len(quoted) < opened / 2 and delimiter == "\t":  # signs of speech, not around fields
        return csv.QUOTE_NONE, None
    escaped = sum('\\"' in field for field in quoted)
    return csv.QUOTE_MINIMAL, "\\" if escaped and not any('""' in field for field in quoted) else None
