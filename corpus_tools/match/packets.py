"""The pair search by buckets, for engines: sketches become packed records, and the records of a bucket become pairs.

Pages go by number here (``engines.desk.Desk.number``), in the order of their ids. A kernel that packs takes an Arrow batch, one
that pairs takes the table of a bucket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_tools.engines.packets import pack_records, unpack_records
from corpus_tools.match.search.banding import Banding
from corpus_tools.match.search.buckets import equal_runs, number_pages, pair_with_earlier, tally_pairs
from corpus_tools.match.search.candidates import BUCKET_LIMIT, NEIGHBOURS, REPRESENTATIVES, sketch_matrix, value_type
from corpus_tools.match.search.containment import HELD_LIMIT, LONGEST, read_samples

Array = np.ndarray[Any, np.dtype[Any]]
MET = pa.schema([("one", pa.int64()), ("other", pa.int64()), ("key", pa.int64()), ("size", pa.int64())])
"""A pair of pages, one < other; or a key and how many pages have it, if they are too many; or, without a key, the largest such number."""
PAIRED = pa.schema([("one", pa.int64()), ("other", pa.int64())])
SHARED = pa.schema([("longer", pa.int64()), ("shorter", pa.int64()), ("shared", pa.int64()), ("counted", pa.int64())])
BANDED = np.dtype([("key", np.uint64), ("page", np.int64)])
HELD = np.dtype([("key", np.uint32), ("page", np.int64), ("size", np.int64), ("counted", np.int64)])
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def band_hashes(sketches: Array, banding: Banding) -> Array:
    """A hash of each band's number and values, uint64[pages, bands]."""
    taken = sketches[:, : banding.bands * banding.rows].reshape(len(sketches), banding.bands, banding.rows).astype(np.uint64)
    hashes = np.broadcast_to((np.arange(banding.bands, dtype=np.uint64) + np.uint64(1)) * _MULTIPLIER, taken.shape[:2]).copy()
    for k in range(banding.rows):
        hashes = (hashes ^ taken[:, :, k]) * _MULTIPLIER
        hashes ^= hashes >> np.uint64(32)
    return hashes


@dataclass(frozen=True)
class BandPackets:
    """(number, signature) to ``PACKED``: BANDED records, those of one key in one of ``buckets`` buckets."""

    banding: Banding
    scheme: str
    buckets: int

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        sketches = sketch_matrix(batch.column("signature"), self.scheme)
        return _pack_by_key(_banded(batch.column("number"), sketches, self.banding, BANDED), self.buckets)


def _banded(numbers: pa.Array[Any], sketches: Array, banding: Banding, kind: np.dtype[Any]) -> Array:
    """Records of ``kind`` with key and page: of every page one for each band."""
    hashes = band_hashes(sketches, banding)
    records = np.empty(hashes.size, kind)
    records["key"], records["page"] = hashes.ravel(), np.repeat(numbers.to_numpy(), banding.bands)
    return records


def _pack_by_key(records: Array, buckets: int) -> pa.RecordBatch:
    return pack_records(records, (records["key"] % np.uint64(buckets)).astype(np.int64))


@dataclass(frozen=True)
class BandBuckets:
    """A bucket of BANDED records to ``MET``: pairs that share a key, as long as at most ``limit`` pages have it."""

    limit: int = BUCKET_LIMIT

    def __call__(self, packed: pa.Table) -> pa.Table:
        records = unpack_records(packed, BANDED)
        records = records[np.argsort(records["key"])]
        place, size = equal_runs(records["key"])
        one, other = _distinct_pairs(records["page"], place, np.where(size <= self.limit, place, 0))
        none = pa.nulls(len(one), pa.int64())
        crowded = np.flatnonzero((size > self.limit) & (place == 0))
        keys = [*records["key"][crowded].view(np.int64).tolist(), None]
        sizes = [*size[crowded].tolist(), size[size > 1].max(initial=0)]
        rows = [pa.table([pa.array(one), pa.array(other), none, none], schema=MET)]
        missing = pa.nulls(len(keys), pa.int64())
        return pa.concat_tables([*rows, pa.table([missing, missing, pa.array(keys), pa.array(sizes)], schema=MET)])


def _distinct_pairs(pages: Array, place: Array, count: Array) -> tuple[Array, Array]:
    """Pairs of ``pages`` with the first ``count`` of their runs, each once, the smaller number first."""
    numbers, at = number_pages(pages)
    found = [np.zeros(0, np.int64)]
    for earlier, later in pair_with_earlier(place, count):
        one, other = at[earlier], at[later]
        found.append(np.unique(np.minimum(one, other) * len(numbers) + np.maximum(one, other)))
    one, other = np.divmod(np.unique(np.concatenate(found)), max(len(numbers), 1))
    return numbers[one], numbers[other]


