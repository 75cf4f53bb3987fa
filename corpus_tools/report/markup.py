"""Pieces of HTML for the report: escaped text, clipped text, tables, sections."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

_MAX_SHOWN = 300


def escape(value: Any) -> str:
    """Escaped: everything shown comes from pages nobody vouches for."""
    return html.escape("" if value is None else str(value))


def clip(value: Any, size: int = _MAX_SHOWN) -> str:
    """At most ``size`` characters, escaped, with the full length where something was left out."""
    text = "" if value is None else str(value)
    return escape(text if len(text) <= size else f"{text[:size]} … ({len(text):,} characters)")


def section(title: str, lead: str, content: str) -> str:
    """A heading, a line on what stands under it, and the content."""
    return f"<h2>{title}</h2><p class=dim>{lead}</p>{content}"


def draw_table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are already HTML; cells that hold a number stand to the right."""
    body = "".join("<tr>" + "".join(_table_cell(cell) for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{name}</th>' for name in head)}</tr>{body}</table>" if body else "<p>None.</p>"


def _table_cell(cell: str) -> str:
    number = cell.replace(",", "").replace(".", "").isdigit()
    return f'<td class="n">{cell}</td>' if number else f"<td>{cell}</td>"
