"""Alignment by strips: the best score there is, and counts that agree with the way it was reached."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.kernels.tokens import FUNCTION
from corpus_tools.rewrite.alignment.strip_kernels import FROM_LEFT, FROM_RIGHT, GAP, SAME, STEM, align_words, move_at, strip_room

WORDS = st.lists(st.integers(0, 7), max_size=64)


def best_score(left: list[int], right: list[int]) -> int:
    row = [GAP * j for j in range(len(right) + 1)]
    for i, one in enumerate(left):
        before, row = row, [GAP * (i + 1)]
        for j, other in enumerate(right):
            like = SAME if one == other else STEM if one // 2 == other // 2 else 0
            row.append(max(before[j] + like, before[j + 1] + GAP, row[j] + GAP))
    return row[-1]


@given(WORDS, WORDS)
def test_alignments_are_the_best_and_their_counts_are_those_of_the_way_taken(left: list[int], right: list[int]) -> None:
    words = np.array([*left, *right], np.uint32)
    classes = (words % 3 == 0).astype(np.uint8) * np.uint8(FUNCTION)
    moves, rows = strip_room(64)
    counted = align_words(words, words // 2, classes, 0, len(left), len(left), len(right), moves, rows)
    i, j, score, same, content = len(left), len(right), 0, 0, 0
    while i or j:
        move = move_at(moves, i, j)
        i, j = i - (move != FROM_RIGHT), j - (move != FROM_LEFT)
        if move in (FROM_LEFT, FROM_RIGHT):
            score += GAP
            continue
        agree = left[i] // 2 == right[j] // 2
        score += SAME if left[i] == right[j] else STEM if agree else 0
        same, content = same + agree, content + (agree and left[i] % 3 != 0)
    assert score == best_score(left, right)
    assert counted == (same, content)
