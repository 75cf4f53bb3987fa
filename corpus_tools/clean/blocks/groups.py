"""What belongs together stands or goes together: tables, lists, code, quotations, sections with their headings, the page's title.

The block model's probabilities are the evidence; a group is decided by their mean, weighted by words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.layout import Layout, running
from corpus_tools.clean.blocks.page_kernels import decide_headings, sum_marks
from corpus_tools.clean.blocks.signs import find_signs
from corpus_tools.clean.html.arrays import flag_tags
from corpus_tools.clean.html.blocks import TAGS
from corpus_tools.clean.html.element_kernels import first_marks
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.labels import HALF, halves
from corpus_tools.clean.html.marks import BITS, MARKS

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
Least = tuple[float, float, float]

GROUPS = tuple(TAGS[name] for name in ("table", "ul", "ol", "dl", "pre", "blockquote", "figure"))
MAX_GROUP = 4_000
"""Words of the largest group that is decided as one: a larger one is a page's layout."""
KEPT_SHARE, CUT_SHARE = 0.5, 0.1
"""A group whose blocks, by words, are kept to at least the first share is kept whole; below the second it goes whole."""
FIRM = 0.65
"""Mean probability of the blocks of a group that is kept whole, of whatever kind and size."""
LEAST: dict[str, Least] = {"balanced": (0.25, 0.3, 0.4), "precision": (0.4, 0.45, 0.6), "recall": (0.15, 0.2, 0.3)}
"""Mean probability from which a group stands whole, and below which it goes whole: without links, with links, marked as boilerplate."""
MOST_LISTED = 0.3
"""Share of a page's words from which a list lays out the page: its items are decided one by one."""
TELLING = 0.5
"""A mark that stands over so much of a page's words says nothing of any part of it."""
_MARKED = 0.5
"""Share of a group's words under marks of boilerplate above which it is taken for such."""
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


def keep_whole(page: HtmlPage, lay: Layout, p: Array, kept: Flags, least: Least | None) -> Flags:
    """``kept`` with its groups made whole, headings with their sections, and the page's own title.

    ``least`` is what groups need, as in LEAST; with None, blocks of a group that do not agree are decided one by one.
    """
    kept = kept.copy()
    _decide_groups(page, lay, p, kept, least)
    _keep_article_footers(page, lay, p, kept)
    levels = heading_levels(lay)
    signs = find_signs(page, levels)
    kept[signs] = kept[np.minimum(signs + 1, len(kept) - 1)]  # a heading's section begins after its signs
    _decide_headings(levels, lay, p, kept)
    kept[signs] = False
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


def _decide_groups(page: HtmlPage, lay: Layout, p: Array, kept: Flags, least: Least | None) -> None:
    """Groups from the outside in; what was decided with a group around it is not decided again."""
    held = lay.last - lay.first
    nodes = np.flatnonzero(_is_group()[lay.tag] & ((held >= 2) | ((held == 1) & (lay.tag == TAGS["pre"]))))
    if not len(nodes):
        return
    given = Groups.of(page, lay, p, kept, nodes)
    floors = given.floors(least).tolist()
    rows = zip(
        nodes.tolist(), given.first.tolist(), given.last.tolist(), given.mean.tolist(), given.share.tolist(), floors, strict=True
    )
    until = 0
    for node, first, last, mean, share, floor in rows:
        if first < until or floor == _LAYOUT:
            continue
        surely = share >= KEPT_SHARE and mean >= FIRM
        if surely or mean >= floor or (kept[first - 1] and first and mean >= DATA and _is_data(page, lay, given.plain, node)):
            kept[first:last] |= given.plain[first:last]
        elif share < CUT_SHARE or floor < _OPEN:
            kept[first:last] = False
        else:
            continue
        until = last


_LAYOUT, _OPEN = 3.0, 2.0
"""Stand for a floor: of what is no group, and of a group that is decided only where its blocks agree."""


@dataclass(frozen=True)
class Groups:
    """Elements that may be decided as one: of each its first block and the one after the last, its words, and by words its mean
    probability and the share that is kept. ``plain`` says of every block of the page that no mark calls it boilerplate.
    """

    lay: Layout
    nodes: Array
    first: Array
    last: Array
    words: Array
    mean: Array
    share: Array
    plain: Flags

    @staticmethod
    def of(page: HtmlPage, lay: Layout, p: Array, kept: Flags, nodes: Array) -> Groups:
        """The groups at ``nodes``."""
        first, last, weight = lay.first[nodes], lay.last[nodes], lay.words + 1.0
        total, mass, stands = (sums[last] - sums[first] for sums in map(running, (weight, weight * p, weight * kept)))
        plain = ~has_marks(page, _telling_marks(page, lay))
        return Groups(lay, nodes, first, last, total, mass / total, stands / total, plain)

    def floors(self, least: Least | None) -> Array:
        """Mean probability from which each group stands; _OPEN where the group's blocks must agree, _LAYOUT where it is none."""
        lay, tag = self.lay, self.lay.tag[self.nodes]
        table, lays_out = tag == TAGS["table"], self._lay_out()
        floors = np.full(len(tag), _OPEN)
        if least is not None:
            weight = lay.words + 1.0
            linked, marked = (
                (sums[self.last] - sums[self.first]) / self.words
                for sums in (running(lay.words * lay.linked), running(weight * ~self.plain))
            )
            floors = np.where(marked > _MARKED, least[2], np.where(linked > _FEW_LINKED, least[1], least[0]))
            listed = ~table & (self.words > MOST_LISTED * weight.sum())
            floors[listed | lays_out | (tag == TAGS["figure"])] = _OPEN
        floors[(self.words > MAX_GROUP) | (table & lays_out)] = _LAYOUT
        return floors

    def _lay_out(self) -> Flags:
        """Whether each lays out a page: it holds tables, headings, forms."""
        held = running(_lays_out()[self.lay.tag])
        ends = np.searchsorted(self.lay.first, self.last)
        return np.asarray(held[ends] > held[self.nodes + 1])


def _telling_marks(page: HtmlPage, lay: Layout) -> int:
    """The marks of boilerplate that stand over a part of the page; those of comments tell wherever they stand."""
    return telling(page, lay.words, _BOILERPLATE) | BITS["comments"]


def telling(page: HtmlPage, words: Array, marks: int) -> int:
    """Those of some marks that stand over a part of some words of a page, float64 a block: what stands over most of them tells nothing."""
    sums = np.zeros(2 * HALF)
    sum_marks(page.arrays.above, page.arrays.node, words, HALF, sums)
    over = np.flatnonzero(sums[: len(MARKS)] >= TELLING * words.sum()).tolist()
    return marks & ~sum(1 << place for place in over)


@cache
def _is_group() -> Flags:
    """Whether an element of each code is a group."""
    return flag_tags(GROUPS)


@cache
def _lays_out() -> Flags:
    """Whether what holds an element of each code is a page's layout and no one thing."""
    return flag_tags(TAGS[name] for name in ("table", "h1", "h2", "nav", "form"))


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
