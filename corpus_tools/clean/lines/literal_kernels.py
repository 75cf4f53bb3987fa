"""Which of many literals stand in a text, in one pass over its bytes."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel, part
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


@part
def _look(
    base: int, end: int, shorts: Any, longs: Any, literals: int, starts: Any, of_short: int, of_long: int, met: Any, order: Any
) -> Any:
    """Mark the literals that stand in a piece as met; ``order`` takes their numbers, of which there are as many as is returned."""
    n = 0
    for at in range(base, end - 1):
        prefix = read8(at) << 8 | read8(at + 1)
        first = last = np.int64(0)
        if _has_bit(of_short, prefix):
            first, last = np.int64(shorts[prefix]), np.int64(shorts[prefix + 1])
        for kind in range(2):
            for literal in range(first, last):
                if not met[literal] and _stands(at, end, literals + starts[literal], starts[literal + 1] - starts[literal]):
                    met[literal] = True
                    order[n] = literal
                    n += 1
            if kind == 1 or at + LONG > end:
                break
            gram = hash_gram(read32(at))
            if not _has_bit(of_long, gram):
                break
            first, last = np.int64(longs[gram]), np.int64(longs[gram + 1])
    return n


@kernel
def find_fitting(text: Any, ends: Any, literals: Any, owners: Any, owned: Any, of_set: Any, in_all: Any, patterns: int) -> Any:
    """Of each piece of ``text`` uint8 (they end at ``ends``) the patterns of which every set has a literal in it: int64[n] of the piece's
    number times ``patterns`` plus the pattern's; pieces in order, the patterns of one in none.

    ``literals`` are (shorts, longs, pool, starts, short bits, long bits). They stand in ``pool`` uint8, one from each of ``starts`` on. The
    short ones whose first two bytes are b are ``shorts[b]`` up to ``shorts[b + 1]``, the others whose first four hash to h ``longs[h]`` up
    to ``longs[h + 1]``; the bits say where there are any. Literal i is in the sets ``owned[owners[i]:owners[i + 1]]``; ``of_set`` has the
    pattern of each, and ``in_all`` how many sets that has.
    """
    shorts, longs, pool, starts, short_bits, long_bits = literals
    found, n = np.empty(256, np.int64), 0
    seen, met, left = np.zeros(of_set.shape[0], np.bool_), np.zeros(starts.shape[0], np.bool_), np.zeros(patterns, np.int64)
    order = np.empty(starts.shape[0], np.int64)
    base = address_of(text)
    for piece in range(ends.shape[0]):
        end = address_of(text) + ends[piece]
        hits = _look(base, end, shorts, longs, address_of(pool), starts, address_of(short_bits), address_of(long_bits), met, order)
        base = end
        for turn in range(2):  # the second puts things back
            for hit in range(hits):
                met[order[hit]] = False
                for place in range(owners[order[hit]], owners[order[hit] + 1]):
                    one = owned[place]
                    pattern = of_set[one]
                    if turn == 1:
                        seen[one], left[pattern] = False, 0
                    elif not seen[one]:
                        seen[one] = True
                        left[pattern] += 1
                        if left[pattern] == in_all[one]:
                            if n == found.shape[0]:
                                more = np.empty(2 * n, np.int64)
                                for i in range(n):
                                    more[i] = found[i]
                                found = more
                            found[n] = piece * patterns + pattern
                            n += 1
    return found[:n]
