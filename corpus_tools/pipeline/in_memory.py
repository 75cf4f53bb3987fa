"""The pipeline over frames in memory: ``dedup`` and ``clean_pages``; polars or Arrow in, the same kind out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlsplit

import narwhals as nw
import polars as pl
import pyarrow as pa

from corpus_tools import tables
from corpus_tools import text as definitions
from corpus_tools.clean.pool import CleanPool
from corpus_tools.errors import PlanError
from corpus_tools.fingerprint.sketch import fingerprint_documents
from corpus_tools.frames import Frame, give_back, take
from corpus_tools.group.joined import count_rewritten, join_rewrites
from corpus_tools.group.local import cluster_edges
from corpus_tools.match.local import match_signatures
from corpus_tools.plan import Plan
from corpus_tools.rewrite.local import rewrites_among
from corpus_tools.site.finish import finish_batch
from corpus_tools.site.template import count_sites
from corpus_tools.spam.doorways import count_doorways, read_doorways

_BATCH = 256
_ADDED = ("cluster_id", "role", "kept_id", "similarity", "reason")
"""Columns that ``dedup`` adds with ``mark``."""


def dedup(frame: Frame, text: str = "text", *, id: str | None = None, plan: Plan | None = None, mark: bool | str = False) -> Frame:  # noqa: A002
    """Drop the near copies and rewrites from a frame; the remaining rows and their order do not change.

    ``text`` names the column that holds the text. ``id`` names a column of unique ids, which reasons use to
    name a page; row numbers are used by default. Rows without words are kept, since nothing says they are copies.
    With ``mark`` no row is dropped; instead the columns ``cluster_id``, ``role`` (single, kept or removed),
    ``kept_id``, ``similarity`` and ``reason`` are added; a text as ``mark`` is put before these names.
    Rewrites are looked for unless ``plan.rewrite.enabled`` is off.

    Raises PlanError if a column is missing, if ``text`` holds no strings, if an id is missing or repeated, or if a
    column to be added is there already.
    """
    plan = plan or Plan()
    data = take(frame).lazy().collect()
    names = _added_names(data, mark)
    ids = _page_ids(data, id)
    documents = _documents(data, text, ids)
    worded = documents.filter(pl.col("n_words") > 0)
    signatures = fingerprint_documents(worded, plan.fingerprint)
    edges = match_signatures(signatures, worded, plan.match, plan.fingerprint)
    if plan.rewrite.enabled:
        rewrites = rewrites_among(worded, plan).lazy()
        edges = join_rewrites(edges.lazy(), rewrites, plan).sort("left", "right").collect()
        documents = documents.join(count_rewritten(rewrites).collect(), on="page_id", how="left", maintain_order="left")
    clusters = cluster_edges(edges, documents, plan.group)
    placed = pl.DataFrame({"page_id": ids}).join(
        clusters.select("page_id", *_ADDED), on="page_id", how="left", maintain_order="left"
    )
    added = placed.select(pl.col(own).alias(name) for own, name in zip(_ADDED, names, strict=False))
    kept = data.with_columns(added.get_columns()) if mark else data.filter(placed["role"] != "removed")
    return cast(Frame, give_back(kept, frame))


def _added_names(data: pl.DataFrame, mark: bool | str) -> list[str]:
    """Names of the columns that ``dedup`` adds; PlanError if one of them is the user's own."""
    names = [f"{mark}{name}" if isinstance(mark, str) else name for name in _ADDED] if mark else []
    taken = [name for name in names if name in data.columns]
    if taken:
        raise PlanError(
            f"mark would overwrite the frame's own columns {', '.join(map(repr, taken))}",
            "put something before the new names, for example mark='dedup_'",
        )
    return names


def _column(data: pl.DataFrame, name: str) -> pl.Series:
    if name not in data.columns:
        raise PlanError(
            f"the frame has no column {name!r}; it has {', '.join(data.columns)}", "name the right column with text= or id="
        )
    return data[name]


