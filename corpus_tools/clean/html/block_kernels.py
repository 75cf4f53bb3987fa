"""Blocks and block-level elements as the walk puts them together: what ``builder.Builder`` does, in rows of arrays."""

from __future__ import annotations

from typing import Any

from corpus_tools.clean.html.layout_kernels import collapse, count_characters, has_line_end, keep_lines
from corpus_tools.clean.html.walk_state import (
    CODE_BITS,
    IS_BODY,
    IS_PRE,
    IS_ROW,
    NO_ROOM,
    block_at,
    node_at,
    pair_at,
)
from corpus_tools.kernels.compile import part
from corpus_tools.kernels.memory import write8

NOTHING_BEFORE, TEXT_BEFORE, BREAK_BEFORE = range(3)
"""What the block in work ends with, white space aside."""
_JOINER, _JOINER_BYTES = int.from_bytes(b" | ", "little"), 3
_ROW_CHARS = 600


@part
def has_room(state: Any, more: int) -> Any:
    """Whether what one node can add still fits, with ``more`` bytes of text; else the walk ends."""
    raw = state.n_raw + more + 8
    fits = state.n_nodes + 1 < state.room_nodes and state.n_blocks + 2 < state.room_blocks
    fits = fits and raw < state.room_raw and state.n_text + 4 * raw < state.room_text
    if not (fits and state.n_pairs + 1 < state.room_pairs):
        state.status = NO_ROOM
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
    if end > start:
        _add_block(state, start, end, holder.in_link)
        state.settled_pairs = state.n_pairs
        state.images = state.inputs = 0
    state.n_raw = state.linked = state.links = state.last_linked = 0
    state.before = NOTHING_BEFORE
    state.n_pairs = state.settled_pairs


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
def open_element(state: Any, kind: int, label: int) -> None:
    """A block-level element starts."""
    if state.n_raw:
        flush(state)
    node = node_at(state.nodes, state.n_nodes)
    node.tag = kind & CODE_BITS
    node.parent = state.here
    node.first = node.last = state.n_blocks
    node.label = label
    node.in_link = node.in_pre = 0
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
    state.here = node.parent


@part
def _row_fits(state: Any, row: int) -> Any:
    """Characters of a table row of short cells, one block a cell; 0 of any other."""
    node = node_at(state.nodes, row)
    chars = before = 0
    for number in range(node.first, node.last):
        cell = block_at(state.blocks, number)
        chars += cell.chars
        if cell.node == before or node_at(state.nodes, cell.node).parent != row:
            return 0
        before = cell.node
    return chars if node.last - node.first >= 2 and chars <= _ROW_CHARS else 0


@part
def _join_row(state: Any, row: int) -> None:
    """A table row of short cells becomes one block; what stands between two blocks' text joins them."""
    chars = _row_fits(state, row)
    if chars == 0:
        return
    start, end = node_at(state.nodes, row).first, node_at(state.nodes, row).last
    joined = block_at(state.blocks, start)
    for number in range(start + 1, end):
        cell = block_at(state.blocks, number)
        joined.linked += cell.linked
        joined.links += cell.links
        joined.images += cell.images
        joined.inputs += cell.inputs
        joined.end = cell.end
    joined.node = row
    joined.chars = chars + _JOINER_BYTES * (end - start - 1)
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
