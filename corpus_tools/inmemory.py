"""The whole line on a frame in memory: ``dedup(frame)``, polars or Arrow in, the same kind out."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import polars as pl
import pyarrow as pa

from corpus_tools import text as definitions
from corpus_tools.errors import PlanError
from corpus_tools.plan import Plan

Frame = TypeVar("Frame")
"""A polars DataFrame or LazyFrame, or a pyarrow Table; the same kind comes back."""


def dedup(frame: Frame, text: str = "text", *, id: str | None = None, plan: Plan | None = None, mark: bool = False) -> Frame:  # noqa: A002
    """The frame without its near-copies, rows and columns otherwise as they came, in the same order.

    ``text`` names the column with the text, ``id`` one with unique ids to name pages by in reasons (row
    numbers if not given). Rows with null or wordless text are kept: nothing says they are copies.
    With ``mark`` no row is dropped; columns ``cluster_id``, ``role`` (single, kept, removed), ``kept_id``,
    ``similarity`` and ``reason`` are added instead.

    Raises PlanError if a column is missing, ``text`` holds no strings, or ids repeat.
    """
    from corpus_tools.cluster import cluster_edges, match_signatures
    from corpus_tools.fingerprint import fingerprint_documents

    plan = plan or Plan()
    data = _take(frame)
    ids = _page_ids(data, id)
    documents = _documents(data, text, ids)
    worded = documents.filter(pl.col("n_words") > 0)
    signatures = fingerprint_documents(worded, plan.fingerprint)
    edges = match_signatures(signatures, worded, plan.match, plan.fingerprint)
    clusters = cluster_edges(edges, documents, plan.group)
    names = ["cluster_id", "role", "kept_id", "similarity", "reason"]
    placed = pl.DataFrame({"page_id": ids}).join(
        clusters.select("page_id", *names), on="page_id", how="left", maintain_order="left"
    )
    kept = data.filter(placed["role"] != "removed") if not mark else data.with_columns(placed.select(names).get_columns())
    return _give_back(kept, frame)


def _take(frame: Any) -> pl.DataFrame:
    if isinstance(frame, pl.DataFrame | pl.LazyFrame):
        return frame.lazy().collect()
    if isinstance(frame, pa.Table):
        return cast(pl.DataFrame, pl.from_arrow(frame))
    raise PlanError(f"the frame is a {type(frame).__name__}", "give a polars DataFrame or LazyFrame, or a pyarrow Table")


def _give_back(data: pl.DataFrame, like: Frame) -> Frame:
    if isinstance(like, pa.Table):
        return cast(Frame, data.to_arrow())
    return cast(Frame, data.lazy() if isinstance(like, pl.LazyFrame) else data)


def _column(data: pl.DataFrame, name: str) -> pl.Series:
    if name not in data.columns:
        raise PlanError(f"the frame has no column {name!r}; it has {', '.join(data.columns)}", "name the column with text= or id=")
    return data[name]


def _page_ids(data: pl.DataFrame, name: str | None) -> pl.Series:
    """Ids as strings whose order is the rows' order where they are row numbers."""
    if name is None:
        width = len(str(data.height))
        return pl.Series("page_id", [f"{row:0{width}d}" for row in range(data.height)], pl.String)
    ids = _column(data, name).cast(pl.String).alias("page_id")
    if ids.null_count() or ids.n_unique() < len(ids):
        raise PlanError(f"column {name!r} holds nulls or the same id twice", "give a column with one id a row, or none")
    return ids


def _documents(data: pl.DataFrame, name: str, ids: pl.Series) -> pl.DataFrame:
    texts = _column(data, name)
    if texts.dtype != pl.String:
        raise PlanError(f"column {name!r} holds {texts.dtype}, not text", "name the column with text=")
    found = texts.fill_null("").to_list()
    return pl.DataFrame(
        {
            "page_id": ids,
            "text": found,
            "n_words": [definitions.count_words(one) for one in found],
            "content_hash": [definitions.content_hash(one) for one in found],
        },
        schema={"page_id": pl.String, "text": pl.String, "n_words": pl.Int64, "content_hash": pl.String},
    )
