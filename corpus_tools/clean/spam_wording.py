"""Signs in the wording itself: neighbours that do not belong together, odd words, broken grammar.

Each sign is a list of items (word pairs, words, determiners); an item's class has a log-likelihood ratio, spun against
honest, learned by ``benchmarks/train_spam.py``. A page's feature is the sum over its items divided by the root of
their number: many small surprises count, a long page is not guilty for being long. An item that comes back on the
page counts once, and a strange pair that comes back is held to be a term, as spinners draw a new synonym every time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpus_tools.clean.spam_grammar import grammar_errors
from corpus_tools.clean.spam_reference import BINS, FUNCTION_BIN, Reference
from corpus_tools.clean.spam_tokens import Array, Tokens

PAIR_EVENTS = 9
"""0 unseen, 1..6 seen by strength of association, 7 unseen but comes back on the page, 8 unseen, of words that both come back."""
CELLS = {"pairs": BINS * BINS * PAIR_EVENTS, "words": 2 * BINS, "grammar": 2}
"""Sizes of the tables of log-likelihood ratios."""
FEATURES = ("odd_frames", "odd_before", "odd_after", "odd_pairs", "odd_words", "grammar_error")
"""Pairs of two function words; content before one; content after one; two content words; the rest."""
STEADY, ENOUGH = 20.0, 150.0
"""Items added under the root, as a handful is no evidence; and how many items make a page no stranger, however long it is."""


Pairs = tuple[Array, Array, Array]
"""Places of the page's distinct pairs, their counts in the reference, and whether they come back on the page."""


@dataclass(frozen=True, eq=False)
class Items:
    """The items of one sign: the class of each, and its first and last token."""

    table: str
    cells: Array
    first: Array
    last: Array

    def ratios(self, tables: Mapping[str, Array]) -> Array:
        """Log-likelihood ratio of each item, float64[n]."""
        return tables[self.table][self.cells]


def read_items(tokens: Tokens, reference: Reference, pairs: Pairs | None = None) -> dict[str, Items]:
    """The items of every sign of FEATURES on a page; ``pairs`` is its ``first_pairs``, where at hand."""
    places, counts, repeated = pairs or first_pairs(tokens, reference)
    again = np.bincount(tokens.local)[tokens.local] > 1 if len(tokens.local) else np.zeros(0, bool)
    left, right = tokens.ids[places], tokens.ids[places + 1]
    bins_left, bins_right = reference.bins[left], reference.bins[right]
    association = reference.association(left, right, counts)
    seen = np.clip((association / 2 + 2).astype(np.int64), 1, 6)
    events = np.where(counts > 0, seen, np.where(repeated, 7, np.where(again[places] & again[places + 1], 8, 0)))
    cells = (bins_left * BINS + bins_right) * PAIR_EVENTS + events
    before, after = bins_left < FUNCTION_BIN, bins_right < FUNCTION_BIN
    kinds = (~before & ~after, before & ~after, ~before & after, before & after)
    items = {name: Items("pairs", cells[kind], places[kind], places[kind] + 1) for name, kind in zip(FEATURES, kinds, strict=False)}
    words = _first_words(tokens)
    items["odd_words"] = Items("words", reference.bins[tokens.ids[words]] + BINS * again[words], words, words)
    errors, chances = grammar_errors(tokens, reference)
    items["grammar_error"] = Items("grammar", errors, chances, chances + 1)
    return items


def first_pairs(tokens: Tokens, reference: Reference) -> Pairs:
    """Places of the page's distinct prose pairs, how often the reference has each, and whether it comes back on the page."""
    both = np.flatnonzero(tokens.prose[:-1] & tokens.prose[1:])
    local = tokens.local
    width = int(local.max(initial=0)) + 1
    _, first, often = np.unique(local[both] * width + local[both + 1], return_index=True, return_counts=True)
    order = np.argsort(first)
    places = both[first[order]]
    return places, reference.count_pairs(tokens.ids[places], tokens.ids[places + 1]), often[order] > 1


def _first_words(tokens: Tokens) -> Array:
    prose = np.flatnonzero(tokens.prose)
    _, first = np.unique(tokens.local[prose], return_index=True)
    return prose[np.sort(first)]


def measure(items: Mapping[str, Items], tables: Mapping[str, Array]) -> dict[str, float]:
    """The features, one a sign of FEATURES: sum of ratios over the root of their number plus STEADY."""
    found = {}
    for name in FEATURES:
        ratios = items[name].ratios(tables)
        found[name] = float(ratios.sum() / np.sqrt(len(ratios) + STEADY) / max(1.0, np.sqrt(len(ratios) / ENOUGH)))
    return found


def strongest(items: Items, tables: Mapping[str, Array], most: int) -> list[tuple[int, int, float]]:
    """First token, last token and ratio of the items that speak most for spinning, strongest first."""
    ratios = items.ratios(tables)
    order = np.argsort(-ratios, kind="stable")[:most]
    return [(int(items.first[at]), int(items.last[at]), float(ratios[at])) for at in order if ratios[at] > 0]


def as_tables(weights: Mapping[str, Any]) -> dict[str, Array]:
    """The tables of ``weights.json`` as float64 arrays."""
    return {name: np.array(weights["tables"][name], np.float64) for name in CELLS}
