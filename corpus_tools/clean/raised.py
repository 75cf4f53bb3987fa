"""Raised and lowered text spelt out, so that 10 to the power of 5 is never read as 105."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.html.blocks import DOWN, END, LINKED_END, UP

_UP = str.maketrans(
    "0123456789+-\u2212=()n",
    "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b\u207b\u207c\u207d\u207e\u207f",
)
_DOWN = str.maketrans(
    "0123456789+-\u2212=()", "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089\u208a\u208b\u208b\u208c\u208d\u208e"
)
_MARKED = re.compile(f"([{UP}{DOWN}])([^{UP}-{LINKED_END}]*)([{END}{LINKED_END}])")
_LEFT = re.compile(f"[{UP}-{LINKED_END}]")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|\u00e8re|re|e|\u00e8me|nde|os?|as?)\Z", re.I)
_NUMBERED = re.compile(r"(?:\d|\b[IVXLC]+)\Z")
_WORD_BEFORE = re.compile(r"[^\W\d_]*\Z")
_MAX_DEPTH = 4
_UNIT, _ABBREVIATED, _SHORT = 3, 2, 8
"""Letters of the longest unit or variable, of the longest title that goes on raised ("Mlle"), characters of a short script."""
_SIGNS = "\u00ae\u2122\u2120\u00a9\u00b0\u00ba\u00aa"
Array = npt.NDArray[Any]


def write_raised(text: str) -> str:
    """A block's text with ``UP`` and ``DOWN`` to ``END`` spelt out.

    Digits and signs have forms of their own in Unicode; other short powers and indices follow ^ and _. Ordinals and trade marks
    stay as they are. Marks of footnotes, which are links or follow a word longer than a unit, stand apart from the word.
    """
    for _ in range(_MAX_DEPTH):
        if END not in text and LINKED_END not in text:
            break
        pieces, at = [], 0
        for found in _MARKED.finditer(text):
            pieces.append(text[at : found.start()])
            before = pieces[-1][-40:] or (pieces[-2][-40:] if len(pieces) > 1 else "")
            pieces.append(_spell(_LEFT.sub("", before), found[2], found[1] == UP, found[3] == LINKED_END))
            at = found.end()
        text = "".join([*pieces, text[at:]])
    return _LEFT.sub("", text)


def _spell(before: str, given: str, up: bool, linked: bool) -> str:
    """What stands for ``given`` after the text ``before``."""
    inner = given.strip()
    follows = before[-1:].isalnum() or before[-1:] == ")"
    if not follows:  # nothing that it could be taken as a part of
        return given if len(inner) > _SHORT or not before else given.replace(inner, _in_form(inner, up) or inner)
    word = len(_word(before))
    apart = "" if before[-1:].isspace() else " "
    if not inner or inner in _SIGNS:
        return inner
    if up and inner.upper() in ("TM", "SM", "R"):
        return {"TM": "\u2122", "SM": "\u2120", "R": "\u00ae"}[inner.upper()]
    if up and _ORDINAL.match(inner) and _NUMBERED.search(before) and not linked:
        return given
    if up and (linked or inner[0] in "[(*\u2020\u2021\u00a7#") and len(inner) <= 3 * _SHORT:
        return apart + (_in_form(inner, up) or inner)
    if len(inner) > _SHORT or " " in inner:
        return apart + given
    if up and word and inner.isalpha():
        return _letters_after(word, inner, apart)
    if (form := _in_form(inner, up)) is not None:
        return apart + form if up and word > _UNIT else form
    return f"{'^' if up else '_'}{inner}"


def _word(before: str) -> str:
    found = _WORD_BEFORE.search(before)
    return found[0] if found else ""


def _letters_after(word: int, inner: str, apart: str) -> str:
    if len(inner) == 1:
        return f"^{inner}" if word <= _UNIT else f"{apart}^{inner}"
    return inner if word <= _ABBREVIATED else apart + inner


def _in_form(inner: str, up: bool) -> str | None:
    """The Unicode forms, None where there are none."""
    made = inner.translate(_UP if up else _DOWN)
    return made if inner and not any(one == other for one, other in zip(inner, made, strict=True)) else None


def spell_raised(blocks: Array, data: npt.NDArray[np.uint8]) -> tuple[Array, npt.NDArray[np.uint8]]:
    """BLOCK[n] and the bytes of their texts, with raised and lowered text spelt out."""
    if not (data <= ord(LINKED_END)).any():
        return blocks, data
    places = np.unique(np.searchsorted(blocks["start"], np.flatnonzero(data <= ord(LINKED_END)), side="right") - 1)
    blocks, given, pieces, at = blocks.copy(), data.tobytes(), [], 0
    moved = np.zeros(len(blocks) + 1, np.int64)
    for place in places.tolist():
        start, end = int(blocks["start"][place]), int(blocks["end"][place])
        text = write_raised(given[start:end].decode("utf-8", "replace"))
        written = text.encode()
        pieces += [given[at:start], written]
        at = end
        moved[place + 1] = len(written) - (end - start)
        blocks["chars"][place] = len(text)
    shift = np.cumsum(moved)
    blocks["start"] += shift[:-1]
    blocks["end"] += shift[1:]
    np.minimum(blocks["linked"], blocks["chars"], out=blocks["linked"])
    return blocks, np.frombuffer(b"".join([*pieces, given[at:]]), np.uint8)
