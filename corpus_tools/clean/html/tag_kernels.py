"""What a tree builder would have to do for a page, told from its tags."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel, part
from corpus_tools.kernels.lookup import EMPTY_HASH, add_code, address_of, end_hash, find_in
from corpus_tools.kernels.memory import classify_tags, read8, trailing_zeros

BYTES = 64
"""Bytes that are looked at at once."""
FORMATTING, ENDS_ALONE, SEARCHES = 1, 2, 4
"""Kinds of elements: those that are made anew in each block after them, those that need no end tag, and those before which a tree
builder looks through the open elements."""


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
    """How many open elements a tree builder looks at, and how often it makes again formatting elements that were left open.

    It looks at all of them at most, at an end tag and before elements that search.

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
        if closes or kind & SEARCHES:
            work += depth
        if not kind & ENDS_ALONE:
            depth = max(depth - 1, 0) if closes else depth + 1
    return work, reopened


@inlined
def _is_space(byte: int) -> Any:
    return byte == 32 or 9 <= byte <= 13


@part
def _pass_quoted(at: int, end: int) -> Any:
    """The address after the quotation that begins at ``at``; the one after the sign if nothing ends it."""
    sign, to = read8(at), at + 1
    while to < end and read8(to) != sign:
        to += 1
    return to + 1 if to < end else at + 1


@part
def _tag_end(at: int, end: int, ends_at_next: bool) -> Any:
    """Where the tag at an address ends; the address itself if it is none. With ``ends_at_next`` no < stands in a tag but in quotes."""
    if at + 1 >= end or _letter(read8(at + 1)) == 0:
        return at
    at += 2
    while at < end:
        byte = read8(at)
        if byte == 62 or (ends_at_next and byte == 60):
            break
        at = _pass_quoted(at, end) if byte == 34 or byte == 39 else at + 1
    return at


@part
def _count_attributes(at: int, end: int) -> Any:
    """Attributes of a tag, its name among them: what has no space, quotation mark, = / or > in it, each with its value."""
    count: Any = 0
    while at < end:
        if _ends_name(read8(at)):
            at += 1
            continue
        count += 1
        while at < end and not _ends_name(read8(at)):
            at += 1
        value = at
        while value < end and _is_space(read8(value)):
            value += 1
        if value == end or read8(value) != 61:
            continue
        at = value + 1
        while at < end and _is_space(read8(at)):
            at += 1
        quoted = _pass_quoted(at, end) if at < end and (read8(at) == 34 or read8(at) == 39) else at + 1
        if quoted > at + 1:
            at = quoted
            continue
        while at < end and read8(at) != 62 and not _is_space(read8(at)):
            at += 1
    return count


@inlined
def _ends_name(byte: int) -> Any:
    return _is_space(byte) or byte == 34 or byte == 39 or byte == 61 or byte == 47 or byte == 62


@part
def _attributes_from(at: int, to: int, long: int, counted: bool) -> Any:
    """Attributes of the tag from one address to another: at most as many as half of its bytes, or counted, of a long one."""
    if not counted:
        return (to - at + 1) // 2
    return _count_attributes(at, to) if to - at > long else 0


@kernel
def compares_too_many(data: Any, starts: Any, long: int, most: int) -> Any:
    """Whether a parser that compares the attributes of each tag with each other would compare more than ``most`` pairs.

    ``starts`` are where the tags begin in ``data`` uint8 that may be longer than ``long`` bytes, in order. A tag is read as if < ended it, and,
    each byte once, as a parser reads it; what has more attributes counts.
    """
    base, end = address_of(data), address_of(data) + data.shape[0]
    for counted in (False, True):  # an attribute has two bytes at least: so few bytes need not be counted
        reached, pairs = base, np.int64(0)
        for place in range(starts.shape[0]):
            at = base + starts[place]
            found = _attributes_from(at, _tag_end(at, end, True), long, counted)
            if at >= reached:
                to = _tag_end(at, end, False)
                if to > at:
                    found, reached = max(found, _attributes_from(at, to, long, counted)), to
            pairs += found * found
            if pairs > most:
                break
        if pairs <= most:
            return False
    return True
