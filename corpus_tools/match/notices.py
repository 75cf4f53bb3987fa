"""What two pages share: a notice or a frame that many fill, or an article that many copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
NOTICE_HOLDERS = 3
"""Texts that hold a passage from which on it can be a notice."""
NOTICE_RATIO = 2
"""What only one of the pages holds is held by fewer texts than the notice by at least this factor."""
NOTICE_CONCENTRATION = 0.7
"""Share of the replaced words that stand in one passage, at least, where pages differ beside a notice."""
NOTICE_REPLACED = 5
"""Words of that passage, at least."""
NOTICE_EDITS, NOTICE_LOST = 2, 4
"""Places, at most, in which pages differ whose own passages stand apart from each other, and own words that each has there, at least."""
FRAME_RATIO, FRAME_EDITS, FRAME_LOST = 10, 4, 3
"""The same where what is shared is held by this many times as many texts: a frame that pages fill in several places."""
WIDE_FRAMES = ((20, 3, 3, 6), (1, 12, 6, 12))
"""The same in however many places, as on product sheets: texts that hold the frame, at least, also as a multiple of those that hold
the rest; telling words that each page has and the other lacks, at least; those of the page that has more of them."""
SPILL = 4
"""Words beside a passage that was replaced which count as rare, because their shingles reach into it."""
HEAD_HOLDERS, HEAD_RATIO = 8, 3
"""Texts that hold a frame, at least, also as a multiple of those that hold the rest, for pages that name different things at the
beginning to be on different things."""
SMALL_SAID, SMALL_SHARE = 3, 0.015
"""Telling words that a page has beside what it shares, at most, also as a share of its words, for the two to be copies."""
ARTICLE_WORDS, ARTICLE_REST, ARTICLE_EDITS = 350, 0.12, 2
"""Words of a passage that is longer than a notice; what its copies may have beside it, as a share of their words, and in how many places."""
PASSAGE_WORDS, PASSAGE_SHARE = 60, 0.6
"""Words of a passage that stands under one title, not on one site, at least, also as a share of the longer page, for the pages to be copies."""
RUN_WORDS, RUN_SHARE = 100, 0.9
"""Words of a passage before and after which pages name their sites and not their subjects, at least, also as a share of the longer page."""
MANY_HOLDERS, MAX_LINK_WORDS = 6, 4
"""A passage held by fewer texts than this may end in a link to read on of so many words; by more, it may be a notice."""
RARE_WORDS, RARE_RATIO = 16, 4
"""Words of what the pages share that hardly any other text holds, at least, and how many times those that each page lacks, for
the pages to share more than a notice."""


def many_hold(evidence: Array) -> Array:
    """Whether many others hold what the pages share, and hardly any what only one of them has; bool[pairs]."""
    return np.asarray(
        (evidence["shared_holders"] >= NOTICE_HOLDERS) & (_rest(evidence) * NOTICE_RATIO < evidence["shared_holders"])
    )


def fill_what_many_hold(evidence: Array) -> Array:
    """Whether pages that share what many hold say something else, rather than the same with a little around it; bool[pairs]."""
    told = says_something_else(evidence) & ~share_more(evidence) & ~share_nearly_all(evidence)
    return np.asarray(told | (name_other_things(evidence) & ~share_an_article(evidence)))


def says_something_else(evidence: Array) -> Array:
    """Whether what is not shared is one passage in the place of another, stands apart in few places, fills a frame, or names another
    thing at the beginning; bool[pairs]."""
    concentrated = evidence["replaced"] >= NOTICE_CONCENTRATION * np.maximum(1, evidence["all_replaced"])
    replaced = concentrated & (evidence["replaced"] >= NOTICE_REPLACED)
    lost = two_sides(evidence, "lost")[0]
    apart = (evidence["edits"] <= NOTICE_EDITS) & (lost >= NOTICE_LOST)
    frame = (evidence["shared_holders"] >= FRAME_RATIO * _rest(evidence)) & (evidence["edits"] <= FRAME_EDITS)
    return np.asarray(replaced | apart | (frame & (lost >= FRAME_LOST)) | _fill_a_frame(evidence) | _begin_otherwise(evidence))


def _fill_a_frame(evidence: Array) -> Array:
    """Whether each page has something in the place of what the other has in a frame that many fill, and one of them more than they
    share beside it; bool[pairs]. A page that only says more is a later state of the other one.
    """
    few, many = two_sides(evidence, "said")
    spilled = SPILL * evidence["edits"] * (evidence["replaced"] > 1)
    found = np.zeros(len(evidence), np.bool_)
    for holders, ratio, least, most in WIDE_FRAMES:
        wide = evidence["shared_holders"] >= np.maximum(holders, ratio * _rest(evidence))
        found |= wide & (few >= least) & (many >= np.maximum(most, evidence["rare_shared"] - spilled))
    return found & (2 * evidence["all_replaced"] >= two_sides(evidence, "gone")[0])


def _begin_otherwise(evidence: Array) -> Array:
    """Whether each page has a telling word of its own at the beginning, above what many share: its name; bool[pairs]."""
    named = two_sides(evidence, "named")[0] > 0
    return np.asarray(named & (evidence["shared_holders"] >= np.maximum(HEAD_HOLDERS, HEAD_RATIO * _rest(evidence))))


def share_nearly_all(evidence: Array) -> Array:
    """Whether pages are copies however many there are of them: a name or a date apart, or a whole article with a little before or
    after it; bool[pairs].

    A page that ten sites copy is shared as a notice is. What is left of a site then is little; pages under a notice say more.
    """
    said, size = two_sides(evidence, "said")[1], two_sides(evidence, "size")[0]
    little = (said <= SMALL_SAID) & (said <= SMALL_SHARE * size)
    return np.asarray(little | share_an_article(evidence))


def share_an_article(evidence: Array) -> Array:
    """Whether pages share a passage that is longer than a notice, and have little before or after it; bool[pairs]."""
    gone, size = two_sides(evidence, "gone")[1], two_sides(evidence, "size")[0]
    shared = np.minimum(evidence["size_left"] - evidence["gone_left"], evidence["size_right"] - evidence["gone_right"])
    in_few_places = (shared >= ARTICLE_WORDS) & (evidence["edits"] <= ARTICLE_EDITS)
    return np.asarray((in_few_places | (evidence["run"] >= ARTICLE_WORDS)) & (gone <= ARTICLE_REST * size))


def is_published_again(evidence: Array, overlaps: Mapping[str, Array]) -> Array:
    """Whether pages have one title, and are one passage but for a little before and after it; bool[pairs].

    Pages under one notice have titles of their own. On one site they may all have the name of the site for a title, so pages that are known to stand on one do not count.
    """
    size = two_sides(evidence, "size")[1]
    whole = (evidence["run"] >= PASSAGE_WORDS) & (evidence["run"] >= PASSAGE_SHARE * size)
    return np.asarray(whole & (overlaps["told_title"] > 0) & (overlaps["same_site"] == 0))


def name_sites(evidence: Array, overlaps: Mapping[str, Array]) -> Array:
    """Whether pages that are known to stand on two sites name something else only before and after a passage that is nearly all of them; bool[pairs]."""
    size = two_sides(evidence, "size")[1]
    return np.asarray((evidence["run"] >= RUN_WORDS) & (evidence["run"] >= RUN_SHARE * size) & (overlaps["two_sites"] > 0))


def name_other_things(evidence: Array) -> Array:
    """Whether each page's title names something of which its own text speaks and the other text does not; bool[pairs]."""
    return np.asarray(two_sides(evidence, "titled")[0] > 0)


def two_sides(evidence: Array, name: str) -> tuple[Array, Array]:
    """The smaller and the larger of a measure of both pages, [pairs] each."""
    left, right = evidence[f"{name}_left"], evidence[f"{name}_right"]
    return np.minimum(left, right), np.maximum(left, right)


def share_more(evidence: Array) -> Array:
    """Whether much of what the pages share is in hardly any other text, beside what many hold; bool[pairs].

    A page from a template with another headline shares with its source the sentences on its subject; pages under one notice
    share the notice alone.
    """
    lost = two_sides(evidence, "lost")[0]
    return np.asarray(evidence["rare_shared"] >= np.maximum(RARE_WORDS, RARE_RATIO * lost))


def _rest(evidence: Array) -> Array:
    """Texts that hold what only one of the pages has, at least 1; int64[pairs]."""
    return np.asarray(np.maximum(np.maximum(evidence["rest_left"], evidence["rest_right"]), 1))
