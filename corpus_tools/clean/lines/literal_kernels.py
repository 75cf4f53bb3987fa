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
def hash_grams(grams: Any) -> Any:
    """``hash_gram`` of each of ``grams`` int64."""
    found = np.empty(grams.shape[0], np.int64)
    for i in range(grams.shape[0]):
        found[i] = hash_gram(grams[i])
    return found


@kernel
def find_fitting(
    text: Any, shorts: Any, longs: Any, pool: Any, starts: Any, owners: Any, owned: Any, sets: Any, short_bits: Any, long_bits: Any
) -> Any:
    """Numbers of the patterns of which every set has a literal in ``text`` uint8.

    Literals stand in ``pool`` uint8, one from each of ``starts`` on. The short ones whose first two bytes are b are ``shorts[b]`` up to
    ``shorts[b + 1]``, the others whose first four hash to h ``longs[h]`` up to ``longs[h + 1]``; ``short_bits`` and ``long_bits`` say where
    there are any. Literal i is in the sets ``owned[owners[i]:owners[i + 1]]``, pattern j has the sets ``sets[j]`` up to ``sets[j + 1]``.
    """
    seen, met = np.zeros(sets[-1], np.bool_), np.zeros(starts.shape[0], np.bool_)
    base, end, literals = address_of(text), address_of(text) + text.shape[0], address_of(pool)
    left = short_bits.copy()  # of the short literals that were not met
    of_long, of_short = address_of(long_bits), address_of(left)
    for at in range(base, end - 1):
        prefix = read8(at) << 8 | read8(at + 1)
        first = last = np.int64(0)
        if _has_bit(of_short, prefix):
            first, last = np.int64(shorts[prefix]), np.int64(shorts[prefix + 1])
        for kind in range(2):
            for literal in range(first, last):
                if not met[literal] and _stands(at, end, literals + starts[literal], starts[literal + 1] - starts[literal]):
                    met[literal] = True
                    for place in range(owners[literal], owners[literal + 1]):
                        seen[owned[place]] = True
            if kind == 0 and first < last:
                all_met = True
                for literal in range(first, last):
                    all_met &= met[literal]
                if all_met:
                    left[prefix >> 3] &= np.uint8(~(1 << (prefix & 7)) & 255)
            if kind == 1 or at + LONG > end:
                break
            gram = hash_gram(read32(at))
            if not _has_bit(of_long, gram):
                break
            first, last = np.int64(longs[gram]), np.int64(longs[gram + 1])
    fitting, n = np.empty(sets.shape[0] - 1, np.int64), 0
    for pattern in range(sets.shape[0] - 1):
        fits = True
        for place in range(sets[pattern], sets[pattern + 1]):
            fits &= seen[place]
        if fits:
            fitting[n] = pattern
            n += 1
    return fitting[:n]
