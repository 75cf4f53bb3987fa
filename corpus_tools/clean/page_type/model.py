"""The page type: boosted trees over numbers of the whole page give each type its probability.

The weights are ``page_type_model.json``, written by ``benchmarks/training/page_type_model.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.layout import Layout
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.page_type.features import page_features
from corpus_tools.kernels.forest import Forest, Forests
from corpus_tools.kernels.kept import kept_on_disk

WEIGHTS = Path(__file__).with_name("page_type_model.json")
TYPES = ("article", "documentation", "service", "forum", "collection", "listing", "product")
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class PageTypeModel:
    """A forest for each of ``TYPES``; their sums, made probabilities together."""

    forests: tuple[Forest, ...]

    @cached_property
    def together(self) -> Forests:
        """The forests as one kernel takes them."""
        return Forests.of(self.forests)

    def judge(self, page: HtmlPage, lay: Layout, numbers: Array) -> dict[str, float]:
        """Each type's probability, the likeliest first."""
        p = self.probabilities(page, lay, numbers)
        return {TYPES[place]: round(float(p[place]), 4) for place in np.argsort(-p, kind="stable").tolist()}

    def probabilities(self, page: HtmlPage, lay: Layout, numbers: Array) -> Array:
        """One probability a type; ``numbers`` are those that the block model has of the whole page."""
        row = np.concatenate([numbers, page_features(page, lay)], dtype=np.float32, casting="same_kind")
        odds = self.together.log_odds(row)
        shares = np.exp(odds - odds.max())
        return np.asarray(shares / shares.sum())


@kept_on_disk(__name__, (WEIGHTS,))
def packaged_page_type_model() -> PageTypeModel:
    """The model that the package ships, laid out once an installation."""
    return read_page_type_model(WEIGHTS)


def read_page_type_model(path: Path) -> PageTypeModel:
    """Read a weights file."""
    given = json.loads(path.read_text(encoding="utf-8"))
    return PageTypeModel(tuple(Forest.of(given[name]) for name in TYPES))
