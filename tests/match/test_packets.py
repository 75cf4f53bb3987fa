"""The pair search by buckets: the pairs of the definition, of small buckets and of crowded ones, in few buckets and in many."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from corpus_tools.match.packets import BandBuckets, BandPackets, CrowdedBuckets, CrowdPackets
from corpus_tools.match.search.banding import Banding
from corpus_tools.match.search.candidates import NEIGHBOURS, REPRESENTATIVES

BANDING = Banding(3, 2)
Pairs = set[tuple[int, int]]


def bucketed(packed: pa.RecordBatch, buckets: int) -> list[pa.Table]:
    table = pa.Table.from_batches([packed])
    return [table.filter(pc.equal(table["bucket"], number)) for number in range(buckets)]


def sketches(scheme: str) -> tuple[np.ndarray, pa.RecordBatch]:
    """60 pages of few values, so that some buckets are crowded; the last values are in no band."""
    values = np.random.default_rng(4).integers(0, 4, (60, 7)).astype("<u8" if scheme == "affine64" else "<u4")
    packed = pa.array([row.tobytes() for row in values], pa.binary())
    return values, pa.record_batch({"number": np.arange(60) * 3, "signature": packed})


def by_hand(values: np.ndarray, limit: int) -> tuple[Pairs, Pairs, list[int]]:
    """Pairs of small buckets, bounded pairs of the others, and the sizes of those."""
    small, bounded, sizes = set[tuple[int, int]](), set[tuple[int, int]](), []
    for band in range(BANDING.bands):
        members = defaultdict(list)
        for page, row in enumerate(values.tolist()):
            members[tuple(row[2 * band : 2 * band + 2])].append(page)
        following = (band + 1) % BANDING.bands * 2
        for pages in members.values():
            if len(pages) <= limit:
                small |= {(3 * i, 3 * j) for i, j in combinations(pages, 2)}
                continue
            sizes.append(len(pages))
            near = sorted(pages, key=lambda page: (values[page, following + 1], values[page, following], page))
            beside = [(near[at], near[at + step]) for step in range(1, NEIGHBOURS + 1) for at in range(len(near) - step)]
            first = [(pages[at], page) for at in range(REPRESENTATIVES) for page in pages[at + 1 :]]
            bounded |= {(3 * min(pair), 3 * max(pair)) for pair in (*beside, *first)}
    return small, bounded, sorted(sizes)


@pytest.mark.parametrize("scheme", ["affine32", "affine64"])
@pytest.mark.parametrize("buckets", [1, 4])
def test_buckets_give_the_pairs_of_the_definition(scheme: str, buckets: int) -> None:
    values, batch = sketches(scheme)
    small, bounded, sizes = by_hand(values, 4)
    assert len(sizes) > 3
    assert small - bounded
    parts = bucketed(BandPackets(BANDING, scheme, buckets)(batch), buckets)
    met = [row for part in parts for row in BandBuckets(4)(part).to_pylist()]
    assert {(row["one"], row["other"]) for row in met if row["size"] is None} == small
    assert sorted(row["size"] for row in met if row["key"] is not None) == sizes
    assert max(row["size"] for row in met if row["size"] is not None and row["key"] is None) == max(sizes)
    crowds = bucketed(CrowdPackets(BANDING, scheme, buckets)(batch), buckets)
    found = [row for part in crowds for row in CrowdedBuckets(BANDING, scheme, 4)(part).to_pylist()]
    assert {(row["one"], row["other"]) for row in found} == bounded


def test_a_corpus_without_pages() -> None:
    _, batch = sketches("affine32")
    packed = BandPackets(BANDING, "affine32", 1)(batch.slice(0, 0))
    assert BandBuckets()(pa.Table.from_batches([packed])).to_pylist() == [{"one": None, "other": None, "key": None, "size": 0}]
