"""One pass over lexbor's tree that leaves a page as arrays: what ``blocks.Builder`` does, without an object an element.

A page that does not fit the room it was given ends the pass with a status, and is then read by the slow walk.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.html.label_kernels import (
    DOCUMENT,
    NO_ROOM,
    ROLE_LINK,
    STATUS,
    TREE_WORDS,
    TRUNCATED,
    copy_bytes,
    note_head,
    note_script,
    read_label,
)
from corpus_tools.clean.html.layout_kernels import collapse, count_characters, has_line_end, is_blank, keep_lines
from corpus_tools.clean.html.lexbor_kernels import (
    CHILD,
    ELEMENT_NODE,
    FREE,
    NAME,
    NEXT,
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
from corpus_tools.kernels.compile import inlined, kernel, part
from corpus_tools.kernels.memory import get_item, set_item, write8

INLINE, ATOM, LINE, IMAGE, INPUT, HEAD, SCRIPT, MARKED, LINK, ROW, BODY, PRE = (1 << (8 + place) for place in range(12))
"""Bits of an element's kind; the byte below them is the code of its name."""
LINK_CODE, INLINE_CODE = np.int64(200), np.int64(201)
"""Codes of inline elements in a label, beyond those of ``blocks.TAGS``."""

(
    KINDS, KINDS_SIZE, NAMED, NAMED_SIZE, HERE, NODES, NODES_AT, NODES_ROOM, BLOCKS, BLOCKS_AT, BLOCKS_ROOM, RAW, RAW_AT, RAW_ROOM,
    OUT, OUT_AT, OUT_ROOM, PAIRS, PAIRS_AT, PAIRS_ROOM, PENDING, LINKED, LINKS, IMAGES, INPUTS, LINK_DEPTH, LAST_LINKED, BEFORE,
    MAX_NODES, MAX_CHARS, WORDS,
) = range(TREE_WORDS, TREE_WORDS + 31)  # fmt: skip
"""Words of the state after those of ``_label_kernels``: ``*_AT`` are addresses of arrays, ``*_ROOM`` how much they hold."""

NODE_TAG, NODE_PARENT, NODE_FIRST, NODE_LAST, NODE_LABEL, NODE_FLAGS, NODE_WORDS = range(7)
IN_LINK, IN_PRE = 1, 2
BLOCK_START, BLOCK_END, BLOCK_NODE, BLOCK_LINKED, BLOCK_LINKS, BLOCK_IMAGES, BLOCK_INPUTS, BLOCK_CHARS, BLOCK_WORDS = range(9)
BODY_CODE = 1
"""Code of the body in ``blocks.TAGS``."""
_JOINER = 0x207C20
_ROW_CHARS = 600
_TEXT_BEFORE, _BREAK_BEFORE = 1, 2
_NOTHING, _SPACE, _BREAK, _ROOT = map(np.int64, (0, 32, 0x1E, BODY | BODY_CODE))
_NO_LABEL = np.int64(-1)


@inlined
def _node(state: int, node: int) -> Any:
    """Address of a node's words."""
    return get_item(state, NODES_AT) + 8 * NODE_WORDS * node


@inlined
def _block(state: int, block: int) -> Any:
    """Address of a block's words."""
    return get_item(state, BLOCKS_AT) + 8 * BLOCK_WORDS * block


@part
def _kind_of(state: int, element: int) -> Any:
    """The kind of an element: by lexbor's number of its name, or by the name where the document made the number."""
    tag = ask(state, TAG, element)
    if 0 <= tag < get_item(state, KINDS_SIZE):
        return get_item(get_item(state, KINDS), tag)
    at = ask_bytes(state, NAME, element)
    value = hash_bytes(at, get_item(state, SIZE))
    for place in range(get_item(state, NAMED_SIZE)):
        if get_item(get_item(state, NAMED), 2 * place) == value:
            return get_item(get_item(state, NAMED), 2 * place + 1)
    return 0


@part
def _has_room(state: int, more: int) -> Any:
    """Whether what one node can add still fits, with ``more`` bytes of text; else the pass ends."""
    raw = get_item(state, RAW) + more + 8
    fits = get_item(state, NODES) + 1 < get_item(state, NODES_ROOM) and get_item(state, BLOCKS) + 2 < get_item(state, BLOCKS_ROOM)
    fits = fits and raw < get_item(state, RAW_ROOM) and get_item(state, OUT) + 4 * raw < get_item(state, OUT_ROOM)
    if not (fits and get_item(state, PAIRS) + 1 < get_item(state, PAIRS_ROOM)):
        set_item(state, STATUS, NO_ROOM)
        return False
    return True


@part
def _push(state: int, byte: int) -> None:
    """Add a byte to the text of the block in work."""
    raw = get_item(state, RAW)
    write8(get_item(state, RAW_AT) + raw, byte)
    set_item(state, RAW, raw + 1)


