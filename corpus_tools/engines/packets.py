"""Many short records as one row of bytes: an engine then moves bytes, and whoever works a bucket has arrays.

A row in an engine's shuffle costs dozens of bytes and as many steps, whatever it holds. So the records of a batch that belong to
one bucket are packed into one row; the records of a bucket are in one executor's memory at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

Array = np.ndarray[Any, np.dtype[Any]]
PACKED = pa.schema([("bucket", pa.int64()), ("records", pa.binary())])
RECORDS_A_BUCKET = 1 << 19
"""Records of a bucket, about."""


def count_buckets(records: int) -> int:
    """Buckets for so many records."""
    return 1 + records // RECORDS_A_BUCKET


def pack_records(records: Array, bucket: Array) -> pa.RecordBatch:
    """``PACKED`` of structured ``records``, a row for each bucket that has some; ``bucket`` int64[records]."""
    if (bucket[1:] < bucket[:-1]).any():
        order = order_of(bucket)
        records, bucket = records[order], bucket[order]
    starts = np.flatnonzero(np.append(True, bucket[1:] != bucket[:-1])[: len(bucket)])
    offsets, numbers = np.append(starts, len(records)) * records.itemsize, bucket[starts]
    content = pa.py_buffer(records.tobytes())
    packed = pa.Array.from_buffers(pa.binary(), len(numbers), [None, pa.py_buffer(offsets.astype(np.int32)), content])
    return pa.RecordBatch.from_arrays([pa.array(numbers.astype(np.int64)), packed], schema=PACKED)


def order_of(keys: Array) -> Array:
    """The stable order of ``keys``, which are not negative.

    Where there is room, places are put into the low bits of the keys: a sort is several times as fast as a stable argsort.
    """
    bits = max(1, len(keys) - 1).bit_length()
    if int(keys.max(initial=0)) >> (64 - bits):
        return np.argsort(keys, kind="stable")
    packed = keys.astype(np.uint64) << np.uint64(bits) | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    return (packed & np.uint64((1 << bits) - 1)).astype(np.int64)


def unpack_records(packed: pa.Table, kind: np.dtype[Any]) -> Array:
    """The records of all rows, structured as ``kind``, one row behind the other."""
    return np.frombuffer(b"".join(packed["records"].to_pylist()), kind)
