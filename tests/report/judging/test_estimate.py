"""The sampling plan and its estimator, by simulation against full labels: no bias to speak of, intervals that hold what they should."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.report.judging.estimate import MEASURES, estimate_rates, labels_to_halve, make_cells, wilson
from corpus_tools.report.judging.strata import allocate, draw_sample, with_strata

AT = (0.5, 0.6, 0.65, 0.7, 0.74, 0.8, 0.85)


def _population(kind: str, n: int) -> tuple[pl.DataFrame, np.ndarray]:
    """Pairs with scores, and whether each belongs together, all of them judged."""
    chance = np.random.default_rng(7)
    if kind == "two humps":
        score = np.concatenate([chance.beta(2, 3, n * 7 // 10), chance.beta(6, 1.5, n - n * 7 // 10)]) * 0.65 + 0.35
        share = 1 / (1 + np.exp(-(score - 0.72) * 25))
    elif kind == "few copies":
        score = chance.beta(1.5, 4, n) * 0.65 + 0.35
        share = np.where(score > 0.75, 0.9, 0.05)
    else:
        score, share = chance.uniform(0.35, 1, n), np.full(n, 0.6)
    zeros = dict.fromkeys(("own_left", "own_right", "lost_left", "lost_right"), 0)
    frame = pl.DataFrame({"left": [f"a{at:05d}" for at in range(n)], "right": "b", "kind": "near", "score": score, **zeros})
    return with_strata(frame), chance.random(n) < share


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["two humps", "few copies", "no signal"])
@pytest.mark.parametrize("n", [400, 4000])
def test_fifty_labels_tell_precision_and_recall_at_every_threshold(kind: str, n: int) -> None:
    pairs, together = _population(kind, n)
    score = pairs["score"].to_numpy()
    stratum = pairs["stratum"].rank("dense").to_numpy().astype(np.int64) - 1
    place = {left: at for at, left in enumerate(pairs["left"])}
    held, away, draws = dict.fromkeys(MEASURES, 0), {name: np.zeros(len(AT)) for name in MEASURES}, 120
    for seed in range(draws):
        at = np.array([place[left] for left in draw_sample(pairs, 50, seed)["left"]])
        for number, threshold in enumerate(AT):
            found = score >= threshold
            rates = estimate_rates(make_cells(stratum, found, at, together[at].astype(float)))
            hit = (found & together).sum()
            true = {"precision": hit / found.sum(), "recall": hit / together.sum(), "f1": 2 * hit / (found.sum() + together.sum())}
            for name, rate in rates.items():
                held[name] += rate.low - 1e-9 <= true[name] <= rate.high + 1e-9
                away[name][number] += (rate.value - true[name]) / draws
    for name in MEASURES:
        coverage = held[name] / (draws * len(AT))
        assert 0.9 <= coverage <= 0.99, (name, coverage)
        # Hits and misses are counted without bias, and so is precision; a ratio of the two leans where misses are rarely drawn.
        assert np.abs(away[name]).max() < (0.03 if name == "precision" else 0.1), (name, away[name])


def test_all_labels_leave_no_doubt() -> None:
    pairs, together = _population("two humps", 200)
    found = pairs["score"].to_numpy() >= 0.7
    rates = estimate_rates(make_cells(np.zeros(200, np.int64), found, np.arange(200), together.astype(float)))
    assert rates["precision"] == pytest.approx((together[found].mean(),) * 3)
    assert rates["recall"] == pytest.approx(((together & found).sum() / together.sum(),) * 3)


def test_more_labels_halve_the_interval() -> None:
    pairs, together = _population("two humps", 4000)
    stratum = pairs["stratum"].rank("dense").to_numpy().astype(np.int64) - 1
    found = pairs["score"].to_numpy() >= 0.7
    place = {left: at for at, left in enumerate(pairs["left"])}

    def cells(wanted: int) -> object:
        at = np.array([place[left] for left in draw_sample(pairs, wanted)["left"]])
        return make_cells(stratum, found, at, together[at].astype(float))

    few = cells(100)
    more = labels_to_halve(few)  # type: ignore[arg-type]
    assert 200 < more < 500
    widths = [estimate_rates(one)["f1"].width for one in (few, cells(100 + more))]  # type: ignore[arg-type]
    assert widths[1] == pytest.approx(widths[0] / 2, rel=0.3)


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=12), st.integers(1, 300))
def test_samples_are_shared_out(sizes: list[int], wanted: int) -> None:
    drawn = allocate(np.array(sizes), wanted)
    assert all(min(size, 2) <= one <= size for one, size in zip(drawn, sizes, strict=True))
    assert sum(drawn) <= max(wanted, sum(min(size, 2) for size in sizes))
    assert sum(drawn) >= min(wanted, sum(sizes)) - len(sizes)


def test_a_draw_is_the_same_again_and_grows() -> None:
    pairs, _ = _population("two humps", 500)
    few, many = draw_sample(pairs, 50), draw_sample(pairs.sample(fraction=1.0, shuffle=True, seed=3), 100)
    assert few.equals(draw_sample(pairs, 50))
    assert set(few["left"]) <= set(many["left"])
    assert set(draw_sample(pairs, 50, seed=1)["left"]) != set(few["left"])
    counted = few.group_by("stratum").agg(pl.len().alias("n"), pl.col("size").first(), pl.col("probability").first())
    assert counted.filter((pl.col("n") / pl.col("size") - pl.col("probability")).abs() > 1e-12).is_empty()
    assert 45 <= few.height <= 50


@given(st.integers(1, 40), st.integers(0, 40), st.integers(1, 1000))
def test_an_interval_holds_what_was_seen(n: int, right: int, size: int) -> None:
    n, size = min(n, size), size
    share = min(right, n) / n
    low, high = (float(end) for end in wilson(np.float64(share), np.float64(n), np.float64(size)))
    assert 0 <= low <= share <= high <= 1
    assert (low == high) == (n == size)
