"""What a path may be: a place in a file system that this process and every worker see, also as a ``file://`` address."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from corpus_tools.errors import CorpusError

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+):(?=/\S)", re.IGNORECASE)
"""A scheme of at least two letters before a slash: a ``Path`` has made one slash of two."""
_FILE = re.compile(r"//(?:localhost)?(?=/)", re.IGNORECASE)


def local_path(given: str | Path, refuse: type[CorpusError]) -> Path:
    """``given`` as a path: an address ``file:///FOLDER`` or ``file://localhost/FOLDER`` (RFC 8089) is decoded.

    Raises ``refuse`` for an address of any other host or scheme (s3, gs, abfs, hdfs, http ...), unless
    something of that very name is there.
    """
    text = str(given)
    found = _ADDRESS.match(text)
    if found is None or Path(text).exists():
        return Path(given)
    scheme, rest = found[1].lower(), text[found.end() :]
    if scheme != "file":
        raise refuse(f"{text!r} is not a place in a file system", _hint(scheme))
    place = _FILE.sub("", rest, count=1)
    if place.startswith("//"):
        raise refuse(f"{text!r} names another machine", "mount its folder on this machine and use file:///FOLDER")
    return Path(unquote(place))


def _hint(scheme: str) -> str:
    if scheme in ("http", "https", "ftp"):
        return "download it first: pages are read from files"
    return f"mount the {scheme} store as a folder (on every machine, for Spark), or copy the files in and out"
