"""The site-level pass over extracted pages: documents, stripped passages and rejected pages come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_tools import tables
from corpus_tools.clean.judged import judge_row
from corpus_tools.clean.markdown import write_markdown
from corpus_tools.clean.merged_cuts import merge_cuts
from corpus_tools.clean.rows import cut_dict
from corpus_tools.cut import Cut, MarkedPage, assemble, kept_lines
from corpus_tools.kernels.normal import count_and_hash
from corpus_tools.plan import Plan
from corpus_tools.site.decided import DROPPED, NOTHING, PageDecisions, put_back, revive
from corpus_tools.site.template import SiteCounts, mark_site_template, may_have_template


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

    Pages that the pass leaves as they are stay columns; an object a page is made only of those it changes.
    """
    rows = _with_changed(batch, dict(_changed_rows(batch, counts, plan, doorways or {}, decided)))
    kept = pc.is_null(rows.column("stage"))
    documents = rows.filter(kept)
    written = [_write(*found) for found in zip(*_lists(documents, "text", "marks"), strict=True)] if plan.clean.markdown else None
    markdown = pa.array(written, pa.large_string()) if written is not None else pa.nulls(documents.num_rows, pa.large_string())
    return (
        pa.RecordBatch.from_arrays(
            [markdown if name == "markdown" else documents.column(name) for name in tables.DOCUMENTS.names], schema=tables.DOCUMENTS
        ),
        _strip(rows),
        rows.filter(pc.invert(kept)).select(tables.REJECTED.names).cast(tables.REJECTED),
    )


def _changed_rows(
    batch: pa.RecordBatch, counts: SiteCounts | None, plan: Plan, doorways: Mapping[int, int], decided: PageDecisions
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Places of the pages that the pass changes or rejects, with what it makes of them; of others too where people decided something."""
    names = ("stage", "site", "text", "n_words", "template", "spam_score")
    known = counts if plan.site.template and plan.clean.focus != "none" else None
    limit = plan.site.drop_spam
    for place, (stage, site, text, words, template, spam) in enumerate(zip(*_lists(batch, *names), strict=True)):
        if stage is not None and decided is NOTHING:
            continue
        looked_at = known is not None and site and text and may_have_template(site, known, plan)
        page = mark_site_template(text, site, known, plan) if looked_at and known is not None else None
        marked = page if page is not None and page.marks else None
        doorway = doorways.get(template, 0)
        short, spun = words < plan.site.min_words, bool(limit) and (spam or 0.0) >= limit
        if marked is None and not doorway and not short and not spun and decided is NOTHING:
            continue
        row = revive(batch.slice(place, 1).to_pylist()[0], decided)
        yield place, _finish_row(row, marked, plan, doorway, decided) if row["stage"] is None else row


def _lists(batch: pa.RecordBatch, *names: str) -> list[list[Any]]:
    return [batch.column(name).to_pylist() for name in names]


def _with_changed(batch: pa.RecordBatch, changed: dict[int, dict[str, Any]]) -> pa.RecordBatch:
    """``batch`` with rows in the places of others."""
    if not changed:
        return batch
    rows = [{name: row[name] for name in batch.schema.names} for row in changed.values()]
    order = np.arange(batch.num_rows)
    order[list(changed)] = batch.num_rows + np.arange(len(rows))
    both = pa.concat_batches([batch, pa.RecordBatch.from_pylist(rows, schema=batch.schema)])
    return both.take(pa.array(order))


def _strip(rows: pa.RecordBatch) -> pa.RecordBatch:
    """``tables.STRIPPED`` of all pages, a row a cut."""
    cuts = rows.column("cuts")
    pages, passages = pc.list_parent_indices(cuts), pc.list_flatten(cuts)
    made = {name: rows.column(name).take(pages) for name in ("page_id", "source_id")}
    made |= {field.name: pc.struct_field(passages, [place]) for place, field in enumerate(tables.CUT)}
    return pa.RecordBatch.from_arrays([made[name] for name in tables.STRIPPED.names], schema=tables.STRIPPED)


def _write(text: str, marks: list[str] | None) -> str:
    """A text as Markdown, or as it is where it is not known what its lines were."""
    return write_markdown(text, marks) if marks and len(marks) == text.count("\n") + 1 else text


def _finish_row(row: dict[str, Any], page: MarkedPage | None, plan: Plan, doorway: int, decided: PageDecisions) -> dict[str, Any]:
    """The site-level pass on one page; the page is judged again where that changed it, or where it belongs to a doorway."""
    if row["page_id"] in decided.drop:
        return row | {"stage": "site", "reason": DROPPED}
    text, held = row["text"], row["page_id"] in decided.keep
    row = put_back(_cut_template(row, page), decided)
    if row["n_words"] < plan.site.min_words and not held:
        return row | {"stage": "site", "reason": f"{row['n_words']} words left, fewer than site.min_words {plan.site.min_words}"}
    if row["text"] != text or doorway:
        row = judge_row(row, plan.clean, doorway)
    if plan.site.drop_spam and (row["spam_score"] or 0.0) >= plan.site.drop_spam and not held:
        signs = ", ".join(dict.fromkeys(reason["sign"] for reason in row["spam_reasons"]))
        reason = f"spam_score {row['spam_score']:.3f} is site.drop_spam {plan.site.drop_spam} or more: {signs}"
        return row | {"stage": "site", "reason": reason}
    return row


def _cut_template(row: dict[str, Any], page: MarkedPage | None) -> dict[str, Any]:
    """A row without the lines that are marked on its page."""
    if page is None:
        return row
    text, cuts = assemble(page)
    if not cuts:
        return row
    if row["marks"] is not None:
        row = row | {"marks": [row["marks"][number] for number in kept_lines(page)]}
    earlier = [Cut(**cut) for cut in row["cuts"]]
    row = row | {"cuts": [cut_dict(cut) for cut in merge_cuts(earlier, cuts, row["text"], text)]}
    return row | dict(zip(("text", "n_words", "content_hash"), (text, *count_and_hash(text)), strict=True))
