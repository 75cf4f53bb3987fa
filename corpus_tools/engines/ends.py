"""Pairs with columns of both their pages, by a kernel: pairs near each other come to one place, and each of their pages there once.

A join would carry a page to every pair it is in, and a page with many copies many times. Here pairs get a group: pairs that
share pages mostly get the same one. What the kernel needs of a page is sent once to each group that names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from corpus_tools.engines import relational as steps
from corpus_tools.engines.desk import Desk, Frame, as_frame
from corpus_tools.engines.protocol import Kernel
from corpus_tools.frames import from_arrow

PAIRS_A_GROUP = 2_000
"""Pairs of a group, about: with what is named of their pages, they are in an executor's memory at once."""
_PIECE_BYTES = 64 << 20
"""Bytes of columns of both pages after which the kernel gets what it has of a group."""
_PAIRS = pa.schema([("left", pa.string()), ("right", pa.string())])
GROUPED = _PAIRS.append(pa.field("group", pa.int64()))


def map_ends(desk: Desk, pairs: Frame, pages: Frame, names: Sequence[str], kernel: Kernel, schema: pa.Schema) -> Frame:
    """``kernel`` over batches of ``pairs`` (left, right) with the columns ``names`` of both pages, as NAME_left and NAME_right.

    Null where ``pages`` has a page not at all, or more than once.
    """
    pairs = desk.hold(pairs.select("left", "right"))
    groups = 1 + steps.count_rows(pairs) // PAIRS_A_GROUP
    placed = desk.hold(desk.map(_with_homes(pairs), IntoGroups(groups), GROUPED))
    ends = [placed.select(nw.col(side).alias("page_id"), "group") for side in ("left", "right")]
    wanted = desk.hold(nw.concat(ends).unique())  # held, so that an engine knows how small it is
    chosen = pages.select("page_id", *names).join(wanted, on="page_id")
    made = desk.engine.map_groups(placed.to_native(), chosen.to_native(), "group", WithEnds(kernel, tuple(names)), schema)
    return as_frame(made)


def _with_homes(pairs: Frame) -> Frame:
    """Pairs with their ``home``, the smallest page near the left one, and how many pairs have the same one."""
    both = nw.concat([pairs, pairs.select(left="right", right="left")])
    least = both.group_by("left").agg(nw.col("right").min().alias("least"))
    homed = pairs.join(least, on="left").select("left", "right", nw.min_horizontal("left", "least").alias("home"))
    sizes = homed.group_by("home").agg(nw.len().cast(nw.Int64).alias("size"))
    return homed.join(sizes, on="home")


@dataclass(frozen=True)
class IntoGroups:
    """(left, right, home, size) to ``GROUPED``: pairs of a home get one of ``count`` numbers, or several if there are very many."""

    count: int

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        rows = from_arrow(pa.Table.from_batches([batch.select(["left", "right", "home", "size"])]))
        share = pl.col("right").hash(0) % (1 + pl.col("size") // PAIRS_A_GROUP).cast(pl.UInt64)
        group = ((pl.col("home").hash(1) + share) % self.count).cast(pl.Int64)
        numbers = rows.select(group.alias("group"))["group"].to_numpy()
        return pa.RecordBatch.from_arrays(
            [batch.column("left"), batch.column("right"), pa.array(numbers)], names=GROUPED.names
        ).cast(GROUPED)


@dataclass(frozen=True)
class WithEnds:
    """A kernel for pairs with columns of both pages, given the pairs of a group and its pages, each once."""

    kernel: Kernel
    names: tuple[str, ...]

    def __call__(self, pairs: pa.Table, pages: pa.Table) -> pa.Table:
        return pa.Table.from_batches([self.kernel(batch) for batch in self._pieces(pairs.combine_chunks(), pages.combine_chunks())])

    def _pieces(self, pairs: pa.Table, pages: pa.Table) -> Iterator[pa.RecordBatch]:
        at = [_find(pairs[side], pages["page_id"]) for side in ("left", "right")]
        bytes_of = np.zeros(pages.num_rows + 1, np.int64)  # the last one is that of a page that is not there
        for name in self.names:
            bytes_of[:-1] += _sizes(pages[name])
        ends = np.cumsum(sum(bytes_of[np.where(pc.is_null(place), -1, place.fill_null(0))] for place in at))
        cuts = np.flatnonzero(np.diff(ends // _PIECE_BYTES)) + 1
        for start, stop in zip([0, *cuts], [*cuts, pairs.num_rows], strict=True):
            columns = {side: pairs[side].slice(start, stop - start) for side in ("left", "right")}
            for name in self.names:
                for side, place in zip(("left", "right"), at, strict=True):
                    columns[f"{name}_{side}"] = pages[name].take(place.slice(start, stop - start))
            yield pa.table(columns).combine_chunks().to_batches()[0]


def _find(ids: pa.ChunkedArray[Any], among: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    """Where each id stands; null if it stands nowhere, or twice."""
    counts = pc.value_counts(among)
    twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    found = pc.index_in(ids, value_set=among)
    lone = pc.if_else(pc.is_in(ids, value_set=twice), None, found) if len(twice) else found
    return lone.combine_chunks() if isinstance(lone, pa.ChunkedArray) else lone


def _sizes(column: pa.ChunkedArray[Any]) -> np.ndarray[Any, np.dtype[Any]]:
    """Bytes of each value, about."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return np.asarray(pc.binary_length(column).fill_null(0).to_numpy(), np.int64)
    return np.full(len(column), 8, np.int64)
