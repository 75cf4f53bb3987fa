"""The lines of a text file whatever its encoding: UTF-8, UTF-16 or UTF-32, or a legacy encoding told by the bytes."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from corpus_tools.readers.decode import WRONG_SHARE, broken_share, decode, find_wide
from corpus_tools.readers.stream import ByteStream

SAMPLE_BYTES = 1 << 18
"""Bytes from the start of a file that are looked at for its encoding."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CALLED = {f"cp{number}": f"windows-{number}" for number in range(1250, 1259)}


@dataclass(frozen=True)
class Encoding:
    """How the lines of a file are decoded. ``legacy`` is the encoding of lines that are no UTF-8, '' if the file shows none."""

    wide: str
    legacy: str

    def decode(self, line: bytes) -> tuple[str, str]:
        """The text of a line, and what had to be done to read it ('' if it is UTF-8)."""
        try:
            return line.decode(), f"read as {self.wide}" if self.wide else ""
        except UnicodeDecodeError:
            pass
        if self.legacy and broken_share(line, "utf-8") > WRONG_SHARE and not broken_share(line, self.legacy):
            return line.decode(self.legacy), f"read as {call(self.legacy)}"
        found = decode(line)
        lost = found.text.count("\ufffd") - line.count("\ufffd".encode())
        told = f"; {lost} bytes of its line that are none became U+FFFD" if lost > 0 else ""
        return found.text, f"read as {call(found.encoding)}{told}"


def call(codec: str) -> str:
    """A codec's name as people write it."""
    return _CALLED.get(codec, codec)


def find_encoding(stream: ByteStream) -> Encoding:
    """How the lines of ``stream``, which is at its start, are decoded. A wide encoding is undone in the stream itself."""
    head = stream.peek(SAMPLE_BYTES)
    wide = next((name for mark, name in _MARKS if head.startswith(mark)), "") or find_wide(head)
    if wide:
        stream.transcode(wide)
        return Encoding(wide.upper(), "")
    if head.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    odd = b"\n".join(line for line in head.split(b"\n")[:-1] or [head] if not line.isascii() and broken_share(line, "utf-8"))
    found = decode(odd).encoding if odd else "utf-8"
    return Encoding("", "" if found == "utf-8" else found)
