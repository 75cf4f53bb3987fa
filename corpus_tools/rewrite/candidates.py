"""Pairs worth aligning: for every page the few pages that share most of its rewrite signature.

A value of the signature that 2 to ``max_df`` pages share counts ln(pages / pages that share it), in whole millionths so
that a sum does not depend on its order; what more pages share tells nothing and is reported. Of the pages that share at least MIN_SHARED values, and one in SHARED_OF of those of the smaller page, the ``max_partners`` heaviest are kept. So the work
a page is bounded by its values times ``max_df``, and the pairs by ``max_partners`` times the pages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpus_tools.plan import RewritePlan
from corpus_tools.rewrite.candidate_kernels import best_partners, group_column, groups_of_pages
from corpus_tools.rewrite.sketch_kernels import NOTHING

Array = np.ndarray[Any, np.dtype[Any]]

MIN_SHARED = 3
"""Values two pages must share."""
_BLOCK = 8192


@dataclass
class SharedReport:
    """What was examined: values shared by 2..max_df pages, and those that more pages share, left out."""

    shared: int = 0
    hot: int = 0
    largest_hot: int = 0


def find_partners(values: Array, plan: RewritePlan) -> tuple[Array, Array, SharedReport]:
    """Candidate pairs (left < right, int64, sorted) of rows of ``values`` uint32[pages, values of a page], and what was left out."""
    pages = len(values)
    members, ends, report = _shared_values(values, plan.max_df)
    if not len(ends):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), report
    starts, groups = groups_of_pages(members, ends, pages)
    worths, keys = value_worths(pages, plan.max_df), []
    sizes = (values != NOTHING).sum(axis=1, dtype=np.int32)
    for first in range(0, pages, _BLOCK):
        block = (first, min(first + _BLOCK, pages))
        one, other = heaviest_partners(members, ends, (starts, groups), worths, sizes, block, plan.max_partners)
        keys.append(np.minimum(one, other) * pages + np.maximum(one, other))
    pairs = np.unique(np.concatenate(keys))
    return pairs // pages, pairs % pages, report


def heaviest_partners(
    members: Array, ends: Array, groups: tuple[Array, Array], worths: Array, sizes: Array, block: tuple[int, int], most: int
) -> tuple[Array, Array]:
    """Pages of a block (first, last) and their partners, int64 each; what is given as for ``best_partners``."""
    first, last = block
    found, counts = np.empty((last - first, most), np.int32), np.zeros(last - first, np.int32)
    best_partners(members, ends, *groups, worths, sizes, first, last, MIN_SHARED, most, found, counts)
    return np.repeat(np.arange(first, last), counts), found[np.arange(most) < counts[:, None]].astype(np.int64)


def value_worths(pages: int, most: int) -> Array:
    """What a value weighs that n of ``pages`` pages share, int64[most + 1] by n, in millionths; n below 2 weighs nothing."""
    return np.array([round(1e6 * math.log(max(pages, 1) / n)) if n > 1 else 0 for n in range(most + 1)], np.int64)


def _shared_values(values: Array, most: int) -> tuple[Array, Array, SharedReport]:
    """Groups of pages that share a value: members int32 one group behind the other, ends int64, taken a column at a time."""
    report, members, ends, used = SharedReport(), [np.zeros(0, np.int32)], [np.zeros(0, np.int64)], 0
    held, stops = np.empty(len(values), np.int32), np.empty(len(values), np.int64)
    for column in values.T:
        column = np.ascontiguousarray(column)
        n, groups, hot, largest = group_column(column, np.argsort(column, kind="stable"), most, held, stops)
        report.hot, report.largest_hot = report.hot + hot, max(report.largest_hot, largest)
        members.append(held[:n].copy())
        ends.append(stops[:groups] + used)
        used += n
    found = np.concatenate(ends)
    report.shared = len(found)
    return np.concatenate(members), found, report
