"""What other thresholds would give, as the report shows it: a curve by threshold and, where there are labels, the wrong pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from corpus_tools.report.columns import plain
from corpus_tools.report.sweep import sweep_run
from corpus_tools.store.opened import StoredRun

SHOWN_WRONG = 100
"""Maximum number of wrong pairs that are listed for a threshold."""


def describe_thresholds(run: StoredRun, labels: str | Path | None = None) -> dict[str, Any]:
    """The sweep of a run: ``columns`` and ``rows`` of its figures, and ``lists``: column -> a list for each threshold.

    Whatever columns the sweep has are passed on: figures as they are, lists (such as wrong pairs) clipped.
    """
    table = sweep_run(run, (), labels)
    figures = [name for name, kind in table.schema.items() if not kind.is_nested()]
    lists = {
        name: [_clip(value) for value in table[name].to_list()] for name, kind in table.schema.items() if isinstance(kind, pl.List)
    }
    return {
        "labelled": labels is not None,
        "columns": figures,
        "rows": [[plain(value) for value in row] for row in table.select(figures).iter_rows()],
        "lists": lists,
        "clipped": SHOWN_WRONG,
    }


def listed_pairs(told: dict[str, Any]) -> pl.DataFrame:
    """left and right, the smaller page id first, of all pairs in the lists of ``describe_thresholds``."""
    pairs = {
        tuple(sorted((row["left"], row["right"])))
        for lists in told["lists"].values()
        for rows in lists
        for row in rows
        if isinstance(row, dict) and {"left", "right"} <= row.keys()
    }
    return pl.DataFrame(sorted(pairs), schema={"left": pl.String, "right": pl.String}, orient="row")


def _clip(values: list[Any] | None) -> list[Any]:
    return [_plain_deep(value) for value in (values or [])[:SHOWN_WRONG]]


def _plain_deep(value: Any) -> Any:
    return {name: plain(held) for name, held in value.items()} if isinstance(value, dict) else plain(value)
