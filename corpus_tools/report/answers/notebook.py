"""Answers in a notebook: an explanation, a run, a frame's copies and a sweep as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from corpus_tools.errors import CorpusError
from corpus_tools.markup import SHOWN, added, box, facts, lost, paragraph, plain
from corpus_tools.report.diff import Segment
from corpus_tools.report.rewriting import Rewriting, describe_kind, describe_words
from corpus_tools.report.sweep_plot import draw_sweep
from corpus_tools.report.terminal import shorten_shared
from corpus_tools.store.manifest import sealed
from corpus_tools.store.opened import StoredRun

_MEASURES = ("kind", "score", "jaccard", "ordered", "own_left", "own_right", "lost_left", "lost_right")
_TABLES = ("documents", "stripped", "rejected", "edges", "rewrites", "clusters", "corpus", "corpus/removed")


class Swept(pl.DataFrame):
    """A sweep: a polars DataFrame that a notebook shows with its picture above it."""

    def _repr_html_(self, *, _from_series: bool = False) -> str:
        drawn = {"threshold", "kept_share"} <= set(self.columns) and self.height > 1
        return (draw_sweep(self) if drawn else "") + pl.DataFrame(self)._repr_html_(_from_series=_from_series)


def show_explanation(
    verdict: str, measures: dict[str, Any], path: list[dict[str, Any]], segments: list[Segment], rewriting: Rewriting | None
) -> str:
    """Verdict, measures, the path of evidence, and the words: struck through what only the first has, underlined what the second has."""
    parts = [paragraph(verdict, strong=True), facts({name: measures[name] for name in _MEASURES if name in measures})]
    parts += [paragraph(f"{step['left']} – {step['right']}: {step['kind']} {step['score']:.3f}") for step in path]
    if rewriting:
        parts += [paragraph(describe_kind(rewriting)), paragraph(describe_words(rewriting)), box(_sentences(rewriting))]
    else:
        parts.append(box(_words(segments)))
    return "".join(parts)


def _words(segments: list[Segment]) -> Iterator[str]:
    shown = 0
    for part in segments:
        if shown > SHOWN:
            yield plain("… the rest is not shown")
            return
        shown += len(part.left) + len(part.right)
        same = part.kind == "shared"
        yield f"{plain(shorten_shared(part.left))} " if same else f"{lost(part.left)} {added(part.right)} "


def _sentences(rewriting: Rewriting) -> Iterator[str]:
    shown = 0
    for sentence in rewriting.detail.sentences:
        if shown > SHOWN:
            yield plain("… the rest is not shown")
            return
        for span in sentence.spans:
            shown += len(span.left) + len(span.right)
            same = span.kind == "copied"
            yield f"{plain(span.right)} " if same else f"{lost(span.left)} {added(span.right)} "
        yield "<br>"


def show_run(run: StoredRun) -> str:
    """Where a run is, its sentence, and how many rows each finished table holds."""
    rows = {name: seal.rows for name in _TABLES if (seal := _seal(run, name)) is not None}
    report = run.path / "report.html"
    told = f"report: {report}" if report.is_file() else "no report yet: .report() writes one"
    return "".join([paragraph(run.summary or "not finished", strong=True), paragraph(run.path), facts(rows), paragraph(told)])


def _seal(run: StoredRun, name: str) -> Any:
    try:
        return sealed(run.path / name)
    except (CorpusError, OSError):  # to show a run is not the time to fail
        return None


def show_copies(summary: str, threshold: float, families: pl.DataFrame) -> str:
    """The sentence, the threshold, and the beginning of the families."""
    head = families.head(20)
    return "".join(
        [paragraph(summary, strong=True), paragraph(f"pairs merge from group.threshold {threshold:g}"), head._repr_html_()]
    )
