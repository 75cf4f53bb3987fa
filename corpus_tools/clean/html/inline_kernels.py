"""What stands inside a sentence: unknown elements, buttons and labels, spans that must not glue, raised and lowered text."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.html.block_kernels import push
from corpus_tools.clean.html.blocks import DOWN, END, LINKED_END, MAX_PHRASE, UP
from corpus_tools.clean.html.layout_kernels import is_blank
from corpus_tools.clean.html.lexbor_kernels import ELEMENT_NODE, TEXT_NODE, ask, ask_bytes, hash_bytes, node_type, tell
from corpus_tools.clean.html.walk_state import (
    HAS_LOWERED,
    HAS_OVER,
    HAS_RAISED,
    IS_APART,
    IS_ATOM,
    IS_BOX,
    IS_BREAK,
    IS_INLINE,
    IS_LOWERED,
    IS_MARKED,
    IS_MATH,
    IS_PHRASE,
    IS_RAISED,
    named_at,
    node_at,
)
from corpus_tools.kernels.compile import inlined, part
from corpus_tools.kernels.memory import get_item, read8

UNKNOWN = IS_PHRASE | IS_APART
"""The kind of elements that HTML does not know."""
_SPACE, _SLASH, _UP, _DOWN, _END, _LINKED_END = map(np.int64, (32, 47, ord(UP), ord(DOWN), ord(END), ord(LINKED_END)))
_NONE, _RAISED, _LOWERED, _OVER = map(np.int64, range(4))


@part
def kind_of(state: Any, element: int) -> Any:
    """The kind of an element: by lexbor's number of its name, or by the name where the document made the number."""
    tag = ask(state.tag_of, element)
    if 0 <= tag < state.room_kinds:
        return get_item(state.kinds, tag)
    at, size = ask_bytes(state.name_of, element)
    value = hash_bytes(at, size)
    for place in range(state.room_named):
        named = named_at(state.named, place)
        if named.name == value:
            return named.kind
    return UNKNOWN


@part
def _is_text(state: Any, node: int) -> Any:
    """Whether a node is text that is not blank: 1, or 0; -1 of nodes that show nothing."""
    if node_type(state, node) != TEXT_NODE:
        return 0 if node_type(state, node) == ELEMENT_NODE else -1
    at, size = ask_bytes(state.text_of, node)
    if at == 0:
        return -1
    found = -1 if is_blank(at, at + size) else 1
    tell(state.free_text, state.document, at)
    return found


@part
def _beside_text(state: Any, node: int, onward: int) -> Any:
    """Whether the sibling before or after an element, ``onward`` of the two functions, is text or an element of plain emphasis."""
    other = ask(onward, node)
    while other != 0:
        found = _is_text(state, other)
        if found == 0:
            kind = kind_of(state, other)
            return kind & IS_INLINE != 0 and kind & (IS_MARKED | IS_ATOM) == 0 and ask(state.child_of, other) != 0
        if found > 0:
            return True
        other = ask(onward, other)
    return False


@part
def _is_simple(state: Any, root: int) -> Any:
    """Whether all that an element holds is inline, and little."""
    node, holder, left = ask(state.child_of, root), root, MAX_PHRASE
    while True:
        if node == 0:
            if holder == root:
                return True
            node, holder = ask(state.next_of, holder), ask(state.parent_of, holder)
            continue
        left -= 1
        if left < 0:
            return False
        if node_type(state, node) == ELEMENT_NODE:
            kind = kind_of(state, node)
            if kind & (IS_INLINE | IS_PHRASE | IS_ATOM) == 0 or kind & IS_BREAK:
                return False
            child = ask(state.child_of, node)
            if child != 0 and not kind & IS_ATOM:
                node, holder = child, node
                continue
        node = ask(state.next_of, node)


@part
def is_phrase(state: Any, element: int) -> Any:
    """Whether an element that may be part of a sentence is: it holds no block, and stands beside text or in an inline element."""
    if not _is_simple(state, element):
        return False
    if ask(state.parent_of, element) != node_at(state.nodes, state.here).element:
        return True
    return _beside_text(state, element, state.previous_of) or _beside_text(state, element, state.next_of)


@inlined
def _is_small(byte: Any) -> Any:
    return 97 <= byte <= 122


@inlined
def _is_capital(byte: Any) -> Any:
    return 65 <= byte <= 90


@inlined
def _is_sign(byte: Any) -> Any:
    return _is_small(byte) or _is_capital(byte) or 48 <= byte <= 57 or byte >= 0xC0


@part
def parts_words(state: Any, at: int, size: int) -> Any:
    """Whether text at an address must be set apart from what the block in work ends with."""
    n, first = state.n_raw, read8(at)
    if n == 0 or not (state.box_at == n or state.gap_at == n):
        return False
    if state.box_at == n:
        return _is_sign(first)
    last = read8(state.raw + n - 1)
    ends = _is_small(last) or 48 <= last <= 57 or last == 41 or last == 46
    return ends and n > 1 and size > 1 and read8(state.raw + n - 2) > _SPACE and _is_capital(first)


@part
def enter_apart(state: Any, kind: int) -> None:
    """An inline element that may be set apart starts."""
    n = state.n_raw
    if n > 0 and state.closed_at == n:
        state.gap_at = n
    if n > 0 and kind & IS_BOX and (read8(state.raw + n - 1) >= 0x80 or _is_sign(read8(state.raw + n - 1))):
        push(state, _SPACE)


@part
def _place_in(state: Any, element: int) -> Any:
    """Elements before one that is in a formula, two at most."""
    place, other = 0, ask(state.previous_of, element)
    while other != 0 and place < 2:
        place += node_type(state, other) == ELEMENT_NODE
        other = ask(state.previous_of, other)
    return place


@part
def _raised(state: Any, element: int, kind: int) -> Any:
    """Whether an element is raised, lowered or what a fraction is over."""
    if kind & (IS_RAISED | IS_LOWERED):
        return _RAISED if kind & IS_RAISED else _LOWERED
    if not kind & IS_MATH:
        return _NONE
    above = ask(state.parent_of, element)
    holds = kind_of(state, above) if above != 0 and node_type(state, above) == ELEMENT_NODE else 0
    if holds & (HAS_RAISED | HAS_LOWERED | HAS_OVER) == 0:
        return _NONE
    place = _place_in(state, element)
    if place == 0:
        return _NONE
    if holds & HAS_OVER:
        return _OVER
    return _LOWERED if holds & HAS_LOWERED and place == 1 else _RAISED


@part
def enter_raised(state: Any, element: int, kind: int) -> None:
    """Note that raised or lowered text begins, if it does."""
    found = _raised(state, element, kind)
    if found == _OVER:
        push(state, _SLASH)
    elif found != _NONE:
        push(state, _UP if found == _RAISED else _DOWN)


@part
def leave_raised(state: Any, element: int, kind: int) -> None:
    """Note that it ends; nothing is left of marks around nothing."""
    found = _raised(state, element, kind)
    if found in (_NONE, _OVER):
        return
    at = state.n_raw
    while at > 0 and read8(state.raw + at - 1) == _SPACE:
        at -= 1
    if at > 0 and (read8(state.raw + at - 1) == _UP or read8(state.raw + at - 1) == _DOWN):
        state.n_raw = at - 1
    else:
        push(state, _LINKED_END if state.last_linked else _END)