def _page_ids(data: pl.DataFrame, name: str | None) -> pl.Series:
    """Ids as strings whose order is the rows' order where they are row numbers."""
    if name is None:
        width = len(str(data.height))
        return pl.Series("page_id", [f"{row:0{width}d}" for row in range(data.height)], pl.String)
    ids = _column(data, name).cast(pl.String).alias("page_id")
    if ids.null_count() or ids.n_unique() < len(ids):
        raise PlanError(f"column {name!r} holds a null, or the same id twice", "name a column with one id per row, or none")
    return ids


def _documents(data: pl.DataFrame, name: str, ids: pl.Series) -> pl.DataFrame:
    texts = _column(data, name)
    if texts.dtype != pl.String:
        raise PlanError(f"column {name!r} holds {texts.dtype}, not text", "name the column that holds the text with text=")
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


def clean_pages(frame: Frame, plan: Plan = Plan(), workers: int = 1) -> Frame:  # noqa: B008 - frozen
    """Clean a frame of pages; the result holds documents (``tables.DOCUMENTS``) in the same kind of frame.

    The frame has a column ``html`` or ``text`` (or ``raw``, as in ``tables.PAGES``) and may have the other
    columns of ``tables.PAGES``. Pages with too little text left are not in the result.
    Raises PlanError if no column holds pages.
    """
    table = frame if isinstance(frame, pa.Table) else take(frame).lazy().collect().to_arrow()
    with CleanPool(workers, plan.clean) as pool:
        extracted = list(pool.extract(_page_batches(table)))
    counts = count_sites(extracted) if plan.site.template else None
    doorways = _doorways(extracted)
    documents = pa.Table.from_batches([finish_batch(batch, counts, plan, doorways)[0] for batch in extracted], tables.DOCUMENTS)
    return cast(Frame, give_back(documents, frame))


def _doorways(extracted: list[pa.RecordBatch]) -> dict[int, int]:
    frame = pl.DataFrame(pa.Table.from_batches(extracted, tables.EXTRACTED).select(["template", "template_names"]))
    found = count_doorways(nw.from_native(frame.lazy())).collect(backend="pyarrow").to_arrow()
    return read_doorways(found.to_batches())


def _page_batches(table: pa.Table) -> Iterator[pa.RecordBatch]:
    if not {"html", "text", "raw"} & set(table.column_names):
        raise PlanError(
            f"the frame has the columns {', '.join(table.column_names)}",
            "the column that holds the pages must be called html, text or raw",
        )
    seen: dict[str, int] = {}
    for batch in table.to_batches(max_chunksize=_BATCH):
        rows = [_page(row, seen) for row in batch.to_pylist()]
        yield pa.RecordBatch.from_pylist(rows, schema=tables.PAGES)


def _page(row: dict[str, Any], seen: dict[str, int]) -> dict[str, Any]:
    page = {name: row.get(name) for name in tables.PAGES.names}
    html = row.get("html")
    if html is not None:
        page["raw" if isinstance(html, bytes) else "text"] = html
        page["content_type"] = page["content_type"] or "text/html"
    page["page_id"] = page["page_id"] or _page_id(page, seen)
    page["site"] = page["site"] or (urlsplit(page["url"]).hostname or "").removeprefix("www.") if page["url"] else page["site"]
    return page


def _page_id(page: dict[str, Any], seen: dict[str, int]) -> str:
    """32 hex digits of the address, or of the content; a second page with the same gets another id."""
    name = page["url"] or page["text"] or page["raw"] or b""
    data = name if isinstance(name, bytes) else name.encode("utf-8", "surrogatepass")
    key = hashlib.blake2b(data, digest_size=16).hexdigest()
    seen[key] = again = seen.get(key, 0) + 1
    return key if again == 1 else hashlib.blake2b(f"{key} {again}".encode(), digest_size=16).hexdigest()
