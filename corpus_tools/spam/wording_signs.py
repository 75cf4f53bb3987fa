"""Signs in the wording itself: neighbours that do not belong together, odd words, broken grammar.

Each sign is a list of items (word pairs, words, determiners); an item's class has a log-likelihood ratio, spun against
honest, learned by ``benchmarks/training/spam_weights.py``. A page's feature is the sum over its items divided by the root of
their number: many small surprises count, a long page is not guilty for being long. An item that comes back on the
page counts once, and a strange pair that comes back is held to be a term, as spinners draw a new synonym every time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from corpus_tools.spam.grammar import grammar_errors
from corpus_tools.spam.reference import BINS, FUNCTION_BIN, Reference
from corpus_tools.spam.sign_kernels import count_again, distinct_pairs, sort_pairs
from corpus_tools.spam.tokens import Array, Tokens

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
    again, words = count_again(tokens.local, tokens.prose, len(tokens.first))
    shape = (BINS, FUNCTION_BIN, PAIR_EVENTS)
    (cells, at), ends = sort_pairs(
        places, counts, repeated, again, tokens.ids, reference.bins, reference.counts, reference.total, shape
    )
    slices = [slice(start, end) for start, end in pairwise(ends.tolist())]
    kinds = ("odd_pairs", "odd_before", "odd_after", "odd_frames")
    items = {name: Items("pairs", cells[held], at[held], at[held] + 1) for name, held in zip(kinds, slices, strict=True)}
    items["odd_words"] = Items("words", reference.bins[tokens.ids[words]] + BINS * again[words], words, words)
    errors, chances = grammar_errors(tokens, reference)
    items["grammar_error"] = Items("grammar", errors, chances, chances + 1)
    return items


def first_pairs(tokens: Tokens, reference: Reference) -> Pairs:
    """Places of the page's distinct prose pairs, how often the reference has each, and whether it comes back on the page."""
    places, counts, repeated = distinct_pairs(tokens.local, tokens.ids, tokens.prose, reference.pairs, reference.stride)
    return places, counts, repeated


def measure(items: Mapping[str, Items], tables: Mapping[str, Array]) -> dict[str, float]:
    """The features, one a sign of FEATURES: sum of ratios over the root of their number plus STEADY."""
    found = {}
    for name in FEATURES:
        ratios = items[name].ratios(tables)
        found[name] = float(np.add.reduce(ratios)) / math.sqrt(len(ratios) + STEADY) / max(1.0, math.sqrt(len(ratios) / ENOUGH))
    return found


def strongest(items: Items, tables: Mapping[str, Array], most: int) -> list[tuple[int, int, float]]:
    """First token, last token and ratio of the items that speak most for spinning, strongest first."""
    ratios = items.ratios(tables)
    order = np.argsort(-ratios, kind="stable")[:most]
    return [(int(items.first[at]), int(items.last[at]), float(ratios[at])) for at in order if ratios[at] > 0]


def as_tables(weights: Mapping[str, Any]) -> dict[str, Array]:
    """The tables of ``weights.json`` as float64 arrays."""
    return {name: np.array(weights["tables"][name], np.float64) for name in CELLS}
