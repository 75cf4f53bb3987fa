"""What elements and the head of a page say of themselves, as bytes in the arrays of a pass over its tree.

A label is an element's code and the attributes marks come from; equal labels of a page are stored once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.html.lexbor_kernels import (
    ATTRIBUTE_NAME,
    ATTRIBUTE_VALUE,
    CHILD,
    ELEMENT_NODE,
    FIRST_ATTRIBUTE,
    FREE,
    NEXT,
    NEXT_ATTRIBUTE,
    PARENT,
    SIZE,
    TAG,
    TEXT,
    TEXT_NODE,
    ask,
    ask_bytes,
    hash_bytes,
    node_type,
    tell,
)
from corpus_tools.kernels.compile import part
from corpus_tools.kernels.memory import get_item, read8, read32, set_item, write8

(
    STATUS, DOCUMENT, HASHES, HEAD_TAGS, SPANS, LABELS, LABEL_BYTES, LABELS_AT, LABEL_STARTS_AT, LABEL_TABLE_AT, LABEL_MASK,
    LABEL_ROOM, ROLE_LINK, FACTS, FACT_BYTES, FACTS_AT, FACT_BYTES_AT, FACT_ROOM, TREE_WORDS,
) = range(SIZE + 1, SIZE + 20)  # fmt: skip
"""Words of the state: ``*_AT`` are addresses of arrays, ``*_ROOM`` their sizes in bytes."""

DONE, TRUNCATED, NO_ROOM = range(3)
# Arguments of kernels are typed numbers: numba compiles a kernel anew for every plain constant it is called with.
TITLE, META, LINKED_DATA, LANGUAGE = map(np.int64, range(4))
"""Kinds of facts a head holds. A fact is four words: kind, start, start of its second part, end."""
ATTRIBUTES = "class id role itemprop style aria-hidden hidden property name content type lang".split()
"""Names whose hashes stand at ``HASHES``."""
_STYLE, _HIDDEN, _PROPERTY, _NAME, _CONTENT, _TYPE, _LANG = map(np.int64, (4, 6, 7, 8, 9, 10, 11))

MAX_FACTS = 4_096
_NOTHING, _SET = np.int64(0), np.int64(1)
_KEPT_BYTES = 1_200
"""Bytes kept of one attribute: no fewer than the characters that are looked at."""
_CONTENT_BYTES = 8_000
_LABEL_MIN = 5 * _KEPT_BYTES + 8
_TRUE, _LINK_ROLE, _LD_J, _JSON = (int.from_bytes(word, "little") for word in (b"true", b"link", b"ld+j", b"json"))


@part
def copy_bytes(source: int, size: int, target: int) -> None:
    """Copy ``size`` bytes from one address to another."""
    for i in range(size):
        write8(target + i, read8(source + i))


@part
def read_label(state: int, element: int, code: int) -> Any:
    """The number of an element's label, whose first byte is ``code``; also says whether its role is ``link``."""
    spans, hashes, hidden = get_item(state, SPANS), get_item(state, HASHES), _NOTHING
    for i in range(10):
        set_item(spans, i, 0)
    attribute = ask(state, FIRST_ATTRIBUTE, element)
    while attribute != 0:
        at = ask_bytes(state, ATTRIBUTE_NAME, attribute)
        value = hash_bytes(at, get_item(state, SIZE))
        for which in range(_HIDDEN + 1):
            if get_item(hashes, which) == value:
                place = ask_bytes(state, ATTRIBUTE_VALUE, attribute)
                size = get_item(state, SIZE) if place != 0 else 0
                if which <= _STYLE:
                    set_item(spans, 2 * which, place)
                    set_item(spans, 2 * which + 1, min(size, _KEPT_BYTES))
                elif which == _HIDDEN or (size == 4 and read32(place) == _TRUE):
                    hidden = _SET
        attribute = ask(state, NEXT_ATTRIBUTE, attribute)
    set_item(state, ROLE_LINK, 1 if get_item(spans, 5) == 4 and read32(get_item(spans, 4)) == _LINK_ROLE else 0)
    return _number_label(state, _write_label(state, code, hidden))


@part
def _write_label(state: int, code: int, hidden: int) -> Any:
    """Write a label: code, hidden or not, then five values that each end with NUL. Gives its size, 0 without room."""
    start, spans = get_item(state, LABEL_BYTES), get_item(state, SPANS)
    if start + _LABEL_MIN > get_item(state, LABEL_ROOM):
        return 0
    start += get_item(state, LABELS_AT)
    to = start + 2
    write8(start, code)
    write8(start + 1, hidden)
    for which in range(5):
        size = get_item(spans, 2 * which + 1)
        copy_bytes(get_item(spans, 2 * which), size, to)
        write8(to + size, 0)
        to += size + 1
    return to - start


