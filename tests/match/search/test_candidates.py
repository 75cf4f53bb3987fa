"""Candidates: every pair that shares a band, and a bounded, connected few in large buckets."""

from __future__ import annotations

import naive
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.errors import MixedSignaturesError, PlanError
from corpus_tools.match.search.banding import Banding, choose_banding, describe_banding, plan_banding
from corpus_tools.match.search.candidates import find_candidates, sketch_matrix
from corpus_tools.plan import MatchPlan


def _pairs(found: np.ndarray) -> list[tuple[int, int]]:
    return [(int(left), int(right)) for left, right in found]


def _sketches(seed: int, documents: int, values: int = 24, high: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, high, (documents, values)).astype(np.uint32)


def _family(seed: int, members: int, similarity: float) -> np.ndarray:
    """Sketches of near copies of one page: each value is the page's with the square root of ``similarity``."""
    chance = np.random.default_rng(seed)
    own = chance.integers(0, 2**32, (members, 128), dtype=np.uint32)
    return np.where(chance.random(own.shape) < similarity**0.5, own[0], own)


@settings(max_examples=examples(60))
@given(st.integers(0, 2**20), st.integers(0, 50), st.integers(1, 8), st.integers(1, 3))
def test_all_pairs_that_share_a_band(seed: int, documents: int, bands: int, rows: int) -> None:
    sketches = _sketches(seed, documents)
    found, report = find_candidates(sketches, Banding(bands, rows), bucket_limit=1000)
    assert _pairs(found) == naive.candidates(sketches, bands, rows)
    assert (report.hot, report.skipped) == (0, 0)


@settings(max_examples=examples(60))
@given(st.integers(0, 2**20), st.integers(2, 80), st.integers(1, 8), st.integers(2, 12))
def test_bounded_buckets_stay_connected_and_invent_nothing(seed: int, documents: int, bands: int, limit: int) -> None:
    sketches = _sketches(seed, documents, high=2)
    found, report = find_candidates(sketches, Banding(bands, 2), bucket_limit=limit)
    everything = naive.candidates(sketches, bands, 2)
    assert set(_pairs(found)) <= set(everything)
    assert _pairs(found) == sorted(set(_pairs(found)))
    assert _components(documents, _pairs(found)) == _components(documents, everything)
    if report.hot == 0:
        assert _pairs(found) == everything


def _components(documents: int, pairs: list[tuple[int, int]]) -> list[int]:
    label = list(range(documents))
    for left, right in pairs:
        old, new = sorted((label[left], label[right]), reverse=True)
        label = [new if one == old else one for one in label]
    return label


def test_a_pair_left_out_of_one_bucket_comes_from_another() -> None:
    """200 documents share band 0; documents 60 and 150 alone share band 1 too, and are found there."""
    sketches = np.arange(200 * 4, dtype=np.uint32).reshape(200, 4)
    sketches[:, :2] = 7
    sketches[150, 2:] = sketches[60, 2:]
    found, report = find_candidates(sketches, Banding(2, 2), bucket_limit=50)
    assert (60, 150) in _pairs(found)
    assert (report.hot, report.largest) == (1, 200)
    assert report.skipped == 200 * 199 // 2 - (len(found) - 1) or report.skipped > 15_000


def test_a_large_family_costs_linear_pairs_and_stays_whole() -> None:
    sketches = _family(1, 5000, 0.8)
    found, report = find_candidates(sketches, Banding(35, 3))
    assert len(found) < 300 * len(sketches)
    assert set(_components_fast(len(sketches), found)) == {0}
    assert report.largest > 2000
    assert report.skipped > 10_000_000


def _components_fast(documents: int, pairs: np.ndarray) -> np.ndarray:
    label = np.arange(documents)
    while True:
        least = np.minimum(label[pairs[:, 0]], label[pairs[:, 1]])
        new = label.copy()
        np.minimum.at(new, pairs[:, 0], least)
        np.minimum.at(new, pairs[:, 1], least)
        if (new == label).all():
            return label
        label = new[new]


def test_what_is_not_accepted_is_not_returned() -> None:
    sketches = _sketches(3, 60)
    everything, _ = find_candidates(sketches, Banding(6, 2), 1000)
    even, _ = find_candidates(sketches, Banding(6, 2), 1000, accept=lambda left, right: (left + right) % 2 == 0)
    assert _pairs(even) == [pair for pair in _pairs(everything) if sum(pair) % 2 == 0]


