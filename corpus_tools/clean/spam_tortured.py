"""Tortured phrases: pairs of words behind which, with known replacements undone, stands an established phrase.

Cabanac, Labbé and Magazinov, "Tortured phrases" (arXiv:2107.06751) collect whole phrases; here the replacements were
learned from half of their list word by word, so that phrases nobody has listed are found too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corpus_tools.clean.spam_reference import Reference
from corpus_tools.clean.spam_tokens import Array, Tokens
from corpus_tools.clean.spam_wording import Pairs, first_pairs

LEAST_ASSOCIATION, LEAST_GAIN, LEAST_COUNT = 9.0, 6.0, 2
"""Bits of association the established phrase must have, bits more than the pair itself, and how often it was counted."""
EACH, MOST, WORDS = 0.5, 2.0, 500
"""Log-odds of one such phrase in WORDS words or fewer, and of all together at most; set by hand.

One honest page of MedQuAD in twenty has such a pair by chance, so a single one says little.
"""
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Tortured:
    """A pair at token ``place`` and the established phrase behind it."""

    place: int
    established: str


def find_tortured(tokens: Tokens, reference: Reference, pairs: Pairs | None = None) -> list[Tortured]:
    """The tortured phrases among the page's distinct pairs of content words, in reading order; ``pairs`` where at hand."""
    places, counts, repeated = pairs or first_pairs(tokens, reference)
    left, right = tokens.ids[places], tokens.ids[places + 1]
    held = np.where(counts > 0, reference.association(left, right, counts), 0.0)
    doubtful = ~repeated & (held < LEAST_ASSOCIATION - LEAST_GAIN) & ~reference.is_function[left] & ~reference.is_function[right]
    found = []
    for at in np.flatnonzero(doubtful).tolist():
        a, b = int(left[at]), int(right[at])
        if a in reference.originals or b in reference.originals:
            best = _best_original(a, b, reference)
            if best is not None and best[0] >= max(LEAST_ASSOCIATION, held[at] + LEAST_GAIN):
                found.append(Tortured(int(places[at]), f"{reference.names[best[1]]} {reference.names[best[2]]}"))
    return found


def _best_original(a: int, b: int, reference: Reference) -> tuple[float, int, int] | None:
    """Association in bits and words of the strongest phrase the pair may stand for; None when none was counted."""
    lefts, rights = reference.originals.get(a, _NONE), reference.originals.get(b, _NONE)
    before: Array = np.concatenate([lefts, np.full(len(rights), a), np.repeat(lefts, len(rights))])
    after: Array = np.concatenate([np.full(len(lefts), b), rights, np.tile(rights, len(lefts))])
    counts = reference.count_pairs(before, after)
    known = counts >= LEAST_COUNT
    if not known.any():
        return None
    strength = np.where(known, reference.association(before, after, counts), -np.inf)
    best = int(strength.argmax())
    return float(strength[best]), int(before[best]), int(after[best])


def tortured_signs(tokens: Tokens, reference: Reference, pairs: Pairs | None = None) -> Iterator[tuple[str, float, str]]:
    """Sign, weight and passage of each tortured phrase; the passage ends with the established phrase in brackets."""
    found = find_tortured(tokens, reference, pairs)
    if found:
        together = min(MOST, EACH * len(found) / max(1.0, float(tokens.prose.sum()) / WORDS))
        for one in found:
            passage = f"{tokens.passage(one.place, one.place + 1)} [established: {one.established}]"
            yield "tortured_phrase", together / len(found), passage
