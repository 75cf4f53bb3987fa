"""The WCXB development split: its pages, its folds by site, and the measures of an extraction."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from tld import get_fld

WORD = re.compile(r"\w+")
TYPES = ("article", "documentation", "service", "forum", "collection", "listing", "product")
MEASURES = ("precision", "recall", "f1", "with", "without")
FOLDS = 5
"""Parts that the pages are split into by site, to clean each page by a model that did not see its site."""


@dataclass(frozen=True)
class Sample:
    """One page with its gold text and its required and forbidden snippets."""

    id: str
    url: str
    type: str
    html: bytes
    gold: str
    required: tuple[str, ...]
    forbidden: tuple[str, ...]

    def fold(self, folds: int) -> int:
        """Which of ``folds`` parts the page is in; a registered domain is in one part only."""
        site = get_fld(self.url or "", fail_silently=True) or self.id
        return zlib.crc32(f"7 {site}".encode()) % folds


def read_samples(data: Path) -> list[Sample]:
    """All pages of ``data``/pages.parquet; other sets may lack the type, the gold text or the snippets."""
    rows = pl.read_parquet(data / "pages.parquet").iter_rows(named=True)
    return [
        Sample(
            row["id"],
            row["url"] or "",
            row.get("type") or "",
            row["html"],
            row.get("gold") or "",
            tuple(row.get("with") or ()),
            tuple(row.get("without") or ()),
        )
        for row in rows
    ]


def shown(text: str) -> str:
    """A text without soft hyphens, which gold texts hold or not as their annotators copied them."""
    return text.replace("\xad", "")


def bag_scores(text: str, gold: str, word: re.Pattern[str] = WORD) -> tuple[float, float, float]:
    """Precision, recall and F1 of the word multiset; two empty texts agree."""
    mine, wanted = Counter(word.findall(shown(text).lower())), Counter(word.findall(shown(gold).lower()))
    if not mine and not wanted:
        return 1.0, 1.0, 1.0
    shared = sum((mine & wanted).values())
    precision, recall = shared / max(mine.total(), 1), shared / max(wanted.total(), 1)
    return precision, recall, 2 * precision * recall / (precision + recall) if shared else 0.0


def measure(text: str, sample: Sample) -> tuple[float, ...]:
    """``MEASURES`` of one extraction: shares of required and of forbidden snippets found are NaN where a page has none."""
    flat = " ".join(shown(text).split())
    shares = [
        float(np.mean([" ".join(shown(snippet).split()) in flat for snippet in snippets])) if snippets else float("nan")
        for snippets in (sample.required, sample.forbidden)
    ]
    return (*bag_scores(text, sample.gold), *shares)


def average(samples: Sequence[Sample], rows: Sequence[tuple[float, ...]]) -> dict[str, dict[str, float]]:
    """Mean of every measure by page type, and over ``all`` pages."""
    table = np.array(rows)
    kinds = np.array([sample.type for sample in samples])
    groups = {"all": np.ones(len(kinds), bool)} | {kind: kinds == kind for kind in TYPES}
    return {
        name: dict(zip(MEASURES, np.nanmean(table[chosen], axis=0).round(4).tolist(), strict=True))
        for name, chosen in groups.items()
        if chosen.any()
    }
