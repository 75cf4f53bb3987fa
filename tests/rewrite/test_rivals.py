"""Rival originals: the nearest counts, kin are no rivals, and a page that cannot be the rewrite has none."""

from __future__ import annotations

import naive
import narwhals as nw
import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.rewrite.rivals import contested_pairs, drop_rivals

ODD = [0.02, 0.02, 0.05, 0.1, 0.3, 0.3]


PAIRS = st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] < pair[1])
Pairs = dict[tuple[int, int], tuple[float, float]]


def standing(pairs: Pairs, odd: list[float], strangers: set[tuple[int, int]] | None = None) -> list[tuple[int, int]]:
    rows = [
        {"left": a, "right": b, "score": score, "evidence": evidence, "odd_left": odd[a], "odd_right": odd[b]}
        for (a, b), (score, evidence) in sorted(pairs.items())
    ]
    if not rows:
        return []
    held = nw.from_native(pl.LazyFrame(rows))
    parted = pl.LazyFrame(sorted(strangers or set()), schema={"left": pl.Int64, "right": pl.Int64}, orient="row")
    beaten = contested_pairs(held).join(nw.from_native(parted), on=["left", "right"], how="semi")
    kept = drop_rivals(held, beaten).to_native().collect()
    return sorted(kept.select("left", "right").iter_rows())


@given(
    st.dictionaries(PAIRS, st.tuples(st.sampled_from([0.002, 0.01, 0.5, 0.9, 0.99]), st.sampled_from([1.0, 1.03, 2.0, 3.0]))),
    st.sets(PAIRS),
)
def test_pairs_stand_as_the_definition_says(pairs: Pairs, strangers: set[tuple[int, int]]) -> None:
    assert standing(pairs, ODD, strangers) == naive.pairs_without_rivals(pairs, ODD, strangers)


def test_a_rewrite_stays_with_its_original_and_leaves_its_siblings() -> None:
    original, sibling, rewrite = 0, 1, 4
    pairs = {(original, rewrite): (0.9, 3.0), (sibling, rewrite): (0.99, 2.0), (original, sibling): (0.002, 2.5)}
    assert standing(pairs, ODD) == [(original, sibling), (original, rewrite)]


def test_a_page_that_can_be_no_original_of_it_is_no_rival() -> None:
    original, odd, rewrite = 0, 4, 3
    pairs = {(original, rewrite): (0.9, 3.0), (rewrite, odd): (0.9, 2.0)}
    assert standing(pairs, ODD) == sorted(pairs)


def test_two_rewrites_of_a_page_are_no_rivals() -> None:
    pairs = {(0, 4): (0.9, 3.0), (0, 5): (0.9, 2.0), (4, 5): (0.6, 1.0)}
    assert standing(pairs, ODD) == [(0, 4), (0, 5), (4, 5)]
    assert np.isclose(ODD[4], ODD[5])


def test_of_two_siblings_the_nearer_counts_even_where_the_rewrite_has_usual_words() -> None:
    original, rewrite, sibling = (
        0,
        1,
        4,
    )  # odd phrases say that the rewrite is no rewrite of the sibling, a probability that both are kin
    pairs = {(original, rewrite): (0.9, 3.0), (rewrite, sibling): (0.99, 2.0), (original, sibling): (0.1, 3.5)}
    assert standing(pairs, ODD) == sorted(pairs)
    assert standing(pairs, ODD, {(original, sibling)}) == [(original, rewrite), (original, sibling)]


def test_a_sibling_is_told_where_another_rewrite_is_the_nearest() -> None:
    original, first, sibling = 0, 4, 1
    pairs = {(0, 4): (0.9, 3.0), (0, 5): (0.9, 3.0), (4, 5): (0.9, 4.0), (sibling, first): (0.99, 2.0)}
    assert (sibling, first) not in standing(pairs, ODD, {(original, sibling)})
