"""The walk over a page's tree in Python: what the compiled one must do, and the way of the pages that one gives up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from corpus_tools.clean.html.blocks import (
    APART,
    ATOMS,
    INLINE,
    LINKED_DATA_CHARS,
    MARKED_INLINE,
    MATH,
    MAX_BLOCKS,
    MAX_NODES,
    MAX_PHRASE,
    MAX_SPAN,
    MAX_TERMS,
    META,
    PHRASES,
    Head,
)
from corpus_tools.clean.html.builder import Builder
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.marks import mark_element

_DIGITS = re.compile(r"[0-9]{1,2}")
LEXBOR_NAMES = 512
"""lexbor numbers the names it knows from 1; other names have an address for a number."""


def walk_slowly(root: Any, builder: Builder | None = None) -> HtmlPage:
    """Walk the tree under ``root``, a lexbor node, once. The walk ends at ``MAX_NODES`` elements, or ``MAX_BLOCKS`` blocks."""
    builder = builder or Builder(Head())
    builder.open("body", 0)
    _walk(root, builder, builder.page.head)
    return builder.finish()


def _walk(root: Any, builder: Builder, head: Head) -> None:
    """Depth first over ``root``'s inside, with a stack of its own."""
    stack: list[tuple[Any, str, bool]] = []
    node, left = root.child, MAX_NODES
    while True:
        if node is None:
            if not stack:
                return
            node, tag, inline = stack.pop()
            if inline:
                _close_inline(node, tag, builder)
            else:
                builder.close(tag)
        elif (tag := node.tag) == "-text":
            text = node.text_content
            if text:
                builder.words(text)
        elif tag is None or tag in ATOMS or tag[0] in "-_":  # None: a processing instruction
            _pass_atom(node, tag, builder, head)
        elif (child := node.child) is not None:
            left -= 1
            if left < 0 or len(builder.page.blocks) >= MAX_BLOCKS:
                builder.page.truncated = True
                return
            if tag in MARKED_INLINE and _is_drawing(node.attributes):
                node = node.next
                continue
            stack.append((node, tag, _open(node, tag, builder, bool(stack) and stack[-1][2])))
            node = child
            continue
        elif tag in ("td", "th"):
            _open(node, tag, builder)
            builder.close(tag)
        elif builder.parts and tag not in INLINE and not _may_be_phrase(node, tag):
            builder.flush()
        node = node.next


def _open(node: Any, tag: str, builder: Builder, inside: bool = False) -> bool:
    """An element with something in it starts, ``inside`` an inline one or not; gives whether it is an inline one."""
    phrase = tag not in INLINE and _may_be_phrase(node, tag) and _is_phrase(node, inside)
    if phrase or tag in INLINE:
        mask = mark_element(tag if tag == "a" else "span", node.attributes) if phrase or tag in MARKED_INLINE else 0
        builder.href = node.attributes.get("href") if tag == "a" else builder.href
        builder.open_inline(tag, mask, phrase or tag in APART, tag in PHRASES)
        over = _raised(node, tag)
        if over == "over":
            builder.put_sign("/")
        elif over:
            builder.raise_text(over == "up")
        if tag == "msqrt":
            builder.put_sign("√")
        if _needs_brackets(node, tag):
            builder.put_sign("(")
        return True
    given = node.attributes
    spans = (min(_span(given.get("colspan")), MAX_SPAN), _span(given.get("rowspan"))) if tag in ("td", "th") else (1, 1)
    builder.open(tag, mark_element(tag, given), f"{given.get('class') or ''} {given.get('id') or ''}" if given else "", spans)
    return False


def _span(value: str | None) -> int:
    """How many columns or rows a cell says that it reaches over."""
    found = _DIGITS.match(value or "")
    return max(int(found[0]), 1) if found else 1


def _close_inline(node: Any, tag: str, builder: Builder) -> None:
    builder.close_inline(tag, tag in APART or _may_be_phrase(node, tag), tag in PHRASES)
    if _needs_brackets(node, tag):
        builder.put_sign(")")
    if _raised(node, tag) in ("up", "down"):
        builder.end_raised()


def _is_drawing(given: Mapping[str, str | None]) -> bool:
    """Whether an element with such attributes is a formula as KaTeX draws it, for the eye, beside its MathML."""
    return given.get("class") == "katex-html" and ("hidden" in given or given.get("aria-hidden") == "true")


