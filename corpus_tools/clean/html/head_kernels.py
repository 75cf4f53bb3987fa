"""What the head of a page says of it, noted by the walk: language, title, <meta>, linked data."""

from __future__ import annotations

from typing import Any

from corpus_tools.clean.html.lexbor_kernels import (
    ELEMENT_NODE,
    TEXT_NODE,
    ask,
    ask_bytes,
    copy_bytes,
    hash_bytes,
    node_type,
    tell,
)
from corpus_tools.clean.html.walk_state import (
    CONTENT,
    KEPT_BYTES,
    LANG,
    LANGUAGE,
    LINKED_DATA,
    MAX_FACTS,
    META,
    NAME,
    NO_ROOM,
    PROPERTY,
    TITLE,
    TYPE,
    fact_at,
)
from corpus_tools.kernels.compile import part
from corpus_tools.kernels.memory import get_item, read32

_CONTENT_BYTES = 8_000
_LD_J, _JSON = (int.from_bytes(word, "little") for word in (b"ld+j", b"json"))


@part
def _find_attribute(state: Any, element: int, which: int) -> Any:
    """Address and size of the value of an attribute; address 0 without one."""
    attribute = ask(state.attribute_of, element)
    while attribute != 0:
        name, length = ask_bytes(state.attribute_name, attribute)
        if hash_bytes(name, length) == get_item(state.attribute_hashes, which):
            return ask_bytes(state.attribute_value, attribute)
        attribute = ask(state.next_attribute, attribute)
    return 0, 0


@part
def _copy_fact(state: Any, at: int, size: int) -> None:
    """Append bytes to what is known of the head."""
    if state.n_fact_bytes + size > state.room_fact_bytes:
        state.status = NO_ROOM
        return
    copy_bytes(at, size, state.fact_bytes + state.n_fact_bytes)
    state.n_fact_bytes += size


@part
def _end_fact(state: Any, kind: int, start: int, middle: int) -> None:
    """Note a fact whose bytes begin at ``start`` and end here; its second part begins at ``middle``."""
    if state.n_facts >= MAX_FACTS:
        state.status = NO_ROOM
        return
    fact = fact_at(state.facts, state.n_facts)
    fact.kind = kind
    fact.start = start
    fact.middle = middle
    fact.end = state.n_fact_bytes
    state.n_facts += 1


@part
def _note_text(state: Any, element: int, kind: int) -> None:
    """Note the text right inside an element."""
    start, child = state.n_fact_bytes, ask(state.child_of, element)
    while child != 0:
        if node_type(state, child) == TEXT_NODE:
            at, size = ask_bytes(state.text_of, child)
            if at != 0:
                _copy_fact(state, at, size)
                tell(state.free_text, state.document, at)
        child = ask(state.next_of, child)
    _end_fact(state, kind, start, start)


@part
def note_meta(state: Any, element: int) -> None:
    """Note the name and content of a <meta>."""
    start = state.n_fact_bytes
    at, size = _find_attribute(state, element, PROPERTY)
    if at == 0 or size == 0:
        at, size = _find_attribute(state, element, NAME)
    if at == 0 or size > KEPT_BYTES:
        return
    _copy_fact(state, at, size)
    middle = state.n_fact_bytes
    at, size = _find_attribute(state, element, CONTENT)
    if at != 0:
        _copy_fact(state, at, min(size, _CONTENT_BYTES))
    _end_fact(state, META, start, middle)


@part
def note_title(state: Any, element: int) -> None:
    """Note a page's title."""
    _note_text(state, element, TITLE)


@part
def note_script(state: Any, element: int) -> None:
    """Note a script's text if it is linked data."""
    at, size = _find_attribute(state, element, TYPE)
    if at == 0:
        return
    for i in range(size - 6):
        if read32(at + i) == _LD_J and read32(at + i + 3) == _JSON:
            _note_text(state, element, LINKED_DATA)
            return


@part
def _note_language(state: Any, head: int) -> None:
    """Note the language of the element a head is in."""
    above = ask(state.parent_of, head)
    if above != 0 and node_type(state, above) == ELEMENT_NODE:
        start = state.n_fact_bytes
        at, size = _find_attribute(state, above, LANG)
        if at != 0:
            _copy_fact(state, at, min(size, KEPT_BYTES))
            _end_fact(state, LANGUAGE, start, start)


@part
def note_head(state: Any, head: int) -> None:
    """Note what a head says of its page."""
    _note_language(state, head)
    child = ask(state.child_of, head)
    while child != 0:
        if node_type(state, child) == ELEMENT_NODE:
            tag = ask(state.tag_of, child)
            if tag == state.title_tag:
                note_title(state, child)
            elif tag == state.meta_tag:
                note_meta(state, child)
            elif tag == state.script_tag:
                note_script(state, child)
        child = ask(state.next_of, child)
