"""Cuts of two passes over one page as one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus_tools.cut import Cut

MAX_PASSAGE = 20_000
"""Characters of one cut passage that are kept for the record."""


def merge_cuts(earlier: Sequence[Cut], later: Sequence[Cut], before: str, after: str) -> tuple[Cut, ...]:
    """Both passes' cuts in reading order: ``earlier`` made ``before``, ``later`` made ``after`` of it.

    The starts of ``earlier`` count characters of ``before``; they are moved to count ``after``.
    """
    spans = _spans(later, before)
    moved, taken, i = [], 0, 0
    for cut in sorted(earlier, key=lambda one: one.start):
        while i < len(spans) and spans[i][0] < cut.start:
            taken += min(spans[i][1], cut.start) - spans[i][0]
            i += 1
        start = max(0, min(cut.start - taken, len(after)))
        moved.append(cut if start == cut.start else Cut(cut.kind, cut.passage, start, cut.rule))
    return tuple(_shorten(cut) for cut in sorted([*moved, *later], key=lambda one: one.start))


def _spans(cuts: Sequence[Cut], before: str) -> list[tuple[int, int]]:
    """Where each cut passage stood in ``before``, with the line break that went with it."""
    spans, cursor = [], 0
    for cut in sorted(cuts, key=lambda one: one.start):
        at = before.find(cut.passage, max(cursor, cut.start))
        if at < 0:
            continue
        cursor = at + len(cut.passage)
        spans.append((at, cursor + before.startswith("\n", cursor)))
    return spans


def _shorten(cut: Cut) -> Cut:
    if len(cut.passage) <= MAX_PASSAGE:
        return cut
    rule = f"{cut.rule} ({len(cut.passage)} characters, the first {MAX_PASSAGE} kept)"
    return replace(cut, passage=cut.passage[:MAX_PASSAGE], rule=rule)
