"""Blocks and block-level elements as the walk puts them together: what ``builder.Builder`` does, in rows of arrays."""

from __future__ import annotations

from typing import Any

from corpus_tools.clean.html.label_kernels import is_taken, note_spans, taken_columns
from corpus_tools.clean.html.layout_kernels import collapse, count_characters, has_line_end, keep_lines
from corpus_tools.clean.html.walk_state import (
    CODE_BITS,
    IS_BODY,
    IS_PRE,
    IS_ROW,
    NO_ROOM,
    TRUNCATED,
    block_at,
    node_at,
    pair_at,
)
from corpus_tools.kernels.compile import part
from corpus_tools.kernels.memory import read8, write8

NOTHING_BEFORE, TEXT_BEFORE, BREAK_BEFORE = range(3)
"""What the block in work ends with, white space aside."""
_JOINER, _JOINER_BYTES = int.from_bytes(b" | ", "little"), 3
_ROW_CHARS = 600
_MAX_CELLS = 100
_DIV, _P = 2, 3
"""Codes in ``blocks.TAGS``."""
_LINE_END, _SPACE, _BAR, _LAST_MARK = 10, 32, 124, 4


@part
def has_room(state: Any, more: int) -> Any:
    """Whether what one node can add still fits, with ``more`` bytes of text; else the walk ends."""
    raw = state.n_raw + more + 8
    fits = state.n_nodes + 1 < state.room_nodes and state.n_pairs + 1 < state.room_pairs
    if not (fits and raw < state.room_raw and state.n_text + 4 * raw < state.room_text):
        state.status = NO_ROOM
        return False
    if state.n_blocks + 2 >= state.room_blocks:
        state.status = TRUNCATED
        return False
    return True


@part
def push(state: Any, byte: int) -> None:
    """Add a byte to the text of the block in work."""
    write8(state.raw + state.n_raw, byte)
    state.n_raw += 1


@part
def flush(state: Any) -> None:
    """End the block in work."""
    start, raw_end = state.text + state.n_text, state.raw + state.n_raw
    holder = node_at(state.nodes, state.here)
    lined = holder.in_pre != 0 and has_line_end(state.raw, raw_end)
    end = keep_lines(state.raw, raw_end, start) if lined else collapse(state.raw, raw_end, start)
    if end > start and not _is_unmarked(start, end):
        _add_block(state, start, end, holder.in_link)
        state.settled_pairs = state.n_pairs
        state.images = state.inputs = 0
    state.n_raw = state.linked = state.links = state.last_linked = 0
    state.before = NOTHING_BEFORE
    state.n_pairs = state.settled_pairs
    state.closed_at = state.gap_at = state.box_at = -1


@part
def _is_unmarked(at: int, end: int) -> Any:
    """Whether nothing stands between two addresses but spaces and the marks of raised text."""
    for place in range(at, end):  # noqa: SIM110 - numba compiles no generator
        if read8(place) > _LAST_MARK and read8(place) != _SPACE:
            return False
    return True


@part
def _add_block(state: Any, start: int, end: int, in_link: int) -> None:
    """Note the block whose text was written; one that is too long ends the walk."""
    number, chars = state.n_blocks, count_characters(start, end)
    if chars > state.max_chars:
        state.status = NO_ROOM
    block = block_at(state.blocks, number)
    block.start = start - state.text
    block.end = end - state.text
    block.node = state.here
    block.linked = chars if in_link else min(state.linked, chars)
    block.links = state.links
    block.images = state.images
    block.inputs = state.inputs
    block.chars = chars
    for i in range(_JOINER_BYTES):
        write8(end + i, _JOINER >> 8 * i)
    state.n_text = block.end + _JOINER_BYTES
    state.n_blocks = number + 1
    for pair in range(state.settled_pairs, state.n_pairs):
        pair_at(state.pairs, pair).block = number


@part
def open_element(state: Any, kind: int, label: int, element: int) -> None:
    """A block-level element starts."""
    if state.n_raw:
        flush(state)
    node = node_at(state.nodes, state.n_nodes)
    node.tag = kind & CODE_BITS
    node.parent = state.here
    node.first = node.last = state.n_blocks
    node.label = label
    node.in_link = node.in_pre = 0
    node.wide = node.high = 1
    node.element = element
    if not kind & IS_BODY:
        parent = node_at(state.nodes, state.here)
        node.in_link = 1 if parent.in_link or state.role_link else 0
        node.in_pre = 1 if parent.in_pre or kind & IS_PRE else 0
    state.here = state.n_nodes
    state.n_nodes += 1


