"""A page's tree to arrays, without a Python object an element: lexbor's C functions called from compiled code.

``slow_walk`` says what the arrays must hold; it also reads the few pages that this one gives up, and all of
them where lexbor's functions cannot be found.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import numpy as np
from selectolax import lexbor

from corpus_tools.clean.html import walk_state as of_walk
from corpus_tools.clean.html.arrays import PageArrays
from corpus_tools.clean.html.blocks import (
    APART,
    ATOMS,
    INLINE,
    LINKED_DATA_CHARS,
    MARKED_INLINE,
    MATH,
    MAX_BLOCK,
    MAX_BLOCKS,
    MAX_NODES,
    META,
    PHRASES,
    SKIPPED,
    TAGS,
    Head,
)
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.labels import ElementLabels
from corpus_tools.clean.html.lexbor_kernels import FUNCTIONS, hash_name
from corpus_tools.clean.html.slow_walk import LEXBOR_NAMES, walk_slowly
from corpus_tools.clean.html.walk_kernels import walk
from corpus_tools.clean.raised import spell_raised

MAX_BYTES = 16 << 20
"""Longer pages are left to the slow walk, which needs less room."""

_MIN_ROOM = 1 << 16
_MAX_LINKED_DATA = 50
_FIELDS = frozenset(of_walk.STATE.names or ())
_KINDS = {
    "br": of_walk.IS_BREAK, "img": of_walk.IS_IMAGE, "picture": of_walk.IS_IMAGE, "input": of_walk.IS_INPUT,
    "head": of_walk.IS_HEAD, "script": of_walk.IS_SCRIPT, "a": of_walk.IS_LINK, "tr": of_walk.IS_ROW, "body": of_walk.IS_BODY,
    "pre": of_walk.IS_PRE, "textarea": of_walk.IS_PRE, "title": of_walk.IS_TITLE, "meta": of_walk.IS_META,
    "td": of_walk.IS_CELL, "th": of_walk.IS_CELL, "sup": of_walk.IS_RAISED, "sub": of_walk.IS_LOWERED,
    "button": of_walk.IS_BOX, "label": of_walk.IS_BOX, "msup": of_walk.HAS_RAISED, "msub": of_walk.HAS_LOWERED,
    "msubsup": of_walk.HAS_RAISED | of_walk.HAS_LOWERED, "mfrac": of_walk.HAS_OVER,
    "msqrt": of_walk.IS_ROOT, "mrow": of_walk.IS_TERMS, "mstyle": of_walk.IS_TERMS,
}  # fmt: skip


@cache
def _functions() -> dict[str, int] | None:
    """Field of a state -> address of one of lexbor's functions; None where selectolax does not export them."""
    try:
        library = ctypes.CDLL(lexbor.__file__)
        return {field: ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0 for field, name in FUNCTIONS.items()}
    except (OSError, AttributeError):
        return None


@cache
def _parent(function: int) -> Any:
    """lexbor's function for the parent of a node: that of the root is the document."""
    return ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_size_t)(function)


def _kind(name: str) -> int:
    """The bits of an element's kind, and its code."""
    kind = TAGS.get(name, 0) | _KINDS.get(name, 0)
    kind |= of_walk.IS_INLINE if name in INLINE else 0
    kind |= of_walk.IS_ATOM if name in ATOMS else 0
    kind |= of_walk.IS_PHRASE if name in PHRASES else 0
    kind |= of_walk.IS_APART if name in APART else 0
    kind |= of_walk.IS_MATH if name in MATH else 0
    return kind | (of_walk.IS_MARKED if name in MARKED_INLINE else 0)


@cache
def _numbers() -> dict[str, int]:
    """lexbor's numbers of the names that are of interest."""
    names = sorted(SKIPPED | INLINE | ATOMS | PHRASES | set(TAGS) - {"?"})
    return {name: lexbor.create_tag(name).tag_id for name in names}


