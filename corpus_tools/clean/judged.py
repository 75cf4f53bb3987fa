"""The spam score of extracted pages, without what cleans them."""

from __future__ import annotations

from typing import Any

from corpus_tools import tables
from corpus_tools.cut import Cut
from corpus_tools.plan import CleanPlan
from corpus_tools.spam.judge import judge_page


def is_judged(plan: CleanPlan) -> bool:
    """Whether pages get a spam score: text that is taken as it is does not."""
    return plan.spam and plan.focus != "none"


def judge_row(row: dict[str, Any], plan: CleanPlan, doorway: int = 0) -> dict[str, Any]:
    """An ``EXTRACTED`` row with its spam columns, null for a rejected page or if not asked; ``doorway`` as in ``judge_page``."""
    if row["stage"] is not None or not is_judged(plan):
        return row | dict.fromkeys(tables.SPAM.names)
    found = judge_page(row["text"], row["title"], [Cut(**cut) for cut in row["cuts"]], row["language"], doorway)
    return row | {"spam_score": found.score, "spam_reasons": [vars(reason) for reason in found.reasons]}
