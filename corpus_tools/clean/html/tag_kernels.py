"""What a tree builder would have to do for a page, told from its tags."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.lookup import EMPTY_HASH, add_code, address_of, end_hash, find_in
from corpus_tools.kernels.memory import classify_tags, read8, trailing_zeros

BYTES = 64
"""Bytes that are looked at at once."""
FORMATTING, ENDS_ALONE = 1, 2
"""Kinds of elements: those that are made anew in each block after them, and those that need no end tag."""


@inlined
def _letter(byte: Any) -> Any:
    """A letter in lower case, else 0."""
    small = byte | 0x20
    return small if 97 <= small <= 122 else 0


@inlined
def _name(at: int, end: int) -> Any:
    """Hash of the name at an address, and where it ends; the address itself without a name."""
    value, to = EMPTY_HASH, at
    while to < end:
        byte = read8(to)
        sign = _letter(byte)
        if sign == 0 and to > at and 48 <= byte <= 57:
            sign = byte
        if sign == 0:
            break
        value = add_code(value, sign)
        to += 1
    return end_hash(value), to


@inlined
def _tags_at(base: int, start: int, n: int) -> Any:
    """Which of the 64 bytes from ``start`` on are < or >, as bits; bytes from ``n`` on are not."""
    if start + BYTES <= n:
        return classify_tags(base + start)[1]
    signs = np.uint64(0)
    for at in range(start, n):
        if read8(base + at) == 60 or read8(base + at) == 62:
            signs |= np.uint64(1) << np.uint64(at - start)
    return signs


@kernel
def count_tags(data: Any, long: int) -> Any:
    """How many opening and closing tags there are at most in ``data`` uint8, and where those may begin that are longer than ``long``
    bytes, int64: each < after which comes no other, or that comes first after a > and after which comes no >, for so long."""
    n = data.shape[0]
    found, made = np.empty(2 * (n // long) + 4, np.int64), 0
    last: Any = -1
    first: Any = -1
    opening, closing = 0, 0
    base, start = address_of(data), 0
    while start < n:
        signs = _tags_at(base, start, n)
        while signs != 0:
            at = start + np.int64(trailing_zeros(signs))
            signs &= signs - np.uint64(1)
            if data[at] == 62:
                if first >= 0 and first != last and at - first > long:
                    found[made] = first
                    made += 1
                first = -1
                continue
            closes = at + 1 < n and data[at + 1] == 47
            closing += closes
            opening += not closes
            if last >= 0 and at - last > long:
                found[made] = last
                made += 1
            first = at if first < 0 else first
            last = at
        start += BYTES
    if last >= 0 and n - last > long:
        found[made] = last
        made += 1
    if first >= 0 and first != last and n - first > long:
        found[made] = first
        made += 1
    return opening, closing, found[:made]


@kernel
def weigh_tags(data: Any, keys: Any, kinds: Any) -> Any:
    """The sum over all tags of the elements open there, and how often formatting elements left open are made again.

    ``data`` is a page in UTF-8; ``keys`` and ``kinds`` are a lookup of element names.
    """
    depth: Any = 0
    formatting: Any = 0
    work = reopened = np.int64(0)
    at, end = address_of(data), address_of(data) + data.shape[0]
    while at < end:
        if read8(at) != 60:
            at += 1
            continue
        closes = at + 1 < end and read8(at + 1) == 47
        start = at + 2 if closes else at + 1
        name, at = _name(start, end)
        if at == start:
            continue
        slot = find_in(keys, name)
        kind = kinds[slot] if slot >= 0 else 0
        if kind & FORMATTING:
            formatting = max(formatting - 1, 0) if closes else formatting + 1
        elif not closes:
            reopened += formatting
        if kind & ENDS_ALONE:
            continue
        depth = max(depth - 1, 0) if closes else depth + 1
        work += depth
    return work, reopened
