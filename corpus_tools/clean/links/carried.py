"""Links carried by the mark of a line until its Markdown is written: where one begins, its text, its address."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

_BEFORE = "\x1f"
"""Stands in a mark before its links. No text of a page holds it."""
MAX_ADDRESS = 2_000
_BROKEN = re.compile(r"[\t\n\r]")
"""What browsers take out of an address (URL standard, basic URL parser)."""
_NO_ADDRESS = re.compile(r"#|(?:javascript|vbscript|data|about|blob|file):", re.I)
_ESCAPED = {ord(sign): f"%{ord(sign):02X}" for sign in ' ()<>|"\\^`{}'}
Link = tuple[int, str, str]
"""The character at which a link begins, its text, and its address."""


def usable_address(given: str | None) -> str | None:
    """The address of a link as Markdown may hold it; None where it leads nowhere else, or is none."""
    address = _BROKEN.sub("", given or "").strip()
    if not address or len(address) > MAX_ADDRESS or _NO_ADDRESS.match(address) or not address.isprintable():
        return None
    return address.translate(_ESCAPED)


def carry_links(marks: Sequence[str], lines: Sequence[str], links: Sequence[Link]) -> list[str]:
    """The marks of a block's lines, each with the links that stand in its line; a link over several lines is left out."""
    found, start = [], 0
    for mark, line in zip(marks, lines, strict=True):
        end = start + len(line)
        own = [(at - start, text, address) for at, text, address in links if start <= at and at + len(text) <= end]
        found.append(f"{mark}{_BEFORE}{json.dumps(own, ensure_ascii=False)}" if own and mark[0] != "c" else mark)
        start = end + 1
    return found


def plain_mark(mark: str) -> str:
    """A mark without its links."""
    return mark.partition(_BEFORE)[0]


def write_links(line: str, mark: str) -> str:
    """A line with the links that its mark carries, in Markdown. What was cut from the line since takes its links with it."""
    carried = mark.partition(_BEFORE)[2]
    if not carried:
        return line
    pieces, cursor = [], 0
    for start, text, address in json.loads(carried):
        at = start if start >= cursor and line.startswith(text, start) else line.find(text, cursor)
        if at < 0:
            continue
        shown = text.replace("[", r"\[").replace("]", r"\]")
        pieces += [line[cursor:at], f"[{shown}]({address})"]
        cursor = at + len(text)
    return "".join([*pieces, line[cursor:]])
