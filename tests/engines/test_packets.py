"""Packed records: what is put into buckets comes out of them, each record once and in its own bucket."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.engines.packets import PACKED, count_buckets, order_of, pack_records, unpack_records

RECORD = np.dtype([("key", np.uint32), ("page", np.int64)])


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(-(2**63), 2**63 - 1)), max_size=60), st.integers(1, 5))
def test_records_come_out_of_their_bucket(rows: list[tuple[int, int]], buckets: int) -> None:
    records = np.array(rows, RECORD)
    packed = pa.Table.from_batches([pack_records(records, (records["key"] % buckets).astype(np.int64))])
    assert packed.schema == PACKED
    for number in range(buckets):
        found = unpack_records(packed.filter(pc.equal(packed["bucket"], number)), RECORD)
        assert found.tolist() == [row for row in rows if row[0] % buckets == number]


def test_rows_of_several_batches_lie_one_behind_the_other() -> None:
    batches = [pack_records(np.array(values, np.uint32), np.zeros(len(values), np.int64)) for values in ([3, 1], [], [2])]
    assert unpack_records(pa.Table.from_batches(batches), np.dtype(np.uint32)).tolist() == [3, 1, 2]


def test_there_is_a_bucket_at_least() -> None:
    assert count_buckets(0) == 1
    assert count_buckets(10**9) > 1000


@given(st.lists(st.one_of(st.integers(0, 5), st.integers(0, 2**63 - 1)), max_size=40))
def test_the_order_is_stable(keys: list[int]) -> None:
    assert order_of(np.array(keys, np.int64)).tolist() == sorted(range(len(keys)), key=keys.__getitem__)
