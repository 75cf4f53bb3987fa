"""How sure it is that two pages are one text rewritten: boosted trees over the measures of their alignment.

The trees are in ``rewrite_model.json``, an array a line; ``benchmarks/training/rewrite_model.py`` makes it. Their sum is calibrated by
a line through log-odds (Platt 1999) fitted on pages the trees had not seen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from corpus_tools.kernels.forest import Forest, make_table

Array = np.ndarray[Any, np.dtype[Any]]
MODEL_FILE = Path(__file__).with_name("rewrite_model.json")
MIN_AGREEMENT = 0.4
"""Share of function words beside the same in matched sentences, below which a page was written anew, not rewritten word by word:
synonym software leaves them in place (1 of 7,200 rewrites by three such spinners fell below, 7 of 600 translations there and back)."""


@dataclass(frozen=True)
class RewriteModel:
    """The trees, and what their sum is multiplied by and what is added to make it log-odds."""

    forest: Forest
    slope: float
    shift: float

    @staticmethod
    def of(held: dict[str, Any]) -> RewriteModel:
        """From what a weights file holds."""
        return RewriteModel(Forest.of(held["trees"]), held["calibration"]["slope"], held["calibration"]["shift"])

    def log_odds(self, measures: Array) -> Array:
        """Calibrated log-odds that each pair is a rewrite, float64[pairs]; ``measures`` as ``measure`` gives them."""
        table = make_table(len(self.forest.names), len(measures))
        for row, name in enumerate(self.forest.names):
            table[row, : len(measures)] = measures[name]
        return np.asarray(self.slope * self.forest.log_odds(table, len(measures)) + self.shift)

    def probability(self, measures: Array) -> Array:
        """Probability that each pair is a rewrite, float64[pairs]; 0 below MIN_AGREEMENT."""
        kept = measures["function_agreement"] >= MIN_AGREEMENT
        return np.asarray(np.where(kept, 1.0 / (1.0 + np.exp(-self.log_odds(measures))), 0.0))


@cache
def load_rewrite_model(path: Path = MODEL_FILE) -> RewriteModel:
    """The shipped model, or another of the same form."""
    return RewriteModel.of(json.loads(path.read_text(encoding="utf-8")))
