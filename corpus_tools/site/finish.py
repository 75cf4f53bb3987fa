"""The site-level pass over extracted pages: documents, stripped passages and rejected pages come out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.clean.extract import cut_dict, judge_row
from corpus_tools.clean.markdown import write_markdown
from corpus_tools.clean.page import merge_cuts
from corpus_tools.cut import Cut, assemble, kept_lines
from corpus_tools.kernels.normal import count_and_hash
from corpus_tools.plan import Plan
from corpus_tools.site.decided import DROPPED, NOTHING, PageDecisions, put_back, revive
from corpus_tools.site.template import SiteCounts, mark_site_template


def finish_batch(
    batch: pa.RecordBatch,
    counts: SiteCounts | None,
    plan: Plan,
    doorways: Mapping[int, int] | None = None,
    decided: PageDecisions = NOTHING,
) -> tuple[pa.RecordBatch, pa.RecordBatch, pa.RecordBatch]:
    """The site-level pass: ``tables.EXTRACTED`` to DOCUMENTS, STRIPPED and REJECTED batches.

    ``counts`` holds how often each block stands on its site; None skips the template cut. ``doorways`` are
    ``tables.DOORWAYS`` as a mapping, ``decided`` what people decided. Documents with fewer than ``plan.site.min_words`` words are rejected.
    """
    documents: list[dict[str, Any]] = []
    stripped: list[dict[str, Any]] = []
    rejected: list[dict[str, Any]] = []
    for row in batch.to_pylist():
        row = revive(row, decided)
        if row["stage"] is None:
            row = _finish_row(row, counts, plan, (doorways or {}).get(row["template"], 0), decided)
            row |= {"markdown": _write(row) if plan.clean.markdown else None}
        page = {"page_id": row["page_id"], "source_id": row["source_id"]}
        stripped += [page | cut for cut in row["cuts"]]
        (documents if row["stage"] is None else rejected).append(row)
    return (
        _select_columns(documents, tables.DOCUMENTS),
        pa.RecordBatch.from_pylist(stripped, schema=tables.STRIPPED),
        _select_columns(rejected, tables.REJECTED),
    )


def _write(row: dict[str, Any]) -> str:
    """A row's text as Markdown, or as it is where it is not known what its lines were."""
    text: str = row["text"]
    return write_markdown(text, row["marks"]) if row["marks"] and len(row["marks"]) == text.count("\n") + 1 else text


def _finish_row(row: dict[str, Any], counts: SiteCounts | None, plan: Plan, doorway: int, decided: PageDecisions) -> dict[str, Any]:
    """The site-level pass on one page; the page is judged again where that changed it, or where it belongs to a doorway."""
    if row["page_id"] in decided.drop:
        return row | {"stage": "site", "reason": DROPPED}
    text, held = row["text"], row["page_id"] in decided.keep
    row = put_back(_site_pass(row, counts, plan), decided)
    if row["n_words"] < plan.site.min_words and not held:
        return row | {"stage": "site", "reason": f"{row['n_words']} words left, fewer than site.min_words {plan.site.min_words}"}
    if row["text"] != text or doorway:
        row = judge_row(row, plan.clean, doorway)
    if plan.site.drop_spam and (row["spam_score"] or 0.0) >= plan.site.drop_spam and not held:
        signs = ", ".join(dict.fromkeys(reason["sign"] for reason in row["spam_reasons"]))
        reason = f"spam_score {row['spam_score']:.3f} is site.drop_spam {plan.site.drop_spam} or more: {signs}"
        return row | {"stage": "site", "reason": reason}
    return row


def _site_pass(row: dict[str, Any], counts: SiteCounts | None, plan: Plan) -> dict[str, Any]:
    if counts is not None and plan.site.template and plan.clean.focus != "none" and row["site"]:
        page = mark_site_template(row["text"], row["site"], counts, plan)
        text, cuts = assemble(page)
        if cuts:
            if row["marks"] is not None:
                row = row | {"marks": [row["marks"][number] for number in kept_lines(page)]}
            earlier = [Cut(**cut) for cut in row["cuts"]]
            row = row | {"cuts": [cut_dict(cut) for cut in merge_cuts(earlier, cuts, row["text"], text)]}
            row |= dict(zip(("text", "n_words", "content_hash"), (text, *count_and_hash(text)), strict=True))
    return row


def _select_columns(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([{name: row[name] for name in schema.names} for row in rows], schema=schema)
