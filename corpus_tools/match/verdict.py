"""From evidence to verdict: what a pair scores, whether one page holds the other, and what neither says.

The score is the larger of two similarities (words in order; Jaccard of the shingle sets, which does not mind moved passages),
less what speaks against it: a long passage that stands in the place of another one, and the share of own words that the other
page lacks. It is 0 where the subjects conflict, and where all that the pages share is a notice that many others hold. The
weights were chosen on revisions of one site and on judged web pairs together (docs/decisions/direct-removal.md).
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
REPLACED_WEIGHT = 0.15
"""Score lost for each e-fold of words replaced in one piece, above MAX_EDIT."""
MAX_EDIT = np.e**2 - 1
"""Words that may be replaced in one piece at no cost: an edit."""
LOST_WEIGHT = 0.3
"""Score lost if all own words of a page are lost; no more is taken off than for MAX_LOST of them."""
MAX_LOST = 0.5
MIN_CONTAINED = 0.8
"""Share of a page's own words in the other from which on the pair is stored as contained."""
MIN_OWN_WORDS = 15
MIN_OWN_SHARE = 0.5
"""A page with fewer own words, or a smaller share of them, holds too little to be called contained."""
NOTICE_HOLDERS = 3
"""Texts that hold a passage from which on it can be a notice."""
NOTICE_RATIO = 2
"""What only one of the pages holds is held by fewer texts than the notice by at least this factor."""
NOTICE_CONCENTRATION = 0.7
"""Share of the replaced words that stand in one passage, at least, where pages differ beside a notice."""
NOTICE_REPLACED = 5
"""Words of that passage, at least."""
NOTICE_EDITS = 2
"""Places, at most, in which pages differ whose own passages stand apart from each other."""
NOTICE_LOST = 3
"""Own words that each of them has in these places, at least."""


def judge_pairs(evidence: Array, jaccard: Array) -> dict[str, Array]:
    """``score``, ``shared_notice`` (0 or 1) and ``kind`` (near or contained) of pairs; ``evidence`` is EVIDENCE[pairs]."""
    notice = shares_notice(evidence)
    apart = (evidence["conflict"] > 0) | notice
    penalty = REPLACED_WEIGHT * np.maximum(0, np.log((1 + evidence["replaced"]) / (1 + MAX_EDIT)))
    lost = np.maximum(*(evidence[f"lost_{side}"] / np.maximum(1, evidence[f"size_{side}"]) for side in ("left", "right")))
    score = np.maximum(evidence["ordered"], jaccard) - penalty - LOST_WEIGHT * np.minimum(lost, MAX_LOST)
    inside = [own_containment(evidence, side) for side in ("left", "right")]
    contained = ~apart & (np.maximum(*inside) >= MIN_CONTAINED)
    return {
        "score": np.where(apart, 0.0, np.clip(score, 0.0, 1.0)),
        "shared_notice": notice.astype(np.float64),
        "contained": contained,
    }


def shares_notice(evidence: Array) -> Array:
    """Whether what the pages share is held by many others too, and one passage of their own stands beside it; bool[pairs]."""
    rest = np.maximum(np.maximum(evidence["rest_left"], evidence["rest_right"]), 1)
    held = (evidence["shared_holders"] >= NOTICE_HOLDERS) & (rest * NOTICE_RATIO < evidence["shared_holders"])
    concentrated = evidence["replaced"] >= NOTICE_CONCENTRATION * np.maximum(1, evidence["all_replaced"])
    replaced = concentrated & (evidence["replaced"] >= NOTICE_REPLACED)
    lost = np.minimum(evidence["lost_left"], evidence["lost_right"])
    return np.asarray(held & (replaced | ((evidence["edits"] <= NOTICE_EDITS) & (lost >= NOTICE_LOST))))


def own_containment(evidence: Array, side: str) -> Array:
    """Share of the own words of ``side`` (left or right) that stand on the other page.

    It is 0 where the page has too few words of its own, and where the other lacks one of its first words: they name its subject.
    """
    own, lost = evidence[f"own_{side}"], evidence[f"lost_{side}"]
    enough = own >= np.maximum(MIN_OWN_WORDS, MIN_OWN_SHARE * evidence[f"size_{side}"])
    enough &= evidence[f"lost_head_{side}"] == 0
    return np.where(enough, 1 - lost / np.maximum(1, own), 0.0)
