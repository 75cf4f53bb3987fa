"""One pass over lexbor's tree that leaves a page as arrays, without an object an element.

A page that does not fit the room it was given ends the walk with a status, and is then read by the slow walk.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.html.block_kernels import (
    BREAK_BEFORE,
    TEXT_BEFORE,
    close_element,
    flush,
    has_room,
    open_element,
    push,
)
from corpus_tools.clean.html.head_kernels import note_head, note_meta, note_script, note_title
from corpus_tools.clean.html.inline_kernels import enter_apart, enter_raised, is_phrase, kind_of, leave_raised, parts_words
from corpus_tools.clean.html.label_kernels import is_drawing, read_label, read_spans
from corpus_tools.clean.html.layout_kernels import BREAK, count_characters, is_blank
from corpus_tools.clean.html.lexbor_kernels import (
    ELEMENT_NODE,
    TEXT_NODE,
    ask,
    ask_bytes,
    copy_bytes,
    node_type,
    tell,
)
from corpus_tools.clean.html.walk_state import (
    CODE_BITS,
    DONE,
    INLINE_CODE,
    IS_APART,
    IS_ATOM,
    IS_BODY,
    IS_BOX,
    IS_BREAK,
    IS_CELL,
    IS_HEAD,
    IS_IMAGE,
    IS_INLINE,
    IS_INPUT,
    IS_LINK,
    IS_MARKED,
    IS_META,
    IS_PHRASE,
    IS_SCRIPT,
    IS_TITLE,
    LINK_CODE,
    TRUNCATED,
    node_at,
    pair_at,
    state_at,
)
from corpus_tools.kernels.compile import kernel, part

BODY_CODE = 1
"""Code of the body in ``blocks.TAGS``."""
# Arguments of kernels are typed numbers: numba compiles a kernel anew for every plain constant it is called with.
_NOTHING, _SPACE, _BREAK, _BODY, _NO_LABEL = map(np.int64, (0, 32, BREAK, IS_BODY | BODY_CODE, -1))


@part
def _take_text(state: Any, node: int) -> None:
    """A run of text."""
    at, size = ask_bytes(state.text_of, node)
    if at == 0:
        return
    in_pre = node_at(state.nodes, state.here).in_pre
    if is_blank(at, at + size):
        if in_pre:
            if has_room(state, size):
                copy_bytes(at, size, state.raw + state.n_raw)
                state.n_raw += size
        elif size and state.n_raw:
            push(state, _SPACE)
            state.last_linked = 0
    elif has_room(state, size):
        if not in_pre and parts_words(state, at, size):
            push(state, _SPACE)
        copy_bytes(at, size, state.raw + state.n_raw)
        state.n_raw += size
        state.before = TEXT_BEFORE
        state.last_linked = 1 if state.link_depth else 0
        if state.link_depth:
            state.linked += count_characters(at, at + size)
    tell(state.free_text, state.document, at)


@part
def _take_atom(state: Any, node: int, kind: int) -> None:
    """Something whose inside is not walked. A second <br> in a row starts a new block."""
    if kind & IS_BREAK:
        if state.before == BREAK_BEFORE:
            flush(state)
        elif state.before == TEXT_BEFORE:
            push(state, _BREAK)
            state.before = BREAK_BEFORE
    elif kind & IS_IMAGE:
        state.images += 1
    elif kind & IS_INPUT:
        state.inputs += 1
    elif kind & IS_HEAD:
        note_head(state, node)
    elif kind & IS_SCRIPT:
        note_script(state, node)
    elif kind & IS_TITLE:
        note_title(state, node)
    elif kind & IS_META:
        note_meta(state, node)


@part
def _enter(state: Any, node: int, kind: int, inline: bool) -> Any:
    """An element with something in it starts; gives whether there is something to read in it."""
    if not inline:
        open_element(state, kind, read_label(state, node, kind & CODE_BITS), node)
        if kind & IS_CELL:
            read_spans(state, node)
        return True
    if kind & (IS_MARKED | IS_PHRASE):
        label = read_label(state, node, LINK_CODE if kind & IS_LINK else INLINE_CODE)
        if kind & IS_MARKED and is_drawing(state, label):
            return False
        pair_at(state.pairs, state.n_pairs).label = label
        state.n_pairs += 1
    if kind & IS_LINK:
        if state.last_linked and not state.link_depth:
            push(state, _SPACE)
        state.link_depth += 1
        state.links += 1
    if kind & IS_APART:
        enter_apart(state, kind)
    enter_raised(state, node, kind)
    return True


@part
def _leave(state: Any, element: int) -> None:
    """The element ends."""
    kind = kind_of(state, element)
    if not kind & IS_INLINE and node_at(state.nodes, state.here).element == element:
        close_element(state, kind)
        return
    if kind & IS_LINK and state.link_depth:
        state.link_depth -= 1
    if kind & IS_APART:
        state.closed_at = state.n_raw
        if kind & IS_BOX:
            state.box_at = state.n_raw
    leave_raised(state, element, kind)


@kernel
def walk(address: int, root: int) -> None:
    """Depth first over the inside of ``root``, an element, with the state at an address; its ``status`` says how it ended."""
    state = state_at(address, 0)
    state.here = state.closed_at = state.gap_at = state.box_at = state.rows_of = -1
    state.spans = state.open_rows = 0
    open_element(state, _BODY, _NO_LABEL, root)
    node, holder, left = ask(state.child_of, root), root, state.max_nodes
    while state.status == DONE and has_room(state, _NOTHING):
        if node == 0:
            if holder == root:
                close_element(state, _NOTHING)
                return
            _leave(state, holder)
            node, holder = ask(state.next_of, holder), ask(state.parent_of, holder)
            continue
        which = node_type(state, node)
        if which == TEXT_NODE:
            _take_text(state, node)
        elif which == ELEMENT_NODE:
            kind, child = kind_of(state, node), ask(state.child_of, node)
            if kind & IS_ATOM:
                _take_atom(state, node, kind)
            elif child != 0:
                left -= 1
                if left < 0:
                    state.status = TRUNCATED
                    return
                if _enter(state, node, kind, kind & IS_INLINE != 0 or (kind & IS_PHRASE != 0 and is_phrase(state, node))):
                    node, holder = child, node
                    continue
            elif kind & IS_CELL:
                _enter(state, node, kind, False)
                close_element(state, kind)
            elif state.n_raw and not kind & (IS_INLINE | IS_PHRASE):
                flush(state)
        node = ask(state.next_of, node)
