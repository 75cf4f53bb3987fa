"""What belongs together stands or goes together: tables, lists, code, quotations, sections with their headings, the page's title.

The block model's probabilities are the evidence; a group is decided by their mean, weighted by words.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.layout import Layout, running
from corpus_tools.clean.blocks.page_kernels import decide_headings
from corpus_tools.clean.html.blocks import TAGS
from corpus_tools.clean.html.element_kernels import first_marks
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.labels import halves
from corpus_tools.clean.html.marks import BITS

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

GROUPS = tuple(TAGS[name] for name in ("table", "ul", "ol", "dl", "pre", "blockquote", "figure"))
MAX_GROUP = 4_000
"""Words of the largest group that is decided as one: a larger one is a page's layout."""
KEPT_SHARE, CUT_SHARE = 0.5, 0.1
"""A group whose blocks, by words, are kept to at least the first share is kept whole; below the second it goes whole."""
FIRM = 0.65
"""Mean probability of the blocks of a group that is kept whole."""
DATA = 0.1
"""Mean probability from which data, or an article's own footer, stands with the main text before it."""
_DATA = tuple(TAGS[name] for name in ("table", "dl", "pre"))
_FEW_LINKED, _SENTENCE, _FOOTER_WORDS = 0.15, 8, 20
_ARTICLE = BITS["e_article"] | BITS["e_main"]
UNSURE = 0.45
"""Probability below which a heading goes with a section that went: in a listing the titles are the content."""
_BOILERPLATE = sum(
    BITS[name]
    for name in "nav cookie newsletter share advert related comments pager crumbs popup e_nav e_form e_dialog e_select".split()
)
_HEADINGS = {TAGS[f"h{level}"]: level for level in range(1, 7)}
_SECTION = 60
"""Blocks of a section that are examined."""


def keep_whole(page: HtmlPage, lay: Layout, p: Array, kept: Flags) -> Flags:
    """``kept`` with its groups made whole, headings with their sections, and the page's own title."""
    kept = kept.copy()
    _decide_groups(page, lay, p, kept)
    _keep_article_footers(page, lay, p, kept)
    levels = heading_levels(lay)
    _decide_headings(levels, lay, p, kept)
    _keep_title(page, levels, lay, kept)
    return kept


def has_marks(page: HtmlPage, names: int) -> Flags:
    """Which blocks stand in an element with one of the marks."""
    given = page.arrays
    return np.asarray(first_marks(given.above, given.node, given.inner, _as_masks(names)) > 0)


@cache
def _as_masks(names: int) -> Array:
    return np.array([halves(names)], np.int64)


def heading_levels(lay: Layout) -> Array:
    """Level of the heading that each block is in, 0 for none."""
    own, above = lay.tag[lay.node], lay.tag[np.maximum(lay.parent[lay.node], 0)]
    return np.maximum(levels_of_tags()[own], levels_of_tags()[above])


@cache
def levels_of_tags() -> Array:
    """The level of a heading of each code, 0 for others."""
    found = np.zeros(len(TAGS), np.int64)
    for code, level in _HEADINGS.items():
        found[code] = level
    return found


def _decide_groups(page: HtmlPage, lay: Layout, p: Array, kept: Flags) -> None:
    """Groups from the outside in; what was decided with a group around it is not decided again."""
    nodes = np.flatnonzero(_is_group()[lay.tag] & (lay.last - lay.first >= 2))
    if not len(nodes):
        return
    weight = lay.words + 1.0
    plain = ~has_marks(page, _BOILERPLATE)
    sums, mass = running(weight * kept).tolist(), running(weight * p).tolist()
    weights, until = running(weight).tolist(), 0
    spans = zip(nodes.tolist(), lay.first[nodes].tolist(), lay.last[nodes].tolist(), strict=True)
    for node, first, last in spans:
        if first < until:
            continue
        total = weights[last] - weights[first]
        if total > MAX_GROUP or _is_layout(lay, node, first, last):
            continue
        share, mean = (sums[last] - sums[first]) / total, (mass[last] - mass[first]) / total
        surely = share >= KEPT_SHARE and mean >= FIRM
        if surely or (kept[first - 1] and first and mean >= DATA and _is_data(page, lay, plain, node)):
            kept[first:last] |= plain[first:last]
            until = last
        elif share < CUT_SHARE:
            kept[first:last] = False
            until = last


@cache
def _is_group() -> Flags:
    """Whether an element of each code is a group."""
    found = np.zeros(len(TAGS), np.bool_)
    found[list(GROUPS)] = True
    return found


def _is_data(page: HtmlPage, lay: Layout, plain: Flags, node: int) -> bool:
    """Whether a table, or a list of terms, holds data and no links or fields: after main text it is part of it."""
    body, given = slice(lay.first[node], lay.last[node]), page.arrays
    free = given.linked[body].sum() <= _FEW_LINKED * given.chars[body].sum() and not given.inputs[body].any()
    return bool(free and lay.tag[node] in _DATA and plain[body].all())


def _keep_article_footers(page: HtmlPage, lay: Layout, p: Array, kept: Flags) -> None:
    """A footer inside an article or the main element that goes on in prose stands with the text before it."""
    given = page.arrays
    footers = np.flatnonzero(lay.tag == TAGS["footer"])
    for node in footers[(given.above[footers] & halves(_ARTICLE)).any(axis=1)].tolist():
        first, last = int(lay.first[node]), int(lay.last[node])
        body, words = slice(first, last), lay.words[first:last]
        if first == last or not first or not kept[first - 1] or words.sum() < _FOOTER_WORDS:
            continue
        linked = given.linked[body].sum() / given.chars[body].sum()
        prose = words[(words >= _SENTENCE)].sum() >= 0.8 * words.sum()
        if prose and linked <= _FEW_LINKED and (p[body] * words).sum() >= DATA * words.sum():
            kept[body] = True


def _is_layout(lay: Layout, node: int, first: int, last: int) -> bool:
    """Whether a table lays out a page: it holds tables, or headings."""
    if lay.tag[node] != TAGS["table"]:
        return False
    end = node + 1
    while end < len(lay.tag) and lay.parent[end] >= node:
        end += 1
    inside = lay.tag[node + 1 : end]
    return bool(np.isin(inside, [TAGS["table"], TAGS["h1"], TAGS["h2"], TAGS["nav"], TAGS["form"]]).any())


def _decide_headings(levels: Array, lay: Layout, p: Array, kept: Flags) -> None:
    """A heading whose section stands is kept, and one whose section went goes with it."""
    decide_headings(levels, lay.words, p, kept, _SECTION, UNSURE)


def _keep_title(page: HtmlPage, levels: Array, lay: Layout, kept: Flags) -> None:
    """The page's h1 is kept: the one that says most of the title, else an only one, if main text comes after it."""
    tops = np.flatnonzero(levels == 1)
    some = np.flatnonzero(kept)
    tops = tops[tops < some[-1]] if len(some) else tops[:0]
    if len(tops) == 0 or kept[tops].any():
        return
    about = f"{page.head.title or ''} {page.head.meta.get('og:title', '')}".lower()
    fits = [at for at in tops.tolist() if page.texts[at].lower()[:60] in about]
    chosen = fits[0] if fits else int(tops[0]) if len(tops) == 1 else -1
    if chosen >= 0 and lay.words[chosen] <= 40:
        kept[chosen] = True
