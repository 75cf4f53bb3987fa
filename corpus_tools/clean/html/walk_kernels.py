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
from corpus_tools.kernels.memory import get, put, write8

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
    return get(state, NODES_AT) + 8 * NODE_WORDS * node


@inlined
def _block(state: int, block: int) -> Any:
    """Address of a block's words."""
    return get(state, BLOCKS_AT) + 8 * BLOCK_WORDS * block


@part
def _kind_of(state: int, element: int) -> Any:
    """The kind of an element: by lexbor's number of its name, or by the name where the document made the number."""
    tag = ask(state, TAG, element)
    if 0 <= tag < get(state, KINDS_SIZE):
        return get(get(state, KINDS), tag)
    at = ask_bytes(state, NAME, element)
    value = hash_bytes(at, get(state, SIZE))
    for place in range(get(state, NAMED_SIZE)):
        if get(get(state, NAMED), 2 * place) == value:
            return get(get(state, NAMED), 2 * place + 1)
    return 0


@part
def _has_room(state: int, more: int) -> Any:
    """Whether what one node can add still fits, with ``more`` bytes of text; else the pass ends."""
    raw = get(state, RAW) + more + 8
    fits = get(state, NODES) + 1 < get(state, NODES_ROOM) and get(state, BLOCKS) + 2 < get(state, BLOCKS_ROOM)
    fits = fits and raw < get(state, RAW_ROOM) and get(state, OUT) + 4 * raw < get(state, OUT_ROOM)
    if not (fits and get(state, PAIRS) + 1 < get(state, PAIRS_ROOM)):
        put(state, STATUS, NO_ROOM)
        return False
    return True


@part
def _push(state: int, byte: int) -> None:
    """Add a byte to the text of the block in work."""
    raw = get(state, RAW)
    write8(get(state, RAW_AT) + raw, byte)
    put(state, RAW, raw + 1)


@part
def _flush(state: int) -> None:
    """End the block in work."""
    start, raw = get(state, OUT_AT) + get(state, OUT), get(state, RAW_AT)
    flags, raw_end = get(_node(state, get(state, HERE)), NODE_FLAGS), raw + get(state, RAW)
    lined = flags & IN_PRE and has_line_end(raw, raw_end)
    end = keep_lines(raw, raw_end, start) if lined else collapse(raw, raw_end, start)
    if end > start:
        _add_block(state, start, end, flags)
        put(state, PENDING, get(state, PAIRS))
        put(state, IMAGES, 0)
        put(state, INPUTS, 0)
    put(state, RAW, 0)
    put(state, BEFORE, 0)
    put(state, PAIRS, get(state, PENDING))
    put(state, LINKED, 0)
    put(state, LINKS, 0)
    put(state, LAST_LINKED, 0)


@part
def _add_block(state: int, start: int, end: int, flags: int) -> None:
    """Note the block whose text was written; one that is too long ends the pass."""
    block, chars = get(state, BLOCKS), count_characters(start, end)
    if chars > get(state, MAX_CHARS):
        put(state, STATUS, NO_ROOM)
    row, base = _block(state, block), get(state, OUT_AT)
    put(row, BLOCK_START, start - base)
    put(row, BLOCK_END, end - base)
    put(row, BLOCK_NODE, get(state, HERE))
    put(row, BLOCK_LINKED, chars if flags & IN_LINK else min(get(state, LINKED), chars))
    put(row, BLOCK_LINKS, get(state, LINKS))
    put(row, BLOCK_IMAGES, get(state, IMAGES))
    put(row, BLOCK_INPUTS, get(state, INPUTS))
    put(row, BLOCK_CHARS, chars)
    for i in range(3):
        write8(end + i, _JOINER >> 8 * i)
    put(state, OUT, end - base + 3)
    put(state, BLOCKS, block + 1)
    for pair in range(get(state, PENDING), get(state, PAIRS)):
        put(get(state, PAIRS_AT), 2 * pair, block)


@part
def _open(state: int, kind: int, label: int) -> None:
    """A block-level element starts."""
    if get(state, RAW):
        _flush(state)
    parent, node = get(state, HERE), get(state, NODES)
    row, flags = _node(state, node), 0
    if not kind & BODY:
        flags = get(_node(state, parent), NODE_FLAGS) | (IN_PRE if kind & PRE else 0) | (IN_LINK if get(state, ROLE_LINK) else 0)
    put(row, NODE_TAG, kind & 0xFF)
    put(row, NODE_PARENT, parent)
    put(row, NODE_FIRST, get(state, BLOCKS))
    put(row, NODE_LAST, get(state, BLOCKS))
    put(row, NODE_LABEL, label)
    put(row, NODE_FLAGS, flags)
    put(state, HERE, node)
    put(state, NODES, node + 1)


