"""Pairs of words in tables that kernels look them up in."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel

Array = np.ndarray[Any, np.dtype[Any]]

COUNT_BITS = 28
"""Bits of a pair's count."""
SPREAD = np.uint64(0x9E3779B97F4A7C15)


@inlined
def slots_for(n: int) -> Any:
    """A power of two, at least twice n."""
    size = 16
    while size < 2 * n:
        size *= 2
    return size


@inlined
def spot(key: Any, mask: Any) -> Any:
    mixed = np.uint64(key) * SPREAD
    return np.int64((mixed ^ (mixed >> np.uint64(32))) & np.uint64(mask))


@inlined
def _slot_of_pair(key: Any, pairs: Array) -> Any:
    """The slot of a pair, or the empty one where it would be."""
    slot = spot(key, len(pairs) - 1)
    while pairs[slot] != 0 and pairs[slot] >> COUNT_BITS != key:
        slot = (slot + 1) & (len(pairs) - 1)
    return slot


@inlined
def count_pair(left: Any, right: Any, pairs: Array, stride: Any) -> Any:
    """How often the reference has the pair of word numbers; 0 where a word is unknown. ``pairs`` is that of ``table_of_pairs``."""
    if left == 0 or right == 0:
        return np.int64(0)
    return pairs[_slot_of_pair(left * stride + right, pairs)] & ((1 << COUNT_BITS) - 1)


@kernel
def table_of_pairs(keys: Array, counts: Array) -> Any:
    """Pairs with their counts below COUNT_BITS, in slots int64[2**k] where 0 is empty: a pair is found with one wait for memory."""
    pairs = np.zeros(slots_for(len(keys)), np.int64)
    for i in range(len(keys)):
        pairs[_slot_of_pair(keys[i], pairs)] = keys[i] << COUNT_BITS | counts[i]
    return pairs
