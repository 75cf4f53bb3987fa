"""The walk over a page's tree in Python: what the compiled one must do, and the way of the pages that one gives up."""

from __future__ import annotations

from typing import Any

from corpus_tools.clean.html.blocks import ATOMS, INLINE, LINKED_DATA_CHARS, MARKED_INLINE, MAX_NODES, META, Head
from corpus_tools.clean.html.builder import Builder
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.marks import mark_element


def walk_slowly(root: Any) -> HtmlPage:
    """Walk the tree under ``root``, a lexbor node, once. The walk ends at ``MAX_NODES`` elements."""
    head = Head()
    builder = Builder(head)
    builder.open("body", 0)
    _walk(root, builder, head)
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
            (builder.close_inline if inline else builder.close)(tag)
        elif (tag := node.tag) == "-text":
            text = node.text_content
            if text:
                builder.words(text)
        elif tag is None or tag in ATOMS or tag[0] in "-_":  # None: a processing instruction
            _pass_atom(node, tag, builder, head)
        elif (child := node.child) is not None:
            left -= 1
            if left < 0:
                builder.page.truncated = True
                return
            stack.append((node, tag, _open(node, tag, builder)))
            node = child
            continue
        elif builder.parts and tag not in INLINE:
            builder.flush()
        node = node.next


def _open(node: Any, tag: str, builder: Builder) -> bool:
    """An element with something in it starts; gives whether it is an inline one."""
    if tag in INLINE:
        builder.open_inline(tag, mark_element(tag, node.attributes) if tag in MARKED_INLINE else 0)
        return True
    given = node.attributes
    builder.open(tag, mark_element(tag, given), f"{given.get('class') or ''} {given.get('id') or ''}" if given else "")
    return False


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


def _read_head(node: Any, head: Head) -> None:
    html = node.parent
    if html is not None:
        head.language = (html.attributes.get("lang") or "").strip()[:35] or None
    child = node.child
    while child is not None:
        tag = child.tag
        if tag == "title" and head.title is None:
            head.title = " ".join((child.text() or "").split())[:1000] or None
        elif tag == "meta":
            given = child.attributes
            name = given.get("property") or given.get("name") or ""
            if META.fullmatch(name):
                head.meta.setdefault(name.lower(), (given.get("content") or "")[:2000])
        elif tag == "script":
            _read_script(child, head)
        child = child.next


def _read_script(node: Any, head: Head) -> None:
    if "ld+json" in (node.attributes.get("type") or ""):
        data = node.text() or ""
        if len(data) <= LINKED_DATA_CHARS and len(head.linked_data) < 50:
            head.linked_data.append(data)
