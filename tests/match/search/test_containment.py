"""Candidates by containment: the rule counted by hand, the same by buckets, an excerpt is found whatever holds it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations

import naive
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.fingerprint.sketch import fingerprint_documents
from corpus_tools.kernels.shingles import SAMPLED_BITS, hash_shingles
from corpus_tools.match.packets import HeldBuckets, SamplePackets
from corpus_tools.match.search import containment
from corpus_tools.match.search.containment import HELD_LIMIT, HELD_SHARE, LONGEST, find_held, read_samples
from corpus_tools.plan import FingerprintPlan

Samples = list[set[int]]


def listed(samples: Samples) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The samples seven documents at a time."""
    for first in range(0, len(samples), 7):
        pairs = [(document, value) for document, one in enumerate(samples[first : first + 7], first) for value in sorted(one)]
        yield np.array([document for document, _ in pairs], np.int64), np.array([value for _, value in pairs], np.uint32)


def counted_by_hand(samples: Samples, sizes: list[int], limit: int, longest: int) -> list[tuple[int, int]]:
    """The rule as the module states it, over every pair of documents."""
    order = sorted(range(len(samples)), key=lambda d: (-sizes[d], d))
    shared: dict[tuple[int, int], int] = {}
    for value in set().union(*samples):
        bucket = [d for d in order if value in samples[d]]
        looked_at = bucket if len(bucket) <= limit else bucket[:longest]
        for longer, shorter in combinations(bucket, 2):
            if longer in looked_at:
                shared[longer, shorter] = shared.get((longer, shorter), 0) + 1
    part, whole = HELD_SHARE
    return sorted((min(pair), max(pair)) for pair, count in shared.items() if count * whole >= part * len(samples[pair[1]]))


SAMPLES = st.lists(st.sets(st.integers(0, 40).map(lambda n: n << (SAMPLED_BITS - 7) | n)), min_size=1, max_size=40)


@given(SAMPLES, st.data())
def test_pairs_are_those_of_the_rule(samples: Samples, data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, 5), min_size=len(samples), max_size=len(samples)))
    found = find_held(listed(samples), np.array(sizes))
    assert [tuple(pair) for pair in found.tolist()] == counted_by_hand(samples, sizes, HELD_LIMIT, LONGEST)


def test_pairs_come_out_the_same_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(3)
    samples = [set(chance.sample(range(60), chance.randint(0, 12))) for _ in range(50)]
    sizes = np.array([chance.randint(1, 90) for _ in samples])
    whole = find_held(listed(samples), sizes)
    monkeypatch.setattr(containment, "CHUNK", 1)
    assert find_held(listed(samples), sizes).tolist() == whole.tolist()
    assert len(whole) > 30


@given(SAMPLES, st.data())
def test_buckets_find_the_same_pairs(samples: Samples, data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, 5), min_size=len(samples), max_size=len(samples)))
    packed = [np.array(sorted(one), np.uint32).tobytes() for one in samples]
    batch = pa.record_batch({"number": range(len(samples)), "n_shingles": sizes, "sample": pa.array(packed, pa.binary())})
    buckets = pa.Table.from_batches([SamplePackets(3)(batch)])
    made = [HeldBuckets()(buckets.filter(pc.equal(buckets["bucket"], number))) for number in range(3)]
    shared = pl.DataFrame(pl.from_arrow(pa.concat_tables(made)))
    counted = shared.group_by("longer", "shorter").agg(pl.col("shared").sum(), pl.col("counted").min())
    part, whole = HELD_SHARE
    passing = counted.filter(pl.col("shared") * whole >= pl.col("counted") * part).select("longer", "shorter")
    expected = find_held(listed(samples), np.array(sizes))
    assert sorted(tuple(sorted(pair)) for pair in passing.rows()) == [tuple(pair) for pair in expected.tolist()]


def test_a_sample_is_the_shingles_of_low_hash() -> None:
    chance = random.Random(1)
    texts = [" ".join(chance.choices([f"w{n}" for n in range(90)], k=size)) for size in (0, 3, 40, 700)]
    frame = pl.DataFrame({"page_id": list("abcd"), "text": texts})
    for scheme, bits in (("affine32", 32), ("affine64", 64)):
        signatures = fingerprint_documents(frame, FingerprintPlan(scheme=scheme))
        ends, values = read_samples(signatures["sample"].to_arrow())
        indptr, hashes = hash_shingles(frame["text"].to_arrow(), 5, bits)
        for at in range(len(texts)):
            mixed = {naive.finalizer(int(value), bits) >> (bits - 32) for value in hashes[indptr[at] : indptr[at + 1]]}
            expected = sorted(value for value in mixed if value < 2**SAMPLED_BITS)
            assert values[ends[at] : ends[at + 1]].tolist() == expected
    assert len(values) > 50