@part
def _flush(state: int) -> None:
    """End the block in work."""
    start, raw = get_item(state, OUT_AT) + get_item(state, OUT), get_item(state, RAW_AT)
    flags, raw_end = get_item(_node(state, get_item(state, HERE)), NODE_FLAGS), raw + get_item(state, RAW)
    lined = flags & IN_PRE and has_line_end(raw, raw_end)
    end = keep_lines(raw, raw_end, start) if lined else collapse(raw, raw_end, start)
    if end > start:
        _add_block(state, start, end, flags)
        set_item(state, PENDING, get_item(state, PAIRS))
        set_item(state, IMAGES, 0)
        set_item(state, INPUTS, 0)
    set_item(state, RAW, 0)
    set_item(state, BEFORE, 0)
    set_item(state, PAIRS, get_item(state, PENDING))
    set_item(state, LINKED, 0)
    set_item(state, LINKS, 0)
    set_item(state, LAST_LINKED, 0)


@part
def _add_block(state: int, start: int, end: int, flags: int) -> None:
    """Note the block whose text was written; one that is too long ends the pass."""
    block, chars = get_item(state, BLOCKS), count_characters(start, end)
    if chars > get_item(state, MAX_CHARS):
        set_item(state, STATUS, NO_ROOM)
    row, base = _block(state, block), get_item(state, OUT_AT)
    set_item(row, BLOCK_START, start - base)
    set_item(row, BLOCK_END, end - base)
    set_item(row, BLOCK_NODE, get_item(state, HERE))
    set_item(row, BLOCK_LINKED, chars if flags & IN_LINK else min(get_item(state, LINKED), chars))
    set_item(row, BLOCK_LINKS, get_item(state, LINKS))
    set_item(row, BLOCK_IMAGES, get_item(state, IMAGES))
    set_item(row, BLOCK_INPUTS, get_item(state, INPUTS))
    set_item(row, BLOCK_CHARS, chars)
    for i in range(3):
        write8(end + i, _JOINER >> 8 * i)
    set_item(state, OUT, end - base + 3)
    set_item(state, BLOCKS, block + 1)
    for pair in range(get_item(state, PENDING), get_item(state, PAIRS)):
        set_item(get_item(state, PAIRS_AT), 2 * pair, block)


@part
def _open(state: int, kind: int, label: int) -> None:
    """A block-level element starts."""
    if get_item(state, RAW):
        _flush(state)
    parent, node = get_item(state, HERE), get_item(state, NODES)
    row, flags = _node(state, node), 0
    if not kind & BODY:
        flags = (
            get_item(_node(state, parent), NODE_FLAGS)
            | (IN_PRE if kind & PRE else 0)
            | (IN_LINK if get_item(state, ROLE_LINK) else 0)
        )
    set_item(row, NODE_TAG, kind & 0xFF)
    set_item(row, NODE_PARENT, parent)
    set_item(row, NODE_FIRST, get_item(state, BLOCKS))
    set_item(row, NODE_LAST, get_item(state, BLOCKS))
    set_item(row, NODE_LABEL, label)
    set_item(row, NODE_FLAGS, flags)
    set_item(state, HERE, node)
    set_item(state, NODES, node + 1)


@part
def _close(state: int, kind: int) -> None:
    """The block-level element ends."""
    if get_item(state, RAW):
        _flush(state)
    here = get_item(state, HERE)
    set_item(_node(state, here), NODE_LAST, get_item(state, BLOCKS))
    if kind & ROW:
        _join_row(state, here)
    set_item(state, HERE, get_item(_node(state, here), NODE_PARENT))


@part
def _join_row(state: int, row: int) -> None:
    """A table row of short cells becomes one block; what stands between two blocks' text joins them."""
    start, end = get_item(_node(state, row), NODE_FIRST), get_item(_node(state, row), NODE_LAST)
    chars = before = 0
    for cell in range(start, end):
        chars += get_item(_block(state, cell), BLOCK_CHARS)
        holder = get_item(_block(state, cell), BLOCK_NODE)
        if holder == before or get_item(_node(state, holder), NODE_PARENT) != row:
            return
        before = holder
    if end - start < 2 or chars > _ROW_CHARS:
        return
    joined = _block(state, start)
    for cell in range(start + 1, end):
        for column in (BLOCK_LINKED, BLOCK_LINKS, BLOCK_IMAGES, BLOCK_INPUTS):
            set_item(joined, column, get_item(joined, column) + get_item(_block(state, cell), column))
    set_item(joined, BLOCK_END, get_item(_block(state, end - 1), BLOCK_END))
    set_item(joined, BLOCK_NODE, row)
    set_item(joined, BLOCK_CHARS, chars + 3 * (end - start - 1))
    set_item(state, BLOCKS, start + 1)
    _settle_row(state, row, start)


