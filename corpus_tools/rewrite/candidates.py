"""Pairs worth aligning: for every page the few pages that share most of its rewrite signature.

A value of the signature that 2 to ``max_df`` pages share counts ln(pages / pages that share it), in whole millionths so
that a sum does not depend on its order; what more pages share tells nothing and is reported. Of the pages that share at least MIN_SHARED values, and one in SHARED_OF of those of the smaller page, the ``max_partners`` heaviest are kept. So the work
a page is bounded by its values times ``max_df``, and the pairs by ``max_partners`` times the pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from corpus_tools.errors import MixedSignaturesError
from corpus_tools.plan import RewritePlan
from corpus_tools.rewrite.candidate_kernels import best_partners, group_column, groups_of_pages
from corpus_tools.rewrite.sketch import FAMILIES
from corpus_tools.rewrite.sketch_kernels import NOTHING
from corpus_tools.store.scratch import Scratch

Array = np.ndarray[Any, np.dtype[Any]]

MIN_SHARED = 3
"""Values two pages must share."""
_BLOCK = 8192
COLUMNS = 24
"""Columns of signatures in memory at a time."""
BATCH = 4_000
"""Signatures read at a time."""


@dataclass
class SharedReport:
    """What was examined: values shared by 2..max_df pages, and those that more pages share, left out."""

    shared: int = 0
    hot: int = 0
    largest_hot: int = 0


def signature_columns(signatures: pl.LazyFrame, rows: Array, columns: int, scratch: Scratch) -> Iterator[Array]:
    """Each of the ``columns`` columns of the rewrite signatures in these ``rows``, uint32[rows], in turn.

    ``signatures`` as ``tables.REWRITE_SIGNATURES``. Raises MixedSignaturesError for signatures of another size.
    """
    blocks = range(0, columns, COLUMNS)
    for batch in signatures.select("rewrite_signature").collect_batches(chunk_size=BATCH, maintain_order=True):
        values = read_values(batch["rewrite_signature"].to_list(), columns)
        for first in blocks:
            scratch.append(f"columns {first}", np.ascontiguousarray(values[:, first : first + COLUMNS]))
    for first in blocks:
        width = min(COLUMNS, columns - first)
        block = np.array(scratch.read(f"columns {first}", np.uint32)).reshape(-1, width)
        yield from (block[:, column][rows] for column in range(width))


def read_values(signatures: list[bytes], columns: int) -> Array:
    """uint32[signatures, columns]; MixedSignaturesError for signatures of another size."""
    raw, wanted = b"".join(signatures), len(signatures) * columns * 4
    if {*map(len, signatures)} - {columns * 4}:
        raise MixedSignaturesError(
            f"{len(signatures)} rewrite signatures hold {len(raw)} bytes, not {wanted} as with rewrite.bins {columns // FAMILIES}",
            "make them again with this plan",
        )
    return np.frombuffer(raw, "<u4").reshape(len(signatures), columns)


def find_partners(columns: Iterable[Array], plan: RewritePlan) -> tuple[Array, Array, SharedReport]:
    """Candidate pairs (left < right, int64, sorted) of pages, and what was left out.

    ``columns`` uint32[pages] are the values of all pages at one place of their signatures after the other, NOTHING for none.
    What is shared lies on disk while partners are chosen.
    """
    with Scratch() as scratch:
        sizes, report = _share_values(columns, plan.max_df, scratch)
        members, ends = scratch.read("members", np.int32), scratch.read("ends", np.int64)
        groups = np.zeros(len(sizes) + 1, np.int64), scratch.room("groups", members.shape, np.int32)
        groups_of_pages(members, ends, *groups)
        pairs = _choose_pairs(members, ends, groups, sizes, plan)
    return pairs // len(sizes), pairs % len(sizes), report


def _choose_pairs(members: Array, ends: Array, groups: tuple[Array, Array], sizes: Array, plan: RewritePlan) -> Array:
    """Every page with its heaviest partners, packed as left times pages and right: int64, sorted, each once."""
    pages, keys = len(sizes), [np.zeros(0, np.int64)]
    worths = value_worths(pages, plan.max_df)
    for first in range(0, pages, _BLOCK):
        block = (first, min(first + _BLOCK, pages))
        one, other = heaviest_partners(members, ends, groups, worths, sizes, block, plan.max_partners)
        keys.append(np.minimum(one, other) * pages + np.maximum(one, other))
    return np.unique(np.concatenate(keys))


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


def _share_values(columns: Iterable[Array], most: int, scratch: Scratch) -> tuple[Array, SharedReport]:
    """How many values each page has, int32[pages], and what was examined.

    Written are groups of pages that share a value: "members" int32 one group behind the other, "ends" int64.
    """
    report, sizes, used = SharedReport(), np.zeros(0, np.int32), 0
    for column in columns:
        if not len(sizes):
            sizes, held, stops = np.zeros(len(column), np.int32), np.empty(len(column), np.int32), np.empty(len(column), np.int64)
        column = np.ascontiguousarray(column)
        sizes += column != NOTHING
        n, groups, hot, largest = group_column(column, np.argsort(column, kind="stable"), most, held, stops)
        report.shared, report.hot = report.shared + groups, report.hot + hot
        report.largest_hot = max(report.largest_hot, largest)
        scratch.append("members", held[:n])
        scratch.append("ends", stops[:groups] + used)
        used += n
    return sizes, report
