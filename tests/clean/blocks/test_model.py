"""The block model's trees: laid out for speed, they say what a walk from root to leaf says."""

from __future__ import annotations

from typing import Any

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.clean.html.element_kernels import number_rows
from corpus_tools.kernels.forest import SCALE, Forest, Forests, add_trees, make_table

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


@settings(max_examples=examples(60))
@given(forests(), st.lists(st.lists(VALUES, min_size=FEATURES, max_size=FEATURES), max_size=70))
def test_trees_laid_out_say_what_a_walk_says(weights: dict[str, Any], rows: list[list[float]]) -> None:
    forest, table = Forest.of(weights), make_table(FEATURES, len(rows))
    table[:, : len(rows)] = np.array(rows, np.float32).reshape(-1, FEATURES).T
    sums = add_trees(table, forest.starts, forest.feature, forest.threshold, forest.kept, forest.leaves, forest.value)
    assert sums[: len(rows)].tolist() == [
        naive.sum_of_trees([float(value) for value in row], weights) for row in table.T[: len(rows)]
    ]


@settings(max_examples=examples(60))
@given(st.lists(forests(), min_size=1, max_size=4), st.lists(VALUES, min_size=FEATURES, max_size=FEATURES))
def test_several_forests_say_of_one_row_what_each_says_alone(weights: list[dict[str, Any]], values: list[float]) -> None:
    row = np.array(values, np.float32)
    odds = Forests.of([Forest.of(one) for one in weights]).log_odds(row)
    assert (odds * SCALE).round().tolist() == [naive.sum_of_trees([float(value) for value in row], one) for one in weights]


def test_a_tree_has_at_most_64_leaves() -> None:
    for leaves in (64, 65):  # a chain: every left child is a leaf
        inner, places = leaves - 1, range(leaves - 1)
        weights = {
            "names": ["x"], "roots": [0], "feature": [0] * inner + [-1] * leaves, "threshold": [*map(float, places)] + [0.0] * leaves,
            "left": [inner + i for i in places] + [0] * leaves, "right": [*places[1:], 2 * inner] + [0] * leaves,
            "value": [0] * inner + [*range(leaves)],
        }  # fmt: skip
        if leaves > 64:
            with pytest.raises(ValueError, match="65 leaves, more than 64"):
                Forest.of(weights)
            continue
        forest, table = Forest.of(weights), make_table(1, leaves)
        table[0, :] = np.arange(leaves)
        sums = add_trees(table, forest.starts, forest.feature, forest.threshold, forest.kept, forest.leaves, forest.value)
        assert sums.tolist() == [naive.sum_of_trees([float(x)], weights) for x in range(leaves)]


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-(2**62), 2**62) | st.integers(0, 2)), max_size=40))
def test_equal_rows_get_equal_numbers(rows: list[tuple[int, int]]) -> None:
    numbers: dict[tuple[int, int], int] = {}
    expected = [numbers.setdefault(row, len(numbers)) for row in rows]
    assert number_rows(np.array(rows, np.int64).reshape(-1, 2)).tolist() == expected
