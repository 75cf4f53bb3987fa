"""Precision, recall and F1 of a threshold from a stratified sample of judged pairs, with intervals.

Pairs are drawn at random within strata of known sizes, so a judged pair stands for (pairs of its stratum) / (judged pairs of its
stratum) pairs: the estimator of Horvitz and Thompson (1952). How many pairs of a stratum lie on either side of the threshold is
known too, so the weights are worked out for either side by itself (post-stratification; Cochran 1977, 5A.9); where the threshold
lies between two strata the two are the same.

Intervals: each share by Wilson's score interval (1927), with the correction for finite strata; sums of shares, and the ratios made
of them, by the method of variance estimates recovery, which squares and adds the distances to the limits (Newcombe 1998; Zou and
Donner 2008). A stratum in which all answers agree still adds its share of doubt, where a normal interval would have none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Z = 1.959963984540054
"""Quantile of the normal distribution behind a 95% interval."""
MEASURES: dict[str, Callable[[float, float, float], float]] = {
    "precision": lambda hit, _missed, found: hit / max(found, 1e-12),
    "recall": lambda hit, missed, _found: hit / max(hit + missed, 1e-12),
    "f1": lambda hit, missed, found: 2 * hit / max(found + hit + missed, 1e-12),
}
"""Each measure from hits, misses and the number of pairs found, which is known; each grows with hits and shrinks with misses."""
_MOST = 4096.0
"""Times as many labels, at most, that are looked at when the number is sought that halves an interval."""


class Rate(NamedTuple):
    """An estimate between 0 and 1 and the ends of its 95% interval."""

    value: float
    low: float
    high: float

    @property
    def width(self) -> float:
        """Width of the interval."""
        return self.high - self.low


@dataclass(frozen=True)
class Cells:
    """What is known of one threshold: a row for each stratum and side of the threshold; arrays of one length.

    ``found`` tells the side (bool): whether the pairs merge. ``size`` counts the pairs, ``judged`` those that a person judged, and
    ``right`` those of them that belong together. ``share`` is the share of right ones in the whole stratum, for sides without a label;
    it is null (nan) for a stratum without any.
    """

    found: Array
    size: Array
    judged: Array
    right: Array
    share: Array

    def scaled(self, factor: float) -> Cells:
        """The same shares seen on ``factor`` times as many labels, of every stratum at least one and no more than there are pairs."""
        judged = np.minimum(np.maximum(self.judged, 1) * factor, self.size)
        seen = np.where(self.judged > 0, self.right / np.maximum(self.judged, 1), np.nan_to_num(self.share, nan=0.5))
        return Cells(self.found, self.size, judged, seen * judged, self.share)


def make_cells(stratum: Array, found: Array, at: Array, right: Array) -> Cells:
    """Cells of a population: ``stratum`` int64 and ``found`` bool of every pair, ``at`` the positions of judged pairs, ``right`` theirs."""
    strata = int(stratum.max()) + 1 if len(stratum) else 0
    key = stratum * 2 + found
    size, judged, hits = (
        np.bincount(keys, weights, 2 * strata).astype(np.float64)
        for keys, weights in ((key, None), (key[at], None), (key[at], right))
    )
    whole, in_all = hits[0::2] + hits[1::2], judged[0::2] + judged[1::2]
    share = np.where(in_all > 0, whole / np.maximum(in_all, 1), np.nan)
    some = size > 0
    sides = np.arange(2 * strata) % 2 == 1
    return Cells(sides[some], size[some], judged[some], hits[some], np.repeat(share, 2)[some])


def estimate_rates(cells: Cells) -> dict[str, Rate]:
    """Precision, recall and F1 with 95% intervals; 1 where nothing is found, or nothing is to be found."""
    hit, hit_low, hit_high = _total(cells, cells.found)
    missed, missed_low, missed_high = _total(cells, ~cells.found)
    found = float(cells.size[cells.found].sum())
    rates = {}
    for name, measure in MEASURES.items():
        if (found if name == "precision" else hit_high + missed_high) <= 0:
            rates[name] = Rate(1.0, 0.0 if name == "precision" else 1.0, 1.0)
            continue
        value = measure(hit, missed, found)
        worse = [measure(a, b, found) for a, b in ((hit_low, missed), (hit, missed_high))]
        better = [measure(a, b, found) for a, b in ((hit_high, missed), (hit, missed_low))]
        low = value - math.hypot(*(value - one for one in worse))
        high = value + math.hypot(*(one - value for one in better))
        rates[name] = Rate(value, max(0.0, low), min(1.0, high))
    return rates


def _total(cells: Cells, side: Array) -> tuple[float, float, float]:
    """Estimated number of right pairs on one side of the threshold, and the ends of its interval."""
    size, judged, whole = cells.size[side], cells.judged[side], cells.share[side]
    seen, blind = judged > 0, (judged <= 0) & np.isnan(whole)
    share = np.where(seen, cells.right[side] / np.maximum(judged, 1e-12), np.nan_to_num(whole, nan=0.5))
    low, high = wilson(share, judged, size)
    low, high = np.where(seen, low, 0.0), np.where(seen, high, 1.0)
    total, most = float((size * share).sum()), float(size.sum())
    # Strata of which nothing is known may all be wrong at once: their doubt is added up, that of the others is not all on one side.
    doubt = float((size * blind).sum()) / 2
    below, above = (doubt + float(np.sqrt(((size * gap * ~blind) ** 2).sum())) for gap in (share - low, high - share))
    return total, max(0.0, total - below), min(most, total + above)


def wilson(share: Array, n: Array, size: Array) -> tuple[Array, Array]:
    """Wilson's score interval of shares seen on ``n`` of ``size`` each; a share seen on all of them is known."""
    known = n >= size
    # Half of the correction for finite strata: with all of it the interval of a small stratum misses what it should hold.
    effective = np.maximum(n * np.sqrt((size - 1) / np.where(known, 1, size - n)), 1e-12)
    centre = (share + Z**2 / (2 * effective)) / (1 + Z**2 / effective)
    half = Z / (1 + Z**2 / effective) * np.sqrt(share * (1 - share) / effective + Z**2 / (4 * effective**2))
    low, high = np.minimum(centre - half, share), np.maximum(centre + half, share)
    return np.where(known, share, np.maximum(low, 0)), np.where(known, share, np.minimum(high, 1))


def labels_to_halve(cells: Cells, measure: str = "f1") -> int:
    """How many more labels, drawn in the same way, would halve the interval of ``measure``; 0 if its width is 0.

    It is taken that they show the same shares. Where even all pairs of the strata judged so far would not do, it is all of them.
    """
    width = estimate_rates(cells)[measure].width
    if width <= 0:
        return 0
    low, high = 1.0, _MOST
    while high / low > 1.001:
        factor = float(np.sqrt(low * high))
        low, high = (low, factor) if estimate_rates(cells.scaled(factor))[measure].width <= width / 2 else (factor, high)
    return int(np.ceil((cells.scaled(high).judged - cells.judged).sum()))
