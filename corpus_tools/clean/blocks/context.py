"""The model's second look: what the first one made of a block's neighbours, ancestors and look-alikes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks import context_kernels as of_context
from corpus_tools.clean.blocks.columns import Columns, row_slices
from corpus_tools.clean.blocks.layout import LEVELS, Layout

Array = npt.NDArray[Any]

_PARTS = (
    [*of_context.OF_NEIGHBOURS, *of_context.OF_NEAR],
    [f"anc{level}.{name}" for level in range(LEVELS) for name in of_context.OF_ABOVE],
    of_context.OF_ALIKE,
    of_context.OF_PAGE,
    of_context.OF_BEST,
)
NAMES = [name for part in _PARTS for name in part]
_ROWS = row_slices(_PARTS)


def expected_f1(p: Array, weight: Array) -> tuple[float, float]:
    """The best expected F1 of a page when blocks with probability >= t are kept, and that t.

    Keeping all blocks above t makes 2 * sum(p w, kept) / (sum(w, kept) + sum(p w, all)); see Ye et al.,
    "Optimizing F-measure: a tale of two approaches" (ICML 2012).
    """
    best, floor = of_context.best_expected(p, weight, np.argsort(-p, kind="stable"))
    return float(best), float(floor)


def context_features(lay: Layout, p: Array) -> Columns:
    """Columns for the second pass, from the first pass's probabilities ``p``, one a block."""
    columns = Columns(len(p))
    rows, sums = np.empty((len(NAMES), columns.rows), np.float32), np.empty((3, columns.rows + 1))
    near, above, alike, page, best = (rows[part] for part in _ROWS)
    weight = lay.words + 1.0
    of_context.sum_probabilities(p, weight, sums)
    of_context.near_rows(p, weight, sums, near)
    of_context.above_rows(lay.levels, lay.first, lay.last, sums, above)
    of_context.alike_rows(lay.key, lay.parent, lay.node, p, weight, alike)
    # The sum is numpy's: of numbers that are not whole, the last bit depends on the order in which they are added.
    of_context.page_rows(p, weight, np.argsort(-p, kind="stable"), (p * weight).sum(), page)
    of_context.best_rows(lay.parent, lay.first, lay.last, lay.node, p, weight, best)
    columns.extend(NAMES, rows)
    return columns
