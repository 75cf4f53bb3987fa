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

from corpus_tools.match.notices import (
    MANY_HOLDERS,
    MAX_LINK_WORDS,
    RARE_WORDS,
    fill_what_many_hold,
    is_published_again,
    many_hold,
    name_sites,
)

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
MAX_SWAPPED = 6
"""Words of a contained page in one place that may have others in their place: more say something else than a link to read on."""
SAME_TEXT = 0.95
"""Jaccard similarity from which on subjects do not conflict: nothing is replaced throughout."""


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
    """The same where the pages have one title, and neither holds the other: two articles on one page have the title of the first."""
    published_again: float = 0.5
    """The same where one text stands twice under one title, not on one site (``is_published_again``)."""
    max_lost_words: int = 12
    """Words that a contained page may lose at most, however long it is: a link to read on, a page number."""


WEIGHTS = Weights()


def judge_pairs(evidence: Array, overlaps: Mapping[str, Array], weights: Weights = WEIGHTS) -> dict[str, Array]:
    """``score``, two vetoes, ``contained`` and ``renamed`` (bool) and, of both sides, ``held``, ``own`` and ``lost`` of pairs;
    ``evidence`` is EVIDENCE[pairs], ``overlaps`` are those of ``verify.gather_evidence``.

    ``subject_conflict`` and ``shared_notice`` (0 or 1) mean that the pair never merges. The score only loses ``weights.apart``
    then: how alike two pages are is one question, and whether one may go for the other is another. Of ``renamed`` pairs, which are
    not known to stand on one site, other pairs may show that it is no subject that differs (``group.renamings``).
    """
    common = many_hold(evidence)
    again = is_published_again(evidence, overlaps)
    notice = common & ~again & fill_what_many_hold(evidence)
    conflict = (evidence["conflict"] > 0) & (overlaps["jaccard"] < SAME_TEXT) & ~again & ~name_sites(evidence, overlaps)
    apart = conflict | notice
    renamed = conflict & ~notice & (evidence["topic"] != 0) & (overlaps["same_site"] == 0)
    score = _score(evidence, overlaps["jaccard"], weights)
    columns = _held_columns(evidence, apart, common, weights.max_lost_words)
    contained = np.maximum(columns["held_left"], columns["held_right"]) >= MIN_CONTAINED
    one_title = np.where(again, weights.published_again, weights.same_title * overlaps["same_title"])
    known = np.maximum(weights.same_address * overlaps["same_address"], one_title * ~contained) * ~apart
    return columns | {
        "contained": contained,
        "renamed": renamed,
        "score": np.maximum(0, score + known * (1 - score) - weights.apart * apart),
        "subject_conflict": conflict.astype(np.float64),
        "shared_notice": notice.astype(np.float64),
    }


def _held_columns(evidence: Array, apart: Array, common: Array, max_lost: int) -> dict[str, Array]:
    """Of both sides ``held``, ``own`` and ``lost``, from the words that are its own or from all, whichever shows more."""
    columns: dict[str, Array] = {}
    for side in ("left", "right"):
        of_own = np.where(apart, 0.0, own_containment(evidence, side, max_lost))
        of_all = np.where(apart, 0.0, passage_containment(evidence, side, max_lost, common))
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


def own_containment(evidence: Array, side: str, max_lost: int) -> Array:
    """Share of the own words of ``side`` (left or right) that stand on the other page, float64[pairs].

    It is 0 where the page has too few words of its own or loses more than ``max_lost`` of them, and where the other lacks one
    of its first words: they name its subject.
    """
    own, lost = evidence[f"own_{side}"], evidence[f"lost_{side}"]
    enough = own >= np.maximum(MIN_OWN_WORDS, MIN_OWN_SHARE * evidence[f"size_{side}"])
    enough &= (evidence[f"lost_head_{side}"] == 0) & (lost <= max_lost) & _swaps_little(evidence, lost)
    return np.where(enough, 1 - lost / np.maximum(1, own), 0.0)


def _swaps_little(evidence: Array, lost: Array) -> Array:
    """Whether few of the ``lost`` words have others in their place, bool[pairs]."""
    return np.asarray(np.minimum(evidence["replaced"], lost) <= MAX_SWAPPED)


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
    passage &= (gone <= max_lost) & (~common | (gone <= link)) & _swaps_little(evidence, gone)
    return np.where(passage, 1 - gone / np.maximum(1, size), 0.0)
