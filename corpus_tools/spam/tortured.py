"""Tortured phrases: pairs of words behind which, with known replacements undone, stands an established phrase.

Cabanac, Labbé and Magazinov, "Tortured phrases" (arXiv:2107.06751) collect whole phrases; here the replacements were
learned from half of their list word by word, so that phrases nobody has listed are found too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpus_tools.spam.reference import Reference
from corpus_tools.spam.sign_kernels import tortured_pairs
from corpus_tools.spam.tokens import Tokens
from corpus_tools.spam.wording_signs import Pairs, first_pairs

MIN_ASSOCIATION, MIN_GAIN, MIN_COUNT = 9.0, 6.0, 2
"""Bits of association the established phrase must have, bits more than the pair itself, and how often it was counted."""
EACH, MAX_TOGETHER, WORDS = 0.5, 2.0, 500
"""Log-odds of one such phrase in WORDS words or fewer, and of all together at most; set by hand.

One honest page of MedQuAD in twenty has such a pair by chance, so a single one says little.
"""


@dataclass(frozen=True)
class Tortured:
    """A pair at token ``place`` and the established phrase behind it."""

    place: int
    established: str


def find_tortured(tokens: Tokens, reference: Reference, pairs: Pairs | None = None) -> list[Tortured]:
    """The tortured phrases among the page's distinct pairs of content words, in reading order; ``pairs`` where at hand."""
    places, counts, repeated = pairs or first_pairs(tokens, reference)
    held = (
        reference.pairs,
        reference.counts,
        reference.total,
        reference.is_function,
        *reference.replaced,
    )
    least = (MIN_ASSOCIATION, MIN_GAIN, MIN_COUNT)
    rows = tortured_pairs(places, counts, repeated, tokens.ids, held, least)
    return [Tortured(place, f"{reference.names[left]} {reference.names[right]}") for place, left, right in rows.tolist()]


def tortured_signs(tokens: Tokens, reference: Reference, pairs: Pairs | None = None) -> Iterator[tuple[str, float, str]]:
    """Sign, weight and passage of each tortured phrase; the passage ends with the established phrase in brackets."""
    found = find_tortured(tokens, reference, pairs)
    if found:
        together = min(MAX_TOGETHER, EACH * len(found) / max(1.0, float(tokens.prose.sum()) / WORDS))
        for one in found:
            passage = f"{tokens.passage(one.place, one.place + 1)} [established: {one.established}]"
            yield "tortured_phrase", together / len(found), passage
