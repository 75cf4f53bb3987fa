"""Which pairs a person is asked about: drawn at random within strata of one kind and similar scores, the same for the same seed."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any

import numpy as np
import polars as pl

from corpus_tools.errors import PlanError
from corpus_tools.group.renamings import lift_renamings
from corpus_tools.store.opened import StoredRun

EDGES_OF = {
    "near": (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
    "contained": (0.0, 0.85, 0.9, 0.95, 1.0),
    "rewrite": (0.0, 0.25, 0.5, 0.75, 0.9, 1.0),
}
"""Kind of pair -> the scores at which its strata begin and end. Exact copies are not asked about."""
PAIR_COLUMNS = (
    "left", "right", "kind", "score", "own_left", "own_right", "lost_left", "lost_right", "held_left", "held_right",
    "echo_left", "echo_right",
)  # fmt: skip
MIN_OF_STRATUM = 2
"""Pairs drawn from a stratum, at least, where it has as many."""


def stored_pairs(run: StoredRun) -> pl.DataFrame:
    """Every stored pair but exact copies, once, with PAIR_COLUMNS, ``rewrite`` (its probability as a rewrite, or null), place and stratum.

    ``place`` is what the threshold of its kind is compared with: for contained pages the share of own words that the other holds.
    """
    columns = [pl.col(name) for name in PAIR_COLUMNS]
    near = lift_renamings(run.edges).filter(pl.col("kind") != "exact").select(columns)
    pairs = near.with_columns(pl.lit(None, pl.Float64).alias("rewrite"))
    if run.plan.rewrite.enabled:
        rewrites = run.rewrites.select(*columns, pl.col("score").alias("rewrite"))
        scored = near.join(rewrites.select("left", "right", "rewrite"), on=["left", "right"], how="left")
        pairs = pl.concat([scored, rewrites.join(near, on=["left", "right"], how="anti")])
    return with_strata(pairs.collect().sort("left", "right"))


def with_strata(pairs: pl.DataFrame) -> pl.DataFrame:
    """``pairs`` with ``place`` (0 to 1) and ``stratum``, such as ``near 0.70-0.80``."""
    held = [1 - pl.col(f"lost_{side}") / pl.max_horizontal(f"own_{side}", 1) for side in ("left", "right")]
    place = pl.when(pl.col("kind") == "contained").then(pl.max_horizontal(*held)).otherwise("score").clip(0.0, 1.0)
    placed = pairs.with_columns(place.alias("place"))
    stratum = pl.lit("other")
    for kind, edges in EDGES_OF.items():
        for low, high in itertools.pairwise(edges):
            here = (pl.col("kind") == kind) & (pl.col("place") >= low)
            stratum = pl.when(here).then(pl.lit(f"{kind} {low:.2f}-{high:.2f}")).otherwise(stratum)
    return placed.with_columns(stratum.alias("stratum"))


def draw_sample(pairs: pl.DataFrame, wanted: int, seed: int = 0) -> pl.DataFrame:
    """About ``wanted`` of ``pairs`` (``stored_pairs``) with ``size`` of their strata and ``probability`` of being drawn, in random order.

    Every pair has a random number, made of its page_ids and ``seed``, and the smallest of each stratum are drawn (permanent random
    numbers; Ohlsson 1995): so a larger sample holds a smaller one, and pairs that are added to a run do not change the draw of
    others. Strata share the sample by the square root of their size (power allocation; Bankier 1988), so that small ones can be
    judged too. Raises PlanError if ``wanted`` is below 1.
    """
    if wanted < 1:
        raise PlanError(f"a sample of {wanted} pairs was asked for", "ask for at least 1; 50 is a good number to begin with")
    numbers = [_number(seed, left, right) for left, right in pairs.select("left", "right").iter_rows()]
    numbered = pairs.with_columns(pl.Series("number", numbers, pl.UInt64))
    sizes = pairs.group_by("stratum").len("size").sort("stratum")
    shares = sizes.with_columns(pl.Series("drawn", allocate(sizes["size"].to_numpy(), wanted)))
    ranked = numbered.join(shares, on="stratum").with_columns(pl.col("number").rank("ordinal").over("stratum").alias("rank"))
    chosen = ranked.filter(pl.col("rank") <= pl.col("drawn")).with_columns((pl.col("drawn") / pl.col("size")).alias("probability"))
    return chosen.sort("number").select(*pairs.columns, pl.col("size").cast(pl.Int64), "probability")


def allocate(sizes: np.ndarray[Any, np.dtype[Any]], wanted: int) -> list[int]:
    """How many to draw from strata of these sizes: at least MIN_OF_STRATUM of each, more of larger ones, ``wanted`` or a little more."""
    least = np.minimum(sizes, MIN_OF_STRATUM)
    drawn, low, high = least, 0.0, float(max(wanted, 1))
    for _ in range(60):  # the factor at which the shares add up to what is wanted
        factor = (low + high) / 2
        tried = np.clip(np.floor(factor * np.sqrt(sizes)).astype(np.int64), least, sizes)
        low, high, drawn = (factor, high, tried) if tried.sum() <= wanted else (low, factor, drawn)
    return [int(one) for one in drawn]


def _number(seed: int, left: str, right: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{seed}\n{left}\n{right}".encode(), digest_size=8).digest(), "little")
