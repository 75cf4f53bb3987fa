"""Which of the pages a rewrite could stem from it stems from: where two possible originals conflict, the nearer counts.

A rewrite resembles pages of its original's template as these resemble the original, and its original more. So where a page that
may be the rewrite of either of two pages pairs with both, and these are no kin, the pair with less in common goes. What they
have in common is the weight of the words that agree in matched sentences: unlike the probability, it keeps growing as pages grow
more alike. Many rewrites of one original are kin, and so no rivals: a link between them is evidence.

Kinship is told by a low probability, and odd phrases tell rewrites whose words are unusual. Both fail between siblings of one template
and where the words put in are everyday ones. So where the texts of two pages that a page pairs with show them to be of one template
and about different subjects, they are *strangers*: no page is one text with both, and the pair with less in common goes.
"""

from __future__ import annotations

import narwhals as nw

from corpus_tools.engines import relational as steps
from corpus_tools.engines.desk import Frame

LIKELY = 0.2
"""Probability from which on a page is taken for a rewrite where the page to keep is chosen: a light rewrite may merge as a near copy."""
RIVAL = 0.5
"""Probability from which on a pair makes a rival."""
KIN = 0.01
"""Probability from which on two pages may be rewrites of one text, and are no rivals."""
MORE = 0.05
"""How much more (in ``log_evidence``) a page must have in common with the rival."""
MAY_BE_REWRITE = 0.8
"""A page's odd share over the other's, from which on it may be the rewrite of the two."""


NEAREST = 2
"""Of the rivals of a page, those that it has most in common with, so many are compared with its other pages."""
_TURNED = (("left", "right"), ("right", "left"))


def drop_rivals(pairs: Frame, strangers: Frame) -> Frame:
    """``pairs`` without those that a rival beats.

    Columns used: left, right, score, ``evidence`` (the measure log_evidence), ``odd_left``, ``odd_right`` (odd shares).
    Every pair that may be a rival or a proof of kinship must be among them: those scored KIN and up. ``strangers`` are the rows of
    ``contested_pairs`` whose left and right are strangers.
    """
    sides = nw.concat(
        [
            pairs.select("score", "evidence", page=one, other=two, own_odd=f"odd_{one}", other_odd=f"odd_{two}")
            for one, two in _TURNED
        ]
    )
    able = sides.filter(nw.col("own_odd") >= MAY_BE_REWRITE * nw.col("other_odd"))
    rivals = able.filter(nw.col("score") >= RIVAL).select("page", rival="other", most="evidence")
    met = able.select("page", "other", "evidence").join(rivals, on="page")
    beaten = met.filter((nw.col("rival") != nw.col("other")) & (nw.col("most") > nw.col("evidence") + MORE))
    low, high = nw.min_horizontal("other", "rival"), nw.max_horizontal("other", "rival")
    kin = pairs.filter(nw.col("score") >= KIN).select(low="left", high="right")
    beaten = beaten.with_columns(low=low, high=high).join(kin, on=["low", "high"], how="anti")
    beaten = nw.concat([beaten.select("page", "other"), strangers.select("page", "other")])
    losing = steps.order_pairs(beaten.select(left="page", right="other")).unique()
    return pairs.join(losing, on=["left", "right"], how="anti")


def contested_pairs(pairs: Frame) -> Frame:
    """Rows (page, other, left, right): ``page`` pairs with ``left`` and ``right``, and has less in common with ``other`` of them.

    The one that it has more in common with is among its NEAREST, so there are at most twice NEAREST rows for each pair. Two pages that
    make rivals themselves are one text, whatever their subjects, and not contested. ``pairs`` as ``drop_rivals`` takes them.
    """
    sides = nw.concat([pairs.select("score", "evidence", page=one, other=two) for one, two in _TURNED])
    likely = sides.filter(nw.col("score") >= RIVAL).with_columns(turn=-nw.col("evidence"), one=nw.lit(1, nw.Int64))
    ranked = likely.with_columns(rank=nw.col("one").cum_sum().over("page", order_by=["turn", "other"]))
    nearest = ranked.filter(nw.col("rank") <= NEAREST).select("page", rival="other", most="evidence")
    met = sides.select("page", "other", "evidence").join(nearest, on="page")
    less = met.filter((nw.col("rival") != nw.col("other")) & (nw.col("most") > nw.col("evidence") + MORE))
    ends = less.with_columns(left=nw.min_horizontal("other", "rival"), right=nw.max_horizontal("other", "rival"))
    one_text = pairs.filter(nw.col("score") >= RIVAL).select("left", "right")
    return ends.join(one_text, on=["left", "right"], how="anti").select("page", "other", "left", "right")
