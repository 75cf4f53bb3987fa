"""Is a page of the field in which the spam score was learned? Elsewhere its wording says nothing.

The reference of usual wording is made of health pages. News, stories and papers of other fields combine words in ways it has not
seen, which is no sign of spam. The words of the field (``data/domain.txt``) are those that health pages hold more often than other
pages; ``benchmarks/training/spam_domain.py`` finds them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from corpus_tools.kernels.lookup import Lookup
from corpus_tools.spam.token_kernels import values_of
from corpus_tools.spam.tokens import Tokens

FILE = Path(__file__).with_name("data") / "domain.txt"
"""Words of the field, one a line."""
MIN_SHARE = 0.06
"""Share of a page's different words that are of the field, from which on its wording is judged."""


@cache
def load_domain() -> Lookup:
    """The words of the field, for kernels: 1 for each."""
    return Lookup.of(dict.fromkeys(FILE.read_text(encoding="utf-8").split(), 1), np.int64)


def domain_share(tokens: Tokens) -> float:
    """Share of the page's different words that are of the field, 0 to 1; 0 of a page without words."""
    different = int(tokens.is_word[tokens.first].sum())
    return int(values_of(tokens.hashes, *load_domain().arrays).sum()) / max(1, different)
