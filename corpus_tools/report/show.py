"""One page of a run, in full: where it ended and why, its text, and every cut in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from corpus_tools.errors import visible
from corpus_tools.shown import json_line
from corpus_tools.store.decisions import NAME_COLUMNS
from corpus_tools.store.opened import StoredRun

_FIELDS = ("page_id", "source_id", "url", "site", "source", "title", "language", "n_words", "fetched_at", "path", "spam_score")


def show_page(run: StoredRun, name: str) -> dict[str, Any]:
    """A page as plain values: its columns, ``role`` (kept, removed, single or rejected), ``reason``, ``kept_id``, ``text``, ``cuts``.

    Also ``stands_for``: the addresses of the pages that were removed for it. PlanError if ``name`` fits no page, or several.
    """
    rejected = run.rejected.filter(pl.any_horizontal(pl.col(one) == name for one in NAME_COLUMNS))
    turned_away = rejected.head(2).collect()
    if turned_away.height == 1 and not run.documents.filter(pl.col("page_id") == name).head(1).collect().height:
        row = turned_away.row(0, named=True)
        return {**row, "role": "rejected", "text": None, "cuts": _cuts(run, row["page_id"]), "stands_for": []}
    page_id = run.find_page(name)
    row = run.documents.filter(pl.col("page_id") == page_id).collect().row(0, named=True)
    place = run.clusters.filter(pl.col("page_id") == page_id).collect().row(0, named=True)
    held = {field: row[field] for field in _FIELDS}
    placed = {
        field: place[field] for field in ("role", "reason", "cluster_id", "kept_id", "kind", "similarity", "lost", "lost_words")
    }
    gone = run.removed.filter(pl.col("kept_id") == page_id).select(pl.coalesce("url", "page_id").alias("url"))
    stands_for = gone.sort("url").collect()["url"].to_list()
    return {**held, **placed, "text": row["text"], "cuts": _cuts(run, page_id), "stands_for": stands_for}


def _cuts(run: StoredRun, page_id: str) -> list[dict[str, Any]]:
    cuts = run.stripped.filter(pl.col("page_id") == page_id).select("kind", "rule", "start", "passage").collect()
    return list(cuts.iter_rows(named=True))


def print_page(shown: dict[str, Any], as_json: bool = False) -> Iterator[str]:
    """The lines that ``corpus-tools show`` prints: facts first, then the text with each cut as ``[- kind, rule: passage -]``."""
    if as_json:
        yield json_line(shown)
        return
    for name, value in shown.items():
        if name not in ("text", "cuts", "stands_for") and value is not None:
            yield visible(f"{name.replace('_', ' ')}: {value}")
    for url in shown["stands_for"]:
        yield visible(f"stands for: {url}")
    yield ""
    yield from (visible(line) for line in mark_cuts(shown["text"] or "", shown["cuts"]).split("\n"))


def mark_cuts(text: str, cuts: list[dict[str, Any]]) -> str:
    """``text`` with every cut passage in its place, marked; without the marked passages it is the text again, but for spacing."""
    pieces, at = [], 0
    for cut in sorted(cuts, key=lambda one: one["start"]):
        start = max(at, min(cut["start"], len(text)))
        marked = f"[- {cut['kind']}, {cut['rule']}: {' '.join(cut['passage'].split())} -]"
        own_line = start in (0, len(text)) or text[start - 1] == "\n"  # else the cut was made inside a line
        pieces += [text[at:start], "\n" if start == len(text) > 0 else "", marked, "\n" if own_line and start < len(text) else ""]
        at = start
    return "".join([*pieces, text[at:]]).rstrip("\n")
