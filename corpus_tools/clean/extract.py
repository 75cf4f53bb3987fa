"""Batches of pages to batches of extracted pages: equal pages cleaned once, a row a page whatever happens."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.clean.judged import is_judged, judge_row
from corpus_tools.clean.page import Cleaned, clean_text
from corpus_tools.clean.rows import IDENTITY, cut_dict, distinct_pages, rejected_row, repeat_rows
from corpus_tools.kernels.normal import count_and_hash
from corpus_tools.machine import is_machine_fault
from corpus_tools.plan import CleanPlan
from corpus_tools.spam.doorways import page_templates


def extract_batch(batch: pa.RecordBatch, plan: CleanPlan) -> pa.RecordBatch:
    """Clean a batch of ``tables.PAGES``; a row of ``tables.EXTRACTED`` a page, in the same order.

    Equal pages are cleaned once. A page that cannot be cleaned is a row with stage and reason.
    """
    distinct, places = distinct_pages(batch)
    rows = [extract_page(page, plan) for page in distinct.to_pylist()]
    if is_judged(plan):
        rows = [judge_row(row, plan) for row in rows]
    return repeat_rows(_with_templates(_to_batch(rows), plan), places, batch)


def extract_page(page: dict[str, Any], plan: CleanPlan) -> dict[str, Any]:
    """One row of ``tables.PAGES`` to one of ``tables.EXTRACTED``; never raises for what a page holds, only for a fault of the machine."""
    if page["problem"]:
        return rejected_row(page, "read", page["problem"])
    content = page["text"] if page["text"] is not None else page["raw"]
    if not content:
        return rejected_row(page, "read", "the page is empty")
    kind = page["content_type"] or ("text/plain" if page["text"] is not None and page["raw"] is None else None)
    try:
        found = clean_text(
            content, plan=plan, content_type=page["content_type"] or kind, charset=page["charset"], title=page["title"]
        )
    except MemoryError:
        return rejected_row(page, "clean", "the page needs more memory than a page may use")
    except Exception as error:  # a page must not stop a run of millions
        if is_machine_fault(error):
            raise
        return rejected_row(page, "clean", f"cleaning failed: {type(error).__name__}: {str(error)[:200]}")
    return _row(page, found if plan.markdown else replace(found, marks=()))


def _row(page: dict[str, Any], found: Cleaned) -> dict[str, Any]:
    row = {name: page[name] for name in IDENTITY}
    for name in ("title", "language", "published", "author", "licence", "canonical_url", "path", "reason"):
        row[name] = getattr(found, name)
    row["page_type"], row["page_type_probability"] = found.page_type, found.page_type_probability
    if page["note"]:
        row["path"] = f"{found.path}; {page['note']}"
    row["text"] = found.text if found.reason is None else None
    row["n_words"], row["content_hash"] = count_and_hash(found.text)
    row["cuts"] = [cut_dict(cut) for cut in found.cuts]
    row["marks"] = list(found.marks) if found.reason is None and found.marks else None
    return row | {"stage": None if found.reason is None else "clean"}


def _to_batch(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    try:
        return _columns(rows)
    except UnicodeEncodeError:
        return _columns([_encodable(row) for row in rows])


def _columns(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    """Column by column: the many passages of a page as flat columns, an object a field and not one a passage."""
    nested = {"cuts": tables.CUT, "spam_reasons": tables.SPAM_REASON}
    known = frozenset().union(*rows)
    arrays = []
    for field in tables.EXTRACTED:
        if field.name not in known:
            arrays.append(pa.nulls(len(rows), field.type))
            continue
        values = [row.get(field.name) for row in rows]
        arrays.append(_lists(values, nested[field.name]) if field.name in nested else pa.array(values, field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=tables.EXTRACTED)


def _lists(values: list[list[dict[str, Any]] | None], kind: pa.StructType) -> pa.Array[Any]:
    """Lists of structs, null for None."""
    flat = [one for held in values if held for one in held]
    fields = [pa.array([one[field.name] for one in flat], field.type) for field in kind]
    ends = list(itertools.accumulate((len(held or ()) for held in values), initial=0))
    starts = [None if held is None else start for held, start in zip(values, ends[:-1], strict=True)]
    return pa.ListArray.from_arrays(
        pa.array([*starts, ends[-1]], pa.int32()), pa.StructArray.from_arrays(fields, fields=list(kind))
    )


def _with_templates(rows: pa.RecordBatch, plan: CleanPlan) -> pa.RecordBatch:
    """``rows`` with what the search for doorways compares, where pages are judged at all."""
    if not is_judged(plan) or not rows.num_rows:
        return rows
    made = dict(zip(("template", "template_names"), page_templates(rows.column("text")), strict=True))
    return pa.RecordBatch.from_arrays([made.get(name, rows.column(name)) for name in rows.schema.names], schema=rows.schema)


def _encodable(row: dict[str, Any]) -> dict[str, Any]:
    """Lone surrogates cannot be stored as UTF-8; they become the replacement character."""
    return {name: _scrub(value) if isinstance(value, str) else value for name, value in row.items()} | {
        "cuts": [cut | {"passage": _scrub(cut["passage"]), "rule": _scrub(cut["rule"])} for cut in row["cuts"]]
    }


def _scrub(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return text
