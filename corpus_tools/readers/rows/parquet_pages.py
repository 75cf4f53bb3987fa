"""What a parquet file will unpack to, from its own headers and before anything is unpacked: small files can hold gigabytes.

Headers are in Thrift's compact protocol (parquet-format, ``parquet.thrift``). The pages of a column are walked as Arrow walks them,
so what is counted here is what Arrow would allocate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

MAX_FOOTER = 8 << 20
"""Bytes of a footer: row groups and columns take some fifty times as much once read."""
MAX_DEPTH = 60
"""Groups inside each other in a schema: libraries go down them by recursion."""
MAX_HEADER = 1 << 20
"""Bytes of the header of a page; it may hold the smallest and the largest value."""

_FIRST_LOOK = 512
_DATA, _DICTIONARY, _DATA_2 = 0, 2, 3
_DELTA_BYTE_ARRAY = 7
_TOLD = {_DATA: 5, _DICTIONARY: 7, _DATA_2: 8}
"""Type of a page -> the field of its header that says the rest."""
_STRUCT, _MAP, _LISTS = 12, 11, (9, 10)
_MAX_NESTED = 16


@dataclass(frozen=True)
class Page:
    """One page of a column chunk: ``size`` in bytes, unpacked. ``shares`` says that a value may repeat most of the one before."""

    is_dictionary: bool
    size: int
    values: int
    shares: bool


class _EndedError(ValueError):
    """The bytes end inside a header."""


class _Compact:
    """Reads values of the compact protocol. A struct becomes a dict from field number to value; texts are passed over."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        if self.at >= len(self.data):
            raise _EndedError("it ends too early")
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        """A whole number of at most 64 bits."""
        found = 0
        for shift in range(0, 70, 7):
            byte = self.byte()
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                return (found >> 1) ^ -(found & 1)
        raise ValueError("a number in a header has too many digits")

    def length(self) -> int:
        """A count, which has no sign."""
        found = self.number()
        return -2 * found - 1 if found < 0 else 2 * found

    def struct(self, wanted: int = 0, depth: int = 0) -> dict[int, Any]:
        """The fields of a struct; those up to ``wanted`` alone if it is given."""
        if depth > _MAX_NESTED:
            raise ValueError("headers stand too deep inside each other")
        fields: dict[int, Any] = {}
        number = 0
        while kind := self.byte():
            number = number + (kind >> 4) if kind >> 4 else self.number()
            fields[number] = self.value(kind & 15, depth + 1)
            if wanted and number >= wanted:
                break
        return fields

    def value(self, kind: int, depth: int, inside: bool = False) -> Any:
        """One value; ``inside`` a list, where truth values take a byte."""
        if kind in (1, 2):
            return self.byte() == 1 if inside else kind == 1
        if kind == 3:
            return self.byte()
        if kind in (4, 5, 6):
            return self.number()
        if kind == 7:
            return self.skip(8)
        if kind == 8:
            return self.skip(self.length())
        if kind in _LISTS:
            head = self.byte()
            count = head >> 4 if head >> 4 < 15 else self.length()
            return [self._item(head & 15, depth) for _ in range(min(count, len(self.data)))]
        if kind == _STRUCT:
            return self.struct(depth=depth)
        if kind == _MAP and (count := self.length()):
            kinds = self.byte()
            return [(self._item(kinds >> 4, depth), self._item(kinds & 15, depth)) for _ in range(min(count, len(self.data)))]
        if kind == _MAP:
            return []
        raise ValueError(f"a header has a field of the unknown kind {kind}")

    def _item(self, kind: int, depth: int) -> Any:
        return self.value(kind, depth, inside=True)

    def skip(self, size: int) -> None:
        """Pass over bytes."""
        if self.at + size > len(self.data):
            raise _EndedError("it ends too early")
        self.at += size


def why_unreadable(file: BinaryIO, size: int) -> str:
    """Why the footer of a file of ``size`` bytes is not handed to a library; '' if it is, or if that can tell better."""
    file.seek(max(0, size - 8))
    tail = file.read(8)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != b"PAR1" or length > size - 12:
        return ""
    if length > MAX_FOOTER:
        return f"its footer is larger than {MAX_FOOTER} bytes: write it again with larger row groups"
    file.seek(size - 8 - length)
    try:
        depth = _schema_depth(_Compact(file.read(length)).struct(wanted=2).get(2))
    except (ValueError, TypeError, AttributeError) as error:
        return f"its footer cannot be read: {error}"
    return f"its fields are nested more than {MAX_DEPTH} deep" if depth > MAX_DEPTH else ""


def _schema_depth(elements: Any) -> int:
    """How deep the fields of a schema, listed depth first with the number of children of each, are nested."""
    left: list[int] = []
    deepest = 0
    for element in elements or []:
        while left and not left[-1]:
            left.pop()
        if left:
            left[-1] -= 1
        left.append(element.get(5) or 0)
        deepest = max(deepest, len(left))
    return deepest


def walk_pages(file: BinaryIO, start: int, length: int) -> Iterator[Page]:
    """The pages of the column chunk of ``length`` bytes at ``start``. Raises ValueError where they are damaged."""
    end = start + length
    while start < end:
        header, taken = _read_header(file, start, end - start)
        kind, size, packed = header.get(1), header.get(2), header.get(3)
        if not isinstance(size, int) or not isinstance(packed, int) or size < 0 or packed < 0:
            raise ValueError("the header of a page is damaged")
        told = header.get(_TOLD.get(kind or 0, 0)) or {}
        values, encoding = told.get(1) or 0, told.get(4 if kind == _DATA_2 else 2)
        yield Page(kind == _DICTIONARY, size, values, encoding == _DELTA_BYTE_ARRAY)
        start += taken + packed


def _read_header(file: BinaryIO, start: int, left: int) -> tuple[dict[int, Any], int]:
    """The header of a page at ``start``, and its bytes."""
    size = _FIRST_LOOK
    while True:
        file.seek(start)
        reader = _Compact(file.read(min(size, left)))
        try:
            return reader.struct(), reader.at
        except _EndedError:
            if size >= min(left, MAX_HEADER):
                raise
            size *= 16
