"""What a plan's settings say of whole blocks: comments, reference lists and disclaimers that it keeps or cuts."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.block_text import find_words
from corpus_tools.clean.blocks.groups import has_marks, heading_levels
from corpus_tools.clean.blocks.layout import Layout
from corpus_tools.clean.html.arrays import flag_tags
from corpus_tools.clean.html.blocks import TAGS
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.marks import BITS
from corpus_tools.clean.lines.boilerplate import kind_by_patterns
from corpus_tools.clean.lines.lexicon import LANGUAGES, lexicons_for, read_lexicon
from corpus_tools.cut import fold_line, label_key
from corpus_tools.kernels.lookup import Lookup
from corpus_tools.plan import CleanPlan

Flags = npt.NDArray[np.bool_]
_COMMENTS = BITS["comments"]
_NO_COMMENT = sum(BITS[name] for name in "e_form e_button nav e_nav pager share login e_select".split())
_NOTES = BITS["notes"]
_LINKED = 0.8
_CITED = re.compile(r"\b(?:1[89]|20)\d{2}\b|doi|https?:|www\.|et al|\bpp?\. ?\d|pmid|isbn|↑", re.I)
_LABEL = 40
"""Characters of the longest heading of references."""
_FEW = 2
"""Words of what beside a comment is no comment: "Reply"."""


def apply_settings(page: HtmlPage, lay: Layout, kept: Flags, plan: CleanPlan) -> None:
    """Change ``kept`` as the settings ask."""
    if not kept.any():
        return
    if plan.comments == "keep":
        kept |= has_marks(page, _COMMENTS) & ~has_marks(page, _NO_COMMENT) & (lay.words > _FEW - 1) & (lay.linked < _LINKED)
    if plan.disclaimers == "keep":
        _keep_disclaimers(page, lay, kept)
    listed = find_references(page, lay)
    if plan.references == "keep":
        kept |= listed
    else:
        kept &= ~listed


def _keep_disclaimers(page: HtmlPage, lay: Layout, kept: Flags) -> None:
    lexicons = lexicons_for((page.head.language or "")[:2].lower())
    for place in np.flatnonzero(~kept & (lay.words >= 8) & (lay.linked < _LINKED)).tolist():
        folded = fold_line(page.texts[place][:2_000])
        kept[place] = any(kind_by_patterns(lexicon, folded) == "disclaimer" for lexicon in lexicons)


def find_references(page: HtmlPage, lay: Layout) -> Flags:
    """Blocks of reference lists with their headings: what stands under such a heading, or is marked so, and cites."""
    found = np.zeros(len(lay.words), np.bool_)
    named = (lay.words <= 5) & (lay.text.bits(_opening_words()) != 0)
    if not named.any():
        return found
    levels, marked = heading_levels(lay), has_marks(page, _NOTES)
    short = np.flatnonzero(
        named & (page.arrays.chars <= _LABEL) & (lay.linked < _LINKED) & ((levels > 1) | marked | _opens()[lay.tag[lay.node]])
    )
    openers = _openers()
    for at in short.tolist():
        text = page.texts[at]
        if len(text) > _LABEL or label_key(fold_line(text)) not in openers:
            continue
        end = at + 1
        while end < len(found) and not 0 < levels[end] <= max(levels[at], 2) and _is_cited(page, lay, end, marked):
            end += 1
        if end - at > 1:
            found[at:end] = True
    return found


@cache
def _opens() -> Flags:
    """Whether an element of each code may hold such a heading that is no h2."""
    return flag_tags(TAGS[name] for name in ("p", "div", "dt", "summary"))


@cache
def _openers() -> frozenset[str]:
    return frozenset(opener for code in LANGUAGES for opener in read_lexicon(code)["reference_openers"])


@cache
def _opening_words() -> Lookup:
    """The words of such headings: a block without any of them is none, and need not be read."""
    words = sorted({word for opener in _openers() for word in find_words(opener)})
    return Lookup.of(dict.fromkeys(words, 1), np.int64)


def _is_cited(page: HtmlPage, lay: Layout, place: int, marked: Flags) -> bool:
    text = page.texts[place]
    listed = lay.tag[lay.node[place]] in (TAGS["li"], TAGS["p"]) or marked[place]
    return bool(listed and len(text) < 1_500 and (_CITED.search(text) or (marked[place] and lay.words[place] > _FEW)))