@part
def _settle_row(state: int, row: int, block: int) -> None:
    """What pointed at a row's cells points at the one block they became."""
    set_item(_node(state, row), NODE_LAST, block + 1)
    for node in range(row + 1, get_item(state, NODES)):
        set_item(_node(state, node), NODE_FIRST, block)
        set_item(_node(state, node), NODE_LAST, block)
    pair = get_item(state, PENDING) - 1
    while pair >= 0 and get_item(get_item(state, PAIRS_AT), 2 * pair) > block:
        set_item(get_item(state, PAIRS_AT), 2 * pair, block)
        pair -= 1


@part
def _take_words(state: int, node: int) -> None:
    """A run of text."""
    at = ask_bytes(state, TEXT, node)
    if at == 0:
        return
    size = get_item(state, SIZE)
    if is_blank(at, at + size):
        if size and get_item(state, RAW):
            _push(state, _SPACE)
            set_item(state, LAST_LINKED, 0)
    elif _has_room(state, size):
        copy_bytes(at, size, get_item(state, RAW_AT) + get_item(state, RAW))
        set_item(state, RAW, get_item(state, RAW) + size)
        set_item(state, BEFORE, _TEXT_BEFORE)
        linked = get_item(state, LINK_DEPTH) > 0
        set_item(state, LAST_LINKED, 1 if linked else 0)
        if linked:
            set_item(state, LINKED, get_item(state, LINKED) + count_characters(at, at + size))
    tell(state, FREE, get_item(state, DOCUMENT), at)


@part
def _take_atom(state: int, node: int, kind: int) -> None:
    """Something whose inside is not walked. A second <br> in a row starts a new block."""
    if kind & LINE:
        if get_item(state, BEFORE) == _BREAK_BEFORE:
            _flush(state)
        elif get_item(state, BEFORE) == _TEXT_BEFORE:
            _push(state, _BREAK)
            set_item(state, BEFORE, _BREAK_BEFORE)
    elif kind & IMAGE:
        set_item(state, IMAGES, get_item(state, IMAGES) + 1)
    elif kind & INPUT:
        set_item(state, INPUTS, get_item(state, INPUTS) + 1)
    elif kind & HEAD:
        note_head(state, node)
    elif kind & SCRIPT:
        note_script(state, node)


@part
def _enter(state: int, node: int, kind: int) -> None:
    """An element with something in it starts."""
    if not kind & INLINE:
        _open(state, kind, read_label(state, node, kind & 0xFF))
        return
    if kind & MARKED:
        pairs = get_item(state, PAIRS)
        set_item(get_item(state, PAIRS_AT), 2 * pairs + 1, read_label(state, node, LINK_CODE if kind & LINK else INLINE_CODE))
        set_item(state, PAIRS, pairs + 1)
    if kind & LINK:
        if get_item(state, LAST_LINKED) and not get_item(state, LINK_DEPTH):
            _push(state, _SPACE)
        set_item(state, LINK_DEPTH, get_item(state, LINK_DEPTH) + 1)
        set_item(state, LINKS, get_item(state, LINKS) + 1)


@part
def _leave(state: int, element: int) -> None:
    """The element ends."""
    kind = _kind_of(state, element)
    if not kind & INLINE:
        _close(state, kind)
    elif kind & LINK and get_item(state, LINK_DEPTH):
        set_item(state, LINK_DEPTH, get_item(state, LINK_DEPTH) - 1)


@kernel
def walk(state: int, root: int) -> None:
    """Depth first over the inside of ``root``, an element; ``STATUS`` of the state says how it ended."""
    set_item(state, HERE, -1)
    _open(state, _ROOT, _NO_LABEL)
    node, holder, left = ask(state, CHILD, root), root, get_item(state, MAX_NODES)
    while get_item(state, STATUS) == 0 and _has_room(state, _NOTHING):
        if node == 0:
            if holder == root:
                _close(state, _NOTHING)
                return
            _leave(state, holder)
            node, holder = ask(state, NEXT, holder), ask(state, PARENT, holder)
            continue
        which = node_type(state, node)
        if which == TEXT_NODE:
            _take_words(state, node)
        elif which == ELEMENT_NODE:
            kind, child = _kind_of(state, node), ask(state, CHILD, node)
            if kind & ATOM:
                _take_atom(state, node, kind)
            elif child != 0:
                left -= 1
                if left < 0:
                    set_item(state, STATUS, TRUNCATED)
                    return
                _enter(state, node, kind)
                node, holder = child, node
                continue
            elif get_item(state, RAW) and not kind & INLINE:
                _flush(state)
        node = ask(state, NEXT, node)
