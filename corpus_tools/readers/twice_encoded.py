"""Text whose UTF-8 was taken for windows-1252 and encoded again, mended."""

from __future__ import annotations

import re

from corpus_tools.kernels.utf8 import SECONDS, THIRDS, TWICE

_BYTE_OF = {bytes([byte]).decode("cp1252", "replace"): byte for byte in range(128, 256)} | {
    chr(byte): byte for byte in range(128, 160)
}
_BYTE_OF.pop("\ufffd", None)
_FOLLOWS = "".join(re.escape(sign) for sign, byte in _BYTE_OF.items() if byte < 0xC0)
_TWICE = re.compile(f"(?:[Â-ß][{_FOLLOWS}]|[à-ï][{_FOLLOWS}]{{2}}|[ð-ô][{_FOLLOWS}]{{3}})+")
_TWICE_SIGNS = re.compile(f"[ÂÃÐÑâã][{_FOLLOWS}]")
_TWICE_BYTES = re.compile(bytes([TWICE]) + b"[" + bytes(SECONDS) + b"][" + bytes(THIRDS) + b"]")
"""The same in UTF-8, roughly: on bytes it is found in a tenth of the time."""
_BEYOND = re.compile("[^\\x00-\\x7f]+")
_LEADS, _LONGEST = re.compile("[Â-ô]+"), 4
"""What sequences that were encoded twice begin with, and the characters of the longest."""
_MIN_TWICE, _TWICE_SHARE = 6, 0.8
"""Characters of sequences that were encoded twice, and their share of those outside ASCII, from which a page is mended."""


def may_be_twice_encoded(raw: bytes) -> bool:
    """Whether ``mend_twice_encoded`` may have something to do with what ``raw`` says in UTF-8."""
    return b"\xc3" in raw and _TWICE_BYTES.search(raw) is not None


def mend_twice_encoded(text: str) -> str | None:
    """Text whose UTF-8 was read as windows-1252 and encoded again, as it was before; None of other text."""
    if text.isascii() or not any(sign in text for sign in "ÂÃÐÑâã") or _TWICE_SIGNS.search(text) is None:
        return None
    if not _are_enough(_LONGEST * sum(map(len, _LEADS.findall(text))), len(text) - len(text.encode("ascii", "ignore"))):
        return None  # most pages in other alphabets: a pattern for each of their words would cost as much as all of their cleaning
    found = beyond = 0
    known: dict[str, tuple[str, int]] = {}  # a page has few signs, again and again

    def of_run(run: re.Match[str]) -> str:
        nonlocal found, beyond
        given = run[0]
        if (told := known.get(given)) is None:
            told = known[given] = _mend_run(given)
        found, beyond = found + told[1], beyond + len(given)
        return told[0]

    mended = _BEYOND.sub(of_run, text)  # all of a sequence is outside ASCII: most of a page is passed over in one step
    return mended if _are_enough(found, beyond) else None


def _mend_run(run: str) -> tuple[str, int]:
    """A run of characters outside ASCII mended, and how many of them were encoded twice."""
    found = 0

    def again(match: re.Match[str]) -> str:
        nonlocal found
        try:
            made = bytes(map(_BYTE_OF.__getitem__, match[0])).decode()
        except UnicodeDecodeError:
            return match[0]
        found += len(match[0])
        return made

    return _TWICE.sub(again, run), found


def _are_enough(found: int, beyond: int) -> bool:
    """Whether so many characters of such sequences, of so many outside ASCII, make a page one that was encoded twice."""
    return found >= _MIN_TWICE and found >= _TWICE_SHARE * beyond
