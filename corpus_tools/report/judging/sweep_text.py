"""Sweeps as text: aligned tables with what they recommend, or JSON lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from corpus_tools.report.judging.grouping import SETTINGS
from corpus_tools.report.judging.recommend import recommend
from corpus_tools.report.judging.wrong import write_wrong
from corpus_tools.report.sweep import Sweeper
from corpus_tools.report.sweep_plot import draw_sweep
from corpus_tools.shown import json_line
from corpus_tools.store.opened import StoredRun


def print_sweeps(
    run: StoredRun,
    kinds: Sequence[str],
    thresholds: Sequence[float],
    labels: str | Path | None,
    *,
    wrong: Path | None = None,
    as_json: bool = False,
    plot: Path | None = None,
) -> Iterator[str]:
    """The lines that ``corpus-tools sweep`` prints; ``kinds`` are keys of SETTINGS, all that merge pairs if there are none."""
    sweeper = Sweeper(run, labels)
    settings = [SETTINGS[kind] for kind in kinds] or sweeper.settings
    tables = {setting: sweeper.table(setting, thresholds) for setting in settings}
    if plot is not None and tables:
        plot.write_text(draw_sweep(tables[settings[0]], settings[0]), encoding="utf-8")
    found = {setting: recommend(sweeper, setting, table) for setting, table in tables.items()}
    for setting, table in tables.items():
        best = found[setting]
        if as_json:
            yield render_sweep(table.with_columns(pl.lit(setting).alias("setting")), as_json=True)
            continue
        unjudged = ["No judged pair is of this kind: nothing is recommended."] if labels is not None else []
        yield from (setting, render_sweep(table), *([str(best)] if best else unjudged), "")
    if not as_json:
        yield from (*_name_method(sweeper), *sweeper.notes)
        if labels is None:
            yield f"No labels: to learn which value is right, judge some pairs with: corpus-tools review {run.path} --sample 50"
    if wrong is not None:
        count = write_wrong(run, tables, wrong)
        if not as_json:
            yield f"{count:,} different pairs are wrong at one value or another: {wrong}"


def _name_method(sweeper: Sweeper) -> Iterator[str]:
    """How the intervals were made."""
    if sweeper.labels is not None and sweeper.labels.clusters is not None:
        yield "Intervals are 95%, by bootstrap over the true clusters."
    elif sweeper.labels is not None:
        yield "Estimates are for all stored pairs, from judged ones drawn within strata; intervals are 95%, by Wilson's method (docs/review.md)."


def render_sweep(table: pl.DataFrame, as_json: bool = False, plot: str | Path | None = None) -> str:
    """The sweep as an aligned text table or as JSON lines; ``plot`` is an SVG file to draw it into."""
    if plot is not None:
        Path(plot).write_text(draw_sweep(table), encoding="utf-8")
    if as_json:
        return "\n".join(json_line(row) for row in table.iter_rows(named=True))
    shown = [name for name, kind in table.schema.items() if not name.endswith(("_low", "_high")) and not kind.is_nested()]
    rows = [[_figure(name, row) for name in shown] for row in table.iter_rows(named=True)]
    lines = [[name.replace("_", " ") for name in shown], *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(shown))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def _figure(name: str, row: dict[str, Any]) -> str:
    value = row[name]
    if isinstance(value, int):
        return f"{value:,}"
    interval = f" [{row[f'{name}_low']:.3f}, {row[f'{name}_high']:.3f}]" if f"{name}_low" in row else ""
    return f"{value:g}" if name == "threshold" else f"{value:.3f}{interval}"
