"""What people say of pages and pairs: files of labels, read, checked and brought to the pages of a run.

A file names the true cluster of pages (columns page and cluster), or says of pairs what they are (columns left, right and label).
``review`` writes the second kind, with the stratum a pair was drawn from, the number of pairs in it, and its probability of being drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from corpus_tools.errors import PlanError, SourceError
from corpus_tools.store.decisions import NAME_COLUMNS
from corpus_tools.store.objects.address import is_address
from corpus_tools.store.objects.scratch import local_copy

LABELS_FILE = "labels.csv"
"""The file of a run folder that ``review`` writes."""
LABEL_COLUMNS = ("left", "right", "label", "score", "kind", "stratum", "size", "probability", "note")
ANSWERS = ("same", "not the same", "contains", "rewrite", "unsure")
"""What a person may say of two pages; ``contains``: the page with more words of its own holds the other."""
TOGETHER = ("same", "contains", "rewrite")
"""The answers by which one page may stand for the other."""

TrueClusters = Mapping[str, str] | pl.DataFrame


@dataclass(frozen=True)
class Labels:
    """Labels of a run's pages: one of the two is None."""

    clusters: pl.DataFrame | None = None
    """page_id and truth."""
    pairs: pl.DataFrame | None = None
    """left, right, label, stratum and probability; of pairs drawn by no sample the last two are null."""
    notes: tuple[str, ...] = ()
    """What was not used, and why."""


def read_labels(path: str | Path) -> pl.DataFrame:
    """The table in a file, all strings for a CSV file; SourceError or PlanError where it is no file of labels."""
    if is_address(path):
        return read_labels(local_copy(path))
    if not Path(path).is_file():
        what = "is a folder" if Path(path).is_dir() else "does not exist"
        raise SourceError(
            f"labels file {str(path)!r} {what}",
            "give a CSV or parquet file with columns page and cluster, or left, right, label",
        )
    try:
        frame = pl.read_parquet(path) if Path(path).suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise SourceError(f"labels file {str(path)!r} cannot be read: {error}", "give a CSV or parquet file") from None
    wanted = {"left", "right", "label"} if {"left", "label"} & set(frame.columns) else {"page", "cluster"}
    lacking = sorted(wanted - set(frame.columns), reverse=True)
    if lacking:
        raise PlanError(
            f"labels file {str(path)!r} has no column {lacking[0]!r}",
            f"its columns are {', '.join(map(repr, frame.columns))[:300]}",
        )
    return frame


def resolve_labels(given: TrueClusters, pages: pl.DataFrame) -> Labels:
    """Labels with their names resolved; ``pages`` has page_id and, where known, other NAME_COLUMNS. PlanError if none fits."""
    if isinstance(given, Mapping):
        given = pl.DataFrame({"page": list(given), "cluster": list(given.values())})
    if "label" in given.columns:
        return _resolve_pairs(given, pages)
    wanted = given.select(pl.col("page").cast(pl.String), pl.col("cluster").cast(pl.String).alias("truth"))
    truth = _find(wanted, pages, "page").select("page_id", "truth").unique("page_id", maintain_order=True)
    if not truth.height:
        raise PlanError(
            f"none of the {wanted.height} labels names a page of this run", "name pages by page_id, source_id, url or source"
        )
    return Labels(clusters=truth)


def _find(wanted: pl.DataFrame, pages: pl.DataFrame, name: str) -> pl.DataFrame:
    """``wanted`` with the ``page_id`` of the page called ``name``, once for each page that is called so."""
    names = [column for column in NAME_COLUMNS if column in pages.columns]
    # Files are named from the given folder on; labels are often written from inside it.
    inside = [pl.col(column).str.replace("^[^/]+/", "") for column in names if column in ("url", "source")]
    found = [pages.select("page_id", one.alias(name)).join(wanted, on=name) for one in (*map(pl.col, names), *inside)]
    return pl.concat(found).unique(maintain_order=True)


def _resolve_pairs(given: pl.DataFrame, pages: pl.DataFrame) -> Labels:
    absent = [pl.lit(None, pl.String).alias(name) for name in ("stratum", "probability") if name not in given.columns]
    wanted = given.with_columns(absent).select(
        *(pl.col(name).cast(pl.String) for name in ("left", "right", "label", "stratum")),
        pl.col("probability").cast(pl.Float64, strict=False),
    )
    strange = wanted.filter(~pl.col("label").is_in(ANSWERS) | pl.col("label").is_null())
    if strange.height:
        raise PlanError(f"the labels hold {strange['label'][0]!r}", f"a pair is one of {', '.join(ANSWERS)}")
    known = wanted.with_columns(pl.when(pl.col("stratum") == "").then(None).otherwise("stratum").alias("stratum"))
    for side in ("left", "right"):
        found = _find(known.select(side).unique(), pages, side).unique(side, maintain_order=True)
        known = known.join(found, on=side, maintain_order="left").drop(side).rename({"page_id": side})
    ends = [pl.min_horizontal("left", "right").alias("left"), pl.max_horizontal("left", "right").alias("right")]
    pairs = (
        known.with_columns(ends)
        .filter(pl.col("left") != pl.col("right"))
        .unique(["left", "right"], keep="last", maintain_order=True)
    )
    if not pairs.height:
        raise PlanError(f"none of the {given.height} labels names two pages of this run", "name pages by page_id, url or source")
    missing = given.height - known.height
    return Labels(pairs=pairs, notes=(f"{missing:,} labels name pages that are not in this run",) if missing else ())


def match_sample(pairs: pl.DataFrame, labels: pl.DataFrame) -> tuple[dict[str, Any], list[str]]:
    """Judged pairs that were drawn by a sample, as ``at`` (positions in ``pairs``) and ``right`` (whether they are together), and notes.

    ``pairs`` as ``strata.stored_pairs``. A pair that has left its stratum since the draw, or is not stored any more, does not count.
    """
    drawn = labels.filter(pl.col("probability").is_not_null() & (pl.col("label") != "unsure"))
    joined = drawn.join(pairs.with_row_index("at").select("at", "left", "right", now="stratum"), on=["left", "right"], how="left")
    held = joined.filter(pl.col("now") == pl.col("stratum")).sort("at")
    notes = []
    if held.height < drawn.height:
        notes.append(
            f"{drawn.height - held.height:,} labels do not count: their pairs have other scores now than when they were drawn"
        )
    if unsure := labels.filter(pl.col("label") == "unsure").height:
        notes.append(f"{unsure:,} pairs are labelled unsure and do not count")
    if free := labels.filter(pl.col("probability").is_null()).height:
        notes.append(f"{free:,} labels were not drawn at random: they show wrong pairs, and do not count in the estimates")
    return {"at": held["at"].to_numpy(), "right": held["label"].is_in(TOGETHER).to_numpy().astype(float)}, notes
