"""The search for partners by buckets, for engines: signatures become packed values, values in common become partners.

Pages go by number here (``engines.desk.Desk.number``), in the order of their ids. The rows are those of ``candidates.find_partners``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_tools.engines.packets import PACKED, order_of, pack_records, unpack_records
from corpus_tools.match.packets import order_ends
from corpus_tools.match.search.buckets import each_of_stretches, equal_runs, number_pages
from corpus_tools.rewrite.candidate_kernels import groups_of_pages
from corpus_tools.rewrite.candidates import heaviest_partners, read_values, value_worths
from corpus_tools.rewrite.sketch_kernels import NOTHING

Array = np.ndarray[Any, np.dtype[Any]]
VALUE = np.dtype([("value", np.int64), ("page", np.int64), ("held", np.int32)])
"""A value of a page's rewrite signature, its column in the upper half, and how many values the page has."""
MEMBER = np.dtype([("page", np.int64), ("held", np.uint16), ("size", np.uint16)])
"""A page that holds a value, and how many values it has; at the first page of a value stands how many pages hold it."""
PAGES_A_BUCKET = 8_192
"""Pages whose partners are chosen in one place: numbers from a multiple of it up."""


@dataclass(frozen=True)
class ValuePackets:
    """(number, rewrite_signature) to ``PACKED``: VALUE records, those of one value in one of ``buckets`` buckets."""

    columns: int
    buckets: int

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        values = read_values(batch.column("rewrite_signature").to_pylist(), self.columns)
        there = values != NOTHING
        held = there.sum(axis=1)
        records = np.empty(held.sum(), VALUE)
        records["value"] = ((np.arange(self.columns, dtype=np.int64) << 32) + values)[there]
        records["page"], records["held"] = np.repeat(batch.column("number").to_numpy(), held), np.repeat(held, held)
        return pack_records(records, records["value"] % self.buckets)


@dataclass(frozen=True)
class SharedValues:
    """A bucket of VALUE records to ``PACKED``: the MEMBER records of each value that 2 to ``max_df`` pages hold.

    They go to every bucket of PAGES_A_BUCKET pages in which one of those pages is.
    """

    max_df: int

    def __call__(self, packed: pa.Table) -> pa.Table:
        records = unpack_records(packed, VALUE)
        records = records[order_of(records["page"])]
        records = records[order_of(records["value"])]
        place, size = equal_runs(records["value"])
        home = records["page"] // PAGES_A_BUCKET
        new = (place == 0) | np.append(True, home[1:] != home[:-1])[: len(home)]
        members = np.empty(len(records), MEMBER)
        members["page"], members["held"] = records["page"], records["held"]
        members["size"] = np.where(place == 0, size, 0)
        heads = np.flatnonzero(new & (size > 1) & (size <= self.max_df))
        heads = heads[order_of(home[heads])]
        rows = [PACKED.empty_table()]
        for copied, of in each_of_stretches(heads - place[heads], size[heads]):
            rows.append(pa.Table.from_batches([pack_records(members[copied], home[heads[of]])]))
        return pa.concat_tables(rows)


@dataclass(frozen=True)
class BestPartners:
    """A bucket of MEMBER records to ``PAIRED``: for each of its pages the ``max_partners`` heaviest of those that share enough."""

    pages: int
    max_df: int
    max_partners: int

    def __call__(self, packed: pa.Table) -> pa.Table:
        records = unpack_records(packed, MEMBER)
        numbers, at = number_pages(records["page"])
        members, sizes = at.astype(np.int32), np.zeros(len(numbers), np.int32)
        sizes[at] = records["held"]
        ends = np.append(np.flatnonzero(records["size"])[1:], len(records)).astype(np.int64)
        first = packed["bucket"][0].as_py() * PAGES_A_BUCKET
        block = tuple(np.searchsorted(numbers, [first, first + PAGES_A_BUCKET]).tolist())
        members.flags.writeable = ends.flags.writeable = False  # as behind a memory map, which kernels are compiled for
        groups = np.zeros(len(numbers) + 1, np.int64), np.empty(len(members), np.int32)
        groups_of_pages(members, ends, *groups)
        worths = value_worths(self.pages, self.max_df)
        one, other = (numbers[side] for side in heaviest_partners(members, ends, groups, worths, sizes, block, self.max_partners))
        return order_ends(one, other)
