"""The search for partners by buckets gives the pairs of the search over arrays."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from corpus_tools.errors import MixedSignaturesError
from corpus_tools.match.packets import PAIRED
from corpus_tools.match.search import buckets as pairing
from corpus_tools.plan import Plan
from corpus_tools.rewrite import packets
from corpus_tools.rewrite.candidates import find_partners
from corpus_tools.rewrite.packets import BestPartners, SharedValues, ValuePackets

NOTHING = 2**32 - 1


def bucketed(packed: pa.Table, buckets: int) -> list[pa.Table]:
    return [packed.filter(pc.equal(packed["bucket"], number)) for number in range(buckets)]


def pairs_by_buckets(values: np.ndarray, plan: Plan, buckets: int) -> list[tuple[int, int]]:
    signatures = pa.array([row.astype("<u4").tobytes() for row in values], pa.binary())
    batch = pa.record_batch({"number": np.arange(len(values)), "rewrite_signature": signatures})
    packed = pa.Table.from_batches([ValuePackets(values.shape[1], buckets)(batch)])
    shared = pa.concat_tables([SharedValues(plan.rewrite.max_df)(part) for part in bucketed(packed, buckets)])
    choose = BestPartners(len(values), plan.rewrite.max_df, plan.rewrite.max_partners)
    numbers = shared["bucket"].unique().to_pylist()
    best = pa.concat_tables(
        [PAIRED.empty_table(), *(choose(shared.filter(pc.equal(shared["bucket"], number))) for number in numbers)]
    )
    return sorted({tuple(row.values()) for row in best.to_pylist()})


@pytest.mark.parametrize("chunk", [7, 1 << 22])
@pytest.mark.parametrize("buckets", [1, 5])
def test_partners_are_those_of_the_arrays(buckets: int, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few values, so that weights tie, partners are cut off and crowded values are left out; some bins are empty."""
    monkeypatch.setattr(pairing, "CHUNK", chunk)
    monkeypatch.setattr(packets, "PAGES_A_BUCKET", 25)
    chance = np.random.default_rng(11)
    plan = Plan().with_settings({"rewrite.bins": 16, "rewrite.max_partners": 3, "rewrite.max_df": 4})
    values = chance.choice(np.array([*range(14), NOTHING], np.uint32), (60, 48), p=[*[0.06] * 14, 0.16])
    left, right, _ = find_partners(values.T, plan.rewrite)
    assert 60 < len(left) < 180
    assert pairs_by_buckets(values, plan, buckets) == list(zip(left.tolist(), right.tolist(), strict=True))


def test_nothing_shared_is_no_pair() -> None:
    values = np.arange(48 * 3, dtype=np.uint32).reshape(3, 48)
    assert pairs_by_buckets(values, Plan(), 2) == []


def test_signatures_of_another_size_are_refused() -> None:
    batch = pa.record_batch({"number": [0], "rewrite_signature": pa.array([b"1234"], pa.binary())})
    with pytest.raises(MixedSignaturesError, match="hold 4 bytes, not 192"):
        ValuePackets(48, 1)(batch)
