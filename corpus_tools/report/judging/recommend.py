"""One threshold to recommend from a sweep with labels, the reason, and whether the labels are enough to say so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from corpus_tools.errors import PlanError
from corpus_tools.report.judging.estimate import Z, labels_to_halve
from corpus_tools.report.sweep import Sweeper
from corpus_tools.store.opened import StoredRun

WIDE = 0.1
"""Width of the interval of F1 from which on the labels are called too few."""
UNKNOWN = 0.25
"""Width from which on no other value than the plan's is recommended."""


@dataclass(frozen=True)
class Recommendation:
    """A value for one setting. ``more_labels`` would halve the interval of F1; ``enough`` is False where it is wider than WIDE."""

    setting: str
    threshold: float
    reason: str
    f1: float
    f1_low: float
    f1_high: float
    enough: bool
    more_labels: int

    def __str__(self) -> str:
        told = f"{self.setting}: {self.threshold:g} is recommended. {self.reason}"
        more = f"about {self.more_labels:,} more labels would halve it" if self.more_labels else "more labels would change nothing"
        if self.enough:
            return f"{told} The interval is {self.f1_high - self.f1_low:.2f} wide; {more}."
        return f"{told} Labels are too few: the interval is {self.f1_high - self.f1_low:.2f} wide; {more}."


def recommend(sweeper: Sweeper, setting: str, table: pl.DataFrame) -> Recommendation | None:
    """The threshold of ``table`` (``Sweeper.table``) to use; None without labels.

    Of the thresholds whose F1 is less than one standard error below the best (Breiman, Friedman, Olshen and Stone 1984), the one of
    highest precision: what is lost by a wrong removal is more than what is lost by a copy that stays. Of equals, the nearest to
    the plan's. Where the interval is wider than UNKNOWN the plan's own value stays.
    """
    if "f1" not in table.columns or not table.height:
        return None
    section, name = setting.split(".")
    now = float(getattr(getattr(sweeper.held.plan, section), name))
    best = max(table.iter_rows(named=True), key=lambda row: (row["f1"], row["precision"], -abs(row["threshold"] - now)))
    error = (best["f1_high"] - best["f1_low"]) / (2 * Z)
    close = [row for row in table.iter_rows(named=True) if row["f1"] >= best["f1"] - error]
    chosen = max(close, key=lambda row: (round(row["precision"], 3), round(row["f1"], 3), -abs(row["threshold"] - now)))
    if chosen["f1_high"] - chosen["f1_low"] > UNKNOWN:
        chosen = min(table.iter_rows(named=True), key=lambda row: abs(row["threshold"] - now))
        reason = f"The plan's value stays, as nothing speaks clearly for another. F1 is {_rate(chosen, 'f1')}."
    else:
        reason = _reason(best, chosen)
    width, at = chosen["f1_high"] - chosen["f1_low"], chosen["threshold"]
    ends = (chosen["f1"], chosen["f1_low"], chosen["f1_high"])
    return Recommendation(setting, at, reason, *ends, width <= WIDE, _more(sweeper, setting, at))


def recommend_all(run: StoredRun, labels: str | Path | None) -> list[Recommendation]:
    """``recommend`` for every threshold that merges pairs in a run. PlanError without labels."""
    if labels is None:
        raise PlanError(
            f"there are no labels for {run.path}", f"judge some pairs first: corpus-tools review {run.path} --sample 50"
        )
    sweeper = Sweeper(run, labels)
    found = (recommend(sweeper, setting, sweeper.table(setting)) for setting in sweeper.settings)
    return [one for one in found if one is not None]


def _reason(best: dict[str, Any], chosen: dict[str, Any]) -> str:
    told = f"F1 is {_rate(chosen, 'f1')}, precision {_rate(chosen, 'precision')}, recall {_rate(chosen, 'recall')}."
    if best["threshold"] == chosen["threshold"]:
        return f"{told} No other value has a higher F1."
    return f"{told} At {best['threshold']:g} F1 is {best['f1']:.3f}, no more than a standard error above, with precision {best['precision']:.3f}."


def _rate(row: dict[str, Any], name: str) -> str:
    return f"{row[name]:.3f} [{row[f'{name}_low']:.3f}, {row[f'{name}_high']:.3f}]"


def _more(sweeper: Sweeper, setting: str, threshold: float) -> int:
    """More labels that would halve the interval: pairs like those drawn, or pages of three times as many more true clusters."""
    cells = sweeper.cells(setting, threshold)
    if cells is not None:
        return labels_to_halve(cells)
    clusters = sweeper.labels.clusters if sweeper.labels else None
    return 0 if clusters is None else 3 * clusters.height  # widths shrink with the square root of the number
