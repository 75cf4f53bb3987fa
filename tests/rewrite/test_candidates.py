"""Candidates for rewrites: the pages that share most, within the bounds, and nothing else."""

from __future__ import annotations

import naive
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.plan import RewritePlan
from corpus_tools.rewrite.candidates import MIN_SHARED, find_partners

EMPTY = 2**32 - 1


@given(st.integers(0, 2**32 - 1), st.integers(1, 25), st.integers(1, 6), st.integers(2, 12))
def test_candidates_are_the_heaviest_partners(seed: int, pages: int, partners: int, most_pages: int) -> None:
    chance = np.random.default_rng(seed)
    values = chance.choice(np.array([1, 2, 3, 4, EMPTY], np.uint32), (pages, 12))
    left, right, _ = find_partners(values.T, RewritePlan(max_partners=partners, max_df=most_pages))
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == naive.partners(values, most_pages, MIN_SHARED, partners)


def test_full_signatures_must_share_more() -> None:
    values = np.arange(2 * 384, dtype=np.uint32).reshape(2, 384)
    values[1, :11] = values[0, :11]
    assert len(find_partners(values.T, RewritePlan())[0]) == 0
    values[1, 11] = values[0, 11]
    assert len(find_partners(values.T, RewritePlan())[0]) == 1


def test_a_value_held_by_too_many_is_reported_and_left_out() -> None:
    values = np.full((100, 8), 7, np.uint32)
    left, _, report = find_partners(values.T, RewritePlan(max_df=64))
    assert len(left) == 0
    assert (report.shared, report.hot, report.largest_hot) == (0, 8, 100)


def test_the_pairs_of_a_page_are_bounded() -> None:
    values = np.tile(np.arange(20, dtype=np.uint32), (60, 1))
    left, right, report = find_partners(values.T, RewritePlan(max_partners=5))
    assert report.shared == 20
    assert len(left) <= 60 * 5
    assert set(left) | set(right) == set(range(60))


def test_no_pages_no_candidates() -> None:
    left, right, _ = find_partners(np.zeros((0, 48), np.uint32).T, RewritePlan())
    assert (len(left), len(right)) == (0, 0)
