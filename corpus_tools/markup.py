"""HTML for notebooks, in small pieces: everything from a page is escaped, and nothing is told by colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from corpus_tools.errors import visible

SHOWN = 20_000
"""Characters of a text that a notebook shows."""
_PASSAGE = 600
"""Characters of one cut passage that a notebook shows."""
_LOST = "background:rgba(200,60,40,.18)"
_ADDED = "background:rgba(40,140,70,.20)"
_BOX = "max-height:28em;overflow:auto;white-space:pre-wrap;border:1px solid rgba(128,128,128,.5);padding:.5em;font-family:inherit"


def plain(text: object) -> str:
    """``text`` for HTML, as it is read: no markup, no control character, no change of direction."""
    return escape(visible(str(text)))


def paragraph(text: object, strong: bool = False) -> str:
    """A paragraph."""
    return f"<p><strong>{plain(text)}</strong></p>" if strong else f"<p>{plain(text)}</p>"


def facts(values: Mapping[str, Any]) -> str:
    """Names and values as a table of two columns; what is missing is left out."""
    told = {name.replace("_", " "): figure(value) for name, value in values.items() if value is not None}
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left">{plain(name)}</th><td style="text-align:left">{plain(value)}</td></tr>'
        for name, value in told.items()
    )
    return f"<table>{rows}</table>" if rows else ""


def figure(value: Any) -> str:
    """A number as it is read."""
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def lost(text: str) -> str:
    """Words that are not there any more: struck through."""
    return f'<del style="{_LOST}">{plain(text)}</del>' if text else ""


def added(text: str) -> str:
    """Words that are new: underlined."""
    return f'<ins style="{_ADDED}">{plain(text)}</ins>' if text else ""


def box(parts: Iterable[str]) -> str:
    """Text that may be long, in a frame that scrolls and can be reached by keyboard."""
    return f'<div tabindex="0" role="region" aria-label="text" style="{_BOX}">{"".join(parts)}</div>'


def shorten(text: str, most: int = SHOWN) -> str:
    """``text``, or its beginning and how much follows."""
    return text if len(text) <= most else f"{text[:most]} … and {len(text) - most:,} characters more"


def text_with_cuts(text: str, cuts: Sequence[tuple[int, str, str, str]]) -> str:
    """``text`` with each cut (where it would go back, kind, rule, passage) struck through in its place."""
    parts, at = [], 0
    for start, kind, rule, passage in sorted(cuts, key=lambda one: one[0]):
        if start > SHOWN:
            break
        parts += [plain(text[at:start]), _cut(kind, rule, passage)]
        at = max(at, start)
    return box([*parts, plain(shorten(text[at:], max(0, SHOWN - at)))])


def _cut(kind: str, rule: str, passage: str) -> str:
    return f'<span title="{plain(rule)}"><small>[cut: {plain(kind)}]</small> {lost(shorten(passage, _PASSAGE))} </span>'
