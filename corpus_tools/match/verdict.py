"""From evidence to verdict: what a pair scores, whether one page holds the other, and what neither says.

The score is the larger of two similarities (words in order; Jaccard of the shingle sets, which does not mind moved passages),
less what speaks against it: a long passage that stands in the place of another one, and the share of own words that the other
page lacks. It gains where both pages have one address or one title. Where the subjects conflict, or all that the pages share is a notice that
many others hold, it loses, and the pair never merges.
``benchmarks.near_copies.left_out`` chooses the weights on some labelled sets and judges them on another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
MAX_EDIT = np.e**2 - 1
"""Words that may be replaced in one piece at no cost: an edit."""
MAX_LOST = 0.5
"""Share of lost own words from which on no more is taken off the score."""
MIN_CONTAINED = 0.8
"""Share of a page's words in the other from which on the pair is stored as contained."""
MIN_OWN_WORDS = 15
MIN_OWN_SHARE = 0.5
"""A page with fewer own words, or a smaller share of them, does not show by them that it is contained."""
MAX_PLACES = 2
"""Places in which a passage of another page may differ from it: before and after it."""
SAME_TEXT = 0.95
"""Jaccard similarity from which on subjects do not conflict: nothing is replaced throughout."""
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
"""Words of a passage that stands under one title on two sites, at least, also as a share of the longer page, for the pages to be copies."""
RUN_WORDS, RUN_SHARE = 100, 0.9
"""Words of a passage before and after which pages name their sites and not their subjects, at least, also as a share of the longer page."""
MANY_HOLDERS, MAX_LINK_WORDS = 6, 4
"""A passage held by fewer texts than this may end in a link to read on of so many words; by more, it may be a notice."""

RARE_WORDS, RARE_RATIO = 16, 4
"""Words of what the pages share that hardly any other text holds, at least, and how many times those that each page lacks, for
the pages to share more than a notice."""


@dataclass(frozen=True)
class Weights:
    """What is chosen by measurement; every field a number that the benchmark varies."""

    replaced: float = 0.15
    """Score lost for each e-fold of words replaced in one piece, above MAX_EDIT."""
    lost: float = 0.3
    """Score lost if all own words of a page are lost; no more is taken off than for MAX_LOST of them."""
    apart: float = 0.2
    """Score lost by pages that have different subjects or share a notice alone, which never merge: they rank below copies."""
    same_address: float = 0.35
    """Share of what a score lacks to 1 that is added where the pages have one address: a revision is more likely than a namesake."""
    same_title: float = 0.3
    """The same where the pages have one title."""
    published_again: float = 0.5
    """The same where one text stands on two sites under one title (``is_published_again``)."""
    max_lost_words: int = 12
    """Words that a contained page may lose at most, however long it is: a link to read on, a page number."""


WEIGHTS = Weights()


def judge_pairs(evidence: Array, overlaps: Mapping[str, Array], weights: Weights = WEIGHTS) -> dict[str, Array]:
    """``score``, two vetoes and, of both sides, ``held``, ``own`` and ``lost`` of pairs; ``evidence`` is EVIDENCE[pairs],
    ``overlaps`` are those of ``verify.gather_evidence``.

    ``subject_conflict`` and ``shared_notice`` (0 or 1) mean that the pair never merges. The score only loses ``weights.apart``
    then: how alike two pages are is one question, and whether one may go for the other is another.
    """
    common = many_hold(evidence)
    else_said = says_something_else(evidence) & ~share_more(evidence) & ~share_nearly_all(evidence)
    again = is_published_again(evidence, overlaps)
    titled = name_other_things(evidence) & ~share_an_article(evidence)
    notice = common & (else_said | titled) & ~again
    conflict = (evidence["conflict"] > 0) & (overlaps["jaccard"] < SAME_TEXT) & ~again & ~name_sites(evidence, overlaps)
    apart = conflict | notice
    score = _score(evidence, overlaps["jaccard"], weights)
    one_title = np.where(again, weights.published_again, weights.same_title * overlaps["same_title"])
    known = ~apart * np.maximum(weights.same_address * overlaps["same_address"], one_title)
    columns = {
        "score": np.maximum(0, score + known * (1 - score) - weights.apart * apart),
        "subject_conflict": conflict.astype(np.float64),
        "shared_notice": notice.astype(np.float64),
    }
    for side in ("left", "right"):
        of_own = np.where(apart, 0.0, own_containment(evidence, side, weights.max_lost_words))
        of_all = np.where(apart, 0.0, passage_containment(evidence, side, weights.max_lost_words, common))
        passage = of_all > of_own
        columns[f"held_{side}"] = np.maximum(of_own, of_all)
        columns[f"own_{side}"] = np.where(passage, evidence[f"size_{side}"], evidence[f"own_{side}"])
        columns[f"lost_{side}"] = np.where(passage, evidence[f"gone_{side}"], evidence[f"lost_{side}"])
    return columns


