"""How data, script and style become one HTML file that loads nothing and takes no text from a page for markup."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import Any

SCRIPTS = (
    "data",
    "words",
    "dom",
    "charts",
    "parts",
    "overview",
    "browse",
    "rows",
    "pages",
    "families",
    "judge",
    "thresholds",
    "app",
)
"""The parts of the script in ``assets/``, in the order in which they are put together."""

_ESCAPED = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>corpus-tools report</title>
<style>{style}</style>
</head>
<body>
<noscript>This report needs JavaScript. It loads nothing from the network.</noscript>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def encode(value: Any) -> str:
    """JSON that can stand in a script element: no character in it can end the element or start markup.

    Raises ValueError for a number that is not finite.
    """
    told = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escaped in _ESCAPED.items():
        told = told.replace(character, escaped)
    return told


def count_bytes(value: Any) -> int:
    """Number of bytes that ``encode`` makes of a value, in UTF-8."""
    return len(encode(value).encode())


def assemble_page(data: dict[str, Any]) -> str:
    """The whole file: the data as JSON, the script and the style of this package, and a policy that forbids all else."""
    script, style = _read_script(), _read_asset("style.css")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {_digest(script)}",
            f"style-src {_digest(style)}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
    return _PAGE.format(policy=policy, style=style, data=encode(data), script=script)


def _read_script() -> str:
    parts = "".join(_read_asset(f"{name}.js") for name in SCRIPTS)
    return f'"use strict";(()=>{{\n{parts}}})();'


def _read_asset(name: str) -> str:
    return (files("corpus_tools.report") / "assets" / name).read_text(encoding="utf-8")


def _digest(content: str) -> str:
    """The source expression by which a policy allows one inline element."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
