"""How MinHash values are cut into bands: with which probability pairs are found, and the cheapest banding of a wanted recall."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from corpus_tools.errors import PlanError
from corpus_tools.plan import MatchPlan


@dataclass(frozen=True)
class Banding:
    """``bands`` groups of ``rows`` MinHash values; documents that agree in a whole group are candidates."""

    bands: int
    rows: int

    def probability(self, jaccard: float) -> float:
        """Probability that two documents of this Jaccard similarity share at least one band."""
        return -math.expm1(self.bands * math.log1p(-(jaccard**self.rows))) if jaccard < 1 else 1.0


def choose_banding(floor: float, recall: float, values: int, miss: float = 1e-4) -> Banding:
    """The banding of ``values`` MinHash values with the fewest false candidates that finds pairs at ``floor``.

    A pair of Jaccard similarity ``floor`` is found with a probability of at least ``recall``, the chance ``miss`` that a
    later look at the whole sketch drops it included; false candidates are the mean probability over similarities below
    the floor. Raises PlanError, with the recall that can be reached, if no banding will do.
    """
    fitting = [banding for banding in _bandings(floor, recall / (1 - miss), values) if banding.bands * banding.rows <= values]
    if not fitting:
        best = Banding(values, 1).probability(floor) * (1 - miss)
        raise PlanError(
            f"match.recall {recall} at match.min_score {floor} cannot be reached with {values} MinHash values",
            f"{best:.4f} can: lower match.recall, or raise match.min_score or fingerprint.num_perm",
        )
    return min(fitting, key=lambda banding: (_false_candidates(banding, floor), banding.bands))


def _bandings(floor: float, wanted: float, values: int) -> Iterator[Banding]:
    """For each number of rows, the fewest bands with a probability of ``wanted`` at ``floor``."""
    for rows in range(1, values + 1):
        agree = floor**rows
        if wanted < 1 and agree > 1e-9:
            yield Banding(1 if agree >= 1 else max(1, math.ceil(math.log1p(-wanted) / math.log1p(-agree))), rows)


def _false_candidates(banding: Banding, floor: float, steps: int = 200) -> float:
    return sum(banding.probability(floor * (step + 0.5) / steps) for step in range(steps)) / steps


def plan_banding(match: MatchPlan, values: int) -> Banding:
    """The banding a plan asks for: its own bands and rows, or those its floor and recall need."""
    if match.bands:
        return Banding(match.bands, match.rows)
    return choose_banding(match.min_score, match.recall, values)


def describe_banding(banding: Banding) -> str:
    """The banding and the probability of being found at each similarity, as lines of text."""
    lines = [f"pair search: {banding.bands} bands of {banding.rows} MinHash values; chance that a pair is found:"]
    for step in range(1, 20):
        chance = banding.probability(step / 20)
        lines.append(f"  Jaccard {step / 20:.2f}  {chance:7.4f}  {'#' * round(40 * chance)}")
    return "\n".join(lines)
