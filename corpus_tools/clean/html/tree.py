"""A page's tree to arrays, without a Python object an element: lexbor's C functions called from compiled code.

The slow walk in ``builder`` says what the arrays must hold; it also reads the few pages that this one gives up, and all of
them where lexbor's functions cannot be found.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import numpy as np

from corpus_tools.clean.html import label_kernels as of_labels
from corpus_tools.clean.html import walk_kernels as of_walk
from corpus_tools.clean.html.arrays import PageArrays
from corpus_tools.clean.html.blocks import (
    ATOMS,
    INLINE,
    LINKED_DATA_CHARS,
    MARKED_INLINE,
    MAX_BLOCK,
    MAX_NODES,
    META,
    SKIPPED,
    TAGS,
    Head,
    Page,
)
from corpus_tools.clean.html.labels import Labels
from corpus_tools.clean.html.lexbor_kernels import FUNCTIONS, PARENT, hash_name

MAX_BYTES = 16 << 20
"""Longer pages are left to the slow walk, which needs less room."""

_MIN_ROOM = 1 << 16
_NUMBERS = 512  # lexbor numbers the names it knows from 1; other names have an address for a number
_MAX_LINKED_DATA = 50
_KINDS = {
    "br": of_walk.LINE, "img": of_walk.IMAGE, "picture": of_walk.IMAGE, "input": of_walk.INPUT, "head": of_walk.HEAD,
    "script": of_walk.SCRIPT, "a": of_walk.LINK, "tr": of_walk.ROW, "body": of_walk.BODY, "pre": of_walk.PRE, "textarea": of_walk.PRE,
}  # fmt: skip


@cache
def _functions() -> tuple[int, ...] | None:
    """Addresses of lexbor's functions; None where selectolax does not export them."""
    from selectolax import lexbor

    try:
        library = ctypes.CDLL(lexbor.__file__)
        return tuple(ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0 for name in FUNCTIONS)
    except (OSError, AttributeError):
        return None


@cache
def _parent(function: int) -> Any:
    """lexbor's function for the parent of a node: that of the root is the document."""
    return ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_size_t)(function)


def _kind(name: str) -> int:
    """Bits of ``_walk_kernels`` for an element's name, and its code."""
    kind = TAGS.get(name, 0) | _KINDS.get(name, 0)
    kind |= of_walk.INLINE if name in INLINE else 0
    kind |= of_walk.ATOM if name in ATOMS else 0
    return kind | (of_walk.MARKED if name in MARKED_INLINE else 0)


@cache
def _tables() -> dict[int, Any]:
    """Word of a state -> the array its kernels read: what they must know of names."""
    from selectolax.lexbor import create_tag

    kinds, named = np.zeros(_NUMBERS, np.int64), []
    names = sorted(SKIPPED | INLINE | ATOMS | {"title", "meta"} | set(TAGS) - {"?"})
    numbers = {name: create_tag(name).tag_id for name in names}
    for name, number in numbers.items():
        if number < _NUMBERS:
            kinds[number] = _kind(name)
        else:
            named.append((hash_name(name), _kind(name)))
    return {
        of_walk.KINDS: kinds,
        of_walk.NAMED: np.array(named, np.int64).reshape(-1, 2),
        of_labels.HASHES: np.array([hash_name(name) for name in of_labels.ATTRIBUTES], np.int64),
        of_labels.HEAD_TAGS: np.array([numbers[name] for name in ("title", "meta", "script")], np.int64),
    }


