"""Text of pages that show none, or none that is left: what scripts would have put there, read without running them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from corpus_tools.clean.html.flat import read_flat

MAX_CHARS = 5_000_000
"""Longer pages are not dug through."""

_PROPERTIES = ("headline", "articleBody", "text", "description", "reviewBody")
_HOLDERS = re.compile(r"<(/?)(noscript|template|textarea)\b[^<>]{0,2000}>", re.I)
_FRAME = re.compile(r"<iframe\b[^<>]{0,2000}?\bsrcdoc\s{0,9}=\s{0,9}(\"[^\"]{0,1000000}\"|'[^']{0,1000000}')", re.I)
_SCRIPT = re.compile(r"<script\b([^<>]{0,2000})>", re.I)
_STATE = re.compile(
    r"(?:__NEXT_DATA__|__NUXT_|__next_f|application/json|__INITIAL_STATE__|__PRELOADED_STATE__|__APOLLO_STATE__)", re.I
)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)(?:"|\Z)', re.S)
_ASSIGNED = re.compile(r"\s{0,99}(?:window\.|var |let |const )?[\w.\[\]\"']{1,80}\s{0,9}=\s{0,9}(?=[{\[])")
_MAX_ITEMS = 200_000
_MIN_PROSE = 60
"""Characters of the shortest text taken from a page's state."""
_PROSE = re.compile(r"[.!?。！？…][\"')\]»”]?(?:\s|$|<)")
_TAGGED = re.compile(r"<[a-zA-Z!/][^<>]{0,2000}>")


def recover_lines(html: str, holders: bool = True) -> list[str]:
    """Lines from linked data (schema.org texts), else from a page's state as scripts keep it, else from ``holders``.

    Those are the elements whose inside shows only without scripts, or not at all.
    """
    if len(html) > MAX_CHARS:
        return []
    scripts = list(_scripts(html))
    for lines in (_from_linked_data(scripts), _from_state(scripts), _from_holders(html) if holders else []):
        found = list(dict.fromkeys(line for line in (" ".join(line.split()) for line in lines) if line))
        if found:
            return found
    return []


def _scripts(html: str) -> Iterator[tuple[str, str]]:
    """Attributes and content of each script."""
    at = 0
    while (found := _SCRIPT.search(html, at)) is not None:
        end = html.find("</script", found.end())
        end = len(html) if end < 0 else end
        yield found[1], html[found.end() : end]
        at = end


def _from_linked_data(scripts: list[tuple[str, str]]) -> list[str]:
    lines: list[str] = []
    for given, content in scripts:
        if "ld+json" in given.lower():
            for item in _items(content):
                if isinstance(item, dict):
                    lines += [line for name in _PROPERTIES if isinstance(item.get(name), str) for line in _lines(item[name])]
    return lines


def _from_state(scripts: list[tuple[str, str]]) -> list[str]:
    """What reads as prose in a page's state, in order."""
    lines: list[str] = []
    for given, content in scripts:
        if "ld+json" in given.lower() or not (_STATE.search(given) or _STATE.search(content[:200])):
            continue
        assigned = _ASSIGNED.match(content)
        texts = list(_strings(content[assigned.end() :].rstrip(" ;\n") if assigned else content)) or list(_quoted(content))
        for text in texts:
            if len(text) >= _MIN_PROSE and " " in text.strip() and _PROSE.search(text):
                lines += _lines(text)
    return lines


def _strings(data: str) -> Iterator[str]:
    """The texts of a JSON text's objects, and of the lists that are in no object, as Nuxt writes them."""
    for item in _items(data):
        for value in item.values() if isinstance(item, dict) else (item,):
            yield from (text for text in (value if isinstance(value, list) else (value,)) if isinstance(text, str))


def _quoted(script: str, inside: bool = True) -> Iterator[str]:
    """The texts in double quotes of a script that is no JSON, and those quoted inside them, as Next.js writes them."""
    for found in _QUOTED.finditer(script):
        if len(found[1]) < _MIN_PROSE:
            continue
        try:
            text = str(json.loads(f'"{found[1]}"', strict=False))
        except ValueError:
            continue
        if inside and '\\"' in found[1] and '":' in text:
            yield from _quoted(text, inside=False)
        else:
            yield text


def _items(data: str) -> Iterator[dict[str, Any] | list[Any]]:
    """All objects of a JSON text and the lists that no object holds, outer ones first, in order."""
    try:
        waiting: list[Any] = [json.loads(data)]
    except (ValueError, RecursionError):
        return
    left = _MAX_ITEMS
    while waiting and left:
        item = waiting.pop()
        left -= 1
        if isinstance(item, dict):
            yield item
            held = [one for value in item.values() for one in (value if isinstance(value, list) else (value,))]
        else:
            yield item
            held = item
        waiting += reversed([value for value in held if isinstance(value, dict | list)])


def _lines(text: str) -> list[str]:
    return read_flat(text).texts if _TAGGED.search(text) else text.splitlines()


def _from_holders(html: str) -> list[str]:
    """Texts of outermost elements whose inside a browser does not show; each piece of the page is read once."""
    lines: list[str] = []
    depth, start, name = 0, 0, ""
    for found in _HOLDERS.finditer(html):
        tag, closes = found[2].lower(), bool(found[1])
        if depth == 0 and not closes:
            depth, start, name = 1, found.end(), tag
        elif depth and tag == name:
            depth += -1 if closes else 1
            if depth == 0:
                lines += read_flat(_without_template_tags(html[start : found.start()])).texts
    if depth:
        lines += read_flat(_without_template_tags(html[start:])).texts
    for found in _FRAME.finditer(html):
        lines += read_flat(found[1][1:-1].replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">")).texts
    return lines


def _without_template_tags(html: str) -> str:
    """What holders hold, those inside it opened."""
    return _HOLDERS.sub(" ", html)