@part
def _close(state: int, kind: int) -> None:
    """The block-level element ends."""
    if get(state, RAW):
        _flush(state)
    here = get(state, HERE)
    put(_node(state, here), NODE_LAST, get(state, BLOCKS))
    if kind & ROW:
        _join_row(state, here)
    put(state, HERE, get(_node(state, here), NODE_PARENT))


@part
def _join_row(state: int, row: int) -> None:
    """A table row of short cells becomes one block; what stands between two blocks' text joins them."""
    start, end = get(_node(state, row), NODE_FIRST), get(_node(state, row), NODE_LAST)
    chars = before = 0
    for cell in range(start, end):
        chars += get(_block(state, cell), BLOCK_CHARS)
        holder = get(_block(state, cell), BLOCK_NODE)
        if holder == before or get(_node(state, holder), NODE_PARENT) != row:
            return
        before = holder
    if end - start < 2 or chars > _ROW_CHARS:
        return
    joined = _block(state, start)
    for cell in range(start + 1, end):
        for column in (BLOCK_LINKED, BLOCK_LINKS, BLOCK_IMAGES, BLOCK_INPUTS):
            put(joined, column, get(joined, column) + get(_block(state, cell), column))
    put(joined, BLOCK_END, get(_block(state, end - 1), BLOCK_END))
    put(joined, BLOCK_NODE, row)
    put(joined, BLOCK_CHARS, chars + 3 * (end - start - 1))
    put(state, BLOCKS, start + 1)
    _settle_row(state, row, start)


@part
def _settle_row(state: int, row: int, block: int) -> None:
    """What pointed at a row's cells points at the one block they became."""
    put(_node(state, row), NODE_LAST, block + 1)
    for node in range(row + 1, get(state, NODES)):
        put(_node(state, node), NODE_FIRST, block)
        put(_node(state, node), NODE_LAST, block)
    pair = get(state, PENDING) - 1
    while pair >= 0 and get(get(state, PAIRS_AT), 2 * pair) > block:
        put(get(state, PAIRS_AT), 2 * pair, block)
        pair -= 1


@part
def _take_words(state: int, node: int) -> None:
    """A run of text."""
    at = ask_bytes(state, TEXT, node)
    if at == 0:
        return
    size = get(state, SIZE)
    if is_blank(at, at + size):
        if size and get(state, RAW):
            _push(state, _SPACE)
            put(state, LAST_LINKED, 0)
    elif _has_room(state, size):
        copy_bytes(at, size, get(state, RAW_AT) + get(state, RAW))
        put(state, RAW, get(state, RAW) + size)
        put(state, BEFORE, _TEXT_BEFORE)
        linked = get(state, LINK_DEPTH) > 0
        put(state, LAST_LINKED, 1 if linked else 0)
        if linked:
            put(state, LINKED, get(state, LINKED) + count_characters(at, at + size))
    tell(state, FREE, get(state, DOCUMENT), at)


@part
def _take_atom(state: int, node: int, kind: int) -> None:
    """Something whose inside is not walked. A second <br> in a row starts a new block."""
    if kind & LINE:
        if get(state, BEFORE) == _BREAK_BEFORE:
            _flush(state)
        elif get(state, BEFORE) == _TEXT_BEFORE:
            _push(state, _BREAK)
            put(state, BEFORE, _BREAK_BEFORE)
    elif kind & IMAGE:
        put(state, IMAGES, get(state, IMAGES) + 1)
    elif kind & INPUT:
        put(state, INPUTS, get(state, INPUTS) + 1)
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
        pairs = get(state, PAIRS)
        put(get(state, PAIRS_AT), 2 * pairs + 1, read_label(state, node, LINK_CODE if kind & LINK else INLINE_CODE))
        put(state, PAIRS, pairs + 1)
    if kind & LINK:
        if get(state, LAST_LINKED) and not get(state, LINK_DEPTH):
            _push(state, _SPACE)
        put(state, LINK_DEPTH, get(state, LINK_DEPTH) + 1)
        put(state, LINKS, get(state, LINKS) + 1)


@part
def _leave(state: int, element: int) -> None:
    """The element ends."""
    kind = _kind_of(state, element)
    if not kind & INLINE:
        _close(state, kind)
    elif kind & LINK and get(state, LINK_DEPTH):
        put(state, LINK_DEPTH, get(state, LINK_DEPTH) - 1)


@kernel
def walk(state: int, root: int) -> None:
    """Depth first over the inside of ``root``, an element; ``STATUS`` of the state says how it ended."""
    put(state, HERE, -1)
    _open(state, _ROOT, _NO_LABEL)
    node, holder, left = ask(state, CHILD, root), root, get(state, MAX_NODES)
    while get(state, STATUS) == 0 and _has_room(state, _NOTHING):
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
                    put(state, STATUS, TRUNCATED)
                    return
                _enter(state, node, kind)
                node, holder = child, node
                continue
            elif get(state, RAW) and not kind & INLINE:
                _flush(state)
        node = ask(state, NEXT, node)
