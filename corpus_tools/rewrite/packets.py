"""The search for partners by buckets, for engines: signatures become packed values, values in common become partners.

Pages go by number here (``engines.desk.Desk.number``), in the order of their ids. The rows are those of ``candidates.find_partners``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_tools.engines.packets import PACKED, pack_records, unpack_records
from corpus_tools.errors import MixedSignaturesError
from corpus_tools.match.packets import PAIRED
from corpus_tools.match.search.buckets import equal_runs, pair_with_earlier, tally_pairs
from corpus_tools.rewrite.candidate_kernels import SHARED_OF
from corpus_tools.rewrite.candidates import MIN_SHARED, value_worths
from corpus_tools.rewrite.sketch_kernels import NOTHING

Array = np.ndarray[Any, np.dtype[Any]]
VALUE = np.dtype([("value", np.int64), ("page", np.int64), ("held", np.int32)])
"""A value of a page's rewrite signature, its column in the upper half, and how many values the page has."""
PARTNER = np.dtype([("page", np.int64), ("other", np.int64), ("worth", np.int64), ("shared", np.int32), ("held", np.int32)])
"""Two pages, what they share in one bucket, and how many values the one with fewer has."""


@dataclass(frozen=True)
class ValuePackets:
    """(number, rewrite_signature) to ``PACKED``: VALUE records, those of one value in one of ``buckets`` buckets."""

    columns: int
    buckets: int

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        raw = b"".join(batch.column("rewrite_signature").to_pylist())
        wanted = batch.num_rows * self.columns * 4
        if len(raw) != wanted:
            raise MixedSignaturesError(
                f"{batch.num_rows} rewrite signatures hold {len(raw)} bytes, not {wanted}", "make them again with this plan"
            )
        values = np.frombuffer(raw, "<u4").reshape(batch.num_rows, self.columns)
        there = values != NOTHING
        held = there.sum(axis=1)
        records = np.empty(held.sum(), VALUE)
        records["value"] = ((np.arange(self.columns, dtype=np.int64) << 32) + values)[there]
        records["page"], records["held"] = np.repeat(batch.column("number").to_numpy(), held), np.repeat(held, held)
        return pack_records(records, records["value"] % self.buckets)


@dataclass(frozen=True)
class SharedValues:
    """A bucket of VALUE records to ``PACKED``: PARTNER records both ways round, those of one page in one of ``buckets`` buckets."""

    pages: int
    max_df: int
    buckets: int

    def __call__(self, packed: pa.Table) -> pa.Table:
        records = unpack_records(packed, VALUE)
        records = records[np.lexsort((records["page"], records["value"]))]
        place, size = equal_runs(records["value"])
        numbers, first, at = np.unique(records["page"], return_index=True, return_inverse=True)
        held, worths = records["held"][first], value_worths(self.pages, self.max_df)
        rows = [PACKED.empty_table()]
        for earlier, later in pair_with_earlier(place, np.where(size <= self.max_df, place, 0)):
            weights = np.column_stack([np.ones(len(later), np.int64), worths[size[later]]])
            one, other, sums = tally_pairs(at[earlier], at[later], len(numbers), weights)
            partners = np.empty(2 * len(one), PARTNER)
            partners["page"] = numbers[np.concatenate([one, other])]
            partners["other"] = numbers[np.concatenate([other, one])]
            partners["shared"], partners["worth"] = np.tile(sums[:, 0], 2), np.tile(sums[:, 1], 2)
            partners["held"] = np.tile(np.minimum(held[one], held[other]), 2)
            rows.append(pa.Table.from_batches([pack_records(partners, partners["page"] % self.buckets)]))
        return pa.concat_tables(rows)


@dataclass(frozen=True)
class BestPartners:
    """A bucket of PARTNER records, all of a page's, to ``PAIRED``: for each page the ``max_partners`` heaviest of those that share enough."""

    max_partners: int

    def __call__(self, packed: pa.Table) -> pa.Table:
        records = unpack_records(packed, PARTNER)
        records = records[np.lexsort((records["other"], records["page"]))]
        new = (records["page"][1:] != records["page"][:-1]) | (records["other"][1:] != records["other"][:-1])
        starts = np.flatnonzero(np.append(True, new)[: len(records)])
        if not len(starts):
            return PAIRED.empty_table()
        shared, worth = (np.add.reduceat(records[name].astype(np.int64), starts) for name in ("shared", "worth"))
        met = records[starts]
        enough = (shared >= MIN_SHARED) & (SHARED_OF * shared >= met["held"])
        met, worth = met[enough], worth[enough]
        heaviest = np.lexsort((met["other"], -worth, met["page"]))
        met = met[heaviest]
        met = met[equal_runs(met["page"])[0] < self.max_partners]
        ends = (np.minimum(met["page"], met["other"]), np.maximum(met["page"], met["other"]))
        return pa.table([pa.array(side) for side in ends], schema=PAIRED)
