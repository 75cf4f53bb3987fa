"""Spam evidence for one page: a probability that it was spun or made for search engines, and the passages that show it.

The wording's part is a logistic score over the signs of ``wording_signs``, learned and calibrated at the stated prior
(``data/weights.json``). What else the page shows (``page_signs``) adds log-odds set by hand. Nothing is deleted here.

Sources: tortured phrases, Cabanac, Labbé and Magazinov, "Tortured phrases" (arXiv:2107.06751); pointwise mutual information
as collocation strength, Church and Hanks (1990); repeated n-grams, Rae et al. (arXiv:2112.11446), appendix A.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from corpus_tools.cut import Cut
from corpus_tools.spam.domain import FAR, field_odds, foreign
from corpus_tools.spam.page_signs import Found, doorway_sign, page_signs
from corpus_tools.spam.phrasebook import phrase_signs
from corpus_tools.spam.reference import Reference, load_reference, load_weights
from corpus_tools.spam.tokens import Array, Tokens, read_tokens
from corpus_tools.spam.tortured import tortured_signs
from corpus_tools.spam.wording_signs import FEATURES, Items, as_tables, first_pairs, measure, read_items, strongest

DEFAULT_CUT = 0.5
"""Pages with a score from here up are called spam where nothing else is said."""
MAX_PASSAGES = 3
"""Passages shown for one sign."""
MAX_PASSAGE = 300
"""Characters of a passage."""
NOT_OF_THE_FIELD = "the wording was learned on health pages, and this page of another field shows too little to be judged by it"
MIN_PART = 0.05
"""A wording sign with a smaller part of the log-odds is not shown."""


@dataclass(frozen=True)
class SpamReason:
    """One thing that speaks for spam: the sign's name, its share of the log-odds, and the passage that shows it."""

    sign: str
    weight: float
    passage: str


@dataclass(frozen=True)
class SpamEvidence:
    """``score`` is a probability 0..1, or None where the wording cannot be judged, with ``not_judged`` among the reasons.

    ``reasons`` come heaviest first and are empty when nothing speaks for spam.
    """

    score: float | None
    reasons: tuple[SpamReason, ...]


def judge_page(
    text: str, title: str | None = None, cuts: Sequence[Cut] = (), language: str | None = None, doorway: int = 0
) -> SpamEvidence:
    """Judge one clean page; ``cuts`` is what the cleaner took out of it, ``doorway`` how many pages of the corpus hold the
    same text with other names in it (``doorways``), 0 for none.

    Wording is judged in English alone: give the ISO 639-1 ``language`` where it is known; without one, only lines with English
    function words count. A page in another language has no score, nor has one of another field than the reference's (``domain``), unless
    its signs are many. What else it shows is among the reasons. Time is linear in the first 60,000 characters; what
    follows them is not looked at.
    """
    model = _load_model()
    tokens = read_tokens(text, model.reference)
    odds = model.bias
    reasons: list[SpamReason] = []
    found = list(page_signs(tokens, title, cuts, model.reference))
    found += doorway_sign(text, doorway) if doorway else []
    unjudged = "" if language in (None, "en") else f"the wording is judged in English alone, and this page's language is {language}"
    if not unjudged:
        pairs = first_pairs(tokens, model.reference)
        items = read_items(tokens, model.reference, pairs)
        parts = {name: model.weights[name] * value for name, value in measure(items, model.tables).items()}
        odds += sum(parts.values())
        found += phrase_signs(tokens)
        found += tortured_signs(tokens, model.reference, pairs)
        for name in FEATURES:
            reasons += _wording_reasons(name, parts[name], items[name], tokens, model)
    odds += sum(weight for _, weight, _ in found)
    if not unjudged:
        field = field_odds(tokens)
        odds -= foreign(field)
        unjudged = NOT_OF_THE_FIELD if field < FAR and odds < 0 else ""
    reasons += [_reason(one) for one in found]
    reasons += [SpamReason("not_judged", 0.0, unjudged)] if unjudged else []
    score = None if unjudged else round(_logistic(odds), 6)
    return SpamEvidence(score, tuple(sorted(reasons, key=lambda one: (-one.weight, one.sign, one.passage))))


@dataclass(frozen=True, eq=False)
class _Model:
    reference: Reference
    tables: dict[str, Array]
    weights: dict[str, float]
    bias: float


@cache
def _load_model() -> _Model:
    held = load_weights()
    return _Model(load_reference(), as_tables(held), held["weights"], held["bias"])


def _wording_reasons(name: str, part: float, items: Items, tokens: Tokens, model: _Model) -> Iterator[SpamReason]:
    """A sign's positive part of the log-odds, shared among its strongest passages."""
    if part < MIN_PART:
        return
    shown = strongest(items, model.tables, MAX_PASSAGES)
    total = sum(ratio for _, _, ratio in shown)
    for first, last, ratio in shown:
        yield _reason((name, part * ratio / total, tokens.passage(first, last)))


def _reason(found: Found) -> SpamReason:
    sign, weight, passage = found
    return SpamReason(sign, round(weight, 4), passage if len(passage) <= MAX_PASSAGE else passage[: MAX_PASSAGE - 1] + "…")


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
