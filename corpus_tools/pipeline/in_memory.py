"""The pipeline over frames in memory: ``dedup`` and ``clean_pages``; any kind of frame in, the same kind out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlsplit

import narwhals as nw
import polars as pl
import pyarrow as pa

from corpus_tools import tables
from corpus_tools.clean.workers.pool import CleanPool
from corpus_tools.errors import PlanError
from corpus_tools.frames import Frame, Rows, give_back, open_rows, take, to_arrow
from corpus_tools.pipeline.held import HeldRun, search_rows
from corpus_tools.plan import Plan
from corpus_tools.progress import Progress
from corpus_tools.site.doorways import count_doorways, read_doorways
from corpus_tools.site.finish import finish_batch
from corpus_tools.site.template import count_sites

_BATCH = 256
ADDED = ("cluster_id", "role", "kept_id", "similarity", "reason")
"""Columns that ``dedup`` adds with ``mark``."""
_PAGES = ("html", *tables.PAGES.names)


def dedup(
    frame: Frame,
    text: str = "text",
    *,
    id: str | None = None,  # noqa: A002
    threshold: float | None = None,
    plan: Plan | None = None,
    mark: bool = False,
    prefix: str = "",
    progress: Progress | None = None,
) -> Frame:
    """Drop the near copies and rewrites from a frame; the remaining rows and their order do not change.

    ``frame`` is a polars DataFrame or LazyFrame, a pandas DataFrame, a pyarrow Table, a DuckDB relation, a Hugging Face Dataset or
    a list of strings, and the same kind comes back. ``text`` names the column that holds the text. ``id`` names a column of unique
    ids, which reasons use to name a page; row numbers are used by default. Rows without words are kept, since nothing says they are
    copies. Columns of strings called ``url``, ``canonical_url`` and ``title`` are evidence too. ``threshold`` is the score from
    which pairs merge (``group.threshold`` of the plan).
    With ``mark`` no row is dropped; instead the columns ``cluster_id``, ``role`` (single, kept or removed), ``kept_id``,
    ``similarity`` and ``reason`` are added, each with ``prefix`` before its name; for a list a polars DataFrame comes back then.
    Rewrites are looked for unless ``plan.rewrite.enabled`` is off. ``find_copies`` gives the same with answers to questions.

    Raises PlanError if a column is missing, if ``text`` holds no strings, if an id is missing or repeated, or if a column to be
    added is there already.
    """
    rows = open_rows(frame)
    if mark is not False:
        refuse_overwriting(rows, mark, prefix)
    run = search_frame(rows, text, id, threshold, plan, progress)
    return cast(Frame, marked_rows(run, prefix) if mark else rows.keep(run.placed["role"] != "removed"))


def search_frame(
    rows: Rows,
    text: str,
    id: str | None,  # noqa: A002
    threshold: float | None,
    plan: Plan | None,
    progress: Progress | None,
) -> HeldRun:
    """The rows searched for copies, with ``threshold`` in place of the plan's ``group.threshold`` where it is given."""
    settings = {} if threshold is None else {"group.threshold": threshold}
    chosen = (plan or Plan()).with_settings(settings)
    return HeldRun(search_rows(rows, text, id, chosen, progress), chosen)


def marked_rows(run: HeldRun, prefix: str) -> Any:
    """All rows of the frame with the columns of ADDED; PlanError if it has one of them."""
    refuse_overwriting(run.found.rows, True, prefix)
    return run.found.rows.add(run.placed.select(pl.col(name).alias(f"{prefix}{name}") for name in ADDED))


def refuse_overwriting(rows: Rows, mark: object, prefix: str) -> None:
    """PlanError if a column that would be added is the user's own, whatever case its letters have."""
    if mark is not True:
        raise PlanError(f"mark is {mark!r}", f"say mark=True, prefix={mark!r} to put it before the new names")
    held = {str(name).casefold(): str(name) for name in rows.names}
    taken = [held[name] for name in (f"{prefix}{added}".casefold() for added in ADDED) if name in held]
    if taken:
        raise PlanError(
            f"mark would overwrite the frame's own columns {', '.join(map(repr, taken))}",
            "put something before the new names, for example prefix='dedup_'",
        )


def clean_pages(frame: Frame, plan: Plan = Plan(), workers: int = 1) -> Frame:  # noqa: B008 - frozen
    """Clean a frame of pages; the result holds documents (``tables.DOCUMENTS``) in the same kind of frame.

    The frame has a column ``html`` or ``text`` (or ``raw``, as in ``tables.PAGES``) and may have the other
    columns of ``tables.PAGES``. Pages with too little text left are not in the result.
    Raises PlanError if no column holds pages.
    """
    table = frame if isinstance(frame, pa.Table) else to_arrow(take(frame, _PAGES).lazy().collect())
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
