"""Declarative shadow DOM as a browser shows it: a host shows its shadow tree, with its own children in the slots."""

from __future__ import annotations

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from corpus_tools.clean.telling_words import TellingWords

_TEMPLATE = re.compile(rb"<(/?)template\b([^<>]{0,2000})>", re.I)
_SHADOW = re.compile(rb"\bshadowrootmode\s{0,9}=", re.I)
_WORD = TellingWords((b"shadowroot",), 1)
OPENED = "x-shown-root"
"""Stands for a template whose content shows."""
MAX_ROOTS = 200
"""Shadow trees of one page; those after them are read in place, without slots."""
MAX_STEPS = 500_000
"""Looks at a child of a host for the slot it goes into, in all trees of a page: children may be handed from tree to tree. Some
seconds' work; the trees after that are read in place too."""


def has_shadow(html: bytes) -> bool:
    """Whether a page, in UTF-8, declares a shadow tree."""
    return bool(_WORD.find(html)[b"shadowroot"]) and _SHADOW.search(html) is not None


def show_shadow(html: bytes) -> bytes:
    """The page with shadow trees where they show. Time is linear in the page, and in the trees with slots up to the limits."""
    opened = _open_templates(html)
    if b"<slot" not in opened:
        return opened
    parser = LexborHTMLParser(opened)
    left = MAX_STEPS
    for root in parser.css(OPENED)[:MAX_ROOTS]:
        left = _fill_slots(root, left)
        if left <= 0:
            break
    return (parser.html or "").encode("utf-8", "ignore")


def _open_templates(html: bytes) -> bytes:
    pieces, at, shown = [], 0, []
    for found in _TEMPLATE.finditer(html):
        closes = bool(found[1])
        if not closes:
            shown.append(_SHADOW.search(found[2]) is not None)
        elif not shown:
            continue
        if shown.pop() if closes else shown[-1]:
            pieces += [html[at : found.start()], b"</" if closes else b"<", OPENED.encode(), b">"]
            at = found.end()
    return b"".join([*pieces, html[at:]])


def _fill_slots(root: Any, left: int) -> int:
    """Move the host's own children into the slots of its shadow tree; what no slot takes does not show.

    Takes and returns how many steps are left; a tree for which they do not suffice is left as far as it is.
    """
    host = root.parent
    light, child = [], host.child if host is not None else None
    while child is not None:
        if child.mem_id != root.mem_id:
            light.append(child)
        child = child.next
    left -= len(light)
    for slot in root.css("slot"):
        left -= len(light) + 1
        if left <= 0:
            return left
        name = slot.attributes.get("name") or ""
        taken = [
            node for node in light if _slot_of(node) == name and not (node.is_text_node and not (node.text_content or "").strip())
        ]
        gone = {node.mem_id for node in taken}
        light = [node for node in light if node.mem_id not in gone]
        if taken:
            inner = slot.child
            while inner is not None:
                following = inner.next
                inner.decompose()
                inner = following
            for node in taken:
                slot.insert_child(node)
                node.decompose()
    for node in light:
        if node.is_element_node and node.tag not in ("script", "style", OPENED):
            node.decompose()
    return left


def _slot_of(node: Any) -> str:
    return (node.attributes.get("slot") or "") if node.is_element_node else ""
