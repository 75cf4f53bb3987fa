"""The run's one-page report: offline HTML, no scripts, the pairs hardest to decide first."""

from __future__ import annotations

import html
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus_tools.report.diff import compare_words
from corpus_tools.report.sweep import draw_sweep

if TYPE_CHECKING:
    from corpus_tools.runs import Run

PAIRS = 12
CLUSTERS = 15
EXAMPLES = 3
_CLIP = 300
_WORDS = 1500

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--cut:#d33;--new:#2a7}
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2.2rem;border-bottom:1px solid var(--line)}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid var(--line)}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td,p,summary{overflow-wrap:anywhere}
.flow{display:flex;gap:1rem;flex-wrap:wrap}.flow div{background:var(--soft);border-radius:.5rem;padding:.6rem 1rem;min-width:7rem}
.flow b{display:block;font-size:1.4rem}details{border:1px solid var(--line);border-radius:.4rem;padding:.4rem .7rem;margin:.5rem 0}
.two{display:grid;grid-template-columns:1fr 1fr;gap:1rem}del{color:var(--cut)}ins{color:var(--new);text-decoration:none}.dim{opacity:.6}
"""


def write_report(run: Run, path: Path) -> Path:
    """Write the report of a finished run; RunError if a table is not there yet."""
    totals = _totals(run)
    body = [
        f"<h1>Run report</h1><p>{_text(run.summary)}</p>",
        '<div class="flow">' + "".join(f"<div><b>{count:,}</b>{name}</div>" for name, count in totals.items()) + "</div>",
        _section(
            "Hardest pairs first",
            "Pairs whose score is nearest to the threshold: read these before you trust it.",
            _hard_pairs(run),
        ),
        _section(
            "Largest clusters", "Many pages under one representative: look whether they belong together.", _large_clusters(run)
        ),
        _section("Thresholds", "What other thresholds would keep; the same pairs, grouped again.", draw_sweep(run.sweep())),
        _section("Cut from the pages", "Passages by kind, with examples.", _cut(run)),
        _section("Rejected pages", "Pages that could not be read or held too little text.", _rejected(run)),
        _section("Stages", "Seconds and peak memory of the run that made each table.", _stages(run)),
        _section("Plan", "", f"<details><summary>every setting</summary><pre>{_text(run.plan.to_toml())}</pre></details>"),
    ]
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>corpus-tools report</title><style>{_STYLE}</style>{"".join(body)}</html>\n'
    path.write_text(page, encoding="utf-8")
    return path


def _text(value: Any) -> str:
    """Escaped: everything shown comes from pages nobody vouches for."""
    return html.escape("" if value is None else str(value))


def _clip(value: Any, size: int = _CLIP) -> str:
    text = "" if value is None else str(value)
    return _text(text if len(text) <= size else f"{text[:size]} … ({len(text):,} characters)")


def _section(title: str, lead: str, content: str) -> str:
    return f"<h2>{title}</h2><p class=dim>{lead}</p>{content}"


def _rows(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are already HTML; cells that hold a number stand to the right."""
    body = "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{name}</th>' for name in head)}</tr>{body}</table>" if body else "<p>None.</p>"


def _cell(cell: str) -> str:
    number = cell.replace(",", "").replace(".", "").isdigit()
    return f'<td class="n">{cell}</td>' if number else f"<td>{cell}</td>"


def _totals(run: Run) -> dict[str, int]:
    frames = {
        "kept": run.corpus,
        "removed": run.removed,
        "rejected": run.rejected,
        "passages cut": run.stripped,
        "pairs scored": run.edges,
    }
    return {name: frame.select(pl.len()).collect().item() for name, frame in frames.items()}


def _hard_pairs(run: Run) -> str:
    threshold = run.plan.group.threshold
    nearest = (
        run.edges.filter(pl.col("kind") != "exact").sort((pl.col("score") - threshold).abs(), "left", "right").head(PAIRS).collect()
    )
    ids = pl.concat([nearest["left"], nearest["right"]]).implode()
    pages = {row["page_id"]: row for row in run.documents.filter(pl.col("page_id").is_in(ids)).collect().iter_rows(named=True)}
    return (
        "".join(_pair(edge, pages[edge["left"]], pages[edge["right"]], threshold) for edge in nearest.iter_rows(named=True))
        or "<p>None.</p>"
    )


def _pair(edge: dict[str, Any], left: dict[str, Any], right: dict[str, Any], threshold: float) -> str:
    verdict = "merges" if edge["score"] >= threshold else "stays apart"
    names = " &harr; ".join(_clip(page["title"] or page["url"] or page["page_id"], 90) for page in (left, right))
    a, b = (" ".join(page["text"].split()[:_WORDS]) for page in (left, right))
    sides: list[list[str]] = [[], []]
    for part in compare_words(a, b):
        for side, text, tag in ((sides[0], part.left, "del"), (sides[1], part.right, "ins")):
            if text:
                side.append(_short(text) if part.kind == "shared" else f"<{tag}>{_text(text)}</{tag}>")
    columns = "".join(
        f"<div><p class=dim>{_text(page['url'])}</p>{' '.join(side)}</div>" for page, side in zip((left, right), sides, strict=True)
    )
    return f"<details><summary><b>{edge['score']:.3f}</b> {verdict} ({edge['kind']}): {names}</summary><div class=two>{columns}</div></details>"


def _short(shared: str) -> str:
    words = shared.split()
    return f"<span class=dim>{_text(shared if len(words) < 25 else ' '.join(words[:8]) + f' … {len(words) - 16} shared … ' + ' '.join(words[-8:]))}</span>"


def _large_clusters(run: Run) -> str:
    largest = (
        run.corpus.filter(pl.col("cluster_size") > 1)
        .sort("cluster_size", "page_id", descending=[True, False])
        .head(CLUSTERS)
        .collect()
    )
    rows = [
        (f"{row['cluster_size']:,}", _clip(row["title"], 90), _clip(row["url"], 90), _clip("; ".join(row["also_seen_at"][:5])))
        for row in largest.iter_rows(named=True)
    ]
    return _rows(("pages", "title", "kept", "also seen at"), rows)


def _cut(run: Run) -> str:
    shown = (
        run.stripped.with_columns(pl.col("passage").str.len_chars().alias("size"))
        .group_by("kind")
        .agg(pl.len().alias("passages"), pl.col("size").sum(), pl.col("passage").unique(maintain_order=True).head(EXAMPLES))
        .sort("size", "kind", descending=[True, False])
        .collect()
    )
    rows = [
        (_text(row["kind"]), f"{row['passages']:,}", f"{row['size']:,}", "<br>".join(_clip(text, 120) for text in row["passage"]))
        for row in shown.iter_rows(named=True)
    ]
    return _rows(("kind", "passages", "characters", "examples"), rows)


def _rejected(run: Run) -> str:
    shown = (
        run.rejected.group_by("stage", "reason")
        .agg(pl.len().alias("pages"), pl.col("source").first())
        .sort("pages", "reason", descending=[True, False])
        .head(30)
        .collect()
    )
    rows = [
        (f"{row['pages']:,}", _text(row["stage"]), _clip(row["reason"]), _clip(row["source"], 90))
        for row in shown.iter_rows(named=True)
    ]
    return _rows(("pages", "stage", "reason", "for example"), rows)


def _stages(run: Run) -> str:
    rows = [
        (_text(name), f"{held['seconds']:,.1f}", f"{held['peak_mib']:,}") for name, held in run.record.get("stages", {}).items()
    ]
    return _rows(("stage", "seconds", "peak MiB"), rows)
