"""The score of one pair of texts, by the same code that scores the pairs of a run."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from corpus_tools.cluster.store import WordStore
from corpus_tools.cluster.verify import measure_pairs
from corpus_tools.plan import Plan


def score_texts(left: str, right: str, plan: Plan) -> dict[str, float]:
    """``score`` and the measures behind it (see ``tables.EDGES``) of two clean texts, each 0..1."""
    with WordStore(plan.fingerprint.ngram) as store:
        store.add(pa.array([left, right], pa.large_string()))
        measures = measure_pairs(store, np.array([0]), np.array([1]))
        return {name: float(values[0]) for name, values in measures.items()}
