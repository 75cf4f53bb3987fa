"""Walks up a page's elements agree with their slow twins on any tree."""

from __future__ import annotations

import naive
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.clean.html.element_kernels import SCORES, climb, gather_up, inherit_marks
from corpus_tools.clean.html.walk_state import PAIR

BODY = 7


@st.composite
def parents(draw: st.DrawFn) -> list[int]:
    """The parent of each node: -1 for the first, before its children for all others."""
    return [-1] + [draw(st.integers(0, node - 1)) for node in range(1, draw(st.integers(1, 12)))]


@given(parents(), st.data())
def test_climbing_agrees_with_the_naive_twin(parent: list[int], data: st.DataObject) -> None:
    blocks = [data.draw(st.tuples(st.integers(0, 2), st.integers(0, 2))) for _ in parent]
    first, last = (np.array(side) for side in zip(*blocks, strict=True))
    depth, widest = climb(np.array(parent), first, last)
    above = [naive.ancestors(parent, node) for node in range(len(parent))]
    assert depth.tolist() == [len(line) for line in above]
    for node, line in enumerate(above):
        same = node
        for one in line:
            if blocks[one] != blocks[node]:
                break
            same = one
        assert widest[node] == same


@given(parents(), st.data())
def test_what_stands_above_agrees_with_the_naive_twin(parent: list[int], data: st.DataObject) -> None:
    """Whole numbers, so that the order of sums is of no consequence; nodes without a score have anything for the others."""
    held = [data.draw(st.lists(st.integers(-5, 5), max_size=3)) for _ in parent]
    scores, above = np.zeros(len(parent), SCORES), np.zeros(len(parent), SCORES)
    for node, values in enumerate(held):
        scores[node] = (max(values, default=99), min(values, default=99), sum(values) if values else 99, len(values))
    gather_up(np.array(parent), scores, above)
    assert [tuple(row) for row in above.tolist()] == naive.gathered(parent, held)


@given(parents(), st.data())
def test_marks_agree_with_the_naive_twin(parent: list[int], data: st.DataObject) -> None:
    """The first node is the body; two labels' marks, in two halves."""
    tag = [BODY] + [data.draw(st.sampled_from([1, BODY])) for _ in parent[1:]]
    label = [data.draw(st.integers(0, 2)) for _ in parent]
    masks = [(data.draw(st.integers(0, 15)), data.draw(st.integers(0, 15))) for _ in range(3)]
    pairs = data.draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=6))
    above, inner = inherit_marks(*map(np.array, (tag, parent, label, masks)), np.array(pairs, PAIR), 4, BODY)
    assert above.tolist() == naive.marks_above(tag, parent, label, masks, BODY)
    for half in range(2):
        for block in range(4):
            own = [masks[label][half] for at, label in pairs if at == block]
            assert inner[block, half] == np.bitwise_or.reduce(own, initial=0, dtype=np.int64)