@part
def _number_label(state: int, size: int) -> Any:
    """The number of the label just written: that of an equal one before it, which then stands alone, or the next."""
    labels, mask, table = get_item(state, LABELS), get_item(state, LABEL_MASK), get_item(state, LABEL_TABLE_AT)
    written, starts, begin = get_item(state, LABELS_AT), get_item(state, LABEL_STARTS_AT), get_item(state, LABEL_BYTES)
    if size == 0 or 2 * labels > mask:
        set_item(state, STATUS, NO_ROOM)
        return 0
    at = (hash_bytes(written + begin, size) >> 20) & mask
    while get_item(table, at) >= 0:
        other = get_item(table, at)
        if get_item(starts, other + 1) - get_item(starts, other) == size and _same(
            written + get_item(starts, other), written + begin, size
        ):
            return other
        at = (at + 1) & mask
    set_item(table, at, labels)
    set_item(starts, labels + 1, begin + size)
    set_item(state, LABELS, labels + 1)
    set_item(state, LABEL_BYTES, begin + size)
    return labels


@part
def _same(one: int, other: int, size: int) -> Any:
    for i in range(size):  # noqa: SIM110 - numba compiles no generator
        if read8(one + i) != read8(other + i):
            return False
    return True


@part
def _find_attribute(state: int, element: int, which: int) -> Any:
    """Address of the value of an attribute, its size to the state; 0 without one."""
    attribute = ask(state, FIRST_ATTRIBUTE, element)
    while attribute != 0:
        at = ask_bytes(state, ATTRIBUTE_NAME, attribute)
        if hash_bytes(at, get_item(state, SIZE)) == get_item(get_item(state, HASHES), which):
            return ask_bytes(state, ATTRIBUTE_VALUE, attribute)
        attribute = ask(state, NEXT_ATTRIBUTE, attribute)
    return 0


@part
def _copy_fact(state: int, at: int, size: int) -> None:
    """Append bytes to what is known of the head."""
    to = get_item(state, FACT_BYTES)
    if to + size > get_item(state, FACT_ROOM):
        set_item(state, STATUS, NO_ROOM)
        return
    copy_bytes(at, size, get_item(state, FACT_BYTES_AT) + to)
    set_item(state, FACT_BYTES, to + size)


@part
def _end_fact(state: int, kind: int, start: int, middle: int) -> None:
    """Note a fact whose bytes begin at ``start`` and end here; its second part begins at ``middle``."""
    facts = get_item(state, FACTS)
    if facts >= MAX_FACTS:
        set_item(state, STATUS, NO_ROOM)
        return
    row = get_item(state, FACTS_AT) + 32 * facts
    set_item(row, 0, kind)
    set_item(row, 1, start)
    set_item(row, 2, middle)
    set_item(row, 3, get_item(state, FACT_BYTES))
    set_item(state, FACTS, facts + 1)


@part
def _note_text(state: int, element: int, kind: int) -> None:
    """Note the text right inside an element."""
    start, child = get_item(state, FACT_BYTES), ask(state, CHILD, element)
    while child != 0:
        if node_type(state, child) == TEXT_NODE:
            at = ask_bytes(state, TEXT, child)
            if at != 0:
                _copy_fact(state, at, get_item(state, SIZE))
                tell(state, FREE, get_item(state, DOCUMENT), at)
        child = ask(state, NEXT, child)
    _end_fact(state, kind, start, start)


@part
def _note_meta(state: int, element: int) -> None:
    """Note the name and content of a <meta>."""
    start = get_item(state, FACT_BYTES)
    at = _find_attribute(state, element, _PROPERTY)
    if at == 0 or get_item(state, SIZE) == 0:
        at = _find_attribute(state, element, _NAME)
    if at == 0 or get_item(state, SIZE) > _KEPT_BYTES:
        return
    _copy_fact(state, at, get_item(state, SIZE))
    middle = get_item(state, FACT_BYTES)
    at = _find_attribute(state, element, _CONTENT)
    if at != 0:
        _copy_fact(state, at, min(get_item(state, SIZE), _CONTENT_BYTES))
    _end_fact(state, META, start, middle)


@part
def note_script(state: int, element: int) -> None:
    """Note a script's text if it is linked data."""
    at = _find_attribute(state, element, _TYPE)
    if at == 0:
        return
    for i in range(get_item(state, SIZE) - 6):
        if read32(at + i) == _LD_J and read32(at + i + 3) == _JSON:
            _note_text(state, element, LINKED_DATA)
            return


@part
def note_head(state: int, head: int) -> None:
    """Note what a head says of its page: language, title, <meta>, linked data."""
    above, tags = ask(state, PARENT, head), get_item(state, HEAD_TAGS)
    if above != 0 and node_type(state, above) == ELEMENT_NODE:
        start, at = get_item(state, FACT_BYTES), _find_attribute(state, above, _LANG)
        if at != 0:
            _copy_fact(state, at, min(get_item(state, SIZE), _KEPT_BYTES))
            _end_fact(state, LANGUAGE, start, start)
    child = ask(state, CHILD, head)
    while child != 0:
        if node_type(state, child) == ELEMENT_NODE:
            tag = ask(state, TAG, child)
            if tag == get_item(tags, 0):
                _note_text(state, child, TITLE)
            elif tag == get_item(tags, 1):
                _note_meta(state, child)
            elif tag == get_item(tags, 2):
                note_script(state, child)
        child = ask(state, NEXT, child)
