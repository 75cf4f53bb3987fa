"""Is a page of the field in which the spam score was learned? Elsewhere its wording says nothing.

The reference of usual wording is made of pages that explain health and benefits to the public. News, stories and papers of other fields
combine words in ways it has not seen, which is no sign of spam. Words tell the field (``data/domain.json``): those of its subject, and
common ones that make its tone ("may", "or", "if" here; "he", "said", "we" elsewhere), which swapping synonyms leaves in place. They
were weighed on pages as they are and with their words swapped, so a page does not leave its field when it is spun;
``benchmarks/training/spam_domain.py`` does it.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import numpy as np

from corpus_tools.kernels.lookup import Lookup
from corpus_tools.spam.token_kernels import values_of
from corpus_tools.spam.tokens import Tokens

FILE = Path(__file__).with_name("data") / "domain.json"
"""By word its weight for the field, in thousandths."""
OWN, FAR = 0.5, -0.4
"""Log-odds of being of the field, from which on a page's wording counts in full, and below which it has no score unless its signs are many."""
SLOPE, OTHER_FIELD = 6.0, 4.5
"""Log-odds taken from the score for each of those a page lacks to OWN, and the most that is taken: more than any of 874 honest pages of other
fields showed."""


@cache
def load_domain() -> Lookup:
    """The weights of the words for kernels, in thousandths and none of them 0."""
    return Lookup.of(json.loads(FILE.read_text(encoding="utf-8")), np.int64)


def field_odds(tokens: Tokens) -> float:
    """Log-odds that the page is of the field: the weights of its different words over the root of how many have one."""
    weights = values_of(tokens.hashes, *load_domain().arrays)
    return int(weights.sum()) / 1000 / math.sqrt(max(1, int(np.count_nonzero(weights))))


def foreign(odds: float) -> float:
    """What is taken from the log-odds of spam of a page whose ``field_odds`` are these: 0 to OTHER_FIELD."""
    return min(max(0.0, SLOPE * (OWN - odds)), OTHER_FIELD)
