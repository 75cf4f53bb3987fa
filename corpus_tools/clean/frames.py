"""Clean a frame in memory: polars or Arrow in, the same kind of frame of documents out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, TypeVar
from urllib.parse import urlsplit

import narwhals as nw
import polars as pl
import pyarrow as pa

from corpus_tools import tables
from corpus_tools.clean.pool import CleanPool
from corpus_tools.clean.site import count_sites
from corpus_tools.clean.spam_doorway import count_doorways, read_doorways
from corpus_tools.clean.stage import finish_batch
from corpus_tools.errors import PlanError
from corpus_tools.plan import CleanPlan

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame, pa.Table)

_BATCH = 256


def clean_pages(frame: Frame, plan: CleanPlan = CleanPlan(), workers: int = 1) -> Frame:  # noqa: B008 - frozen
    """Documents (``tables.DOCUMENTS``) of a frame of pages, as the same kind of frame.

    The frame has a column ``html`` or ``text`` (or ``raw``, as in ``tables.PAGES``), and may have
    the other columns of ``tables.PAGES``. Pages without enough text left are not in the result.
    Raises PlanError when no column holds content.
    """
    table = frame if isinstance(frame, pa.Table) else frame.lazy().collect().to_arrow()
    with CleanPool(workers, plan) as pool:
        extracted = list(pool.extract(_page_batches(table)))
    counts = count_sites(extracted) if plan.site_template else None
    doorways = _doorways(extracted)
    documents = pa.Table.from_batches([finish_batch(batch, counts, plan, doorways)[0] for batch in extracted], tables.DOCUMENTS)
    return _like(frame, documents)  # type: ignore[no-any-return]  # pyarrow is untyped


def _doorways(extracted: list[pa.RecordBatch]) -> dict[int, int]:
    frame = pl.DataFrame(pa.Table.from_batches(extracted, tables.EXTRACTED).select(["template", "template_names"]))
    found = count_doorways(nw.from_native(frame.lazy())).collect(backend="pyarrow").to_arrow()
    return read_doorways(found.to_batches())


def _like(frame: Frame, documents: pa.Table) -> Frame:
    if isinstance(frame, pa.Table):
        return documents  # type: ignore[no-any-return]  # pyarrow is untyped
    polars = pl.DataFrame(documents)
    return polars.lazy() if isinstance(frame, pl.LazyFrame) else polars


def _page_batches(table: pa.Table) -> Iterator[pa.RecordBatch]:
    if not {"html", "text", "raw"} & set(table.column_names):
        raise PlanError(
            f"the frame has the columns {', '.join(table.column_names)}", "name the column with pages html, text or raw"
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
