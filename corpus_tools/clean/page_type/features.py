"""Numbers about a whole page, for the model that says what kind of page it is: what the walk has found, counted."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.layout import Layout
from corpus_tools.clean.blocks.page_kernels import sum_marks
from corpus_tools.clean.html.blocks import TAGS
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.labels import HALF
from corpus_tools.clean.html.marks import MARKS

Array = npt.NDArray[Any]

_OPEN_GRAPH = ("article", "website", "product", "profile")
_SCHEMA = (
    "Article NewsArticle BlogPosting TechArticle Product Offer AggregateRating DiscussionForumPosting QAPage Question FAQPage "
    "ItemList ListItem CollectionPage BreadcrumbList Service LocalBusiness Organization WebSite WebPage Event Recipe Person"
).split()
_SCHEMA_TYPE = re.compile(r'"@type"\s{0,9}:\s{0,9}\[?\s{0,9}"(\w+)"')
_HELD = tuple("p li td pre h2 h3 dd blockquote article main form".split())
_COUNTED = tuple("h2 h3 h4 dl section article form pre button select figure".split())
_MAX_TYPES = 500
"""Schema types that are counted of a page."""

NAMES = (
    *(f"og.{name}" for name in _OPEN_GRAPH),
    *(f"ld.{name}" for name in _SCHEMA),
    *(f"held.{name}" for name in _HELD),
    *(f"count.{name}" for name in _COUNTED),
    *(f"words.{name}" for name in MARKS),
    *(f"share.{name}" for name in MARKS),
    "title_words",
    "first_long",
    "longest",
)
"""The numbers of ``page_features``, in order."""


def page_features(page: HtmlPage, lay: Layout) -> Array:
    """``NAMES`` of a page that has at least one block, float64."""
    total = max(float(lay.words.sum()), 1.0)
    of_block, long = lay.tag[lay.node], np.where((lay.words >= 15) & (lay.linked < 0.4), lay.words, 0.0)
    words_in = np.bincount(of_block, lay.words, len(TAGS)) / total
    elements = np.bincount(lay.tag, minlength=len(TAGS))
    first = np.flatnonzero(long)
    rest = [len((page.head.title or "").split()), first[0] / len(long) if len(first) else 1.0, long.max()]
    return np.concatenate(
        [
            _head_facts(page),
            words_in[_codes(_HELD)],
            elements[_codes(_COUNTED)],
            _mark_shares(page, lay, total),
            rest,
        ]
    )


@cache
def _codes(names: tuple[str, ...]) -> Array:
    return np.array([TAGS[name] for name in names])


def _head_facts(page: HtmlPage) -> list[float]:
    """What the head says of the page's type."""
    told = page.head.meta.get("og:type", "").lower()
    found = [match for data in page.head.linked_data for match in _SCHEMA_TYPE.findall(data)] if page.head.linked_data else []
    types = Counter(found[:_MAX_TYPES])
    return [float(told == name) for name in _OPEN_GRAPH] + [float(types[name]) for name in _SCHEMA]


def _mark_shares(page: HtmlPage, lay: Layout, total: float) -> Array:
    """Of each mark the share of the page's words that stand under it, and the share of its elements that have it."""
    given = page.arrays
    words, elements = np.zeros((2, 2 * HALF))
    sum_marks(given.above, given.node, lay.words, HALF, words)
    sum_marks(given.labels.masks, given.label, np.ones(len(given.label)), HALF, elements)
    # Sums of whole numbers: the same in any order, and as float32, in which the model learned them.
    of_words, of_elements = (found[: len(MARKS)].astype(np.float32) for found in (words, elements))
    return np.concatenate([of_words / total, of_elements / len(given.label)])
