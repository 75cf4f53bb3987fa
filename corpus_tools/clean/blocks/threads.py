"""What stands around the posts of a thread: members' profiles, signatures, and the same buttons under every post."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.groups import has_marks
from corpus_tools.clean.blocks.layout import Layout
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.marks import BITS
from corpus_tools.clean.lines.literals import LiteralFinder

_PROFILE = re.compile(
    r"\b(?:joined|registered|member since|posts|location|reputation|likes received|beiträge|registriert|dabei seit|wohnort|inscrit|"
    r"messages?|mensajes|registrado|ubicación|сообщени[яй]|регистрация|откуда)\s?:|注册|注冊|帖子|积分|精华|威望",
    re.I,
)
_TELLING = tuple(
    sign.encode()
    for sign in ("joined", "registered", "member since", "beitr", "dabei seit", "inscrit", "mensajes", "сообщени", "регистрация")
) + tuple(sign.encode() for sign in ("注册", "注冊", "积分", "精华", "威望"))
"""Of which a page with profiles holds one."""
_SIGNS, _MAX_PROFILE = 2, 40
"""Signs of a profile that make one, and words of the longest."""
_COPIES, _BUTTON_WORDS, _LINKED = 3, 8, 0.75
"""Stands of a button on the page, its words, and its share of links, from which it is one under every post."""


@cache
def _telling() -> LiteralFinder:
    return LiteralFinder([(tuple(sign.decode() for sign in _TELLING),)])


def find_furniture(page: HtmlPage, lay: Layout, kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which kept blocks of a thread are not what its members say; none of a page without profiles."""
    found = np.zeros(len(kept), np.bool_)
    if not _telling().fits(page.arrays.data.tobytes().lower()):
        return found
    short = np.flatnonzero((lay.words <= _MAX_PROFILE) & (lay.words > 1))
    profiles = [at for at in short.tolist() if len(set(map(str.lower, _PROFILE.findall(page.texts[at])))) >= _SIGNS]
    if len(profiles) < _SIGNS:
        return found
    found[profiles] = True
    found |= has_marks(page, BITS["signature"])
    counts: dict[str, int] = {}
    buttons = np.flatnonzero((lay.words <= _BUTTON_WORDS) & (lay.linked >= _LINKED)).tolist()
    for at in buttons:
        counts[page.texts[at]] = counts.get(page.texts[at], 0) + 1
    found[[at for at in buttons if counts[page.texts[at]] >= _COPIES]] = True
    return found & kept
