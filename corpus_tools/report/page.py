"""A one-page report on a run: offline HTML without scripts, with the hardest pairs first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from corpus_tools.report.diff import diff_texts
from corpus_tools.report.evidence import list_rewrites, list_suspects
from corpus_tools.report.markup import clip, draw_table, escape, section
from corpus_tools.report.sweep import sweep_run
from corpus_tools.report.sweep_plot import draw_sweep
from corpus_tools.store.opened import StoredRun

SHOWN_PAIRS = 12
SHOWN_CLUSTERS = 15
SHOWN_EXAMPLES = 3
_COMPARED_WORDS = 1500

_PAGE_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--cut:#d33;--new:#2a7}
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2.2rem;border-bottom:1px solid var(--line)}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid var(--line)}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td,p,summary{overflow-wrap:anywhere}
.flow{display:flex;gap:1rem;flex-wrap:wrap}.flow div{background:var(--soft);border-radius:.5rem;padding:.6rem 1rem;min-width:7rem}
.flow b{display:block;font-size:1.4rem}details{border:1px solid var(--line);border-radius:.4rem;padding:.4rem .7rem;margin:.5rem 0}
.two{display:grid;grid-template-columns:1fr 1fr;gap:1rem}del{color:var(--cut)}ins{color:var(--new);text-decoration:none}.dim{opacity:.6}
.pair td:first-child{white-space:nowrap;opacity:.6}.pair del+ins{margin-left:.25em}.only{margin:.3rem 0 .3rem 1rem}
"""


def write_report(run: StoredRun, path: Path) -> Path:
    """Write the report of a finished run. RunError if a table is not there yet."""
    totals = _totals(run)
    body = [
        f"<h1>Run report</h1><p>{escape(run.summary)}</p>",
        '<div class="flow">' + "".join(f"<div><b>{count:,}</b>{name}</div>" for name, count in totals.items()) + "</div>",
        section(
            "Hardest pairs first",
            "The pairs whose scores are nearest to the threshold. Read these before you trust it.",
            _hard_pairs(run),
        ),
        section("Largest clusters", "Many pages represented by one. Check that they belong together.", _cluster_table(run)),
        section(
            "Rewrites",
            "Pages made from other pages with synonym software, those nearest to the threshold first.",
            list_rewrites(run),
        ),
        section(
            "Likely spam",
            "The pages with the highest spam scores, and the reasons. The score removes a page only if site.drop_spam is set.",
            list_suspects(run),
        ),
        section("Thresholds", "What other thresholds would keep: the same pairs, grouped again.", draw_sweep(sweep_run(run))),
        section("Cut from the pages", "Passages that were cut, by kind, with examples.", _passage_table(run)),
        section("Rejected pages", "Pages that could not be read, or that held too little text.", _rejected_table(run)),
        section("Stages", "How long each stage took when it last ran, and its peak memory.", _stage_table(run)),
        section("Plan", "", f"<details><summary>Every setting</summary><pre>{escape(run.plan.to_toml())}</pre></details>"),
    ]
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>corpus-tools report</title><style>{_PAGE_STYLE}</style>{"".join(body)}</html>\n'
    path.write_text(page, encoding="utf-8")
    return path


def _totals(run: StoredRun) -> dict[str, int]:
    frames = {
        "kept": run.corpus,
        "removed": run.removed,
        "rejected": run.rejected,
        "passages cut": run.stripped,
        "pairs scored": run.edges,
    }
    return {name: frame.select(pl.len()).collect().item() for name, frame in frames.items()}


def _hard_pairs(run: StoredRun) -> str:
    threshold = run.plan.group.threshold
    nearest = (
        run.edges.filter(pl.col("kind") != "exact")
        .sort((pl.col("score") - threshold).abs(), "left", "right")
        .head(SHOWN_PAIRS)
        .collect()
    )
    ids = pl.concat([nearest["left"], nearest["right"]]).implode()
    pages = {row["page_id"]: row for row in run.documents.filter(pl.col("page_id").is_in(ids)).collect().iter_rows(named=True)}
    return (
        "".join(_show_pair(edge, pages[edge["left"]], pages[edge["right"]], threshold) for edge in nearest.iter_rows(named=True))
        or "<p>None.</p>"
    )


def _show_pair(edge: dict[str, Any], left: dict[str, Any], right: dict[str, Any], threshold: float) -> str:
    verdict = "merges" if edge["score"] >= threshold else "stays apart"
    names = " &harr; ".join(clip(page["title"] or page["url"] or page["page_id"], 90) for page in (left, right))
    a, b = (" ".join(page["text"].split()[:_COMPARED_WORDS]) for page in (left, right))
    sides: list[list[str]] = [[], []]
    for part in diff_texts(a, b):
        for side, text, tag in ((sides[0], part.left, "del"), (sides[1], part.right, "ins")):
            if text:
                side.append(_shorten_shared(text) if part.kind == "shared" else f"<{tag}>{escape(text)}</{tag}>")
    columns = "".join(
        f"<div><p class=dim>{escape(page['url'])}</p>{' '.join(side)}</div>"
        for page, side in zip((left, right), sides, strict=True)
    )
    return f"<details><summary><b>{edge['score']:.3f}</b> {verdict} ({edge['kind']}): {names}</summary><div class=two>{columns}</div></details>"


def _shorten_shared(shared: str) -> str:
    words = shared.split()
    return f"<span class=dim>{escape(shared if len(words) < 25 else ' '.join(words[:8]) + f' … {len(words) - 16} shared … ' + ' '.join(words[-8:]))}</span>"


def _cluster_table(run: StoredRun) -> str:
    largest = (
        run.corpus.filter(pl.col("cluster_size") > 1)
        .sort("cluster_size", "page_id", descending=[True, False])
        .head(SHOWN_CLUSTERS)
        .collect()
    )
    rows = [
        (f"{row['cluster_size']:,}", clip(row["title"], 90), clip(row["url"], 90), clip("; ".join(row["also_seen_at"][:5])))
        for row in largest.iter_rows(named=True)
    ]
    return draw_table(("pages", "title", "kept", "also seen at"), rows)


def _passage_table(run: StoredRun) -> str:
    shown = (
        run.stripped.with_columns(pl.col("passage").str.len_chars().alias("size"))
        .group_by("kind")
        .agg(pl.len().alias("passages"), pl.col("size").sum(), pl.col("passage").unique(maintain_order=True).head(SHOWN_EXAMPLES))
        .sort("size", "kind", descending=[True, False])
        .collect()
    )
    rows = [
        (escape(row["kind"]), f"{row['passages']:,}", f"{row['size']:,}", "<br>".join(clip(text, 120) for text in row["passage"]))
        for row in shown.iter_rows(named=True)
    ]
    return draw_table(("kind", "passages", "characters", "examples"), rows)


def _rejected_table(run: StoredRun) -> str:
    shown = (
        run.rejected.group_by("stage", "reason")
        .agg(pl.len().alias("pages"), pl.col("source").first())
        .sort("pages", "reason", descending=[True, False])
        .head(30)
        .collect()
    )
    rows = [
        (f"{row['pages']:,}", escape(row["stage"]), clip(row["reason"]), clip(row["source"], 90))
        for row in shown.iter_rows(named=True)
    ]
    return draw_table(("pages", "stage", "reason", "for example"), rows)


def _stage_table(run: StoredRun) -> str:
    rows = [
        (escape(name), f"{held['seconds']:,.1f}", f"{held['peak_mib']:,}") for name, held in run.record.get("stages", {}).items()
    ]
    return draw_table(("stage", "seconds", "peak MiB"), rows)