@cache
def _tables() -> dict[str, Any]:
    """Field of a state -> the array at its address: what a walk must know of names."""
    kinds, named = np.zeros(LEXBOR_NAMES, np.int64), []
    for name, number in _numbers().items():
        if number < LEXBOR_NAMES:
            kinds[number] = _kind(name)
        else:
            named.append((hash_name(name), _kind(name)))
    hashes = [hash_name(name) for name in of_walk.ATTRIBUTES]
    return {"kinds": kinds, "named": np.array(named, of_walk.NAMED), "attribute_hashes": np.array(hashes, np.int64)}


_ROWS: dict[str, Any] = {
    "values": of_walk.VALUE, "labels": np.uint8, "label_starts": np.int64, "label_table": np.int64, "facts": of_walk.FACT,
    "fact_bytes": np.uint8, "nodes": of_walk.NODE, "blocks": of_walk.BLOCK, "pairs": of_walk.PAIR, "raw": np.uint8, "text": np.uint8,
}  # fmt: skip
"""Field of a state -> what the array at its address holds."""


def _lengths(size: int) -> dict[str, int]:
    """Rows of each array for a page of ``size`` bytes, however many there are."""
    rows, labels, some = min(size // 3 + 1_000, MAX_NODES + 8), 1 << max(11, (size // 64).bit_length()), size + _MIN_ROOM
    return {
        "values": of_walk.LABEL_VALUES, "labels": some, "label_starts": labels + 1, "label_table": 2 * labels, "facts": of_walk.MAX_FACTS,
        "fact_bytes": some, "nodes": rows, "blocks": min(rows, MAX_BLOCKS), "pairs": rows, "raw": some, "text": 5 * size + _MIN_ROOM,
    }  # fmt: skip


class _Room:
    """Arrays for a page of up to ``size`` bytes, and a state that knows where they stand. What is not written to costs no memory."""

    def __init__(self, size: int) -> None:
        self.arrays = {name: np.empty(length, _ROWS[name]) for name, length in _lengths(size).items()}
        self._state = _first_state().copy()
        _place(self._state[0], self.arrays)

    def state(self, size: int) -> Any:
        """STATE[1] for a page of ``size`` bytes, which sees no more of the arrays than such a page needs: what a page gives depends on
        no other."""
        held, lengths = self._state.copy(), _lengths(size)
        state = held[0]
        for name, length in lengths.items():
            if (room := f"room_{name}") in _FIELDS:
                state[room] = length
        state["label_mask"] = lengths["label_table"] - 1
        self.arrays["label_starts"][: lengths["label_starts"]] = 0
        self.arrays["label_table"][: lengths["label_table"]] = -1
        return held


_KEPT_SIZE = 1 << 20
_rooms: list[_Room] = []
"""For pages of up to _KEPT_SIZE bytes, when no page is in them: as many as there were threads."""


def read_blocks(html: str | bytes) -> HtmlPage:
    """Parse a page, text or UTF-8, with lexbor and walk it once. The walk ends at ``MAX_NODES`` elements, or ``MAX_BLOCKS`` blocks."""
    parser = lexbor.LexborHTMLParser(html)
    if parser.root is None:
        return HtmlPage()
    return (walk_tree(parser) if can_walk_fast() else None) or walk_slowly(parser.root)


_CANARY = (
    "<html lang=en><head><title>A canary</title><meta name=author content=Bird></head><body><nav class=menu><a href=x>Home</a></nav>"
    "<h1>Title</h1><p id=first>Some <b>words</b> and a <a href=y>link</a>.<br>A line</p><ul><li>one<li>two</ul><pre> a\n  b</pre>"
    "<table><tr><td>1<td>2</table><custom-part hidden>gone</custom-part><img src=z>"
    "<p>Take <dose-part>10<sup>5</sup></dose-part> at <button>once</button>now</p><span>one</span><span>Two</span></body>"
)
"""A page of our own, which the two walks must read alike."""


@cache
def can_walk_fast() -> bool:
    """Whether lexbor's functions do what the compiled walk takes them to do: tried once a process, before a page is trusted to it."""
    if _functions() is None:
        return False
    parser = lexbor.LexborHTMLParser(_CANARY)
    fast, slow = walk_tree(parser), walk_slowly(parser.root)
    return fast is not None and (fast.head, fast.blocks) == (slow.head, slow.blocks) and len(fast.nodes) == len(slow.nodes)


def walk_tree(parser: Any) -> HtmlPage | None:
    """The page a ``LexborHTMLParser`` has read; None if it is one for the slow walk."""
    functions, size = _functions(), len(parser.raw_html)
    if functions is None or size > MAX_BYTES:
        return None
    kept = size <= _KEPT_SIZE
    room = _rooms.pop() if kept and _rooms else _Room(max(size, _KEPT_SIZE))
    held, root = room.state(size), parser.root.mem_id
    state = held[0]
    state["document"] = _parent(functions["parent_of"])(root)
    state["max_nodes"], state["max_chars"] = MAX_NODES, MAX_BLOCK
    walk(held.ctypes.data, root)
    page = _finish(state, room.arrays)
    if kept:
        _rooms.append(room)
    return page


@cache
def _first_state() -> Any:
    """STATE[1] with all that does not depend on the page. Its arrays are kept by ``_tables``."""
    held = np.zeros(1, of_walk.STATE)
    tags = {f"{name}_tag": _numbers()[name] for name in ("title", "meta", "script")}
    for field, value in ((_functions() or {}) | tags).items():
        held[0][field] = value
    _place(held[0], _tables())
    return held


def _place(state: Any, arrays: dict[str, Any]) -> None:
    """Note where arrays stand, and how much those have room for of which the walk must know it."""
    for name, array in arrays.items():
        state[name] = array.ctypes.data
        if (room := f"room_{name}") in _FIELDS:
            state[room] = len(array)


def _finish(state: Any, arrays: dict[str, Any]) -> HtmlPage | None:
    """The page that a walk has left in ``arrays``, copied out of them."""
    if state["status"] == of_walk.NO_ROOM:
        return None
    blocks, text = spell_raised(arrays["blocks"][: state["n_blocks"]], arrays["text"][: state["n_text"]].copy())
    made = PageArrays.made(
        arrays["nodes"][: state["n_nodes"]], blocks, arrays["pairs"][: state["settled_pairs"]], _read_labels(arrays, state), text
    )
    page = HtmlPage(_read_head(arrays, state), made)
    page.truncated = bool(state["status"] == of_walk.TRUNCATED)
    return page


def _read_labels(arrays: dict[str, Any], state: Any) -> ElementLabels:
    ends = arrays["label_starts"][1 : state["n_labels"] + 1]
    return ElementLabels.written(arrays["labels"][: state["n_label_bytes"]].tobytes(), ends)


def _read_head(arrays: dict[str, Any], state: Any) -> Head:
    """What the walk noted of the head."""
    head = Head()
    data = arrays["fact_bytes"][: state["n_fact_bytes"]].tobytes()
    for kind, start, middle, end in arrays["facts"][: state["n_facts"]].tolist():
        text = data[start : middle if kind == of_walk.META else end].decode("utf-8", "replace")
        if kind == of_walk.META:
            if META.fullmatch(text):
                head.meta.setdefault(text.lower(), data[middle:end].decode("utf-8", "replace")[:2000])
        elif kind == of_walk.LANGUAGE:
            head.language = text.strip()[:35] or None
        elif kind == of_walk.TITLE:
            head.title = head.title or " ".join(text.split())[:1000] or None
        elif len(text) <= LINKED_DATA_CHARS and len(head.linked_data) < _MAX_LINKED_DATA:
            head.linked_data.append(text)
    return head