def _score(evidence: Array, jaccard: Array, weights: Weights) -> Array:
    """0 to 1, float64[pairs]."""
    penalty = weights.replaced * np.maximum(0, np.log((1 + evidence["replaced"]) / (1 + MAX_EDIT)))
    lost = np.maximum(*(evidence[f"lost_{side}"] / np.maximum(1, evidence[f"size_{side}"]) for side in ("left", "right")))
    score = np.maximum(evidence["ordered"], jaccard) - penalty - weights.lost * np.minimum(lost, MAX_LOST)
    return np.asarray(np.clip(score, 0.0, 1.0))


def many_hold(evidence: Array) -> Array:
    """Whether many others hold what the pages share, and hardly any what only one of them has; bool[pairs]."""
    return np.asarray(
        (evidence["shared_holders"] >= NOTICE_HOLDERS) & (_rest(evidence) * NOTICE_RATIO < evidence["shared_holders"])
    )


def says_something_else(evidence: Array) -> Array:
    """Whether what is not shared is one passage in the place of another, stands apart in few places, fills a frame, or names another
    thing at the beginning; bool[pairs]."""
    concentrated = evidence["replaced"] >= NOTICE_CONCENTRATION * np.maximum(1, evidence["all_replaced"])
    replaced = concentrated & (evidence["replaced"] >= NOTICE_REPLACED)
    lost = _two_sides(evidence, "lost")[0]
    apart = (evidence["edits"] <= NOTICE_EDITS) & (lost >= NOTICE_LOST)
    frame = (evidence["shared_holders"] >= FRAME_RATIO * _rest(evidence)) & (evidence["edits"] <= FRAME_EDITS)
    return np.asarray(replaced | apart | (frame & (lost >= FRAME_LOST)) | _fill_a_frame(evidence) | _begin_otherwise(evidence))


def _fill_a_frame(evidence: Array) -> Array:
    """Whether each page has something in the place of what the other has in a frame that many fill, and one of them more than they
    share beside it; bool[pairs]. A page that only says more is a later state of the other one.
    """
    few, many = _two_sides(evidence, "said")
    spilled = SPILL * evidence["edits"] * (evidence["replaced"] > 1)
    found = np.zeros(len(evidence), np.bool_)
    for holders, ratio, least, most in WIDE_FRAMES:
        wide = evidence["shared_holders"] >= np.maximum(holders, ratio * _rest(evidence))
        found |= wide & (few >= least) & (many >= np.maximum(most, evidence["rare_shared"] - spilled))
    return found & (2 * evidence["all_replaced"] >= _two_sides(evidence, "gone")[0])


def _begin_otherwise(evidence: Array) -> Array:
    """Whether each page has a telling word of its own at the beginning, above what many share: its name; bool[pairs]."""
    named = _two_sides(evidence, "named")[0] > 0
    return np.asarray(named & (evidence["shared_holders"] >= np.maximum(HEAD_HOLDERS, HEAD_RATIO * _rest(evidence))))


def share_nearly_all(evidence: Array) -> Array:
    """Whether pages are copies however many there are of them: a name or a date apart, or a whole article with a little before or
    after it; bool[pairs].

    A page that ten sites copy is shared as a notice is. What is left of a site then is little; pages under a notice say more.
    """
    said, size = _two_sides(evidence, "said")[1], _two_sides(evidence, "size")[0]
    little = (said <= SMALL_SAID) & (said <= SMALL_SHARE * size)
    return np.asarray(little | share_an_article(evidence))