@part
def close_element(state: Any, kind: int) -> None:
    """The block-level element ends."""
    if state.n_raw:
        flush(state)
    here = state.here
    node = node_at(state.nodes, here)
    node.last = state.n_blocks
    if kind & IS_ROW:
        _join_row(state, here)
        if state.spans:
            note_spans(state, here)
    state.here = node.parent


@part
def _cell_fits(state: Any, number: int) -> Any:
    """Whether a cell holds at most one block, of its own text or of a paragraph in it."""
    cell = node_at(state.nodes, number)
    if cell.last == cell.first:
        return True
    holder = block_at(state.blocks, cell.first).node
    if cell.last - cell.first > 1 or holder == number:
        return cell.last - cell.first == 1
    inner = node_at(state.nodes, holder)
    return inner.parent == number and (inner.tag == _P or inner.tag == _DIV)


@part
def _row_fits(state: Any, row: int) -> Any:
    """The last filled cell of a table row of short cells, of which two hold text; 0 of any other row."""
    chars = cells = filled = last = 0
    for number in range(row + 1, state.n_nodes):
        cell = node_at(state.nodes, number)
        if cell.parent != row:
            continue
        if not _cell_fits(state, number):
            return 0
        cells += 1
        if cell.last > cell.first:
            chars += block_at(state.blocks, cell.first).chars
            filled += 1
            last = number
    node = node_at(state.nodes, row)
    fits = filled >= 2 and cells <= _MAX_CELLS and chars <= _ROW_CHARS and node.last - node.first == filled
    return last if fits else 0


@part
def _write_row(state: Any, row: int, last: int) -> None:
    """Write the cells of a row to the raw text, one line, bars between the columns; empty ones too."""
    taken, column, bars = taken_columns(state, row), 0, 0
    for number in range(row + 1, last + 1):
        cell = node_at(state.nodes, number)
        if cell.parent != row:
            continue
        while is_taken(taken, column):
            column += 1
        while bars < min(column, _MAX_CELLS):
            if state.n_raw:
                push(state, _SPACE)
            push(state, _BAR)
            bars += 1
        column += cell.wide
        if cell.last > cell.first:
            if state.n_raw:
                push(state, _SPACE)
            block = block_at(state.blocks, cell.first)
            _write_cell(state, state.text + block.start, state.text + block.end)


@part
def _write_cell(state: Any, start: int, end: int) -> None:
    """Write a cell's text, one line: no space beside its own bars, which only those between columns have."""
    for at in range(start, end):
        byte = read8(at)
        if byte != _LINE_END and byte != _SPACE:
            push(state, byte)
        elif not (at > start and read8(at - 1) == _BAR) and not (at + 1 < end and read8(at + 1) == _BAR):
            push(state, _SPACE)


@part
def _join_row(state: Any, row: int) -> None:
    """A table row of short cells becomes one block; bars stand between the cells."""
    last = _row_fits(state, row)
    if last == 0:
        return
    _write_row(state, row, last)
    start, end = node_at(state.nodes, row).first, node_at(state.nodes, row).last
    joined = block_at(state.blocks, start)
    for number in range(start + 1, end):
        cell = block_at(state.blocks, number)
        joined.linked += cell.linked
        joined.links += cell.links
        joined.images += cell.images
        joined.inputs += cell.inputs
    to = state.text + joined.start
    for i in range(state.n_raw):
        write8(to + i, read8(state.raw + i))
    for i in range(_JOINER_BYTES):
        write8(to + state.n_raw + i, _JOINER >> 8 * i)
    joined.end = joined.start + state.n_raw
    joined.node = row
    joined.chars = count_characters(to, to + state.n_raw)
    joined.linked = min(joined.linked, joined.chars)
    state.n_text = joined.end + _JOINER_BYTES
    state.n_raw = 0
    state.n_blocks = start + 1
    _settle_row(state, row, start)


@part
def _settle_row(state: Any, row: int, block: int) -> None:
    """What pointed at a row's cells points at the one block they became."""
    node_at(state.nodes, row).last = block + 1
    for number in range(row + 1, state.n_nodes):
        node = node_at(state.nodes, number)
        node.first = node.last = block
    pair = state.settled_pairs - 1
    while pair >= 0 and pair_at(state.pairs, pair).block > block:
        pair_at(state.pairs, pair).block = block
        pair -= 1
