"""How sure it is that two pages are one text rewritten: a logistic model over the measures of their alignment.

The weights are in ``spun_weights.json``, a file for people to read: each term is a measure, its logarithm, or a product of these, with
the mean and scale it is standardised by. ``benchmarks/train_spun.py`` makes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
SMALL = 0.02
"""Added before a logarithm is taken."""
WEIGHTS = Path(__file__).with_name("spun_weights.json")


@dataclass(frozen=True)
class SpunModel:
    """Terms (names of measures, perhaps after ``log``, joined by ``*``), their means, scales and weights, and the intercept."""

    terms: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    def probability(self, measures: Array, names: tuple[str, ...]) -> Array:
        """Probability that each pair is a rewrite, float64[pairs]; ``measures`` float64[pairs, len(names)]."""
        values = make_terms(measures, names, self.terms)
        # Summed row by row: a matrix product may round a pair otherwise in another batch.
        parts = (values - np.array(self.means)) / np.array(self.scales) * np.array(self.weights)
        logit = parts.sum(axis=1) + self.intercept
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logit, -40, 40))))

    def to_json(self, **notes: Any) -> str:
        """The file's text; ``notes`` say how the weights were made."""
        rows = zip(self.terms, self.means, self.scales, self.weights, strict=True)
        terms = {name: {"mean": round(m, 5), "scale": round(s, 5), "weight": round(w, 4)} for name, m, s, w in rows}
        return json.dumps({**notes, "intercept": round(self.intercept, 4), "terms": terms}, indent=1) + "\n"


def make_terms(measures: Array, names: tuple[str, ...], terms: tuple[str, ...]) -> Array:
    """Value of every term, float64[pairs, terms]."""
    held = {name: measures[:, place] for place, name in enumerate(names)}
    held.update({f"log {name}": np.log(column + SMALL) for name, column in held.items()})
    columns = [np.prod([held[factor] for factor in term.split("*")], axis=0) for term in terms]
    return np.stack(columns, axis=1) if columns else np.zeros((len(measures), 0))


@cache
def load_model(path: Path = WEIGHTS) -> SpunModel:
    """The shipped model, or another of the same form."""
    held = json.loads(path.read_text(encoding="utf-8"))
    terms = held["terms"]
    means, scales, weights = (tuple(term[key] for term in terms.values()) for key in ("mean", "scale", "weight"))
    return SpunModel(tuple(terms), means, scales, weights, held["intercept"])