def share_an_article(evidence: Array) -> Array:
    """Whether pages share a passage that is longer than a notice, and have little before or after it; bool[pairs]."""
    gone, size = _two_sides(evidence, "gone")[1], _two_sides(evidence, "size")[0]
    shared = np.minimum(evidence["size_left"] - evidence["gone_left"], evidence["size_right"] - evidence["gone_right"])
    in_few_places = (shared >= ARTICLE_WORDS) & (evidence["edits"] <= ARTICLE_EDITS)
    return np.asarray((in_few_places | (evidence["run"] >= ARTICLE_WORDS)) & (gone <= ARTICLE_REST * size))


def is_published_again(evidence: Array, overlaps: Mapping[str, Array]) -> Array:
    """Whether pages of two sites have one title, and are one passage but for a little before and after it; bool[pairs].

    Pages under one notice have titles of their own. On one site they may all have the name of the site for a title.
    """
    size = _two_sides(evidence, "size")[1]
    whole = (evidence["run"] >= PASSAGE_WORDS) & (evidence["run"] >= PASSAGE_SHARE * size)
    return np.asarray(whole & (overlaps["told_title"] > 0) & (overlaps["same_site"] == 0))


def name_sites(evidence: Array, overlaps: Mapping[str, Array]) -> Array:
    """Whether pages of two sites name something else only before and after a passage that is nearly all of them; bool[pairs]."""
    size = _two_sides(evidence, "size")[1]
    return np.asarray((evidence["run"] >= RUN_WORDS) & (evidence["run"] >= RUN_SHARE * size) & (overlaps["two_sites"] > 0))


def name_other_things(evidence: Array) -> Array:
    """Whether each page's title names something of which its own text speaks and the other text does not; bool[pairs]."""
    return np.asarray(_two_sides(evidence, "titled")[0] > 0)


def _two_sides(evidence: Array, name: str) -> tuple[Array, Array]:
    """The smaller and the larger of a measure of both pages, [pairs] each."""
    left, right = evidence[f"{name}_left"], evidence[f"{name}_right"]
    return np.minimum(left, right), np.maximum(left, right)


def share_more(evidence: Array) -> Array:
    """Whether much of what the pages share is in hardly any other text, beside what many hold; bool[pairs].

    A page from a template with another headline shares with its source the sentences on its subject; pages under one notice
    share the notice alone.
    """
    lost = _two_sides(evidence, "lost")[0]
    return np.asarray(evidence["rare_shared"] >= np.maximum(RARE_WORDS, RARE_RATIO * lost))


def _rest(evidence: Array) -> Array:
    """Texts that hold what only one of the pages has, at least 1; int64[pairs]."""
    return np.asarray(np.maximum(np.maximum(evidence["rest_left"], evidence["rest_right"]), 1))


def own_containment(evidence: Array, side: str, max_lost: int) -> Array:
    """Share of the own words of ``side`` (left or right) that stand on the other page, float64[pairs].

    It is 0 where the page has too few words of its own or loses more than ``max_lost`` of them, and where the other lacks one
    of its first words: they name its subject.
    """
    own, lost = evidence[f"own_{side}"], evidence[f"lost_{side}"]
    enough = own >= np.maximum(MIN_OWN_WORDS, MIN_OWN_SHARE * evidence[f"size_{side}"])
    enough &= (evidence[f"lost_head_{side}"] == 0) & (lost <= max_lost)
    return np.where(enough, 1 - lost / np.maximum(1, own), 0.0)


def passage_containment(evidence: Array, side: str, max_lost: int, common: Array) -> Array:
    """Share of all words of ``side`` that stand on the other page, if it is a passage of it; else 0.

    A family of copies shares most of what each of them says, so few words are left that count as own. A passage differs from
    the page that holds it in two places at most, before and after it, and in none of its first words. Where many hold what is
    shared (``common``, bool[pairs]), more than a link to read on is something that a page says beside a notice.
    """
    size, gone = evidence[f"size_{side}"], evidence[f"gone_{side}"]
    passage = (evidence[f"places_{side}"] <= MAX_PLACES) & (evidence[f"gone_head_{side}"] == 0) & (size >= MIN_OWN_WORDS)
    few = (evidence["shared_holders"] < MANY_HOLDERS) | (evidence["rare_shared"] >= RARE_WORDS)
    link = np.where(few, MAX_LINK_WORDS, 0)
    passage &= (gone <= max_lost) & (~common | (gone <= link))
    return np.where(passage, 1 - gone / np.maximum(1, size), 0.0)
