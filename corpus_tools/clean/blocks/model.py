"""The block model: two passes of boosted trees give each block of a page its probability of being main text.

The weights are ``block_model.json``, written by ``benchmarks/training/block_model.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.context import context_features, expected_f1
from corpus_tools.clean.blocks.features import block_features
from corpus_tools.clean.blocks.layout import Layout, lay_out
from corpus_tools.clean.blocks.scores import Scores, add_scores
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.kernels.forest import Forest, make_table
from corpus_tools.kernels.kept import kept_on_disk

WEIGHTS = Path(__file__).with_name("block_model.json")
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class BlockModel:
    """Both passes and the scores of class names and words they use."""

    scores: Scores
    first: Forest
    second: Forest

    def probabilities(self, page: HtmlPage) -> tuple[Array, Layout, Array]:
        """One probability a block, and the numbers ``page.*`` of the whole page; it must have at least one block."""
        lay = lay_out(page)
        columns = block_features(page, lay)
        add_scores(columns, page, lay, self.scores)
        table = make_table(len(self.second.names), columns.rows)
        columns.fill(table)
        seen = table[: len(columns.names)]
        context_features(lay, self.first.probabilities(seen, columns.rows)).fill(table[len(columns.names) :])
        return self.second.probabilities(table, columns.rows), lay, table[columns.places("page."), 0]


@kept_on_disk(__name__, (WEIGHTS,))
def packaged_block_model() -> BlockModel:
    """The model that the package ships, laid out once an installation."""
    return read_block_model(WEIGHTS)


def read_block_model(path: Path) -> BlockModel:
    """Read a weights file."""
    given = json.loads(path.read_text(encoding="utf-8"))
    scores = Scores(given["classes"], given["words"], given["texts"])
    return BlockModel(scores, Forest.of(given["first"]), Forest.of(given["second"]))


class Floors(NamedTuple):
    """How the floor of a block is found: ``factor`` times half the best expected F1 of the page, between ``low`` and ``high``. A scrap needs
    at least ``scraps`` times that F1, and prose between what is kept needs ``prose`` times the floor."""

    factor: float
    low: float
    high: float
    scraps: float
    prose: float


FLOORS = {
    "balanced": Floors(1.05, 0.25, 0.5, 0.6, 0.85),
    "precision": Floors(1.5, 0.45, 0.8, 0.75, 0.85),
    "recall": Floors(0.6, 0.1, 0.3, 0.0, 1.0),
}
"""By ``focus``."""

OF_SERVICES = Floors(0.7, 0.15, 0.5, 0.6, 0.85)
"""For balanced cleaning of pages of a service: most of what stands there is what people come for."""

SCRAP_WORDS = 12
"""A block of at most so many words is a scrap: cutting it costs little text, and most boilerplate is made of such."""

PROSE_WORDS, PROSE_LINKED = 30, 0.2
"""A block of at least so many words, of which so few characters are linked, is prose. Around the main text it may be
what other pages say; between what is kept, to lose it costs more than to keep it wrongly."""


def choose_blocks(p: Array, words: Array, linked: Array, focus: str, page_type: str = "") -> Array:
    """Which blocks are kept: those from half the best expected F1 of the page up, a floor that ``focus`` and the page's type move.

    Keeping a block helps F1 if its probability is above half the F1 that can be had, so an unsure
    page has a lower floor. Scraps need more, and prose between what is kept needs less. The best block is always kept. ``linked`` are shares of characters.
    """
    of = OF_SERVICES if focus == "balanced" and page_type == "service" else FLOORS[focus]
    best, _ = expected_f1(p, words + 1.0)
    floor = min(max(best / 2 * of.factor, of.low), of.high)
    kept = p >= np.minimum(np.where(words <= SCRAP_WORDS, max(floor, of.scraps * best), floor), p.max())
    places = np.flatnonzero(kept)
    between = slice(places[0], places[-1])
    prose = (words >= PROSE_WORDS) & (linked <= PROSE_LINKED) & (p >= of.prose * floor)
    kept[between] |= prose[between]
    return np.asarray(kept)
