"""Labels of elements as the walk meets them: an element's code and the attributes marks come from, equal ones stored once."""

from __future__ import annotations

from typing import Any

from corpus_tools.clean.html.lexbor_kernels import ask, ask_bytes, copy_bytes, hash_bytes
from corpus_tools.clean.html.walk_state import (
    ARIA_HIDDEN,
    HIDDEN,
    KEPT_BYTES,
    LABEL_CODE,
    LABEL_HEAD,
    LABEL_HIDDEN,
    LABEL_VALUES,
    NO_ROOM,
    ROLE,
    STYLE,
    value_at,
)
from corpus_tools.kernels.compile import part
from corpus_tools.kernels.memory import get_item, read8, read32, set_item, write8

_LABEL_BYTES = LABEL_VALUES * (KEPT_BYTES + 1) + LABEL_HEAD
"""Bytes of the longest label."""
_TRUE, _LINK, _KATE, _X_HT = (int.from_bytes(word, "little") for word in (b"true", b"link", b"kate", b"x-ht"))
_ML = (109, 108)


@part
def read_label(state: Any, element: int, code: int) -> Any:
    """The number of an element's label, whose first byte is ``code``; ``role_link`` is set as well."""
    hidden = _read_values(state, element)
    role = value_at(state.values, ROLE)
    state.role_link = 1 if role.size == 4 and read32(role.at) == _LINK else 0
    return _number_label(state, _write_label(state, code, hidden))


@part
def is_drawing(state: Any, label: int) -> Any:
    """Whether a label is that of a formula as KaTeX draws it, for the eye, beside its MathML."""
    at = state.labels + get_item(state.label_starts, label)
    name = at + LABEL_HEAD
    ends = read8(name + 8) == _ML[0] and read8(name + 9) == _ML[1] and read8(name + 10) == 0
    return read8(at + LABEL_HIDDEN) == 1 and read32(name) == _KATE and read32(name + 4) == _X_HT and ends


@part
def _read_values(state: Any, element: int) -> Any:
    """Fill the state's ``values`` from an element's attributes; gives 1 if they hide it, else 0."""
    for which in range(LABEL_VALUES):
        value = value_at(state.values, which)
        value.at = value.size = 0
    hidden = 0
    attribute = ask(state.attribute_of, element)
    while attribute != 0:
        name, length = ask_bytes(state.attribute_name, attribute)
        key = hash_bytes(name, length)
        for which in range(HIDDEN + 1):
            if get_item(state.attribute_hashes, which) == key:
                at, size = ask_bytes(state.attribute_value, attribute)
                if at == 0:
                    size = 0
                if which <= STYLE:
                    value = value_at(state.values, which)
                    value.at = at
                    value.size = min(size, KEPT_BYTES)
                elif which == HIDDEN or (which == ARIA_HIDDEN and size == 4 and read32(at) == _TRUE):
                    hidden = 1
        attribute = ask(state.next_attribute, attribute)
    return hidden


@part
def _write_label(state: Any, code: int, hidden: int) -> Any:
    """Write a label: code, hidden or not, then its values, each ended by NUL. Gives its size, 0 without room."""
    if state.n_label_bytes + _LABEL_BYTES > state.room_labels:
        return 0
    start = state.labels + state.n_label_bytes
    to = start + LABEL_HEAD
    write8(start + LABEL_CODE, code)
    write8(start + LABEL_HIDDEN, hidden)
    for which in range(LABEL_VALUES):
        value = value_at(state.values, which)
        copy_bytes(value.at, value.size, to)
        to += value.size
        write8(to, 0)
        to += 1
    return to - start


@part
def _number_label(state: Any, size: int) -> Any:
    """The number of the label just written: that of an equal one before it, which then stands alone, or the next."""
    number, mask, starts, begin = state.n_labels, state.label_mask, state.label_starts, state.n_label_bytes
    if size == 0 or 2 * number > mask:
        state.status = NO_ROOM
        return 0
    at = (hash_bytes(state.labels + begin, size) >> 20) & mask
    while get_item(state.label_table, at) >= 0:
        other = get_item(state.label_table, at)
        start = get_item(starts, other)
        if get_item(starts, other + 1) - start == size and _same(state.labels + start, state.labels + begin, size):
            return other
        at = (at + 1) & mask
    set_item(state.label_table, at, number)
    set_item(starts, number + 1, begin + size)
    state.n_labels = number + 1
    state.n_label_bytes = begin + size
    return number


@part
def _same(one: int, other: int, size: int) -> Any:
    for i in range(size):  # noqa: SIM110 - numba compiles no generator
        if read8(one + i) != read8(other + i):
            return False
    return True
