"""What the type of a page settles of its blocks: comments under an article go, dates of posts in a thread, cards of a collection stay.

A block alone does not show it: readers' comments are boilerplate under an article and the content of a thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.block_text import short_text
from corpus_tools.clean.blocks.groups import LEAST, Least, has_marks, heading_levels, telling
from corpus_tools.clean.blocks.layout import Layout
from corpus_tools.clean.blocks.threads import find_furniture
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.marks import BITS
from corpus_tools.clean.lines.lexicon import LANGUAGES, read_lexicon
from corpus_tools.kernels.lookup import Lookup

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ARTICLE, THREAD, COLLECTION, PRODUCT = 0.7, 0.3, 0.3, 0.5
"""Probability of its type from which a page is treated as one."""
TITLES = 0.3
"""Probability that a page is made of titles of other pages, below which linked ones under a heading of related pages are not its content."""
OF_PRODUCTS = 0.2
"""Mean probability that a group on a page of a product needs beside that of any page: offers, reviews and terms of sale come in such."""
CARD = 0.25
"""Probability from which a block in a card of a collection stays, however short: a collection's text is made of such."""
META_WORDS = 8
"""Words of the longest line of dates and counts beside a post."""
LINKED = 0.5
"""Share of a related title that is linked at the least."""
MOST = 0.5
"""Share of a page's words that all this may cut: what holds more is what the page is about."""
_OF_TITLES = ("collection", "listing", "documentation")
_META, _SIDE = BITS["meta"] | BITS["date"], BITS["sidebar"] | BITS["e_aside"]
_CARDS = BITS["card"] | BITS["list"] | BITS["product"]
_NO_CARD = sum(BITS[name] for name in "nav e_nav share login cta e_form pager signature crumbs e_footer related".split())
_COMMENTS, _RELATED = 1.0, 2.0


def settle_by_type(page: HtmlPage, lay: Layout, p: Array, kept: Flags, shares: Mapping[str, float], comments: bool) -> Flags:
    """``kept`` as it is for a page of types of such probabilities; ``comments`` says whether readers' comments are to be cut."""
    if shares["collection"] > COLLECTION:
        kept = kept | (has_marks(page, _CARDS) & ~has_marks(page, _NO_CARD) & (p >= CARD))
    article = shares["article"] > ARTICLE
    if article or sum(shares[name] for name in _OF_TITLES) < TITLES:
        kept = _cut(lay, kept, _announced(lay, kept, comments and article))
    if shares["forum"] > THREAD:
        kept = kept & ~find_furniture(page, lay, kept)
        told = telling(page, lay.words * kept, _META | _SIDE)
        kept = _cut(lay, kept, has_marks(page, told & _META) & (lay.words <= META_WORDS))
        kept = _cut(lay, kept, has_marks(page, told & _SIDE))
    return kept


def least_of_groups(focus: str, shares: Mapping[str, float]) -> Least | None:
    """What groups need to stand whole on a page of types of such probabilities; None on a thread, whose tables and lists hold posts."""
    if shares["forum"] > THREAD:
        return None
    more = OF_PRODUCTS if shares["product"] > PRODUCT and focus != "recall" else 0.0
    unlinked, linked, marked = LEAST[focus]
    return unlinked + more, linked + more, marked + more


def _cut(lay: Layout, kept: Flags, chosen: Flags) -> Flags:
    """``kept`` without what is chosen, unless that is most of it."""
    cut = kept & chosen
    return kept & ~cut if lay.words[cut].sum() < MOST * lay.words[kept].sum() else kept


def _announced(lay: Layout, kept: Flags, comments: bool) -> Flags:
    """What stands under headings of comments and, where it is linked, of related pages; the heading itself may have been cut."""
    found = np.zeros(len(kept), np.bool_)
    opened = lay.text.text_scores(_openers(), 0.0)
    levels = heading_levels(lay)
    for at in np.flatnonzero(opened).tolist():
        if opened[at] == _COMMENTS and not comments:
            continue
        body = slice(at, _end_of_section(lay, levels, at))
        found[body] |= True if opened[at] == _COMMENTS else lay.linked[body] > LINKED
    return found


def _end_of_section(lay: Layout, levels: Array, at: int) -> int:
    """The block after a heading's section: the next heading of its level, or the end of the widest element that it opens."""
    if levels[at]:
        following = np.flatnonzero((levels[at + 1 :] > 0) & (levels[at + 1 :] <= levels[at]))
        return at + 1 + int(following[0]) if len(following) else len(levels)
    opens = [int(lay.last[node]) for node in lay.levels[:, at].tolist() if lay.first[node] >= at - 1]
    return max(opens, default=at + 1)


@cache
def _openers() -> Lookup:
    """Short blocks that open a section, in the forms they are written in."""
    found: dict[str, float] = {}
    for language in LANGUAGES:
        words = read_lexicon(language)
        for name, kind in (("related_openers", _RELATED), ("comment_openers", _COMMENTS)):
            for opener in words.get(name, ()):
                forms = (opener, f"{opener}:", f"{opener} (0)", f"{opener}(0)", f"0 {opener}", f"({opener})", f"{opener} 0")
                found |= dict.fromkeys(map(short_text, forms), kind)
                if opener[0] == "i" and language == "tr":  # its capital is no capital of the plain letter
                    found |= dict.fromkeys((short_text(f"İ{form[1:]}") for form in forms if form[0] == "i"), kind)
    return Lookup.of(found, float)
