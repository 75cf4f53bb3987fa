"""Text of pages that show none: what scripts would have put there, dug out with BeautifulSoup."""

from __future__ import annotations

import json
from typing import Any

from bs4 import BeautifulSoup

MAX_CHARS = 5_000_000
"""Longer pages are not dug through."""

_PROPERTIES = ("headline", "articleBody", "text", "description", "reviewBody")
_HOLDERS = ("noscript", "template", "textarea", "iframe")


def recover_lines(html: str) -> list[str]:
    """Lines from linked data (schema.org texts), and else from elements a browser would not render as they are."""
    if len(html) > MAX_CHARS:
        return []
    soup = BeautifulSoup(html, "lxml")
    lines = [line for script in soup.find_all("script", type="application/ld+json") for line in _linked_texts(script.string or "")]
    if not lines:
        held = [
            BeautifulSoup(holder.decode_contents() or str(holder.get("srcdoc") or ""), "lxml") for holder in soup.find_all(_HOLDERS)
        ]
        lines = [line for inner in held for line in inner.get_text("\n").splitlines()]
    return list(dict.fromkeys(" ".join(line.split()) for line in lines if line.strip()))


def _linked_texts(data: str) -> list[str]:
    try:
        waiting: list[Any] = [json.loads(data)]
    except (ValueError, RecursionError):
        return []
    lines: list[str] = []
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            for name in _PROPERTIES:
                if isinstance(item.get(name), str):
                    lines += BeautifulSoup(item[name], "lxml").get_text("\n").splitlines()
            waiting += reversed([value for value in item.values() if isinstance(value, dict | list)])
        elif isinstance(item, list):
            waiting += reversed(item)
    return lines
