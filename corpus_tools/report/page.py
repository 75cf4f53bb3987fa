"""The report on a run: one offline HTML file in which a person can look at what was kept, removed, rejected and cut."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import polars as pl

from corpus_tools.errors import PlanError
from corpus_tools.pipeline.stages import STAGES
from corpus_tools.plan import Plan
from corpus_tools.report.chosen import FULL, Chosen, Limits
from corpus_tools.report.embed import assemble_page, count_bytes
from corpus_tools.report.shown import Shown
from corpus_tools.report.tally import collect, tally_run
from corpus_tools.report.terminal import SUSPECT_SCORE
from corpus_tools.report.thresholds import describe_thresholds, listed_pairs
from corpus_tools.store.opened import StoredRun

FULL_BYTES = 300_000_000
"""Characters of text up to which a report may be full: browsers open no larger file with ease."""
_SLACK = 20_000
"""Bytes kept free for what is only known at the end, such as commas."""
MODE = "offline"
"""What the page can do: ``offline`` offers answers as a download; a server that saves them says so with another word."""


def write_report(run: StoredRun, path: Path, labels: str | Path | None = None, *, full: bool = False) -> Path:
    """Write the report of a finished run and return its path.

    ``labels`` as for ``sweep_run``. The file has at most ``Limits.file_bytes`` bytes; what does not fit is left out, and
    the report says so. With ``full`` every row and text is there. Raises RunError if a table is not there yet,
    PlanError if a full report would be too large, or if the labels cannot be used.
    """
    limits = FULL if full else Limits()
    if full:
        _refuse_too_large(run)
    data = gather(run, limits, labels)
    path.write_text(assemble_page(data), encoding="utf-8")
    return path


def gather(run: StoredRun, limits: Limits, labels: str | Path | None = None) -> dict[str, Any]:
    """All data of the report as plain values; texts and rows up to the limits."""
    data: dict[str, Any] = {
        "format": 1,
        "mode": MODE,
        "run": _describe_run(run),
        "totals": _totals(run),
        "tally": tally_run(run),
        "thresholds": describe_thresholds(run, labels),
    }
    chosen = Chosen(run, limits, listed_pairs(data["thresholds"]))
    room = limits.file_bytes - len(assemble_page({}).encode()) - count_bytes(data) - _SLACK
    data |= Shown(run, chosen, max(0, room)).to_data()
    return data | {"sampling": _say_sampling(data, limits)}


def _refuse_too_large(run: StoredRun) -> None:
    size = int(collect(run.documents.select(pl.col("text").str.len_bytes().sum())).item() or 0)
    if size > FULL_BYTES:
        raise PlanError(f"a full report on {run.path} would hold {size / 1e6:,.0f} MB of text", "leave out --full")


def _describe_run(run: StoredRun) -> dict[str, Any]:
    record, plain = run.record, Plan().to_dict()
    changed = {
        f"{section}.{name}": value
        for section, values in run.plan.to_dict().items()
        for name, value in values.items()
        if value != plain[section][name]
    }
    return {
        "name": run.path.name,
        "summary": run.summary,
        "finished": record.get("finished"),
        "inputs": {name: record.get("inputs", {}).get(name) for name in ("files", "bytes", "digest")},
        "against": record.get("against"),
        "engine": record.get("engine"),
        "versions": record.get("versions", {}),
        "stages": [
            {"stage": name, **record["stages"][name]}
            for name in (stage.name for stage in STAGES)
            if name in record.get("stages", {})
        ],
        "notes": [
            *record.get("notes", ()),
            *(f"{stage} is kept as it was: {'; '.join(why)}" for stage, why in record.get("kept_stale", {}).items()),
        ],
        "changed": changed,
        "thresholds": {
            "near": run.plan.group.threshold,
            "rewrite": run.plan.rewrite.threshold if run.plan.rewrite.enabled else None,
        },
        "group": {name: getattr(run.plan.group, name) for name in ("threshold", "contained", "min_contained", "max_lost")},
        "keep": list(run.plan.group.keep),
        "min_score": run.plan.match.min_score,
        "drop_spam": run.plan.site.drop_spam,
        "plan": run.plan.to_toml(),
        "settings": dataclasses.asdict(run.plan.clean),
    }


def _totals(run: StoredRun) -> dict[str, int]:
    families = run.clusters.filter(pl.col("role") != "single").select(pl.col("cluster_id").n_unique())
    frames = {
        "kept": run.corpus.select(pl.len()),
        "removed": run.removed.select(pl.len()),
        "rejected": run.rejected.select(pl.len()),
        "documents": run.documents.select(pl.len()),
        "families": families,
        "shrunk": run.removed.select(pl.col("cluster_id").n_unique()),
        "cuts": run.stripped.select(pl.len()),
        "pairs": run.edges.select(pl.len()),
        "rewrites": run.rewrites.select(pl.len()),
        "spam": run.documents.filter(pl.col("spam_score") >= SUSPECT_SCORE).select(pl.len()),
    }
    return {name: int(collect(frame).item()) for name, frame in frames.items()}


def _say_sampling(data: dict[str, Any], limits: Limits) -> list[dict[str, Any]]:
    """For each sort of row: how many are shown of how many, and how they were chosen."""
    totals = data["totals"]
    pairs = data["pairs"]["columns"]["table"]
    of_table = {name: at for at, name in enumerate(pairs["pool"])}
    counts = {name: pairs["at"].count(of_table.get(name, -2)) for name in ("edges", "rewrites")}
    signs = {page for page, _ in data["spam"]}
    scores = data["pages"]["columns"]["spam"]
    spam = sum(at in signs and (value or 0) >= SUSPECT_SCORE for at, value in enumerate(scores))
    by_name = (
        (
            "pages",
            data["pages"]["rows"],
            totals["documents"] + totals["rejected"],
            "the pages of the pairs and families that are shown, then pages of each site and role in turn, by page id, which is a hash",
        ),
        (
            "families",
            data["families"]["rows"],
            totals["families"],
            "families of the hardest pairs, the largest, then those with the smallest ids",
        ),
        (
            "pairs",
            counts["edges"],
            totals["pairs"],
            "the hardest, then pairs of each kind and score in turn, and each removed page with its kept page",
        ),
        ("rewrites", counts["rewrites"], totals["rewrites"], "the hardest, then pairs of each probability in turn"),
        (
            "cuts",
            data["cuts"]["rows"],
            totals["cuts"],
            "passages of each kind and rule in turn, and all passages of pages whose text is shown",
        ),
        ("spam", spam, totals["spam"], "the highest scores"),
        (
            "texts",
            len(data["texts"]),
            totals["documents"],
            f"up to {limits.text_chars:,} characters each, of the hardest pairs first, until the file is full",
        ),
    )
    return [{"rows": name, "shown": shown, "all": every, "how": how} for name, shown, every, how in by_name]
