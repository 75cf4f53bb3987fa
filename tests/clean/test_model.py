"""The block model's trees: laid out for speed, they say what a walk from root to leaf says."""

from __future__ import annotations

from typing import Any

import naive
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_tools.clean._kernels import add_trees
from corpus_tools.clean.model import Forest

FEATURES = 5
VALUES = st.sampled_from([-9.0, -1.0, 0.0, 0.1, 0.25, 1.0 / 3.0, 1.0, 7.0, 1e6])


@st.composite
def forests(draw: st.DrawFn) -> dict[str, Any]:
    """Weights as they stand in the file: trees of any shape, some a lone leaf, parents before children."""
    out: dict[str, Any] = {"names": [], "roots": [], "feature": [], "threshold": [], "left": [], "right": [], "value": []}

    def add(depth: int) -> int:
        here = len(out["feature"])
        leaf = depth == 0 or draw(st.booleans())
        out["feature"].append(-1 if leaf else draw(st.integers(0, FEATURES - 1)))
        out["threshold"].append(0.0 if leaf else draw(VALUES))
        out["value"].append(draw(st.integers(-(10**6), 10**6)) if leaf else 0)
        out["left"].append(0)
        out["right"].append(0)
        if not leaf:
            out["left"][here], out["right"][here] = add(depth - 1), add(depth - 1)
        return here

    out["roots"] = [add(draw(st.integers(0, 5))) for _ in range(draw(st.integers(0, 4)))]
    return out


@settings(max_examples=60, deadline=None)
@given(forests(), st.lists(st.lists(VALUES, min_size=FEATURES, max_size=FEATURES), max_size=70))
def test_trees_laid_out_say_what_a_walk_says(weights: dict[str, Any], rows: list[list[float]]) -> None:
    table = np.array(rows, np.float32).reshape(-1, FEATURES)
    forest = Forest.of(weights)
    sums = add_trees(table, forest.roots, forest.depths, forest.feature, forest.threshold, forest.child, forest.value)
    assert sums.tolist() == [naive.sum_of_trees([float(value) for value in row], weights) for row in table]
