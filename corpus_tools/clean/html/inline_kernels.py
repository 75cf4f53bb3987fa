"""What stands inside a sentence: unknown elements, buttons and labels, spans that must not glue, raised and lowered text."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.html.block_kernels import push
from corpus_tools.clean.html.blocks import DOWN, END, LINKED_END, MAX_PHRASE, MAX_TERMS, UP
from corpus_tools.clean.html.layout_kernels import is_blank, is_capital, is_digit, is_sign, is_small, two_bytes
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
    IS_ROOT,
    IS_TERMS,
    named_at,
    node_at,
)
from corpus_tools.kernels.compile import part
from corpus_tools.kernels.memory import get_item, read8

UNKNOWN = IS_PHRASE | IS_APART
"""The kind of elements that HTML does not know."""
_SPACE, _SLASH, _UP, _DOWN, _END, _LINKED_END = map(np.int64, (32, 47, ord(UP), ord(DOWN), ord(END), ord(LINKED_END)))
_DOLLAR, _OPENS, _CLOSES, _STOP, _POUND = map(np.int64, map(ord, "$().£"))
_ROOT = tuple(map(np.int64, "√".encode()))
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


@part
def parts_words(state: Any, at: int, size: int) -> Any:
    """Whether text at an address must be set apart from what the block in work ends with."""
    n, first = state.n_raw, read8(at)
    if n == 0 or not (state.box_at == n or state.gap_at == n):
        return False
    if state.box_at == n:
        return is_sign(first)
    last, lead, to = read8(state.raw + n - 1), n - 2, at + 1
    if n > 1 and last >= 0x80:
        last = two_bytes(read8(state.raw + lead), last)
        lead -= 1
    if first >= 0x80 and size > 1:
        first = two_bytes(first, read8(to))
        to += 1
    if lead < 0 or to == at + size or read8(state.raw + lead) <= _SPACE:
        return False
    small = is_small(last)
    if is_capital(first):
        return small or is_digit(last) or last in (_CLOSES, _STOP)
    return small and (is_digit(first) or first == _POUND or (first == _DOLLAR and is_digit(read8(to))))


@part
def enter_apart(state: Any, kind: int) -> None:
    """An inline element that may be set apart starts."""
    n = state.n_raw
    if n > 0 and state.closed_at == n:
        state.gap_at = n
    if n > 0 and kind & IS_BOX and (read8(state.raw + n - 1) >= 0x80 or is_sign(read8(state.raw + n - 1))):
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
def _only_child(state: Any, element: int) -> Any:
    """The only element that an element holds, 0 where it holds none, -1 where it holds several."""
    found, node = 0, ask(state.child_of, element)
    while node != 0:
        if node_type(state, node) == ELEMENT_NODE:
            if found != 0:
                return -1
            found = node
        node = ask(state.next_of, node)
    return found


@part
def _needs_brackets(state: Any, element: int, kind: int) -> Any:
    """Whether an element holds more than one term under a root, or over or under the bar of a fraction."""
    root, above = kind & IS_ROOT != 0, 0
    if not root:
        above = ask(state.parent_of, element) if kind & (IS_TERMS | HAS_OVER) else 0
        if above == 0 or node_type(state, above) != ELEMENT_NODE or not kind_of(state, above) & HAS_OVER:
            return False
    left = MAX_TERMS
    while kind & (IS_TERMS | IS_ROOT):
        child = _only_child(state, element)
        left -= 1
        if left == 0:
            return True
        if child <= 0:
            return child < 0
        element, kind = child, kind_of(state, child)
    return kind & HAS_OVER != 0 or (root and _only_child(state, element) != 0)


@part
def enter_raised(state: Any, element: int, kind: int) -> None:
    """Note that raised or lowered text begins, if it does, and what a formula's bars group."""
    found = _raised(state, element, kind)
    if found == _OVER:
        push(state, _SLASH)
    elif found != _NONE:
        push(state, _UP if found == _RAISED else _DOWN)
    if kind & IS_ROOT:
        for byte in _ROOT:
            push(state, byte)
    if _needs_brackets(state, element, kind):
        push(state, _OPENS)


@part
def leave_raised(state: Any, element: int, kind: int) -> None:
    """Note that it ends; nothing is left of marks around nothing."""
    if _needs_brackets(state, element, kind):
        push(state, _CLOSES)
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