@dataclass(frozen=True)
class CrowdPackets:
    """(number, signature) to ``PACKED``: as BandPackets, each record with the values of the band that follows, to tell what is near."""

    banding: Banding
    scheme: str
    buckets: int

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        sketches = sketch_matrix(batch.column("signature"), self.scheme)
        bands, rows = self.banding.bands, self.banding.rows
        records = _banded(batch.column("number"), sketches, self.banding, crowded_record(rows, self.scheme))
        banded = sketches[:, : bands * rows].reshape(len(sketches), bands, rows)
        records["near"] = np.roll(banded, -1, axis=1).reshape(-1, rows)
        return _pack_by_key(records, self.buckets)


def crowded_record(rows: int, scheme: str) -> np.dtype[Any]:
    """BANDED with ``near``, the ``rows`` values of the next band."""
    return np.dtype([*BANDED.descr, ("near", value_type(scheme), (rows,))])


@dataclass(frozen=True)
class CrowdedBuckets:
    """A bucket of ``crowded_record`` to ``PAIRED``: of keys that more than ``limit`` pages have, the bounded pairs.

    Every page with the first REPRESENTATIVES of them, and with the NEIGHBOURS that follow it by ``near`` and number.
    """

    banding: Banding
    scheme: str
    limit: int = BUCKET_LIMIT

    def __call__(self, packed: pa.Table) -> pa.Table:
        records = unpack_records(packed, crowded_record(self.banding.rows, self.scheme))
        records = records[np.argsort(records["key"])]
        records = records[equal_runs(records["key"])[1] > self.limit]
        records = records[np.lexsort((records["page"], records["key"]))]
        place = equal_runs(records["key"])[0]
        stars = [
            (records["page"][earlier], records["page"][later])
            for earlier, later in pair_with_earlier(place, np.minimum(place, REPRESENTATIVES))
        ]
        near = np.lexsort((records["page"], *(records["near"][:, k] for k in range(self.banding.rows)), records["key"]))
        records = records[near]
        for step in range(1, NEIGHBOURS + 1):
            same = records["key"][step:] == records["key"][:-step]
            stars.append((records["page"][:-step][same], records["page"][step:][same]))
        one, other = (np.concatenate(side) for side in zip(*stars, strict=True))
        return order_ends(one, other)


def order_ends(one: Array, other: Array) -> pa.Table:
    """``PAIRED`` of pairs of pages, the smaller number first."""
    return pa.table([pa.array(np.minimum(one, other)), pa.array(np.maximum(one, other))], schema=PAIRED)


@dataclass(frozen=True)
class SamplePackets:
    """(number, n_shingles, sample) to ``PACKED``: HELD records, one for each sampled shingle of a page."""

    buckets: int

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        ends, values = read_samples(batch.column("sample"))
        counted = np.diff(ends)
        records = np.empty(len(values), HELD)
        records["key"] = values
        for name, of_page in (("page", batch.column("number")), ("size", batch.column("n_shingles")), ("counted", counted)):
            records[name] = np.repeat(np.asarray(of_page), counted)
        return pack_records(records, (values * np.uint32(0x9E3779B1) % np.uint32(self.buckets)).astype(np.int64))


@dataclass(frozen=True)
class HeldBuckets:
    """A bucket of HELD records to ``SHARED``: how many of its keys a page shares with a longer one.

    Of a key that more than ``limit`` pages have, only the ``longest`` are looked at as the longer page.
    """

    limit: int = HELD_LIMIT
    longest: int = LONGEST

    def __call__(self, packed: pa.Table) -> pa.Table:
        records = unpack_records(packed, HELD)
        records = records[np.lexsort((records["page"], -records["size"], records["key"]))]
        place, size = equal_runs(records["key"])
        count = np.where(size <= self.limit, place, np.minimum(place, self.longest))
        numbers, at = number_pages(records["page"])
        made = [SHARED.empty_table()]
        for earlier, later in pair_with_earlier(place, count):
            weights = np.column_stack([np.ones(len(later), np.int64), records["counted"][later]])
            longer, shorter, sums = tally_pairs(at[earlier], at[later], len(numbers), weights)
            columns = (numbers[longer], numbers[shorter], sums[:, 0], sums[:, 1] // sums[:, 0])
            made.append(pa.table([pa.array(column) for column in columns], schema=SHARED))
        return pa.concat_tables(made)
