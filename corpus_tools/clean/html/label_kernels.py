"""What the attributes of elements say, as the walk meets them: labels, equal ones stored once, and the columns and rows of cells."""

from __future__ import annotations

from typing import Any

from corpus_tools.clean.html.blocks import MAX_SPAN, SPAN_COLUMNS
from corpus_tools.clean.html.lexbor_kernels import ask, ask_bytes, copy_bytes, hash_bytes
from corpus_tools.clean.html.walk_state import (
    ARIA_HIDDEN,
    COLSPAN,
    HIDDEN,
    KEPT_BYTES,
    LABEL_CODE,
    LABEL_HEAD,
    LABEL_HIDDEN,
    LABEL_VALUES,
    NO_ROOM,
    ROLE,
    ROWSPAN,
    SPAN_DIGITS,
    STYLE,
    node_at,
    value_at,
)
from corpus_tools.kernels.compile import inlined, part
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


@part
def read_spans(state: Any, element: int) -> None:
    """Note on the cell that the walk is in how many columns and rows it reaches over."""
    attribute = ask(state.attribute_of, element)
    while attribute != 0:
        name, length = ask_bytes(state.attribute_name, attribute)
        key = hash_bytes(name, length)
        wide = key == get_item(state.attribute_hashes, COLSPAN)
        if wide or key == get_item(state.attribute_hashes, ROWSPAN):
            at, size = ask_bytes(state.attribute_value, attribute)
            count = _number(at, size) if at != 0 else 1
            if count > 1:
                state.spans = 1
            if wide:
                node_at(state.nodes, state.here).wide = min(count, MAX_SPAN)
            else:
                node_at(state.nodes, state.here).high = count
        attribute = ask(state.next_attribute, attribute)


@part
def _number(at: int, size: int) -> Any:
    """The number that up to two digits at an address write, 1 at the least."""
    value = 0
    for i in range(SPAN_DIGITS):
        if i >= size or not 48 <= read8(at + i) <= 57:
            break
        value = 10 * value + read8(at + i) - 48
    return max(value, 1)


@part
def taken_columns(state: Any, row: int) -> Any:
    """The columns of a row that cells of the rows above it reach into, as ``open_rows`` has them."""
    return state.open_rows if state.spans and state.rows_of == node_at(state.nodes, row).parent else 0


@inlined
def is_taken(taken: Any, column: Any) -> Any:
    return column < SPAN_COLUMNS and (taken >> 8 * column) & 0xFF != 0


@part
def note_spans(state: Any, row: int) -> None:
    """Note which columns of the rows to come the cells of this one, and of those above it, reach into."""
    taken, after, column = taken_columns(state, row), 0, 0
    for place in range(SPAN_COLUMNS):
        after |= max(((taken >> 8 * place) & 0xFF) - 1, 0) << 8 * place
    for number in range(row + 1, state.n_nodes):
        cell = node_at(state.nodes, number)
        if cell.parent == row:
            while is_taken(taken, column):
                column += 1
            for place in range(column, column + cell.wide):
                if cell.high > 1 and place < SPAN_COLUMNS:
                    after = after & ~(0xFF << 8 * place) | (cell.high - 1) << 8 * place
            column += cell.wide
    state.open_rows = after
    state.rows_of = node_at(state.nodes, row).parent