_TERMS = ("mrow", "mstyle")


def _needs_brackets(node: Any, tag: str) -> bool:
    """Whether an element holds more than one term under a root, or over or under the bar of a fraction."""
    root = tag == "msqrt"
    if not root and (tag not in (*_TERMS, "mfrac") or node.parent is None or node.parent.tag != "mfrac"):
        return False
    left = MAX_TERMS
    while node.tag in (*_TERMS, "msqrt"):
        inside = list(node.iter(include_text=False))
        left -= 1
        if left == 0:
            return True
        if len(inside) != 1:
            return len(inside) > 1
        node = inside[0]
    return node.tag == "mfrac" or (root and any(True for _ in node.iter(include_text=False)))


def _may_be_phrase(node: Any, tag: str) -> bool:
    return tag in PHRASES or (node.tag_id >= LEXBOR_NAMES and tag not in INLINE and tag not in ATOMS)


def _is_phrase(element: Any, inside: bool) -> bool:
    """Whether an element that may be part of a sentence is: it holds no block, and stands beside text or in an inline element."""
    return _is_simple(element) and (inside or _beside_text(element, "prev") or _beside_text(element, "next"))


def _is_simple(root: Any) -> bool:
    """Whether all that an element holds is inline, and little."""
    stack, left = [root.child], MAX_PHRASE
    while stack:
        node = stack.pop()
        if node is None:
            continue
        left -= 1
        if left < 0:
            return False
        stack.append(node.next)
        if node.is_element_node:
            tag = node.tag
            if tag == "br" or not (tag in INLINE or tag in ATOMS or _may_be_phrase(node, tag)):
                return False
            if tag not in ATOMS:
                stack.append(node.child)
    return True


def _beside_text(element: Any, onward: str) -> bool:
    """Whether the sibling before or after an element is text or an element of plain emphasis."""
    other = getattr(element, onward)
    while other is not None:
        if other.is_element_node:
            return other.tag in INLINE - ATOMS - MARKED_INLINE and other.child is not None
        if other.is_text_node and other.text_content and not other.text_content.isspace():
            return True
        other = getattr(other, onward)
    return False


_RAISED = {"sup": "up", "sub": "down"}
_PARTS = {"msup": ("", "up", "up"), "msub": ("", "down", "down"), "msubsup": ("", "down", "up"), "mfrac": ("", "over", "over")}


def _raised(node: Any, tag: str) -> str:
    """Whether an element is raised ("up"), lowered ("down") or what a fraction is "over"."""
    if tag in _RAISED or tag not in MATH or node.parent is None or node.parent.tag not in _PARTS:
        return _RAISED.get(tag, "")
    place, other = 0, node.prev
    while other is not None and place < 2:
        place += bool(other.is_element_node)
        other = other.prev
    return _PARTS[node.parent.tag][place]


def _pass_atom(node: Any, tag: str, builder: Builder, head: Head) -> None:
    """Something whose inside is not walked."""
    if tag == "br":
        builder.line_break()
    elif tag in ("img", "picture"):
        builder.image()
    elif tag == "input":
        builder.input()
    elif tag == "head":
        _read_head(node, head)
    elif tag == "script":
        _read_script(node, head)
    elif tag == "title":
        _read_title(node, head)
    elif tag == "meta":
        _read_meta(node, head)


def _read_head(node: Any, head: Head) -> None:
    html = node.parent
    if html is not None:
        head.language = (html.attributes.get("lang") or "").strip()[:35] or None
    child = node.child
    while child is not None:
        tag = child.tag
        if tag == "title":
            _read_title(child, head)
        elif tag == "meta":
            _read_meta(child, head)
        elif tag == "script":
            _read_script(child, head)
        child = child.next


def _read_title(node: Any, head: Head) -> None:
    if head.title is None:
        head.title = " ".join((node.text() or "").split())[:1000] or None


def _read_meta(node: Any, head: Head) -> None:
    given = node.attributes
    name = given.get("property") or given.get("name") or ""
    if META.fullmatch(name):
        head.meta.setdefault(name.lower(), (given.get("content") or "")[:2000])


def _read_script(node: Any, head: Head) -> None:
    if "ld+json" in (node.attributes.get("type") or ""):
        data = node.text() or ""
        if len(data) <= LINKED_DATA_CHARS and len(head.linked_data) < 50:
            head.linked_data.append(data)
