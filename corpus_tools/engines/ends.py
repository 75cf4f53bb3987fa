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
HASHED = pa.schema([("left", pa.string()), ("right", pa.string()), ("one", pa.int64()), ("other", pa.int64())])


def map_ends(desk: Desk, pairs: Frame, pages: Frame, names: Sequence[str], kernel: Kernel, schema: pa.Schema) -> Frame:
    """``kernel`` over batches of ``pairs`` (left, right) with the columns ``names`` of both pages, as NAME_left and NAME_right.

    Null where ``pages`` has a page not at all, or more than once.
    """
    hashed = desk.hold(desk.map(pairs.select("left", "right"), HashEnds(), HASHED))
    return map_placed(desk, desk.hold(place_pairs(hashed)), pages, names, kernel, schema)


def map_placed(desk: Desk, placed: Frame, pages: Frame, names: Sequence[str], kernel: Kernel, schema: pa.Schema) -> Frame:
    """As ``map_ends``, of pairs (left, right) that have their ``group`` already and are held."""
    wanted = pages_of_groups(desk, placed, "left", "right", "page_id")
    chosen = pages.select("page_id", *names).join(wanted, on="page_id")
    placed = placed.select("left", "right", "group")
    made = desk.engine.map_groups(placed.to_native(), chosen.to_native(), "group", WithEnds(kernel, tuple(names)), schema)
    return as_frame(made)


def pages_of_groups(desk: Desk, placed: Frame, left: str, right: str, name: str) -> Frame:
    """Rows (``name``, group), each page of each group once; held, so that an engine knows how few they are."""
    ends = [placed.select(nw.col(side).alias(name), "group") for side in (left, right)]
    return desk.hold(nw.concat(ends).unique())


def place_pairs(pairs: Frame) -> Frame:
    """``pairs``, which are held, with a ``group``: pairs of a home get one number, or several if there are very many.

    ``one`` and ``other`` are numbers from 0 up of the left and the right page. A pair's home is the smallest page near the left
    one. Should two pages have one number, they share a home.
    """
    groups = 1 + steps.count_rows(pairs) // PAIRS_A_GROUP
    to_right = pairs.select("one", "other", own=nw.lit(1, nw.Int64))
    to_left = pairs.select(one="other", other="one", own=nw.lit(0, nw.Int64))
    near = nw.concat([to_right, to_left]).group_by("one").agg(nw.col("other").min().alias("least"), nw.col("own").sum())
    homes = near.select("one", "own", home=nw.min_horizontal("one", "least"))
    sizes = homes.group_by("home").agg(nw.col("own").sum().alias("size"))
    places = homes.filter(nw.col("own") > 0).join(sizes, on="home").select("one", "home", "size")
    share = nw.col("other") % (1 + nw.col("size") // PAIRS_A_GROUP)
    group = (nw.col("home") % groups + share) % groups
    return pairs.join(places, on="one").with_columns(group.alias("group")).drop("home", "size")


@dataclass(frozen=True)
class HashEnds:
    """(left, right) to ``HASHED``: the same for the same id on every machine, in 63 bits."""

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        rows = from_arrow(pa.Table.from_batches([batch.select(["left", "right"])]))
        hashes = [pa.array((rows[side].hash(0).to_numpy() >> np.uint64(1)).view(np.int64)) for side in ("left", "right")]
        return pa.RecordBatch.from_arrays([batch.column("left"), batch.column("right"), *hashes], names=HASHED.names).cast(HASHED)


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