def _make_room(size: int) -> dict[int, Any]:
    """Word of a state -> an array for a page of ``size`` bytes. What is not written to costs no memory."""
    rows, labels = min(size // 3 + 1_000, MAX_NODES + 8), 1 << max(11, (size // 64).bit_length())
    return {
        of_labels.SPANS: np.empty(10, np.int64),
        of_labels.LABELS_AT: np.empty(size + _MIN_ROOM, np.uint8),
        of_labels.LABEL_STARTS_AT: np.zeros(labels + 1, np.int64),
        of_labels.LABEL_TABLE_AT: np.full(2 * labels, -1, np.int64),
        of_labels.FACTS_AT: np.empty((of_labels.MAX_FACTS, 4), np.int64),
        of_labels.FACT_BYTES_AT: np.empty(size + _MIN_ROOM, np.uint8),
        of_walk.NODES_AT: np.empty((rows, of_walk.NODE_WORDS), np.int64),
        of_walk.BLOCKS_AT: np.empty((rows, of_walk.BLOCK_WORDS), np.int64),
        of_walk.PAIRS_AT: np.empty((rows, 2), np.int64),
        of_walk.RAW_AT: np.empty(size + _MIN_ROOM, np.uint8),
        of_walk.OUT_AT: np.empty(5 * size + _MIN_ROOM, np.uint8),
    }


_ROOMS = {
    of_labels.LABEL_ROOM: of_labels.LABELS_AT,
    of_labels.FACT_ROOM: of_labels.FACT_BYTES_AT,
    of_walk.NODES_ROOM: of_walk.NODES_AT,
    of_walk.BLOCKS_ROOM: of_walk.BLOCKS_AT,
    of_walk.PAIRS_ROOM: of_walk.PAIRS_AT,
    of_walk.RAW_ROOM: of_walk.RAW_AT,
    of_walk.OUT_ROOM: of_walk.OUT_AT,
    of_walk.KINDS_SIZE: of_walk.KINDS,
    of_walk.NAMED_SIZE: of_walk.NAMED,
}


def walk_tree(parser: Any) -> Page | None:
    """The page a ``LexborHTMLParser`` has read; None if it is one for the slow walk."""
    functions, size = _functions(), len(parser.raw_html)
    if functions is None or size > MAX_BYTES:
        return None
    arrays = _tables() | _make_room(size)
    state = np.zeros(of_walk.WORDS, np.int64)
    state[: len(functions)] = functions
    for word, array in arrays.items():
        state[word] = array.ctypes.data
    for word, of in _ROOMS.items():
        state[word] = len(arrays[of])
    root = parser.root.mem_id
    state[of_labels.DOCUMENT] = _parent(functions[PARENT])(root)
    state[of_labels.LABEL_MASK] = len(arrays[of_labels.LABEL_TABLE_AT]) - 1
    state[of_walk.MAX_NODES], state[of_walk.MAX_CHARS] = MAX_NODES, MAX_BLOCK
    of_walk.walk(state.ctypes.data, root)
    return _finish(state.tolist(), arrays)


def _finish(state: list[int], arrays: dict[int, Any]) -> Page | None:
    """The page that a walk has left in ``arrays``."""
    if state[of_labels.STATUS] == of_labels.NO_ROOM:
        return None
    made = PageArrays.made(
        arrays[of_walk.NODES_AT][: state[of_walk.NODES], : of_walk.NODE_FLAGS],
        arrays[of_walk.BLOCKS_AT][: state[of_walk.BLOCKS]],
        arrays[of_walk.PAIRS_AT][: state[of_walk.PENDING]],
        _read_labels(arrays, state),
        arrays[of_walk.OUT_AT][: state[of_walk.OUT]].copy(),
    )
    page = Page(_read_head(arrays, state), made)
    page.truncated = state[of_labels.STATUS] == of_labels.TRUNCATED
    return page


def _read_labels(arrays: dict[int, Any], state: list[int]) -> Labels:
    ends = arrays[of_labels.LABEL_STARTS_AT][1 : state[of_labels.LABELS] + 1]
    return Labels.written(arrays[of_labels.LABELS_AT][: state[of_labels.LABEL_BYTES]].tobytes(), ends)


def _read_head(arrays: dict[int, Any], state: list[int]) -> Head:
    """What the walk noted of the head."""
    head = Head()
    data = arrays[of_labels.FACT_BYTES_AT][: state[of_labels.FACT_BYTES]].tobytes()
    for kind, start, middle, end in arrays[of_labels.FACTS_AT][: state[of_labels.FACTS]].tolist():
        text = data[start : middle if kind == of_labels.META else end].decode("utf-8", "replace")
        if kind == of_labels.META:
            if META.fullmatch(text):
                head.meta.setdefault(text.lower(), data[middle:end].decode("utf-8", "replace")[:2000])
        elif kind == of_labels.LANGUAGE:
            head.language = text.strip()[:35] or None
        elif kind == of_labels.TITLE:
            head.title = head.title or " ".join(text.split())[:1000] or None
        elif len(text) <= LINKED_DATA_CHARS and len(head.linked_data) < _MAX_LINKED_DATA:
            head.linked_data.append(text)
    return head