@pytest.mark.parametrize("floor", [0.2, 0.35, 0.5, 0.7, 0.8, 0.95, 1.0])
@pytest.mark.parametrize("recall", [0.9, 0.99, 0.999])
def test_the_chosen_banding_keeps_its_promise(floor: float, recall: float) -> None:
    banding = choose_banding(floor, recall, 256)
    assert banding.bands * banding.rows <= 256
    assert banding.probability(floor) * (1 - 1e-4) >= recall
    if banding.bands > 1:
        assert Banding(banding.bands - 1, banding.rows).probability(floor) * (1 - 1e-4) < recall


def test_more_recall_or_a_lower_floor_never_looks_at_fewer_pairs() -> None:
    for low, high in (((0.7, 0.99), (0.7, 0.9)), ((0.5, 0.99), (0.8, 0.99))):
        wide, narrow = choose_banding(*low, 128), choose_banding(*high, 128)
        assert all(wide.probability(j / 20) >= narrow.probability(j / 20) - 1e-9 for j in range(1, 20))


def test_a_recall_out_of_reach_says_which_is_in_reach() -> None:
    with pytest.raises(PlanError, match=r"0\.5598 can"):
        choose_banding(0.05, 0.99, 16)
    assert choose_banding(0.05, 0.5598, 16) == Banding(16, 1)


def test_probability_is_that_of_sketches() -> None:
    """2,000 pairs of similarity .5 share a band as often as the formula says, within 4 standard errors."""
    chance = np.random.default_rng(0)
    own = chance.integers(0, 2**32, (4000, 105), dtype=np.uint32)
    own[1::2] = np.where(chance.random((2000, 105)) < 0.5, own[::2], own[1::2])
    for banding in (Banding(35, 3), Banding(15, 7), Banding(10, 4)):
        found, _ = find_candidates(own, banding)
        share, stated = len(found) / 2000, banding.probability(0.5)
        assert abs(share - stated) < 4 * np.sqrt(max(stated * (1 - stated), 1e-3) / 2000)


def test_plan_and_curve() -> None:
    assert plan_banding(MatchPlan(bands=4, rows=8), 128) == Banding(4, 8)
    assert plan_banding(MatchPlan(min_score=0.5, recall=0.99), 128) == choose_banding(0.5, 0.99, 128)
    lines = describe_banding(Banding(4, 8)).splitlines()
    assert "4 bands of 8" in lines[0]
    assert f"{Banding(4, 8).probability(0.5):.4f}" in lines[10]
    with pytest.raises(PlanError, match="33 bands"):
        find_candidates(_sketches(0, 4, 128), Banding(33, 4))


def test_any_order_of_documents_gives_the_same_pairs() -> None:
    sketches = _sketches(5, 70)
    order = np.random.default_rng(1).permutation(70)
    straight, _ = find_candidates(sketches, Banding(8, 3), 1000)
    shuffled, _ = find_candidates(np.ascontiguousarray(sketches[order]), Banding(8, 3), 1000)
    back = {tuple(sorted((int(order[left]), int(order[right])))) for left, right in shuffled}
    assert back == set(_pairs(straight))


@pytest.mark.parametrize("scheme", ["affine32", "affine64"])
def test_sketches_are_read_from_any_kind_of_binary_column(scheme: str) -> None:
    width = np.uint64 if scheme == "affine64" else np.uint32
    values = np.random.default_rng(0).integers(0, 2**32, (5, 16)).astype(width)
    column = pa.array([row.tobytes() for row in values], pa.binary())
    for form in (
        column,
        column.cast(pa.large_binary()),
        pa.chunked_array([column[:2], column[2:]]),
        pa.concat_arrays([column, column])[5:],
    ):
        assert (sketch_matrix(form, scheme) == values).all()
    assert len(sketch_matrix(column[:0], scheme)) == 0
    with pytest.raises(MixedSignaturesError, match="64 and of"):
        sketch_matrix(pa.array([bytes(64), bytes(80)], pa.binary()), "affine32")


@pytest.mark.parametrize("banding", [Banding(36, 2), Banding(35, 3), Banding(16, 6)])
def test_a_copy_within_a_large_family_is_found(banding: Banding) -> None:
    """4,000 pages of one template, 200 of them with a copy at .9: small buckets bring each to its copy."""
    sketches = _family(2, 4000, 0.6)
    chance = np.random.default_rng(3)
    copied, copies = np.split(chance.permutation(np.arange(1, 4000))[:400], 2)
    sketches[copies] = np.where(chance.random((200, 128)) < 0.9, sketches[copied], sketches[copies])
    found, report = find_candidates(sketches, banding)
    wanted = {tuple(sorted(pair)) for pair in zip(copied.tolist(), copies.tolist(), strict=True)}
    assert len(wanted & set(_pairs(found))) >= 198
    assert report.largest > 128 or banding.rows > 4
