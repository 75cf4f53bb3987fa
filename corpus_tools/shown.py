"""What leaves for a terminal or a log: pages, file names and libraries are quoted there, and none of them may steer it."""

from __future__ import annotations

import json
import re
import sys
from typing import IO, Any

_TURNS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
"""Characters that turn the direction of the text around them; the marks of single letters stay."""
_OTHERS = [*range(0x80, 0xA0), *_TURNS, 0x2028, 0x2029, *range(0xFFF9, 0xFFFC)]
_PICTURES = dict.fromkeys(_OTHERS, "\ufffd") | {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_SHOWN = {code: shown for code, shown in _PICTURES.items() if chr(code) not in "\n\t"}
_UNSAFE = re.compile("[\x7f" + "".join(map(chr, _OTHERS)) + "]")


def visible(text: str) -> str:
    """``text`` with every control character but line breaks and tabs, and every override of direction, as a sign that shows it."""
    return text.translate(_SHOWN)


def json_line(value: Any) -> str:
    """``value`` as JSON that is safe to show: what ``visible`` replaces is written as an escape, so a reader gets it back."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False, default=str))


def say(text: str, stream: IO[str] | None = None, end: str = "\n") -> None:
    """Print ``visible`` text, on standard output by default; what its encoding cannot write is spelt out."""
    stream = sys.stdout if stream is None else stream
    encoding = getattr(stream, "encoding", None) or "utf-8"
    print(visible(text).encode(encoding, "backslashreplace").decode(encoding), file=stream, end=end, flush=True)
