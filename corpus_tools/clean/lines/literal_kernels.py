"""Which of many literals stand in a text, in one pass over its bytes."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.lookup import address_of
from corpus_tools.kernels.memory import read8, read32


@inlined
def _stands(text: int, end: int, literal: int, size: int) -> Any:
    """Whether the literal's bytes stand at an address; the first two are known to."""
    if text + size > end:
        return False
    at = 2
    while at < size and read8(text + at) == read8(literal + at):
        at += 1
    return at >= size


LONG = 4
"""Bytes of a literal from which on it is told by its first four."""
BITS = 16
_SPREAD = np.uint64(0x9E3779B1)


@inlined
def hash_gram(gram: Any) -> Any:
    """Place of four bytes among 2**BITS bits."""
    return np.int64(((np.uint64(gram) * _SPREAD) & np.uint64(0xFFFFFFFF)) >> np.uint64(32 - BITS))


@inlined
def _has_bit(bits: int, place: int) -> Any:
    return read8(bits + (place >> 3)) >> (place & 7) & 1


@kernel
def set_bits(places: Any, bits: Any, hashed: bool) -> None:
    """Set the bits of ``places`` int64 in ``bits`` uint8; those of four bytes where ``hashed``."""
    for i in range(places.shape[0]):
        place = hash_gram(places[i]) if hashed else places[i]
        bits[place >> 3] |= np.uint8(1 << (place & 7))


@kernel
def find_fitting(
    text: Any, shorts: Any, longs: Any, pool: Any, starts: Any, owners: Any, owned: Any, sets: Any, short_bits: Any, long_bits: Any
) -> Any:
    """Numbers of the patterns of which every set has a literal in ``text`` uint8.

    Literals stand in ``pool`` uint8, one from each of ``starts`` on, the short ones first and each kind sorted; those whose first two bytes
    are b are ``shorts[b]`` up to ``shorts[b + 1]`` and ``longs[b]`` up to ``longs[b + 1]``. Literal i is in the sets
    ``owned[owners[i]:owners[i + 1]]``, pattern j has the sets ``sets[j]`` up to ``sets[j + 1]``. ``short_bits`` has the bits of the first
    two bytes of the short literals, ``long_bits`` of the first four of the others.
    """
    seen = np.zeros(sets[-1], np.bool_)
    base, end, literals = address_of(text), address_of(text) + text.shape[0], address_of(pool)
    of_long, of_short = address_of(long_bits), address_of(short_bits)
    for at in range(base, end - 1):
        prefix = read8(at) << 8 | read8(at + 1)
        first = last = np.int64(0)
        if _has_bit(of_short, prefix):
            first, last = shorts[prefix], shorts[prefix + 1]
        for kind in range(2):
            for literal in range(first, last):
                if _stands(at, end, literals + starts[literal], starts[literal + 1] - starts[literal]):
                    for place in range(owners[literal], owners[literal + 1]):
                        seen[owned[place]] = True
            if kind == 1 or at + LONG > end or not _has_bit(of_long, hash_gram(read32(at))):
                break
            first, last = longs[prefix], longs[prefix + 1]
    fitting, n = np.empty(sets.shape[0] - 1, np.int64), 0
    for pattern in range(sets.shape[0] - 1):
        fits = True
        for place in range(sets[pattern], sets[pattern + 1]):
            fits &= seen[place]
        if fits:
            fitting[n] = pattern
            n += 1
    return fitting[:n]
