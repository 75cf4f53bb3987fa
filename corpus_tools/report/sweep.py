"""What other thresholds would give: the stored pairs grouped again at each, and judged by labels if there are any."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from corpus_tools.errors import PlanError, SourceError
from corpus_tools.group.joined import grouped_edges
from corpus_tools.group.local import cluster_edges
from corpus_tools.plan import GroupPlan
from corpus_tools.report.agreement import judge_clusters
from corpus_tools.report.sweep_plot import draw_sweep
from corpus_tools.store.opened import StoredRun

TrueClusters = Mapping[str, str] | pl.DataFrame
_NAME_COLUMNS = ("page_id", "source_id", "url", "source")
"""Columns by which labels may name a page."""


def sweep_edges(
    edges: pl.DataFrame | pl.LazyFrame,
    documents: pl.DataFrame | pl.LazyFrame,
    thresholds: Sequence[float],
    labels: TrueClusters | None = None,
    ignored: pl.DataFrame | None = None,
    plan: GroupPlan | None = None,
) -> pl.DataFrame:
    """One row per threshold: threshold, kept, kept_share, removed, clusters (of at least two pages), largest_cluster.

    ``edges`` as ``tables.EDGES``, ``documents`` as for ``cluster_edges``. With ``labels`` (page_id, source_id, url or source
    -> true cluster: a mapping, or a frame with columns page and cluster) also precision, recall and f1 over pairs of labelled
    pages, each with the ends of its 95% bootstrap interval (``_low``, ``_high``; true clusters are drawn again), and
    wrongly_removed: labelled pages removed in favour of a page of another cluster. ``ignored`` (left, right) are pairs
    that count neither way. Raises PlanError for labels that name no page.
    """
    plan = plan or GroupPlan()
    pages, links = documents.lazy().collect(), edges.lazy().collect()
    truth = None if labels is None else _name_truth(pages, labels)
    rows = []
    for threshold in thresholds:
        at = dataclasses.replace(plan, threshold=float(threshold))
        clusters = cluster_edges(links, pages, at)
        rows.append({"threshold": float(threshold), **_count_roles(clusters)})
        if truth is not None:
            rows[-1] |= judge_clusters(clusters, truth, ignored)
    return pl.DataFrame(rows)


def _count_roles(clusters: pl.DataFrame) -> dict[str, float]:
    removed = int((clusters["role"] == "removed").sum())
    sizes = clusters.group_by("cluster_id").len()["len"]
    kept = clusters.height - removed
    return {
        "kept": kept,
        "kept_share": kept / max(1, clusters.height),
        "removed": removed,
        "clusters": int((sizes > 1).sum()),
        "largest_cluster": int(sizes.max() or 0),  # type: ignore[arg-type]
    }


def _name_truth(pages: pl.DataFrame, labels: TrueClusters) -> pl.DataFrame:
    """``page_id`` and ``truth`` of every labelled page."""
    if isinstance(labels, Mapping):
        labels = pl.DataFrame({"page": list(labels), "cluster": list(labels.values())})
    wanted = labels.select(pl.col("page").cast(pl.String), pl.col("cluster").cast(pl.String).alias("truth"))
    names = [name for name in _NAME_COLUMNS if name in pages.columns]
    # Files are named from the given folder on; labels are often written from inside it.
    inside = [pl.col(name).str.replace("^[^/]+/", "") for name in names if name in ("url", "source")]
    found = [pages.select("page_id", one.alias("page")).join(wanted, on="page") for one in (*map(pl.col, names), *inside)]
    truth = pl.concat(found).select("page_id", "truth").unique("page_id", maintain_order=True)
    if not truth.height:
        raise PlanError(
            f"none of the {wanted.height} labels names a page of this run", "name pages by page_id, source_id, url or source"
        )
    return truth


def sweep_run(run: StoredRun, thresholds: Sequence[float] = (), labels: str | Path | None = None) -> pl.DataFrame:
    """``sweep_edges`` over a run's tables and its own plan; every 0.05 from match.min_score up if no thresholds are given.

    ``labels`` is a CSV or parquet file with the columns page (page_id, source_id, url, source, or a file's path inside the
    given folder) and cluster.
    """
    low = round(run.plan.match.min_score * 20 + 0.499)
    names = ("page_id", *(name for name in _NAME_COLUMNS if name != "page_id"), "n_words", "fetched_at")
    return sweep_edges(
        grouped_edges(run),
        run.documents.select(names),
        thresholds or [at / 20 for at in range(low, 20)],
        _read_labels(labels),
        None,
        run.plan.group,
    )


def _read_labels(path: str | Path | None) -> pl.DataFrame | None:
    if path is None:
        return None
    if not Path(path).is_file():
        what = "is a folder" if Path(path).is_dir() else "does not exist"
        raise SourceError(f"labels file {str(path)!r} {what}", "give a CSV or parquet file with columns page and cluster")
    try:
        frame = pl.read_parquet(path) if Path(path).suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise SourceError(f"labels file {str(path)!r} cannot be read: {error}", "give a CSV or parquet file") from None
    lacking = {"page", "cluster"} - set(frame.columns)
    if lacking:
        raise PlanError(
            f"labels file {str(path)!r} has no column {sorted(lacking)[0]!r}", f"its columns are {', '.join(frame.columns)}"
        )
    return frame


def render_sweep(table: pl.DataFrame, as_json: bool = False, plot: str | Path | None = None) -> str:
    """The sweep as an aligned text table or as JSON lines; ``plot`` is an SVG file to draw it into."""
    if plot is not None:
        Path(plot).write_text(draw_sweep(table), encoding="utf-8")
    if as_json:
        return "\n".join(json.dumps(row) for row in table.iter_rows(named=True))
    shown = [name for name in table.columns if not name.endswith(("_low", "_high"))]
    rows = [[_figure(name, row) for name in shown] for row in table.iter_rows(named=True)]
    lines = [[name.replace("_", " ") for name in shown], *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(shown))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def _figure(name: str, row: dict[str, Any]) -> str:
    value = row[name]
    if isinstance(value, int):
        return f"{value:,}"
    interval = f" [{row[f'{name}_low']:.3f}, {row[f'{name}_high']:.3f}]" if f"{name}_low" in row else ""
    return f"{value:.2f}" if name == "threshold" else f"{value:.3f}{interval}"
