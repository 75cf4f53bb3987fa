"""Slow, obviously right twins of the kernels; tests hold each kernel to its twin."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from corpus_tools import text


def minhash(document: str, ngram: int, a: list[int], b: list[int], bits: int) -> list[int]:
    """MinHash values by the definition: murmur finalizer, affine permutation, minimum."""
    hashes = [finalizer(h, bits) for h in text.shingle_hashes(document, ngram, bits)]
    top = 2**bits
    return [min(((times * h + plus) % top for h in hashes), default=top - 1) for times, plus in zip(a, b, strict=True)]


def finalizer(value: int, bits: int) -> int:
    """MurmurHash3's fmix32 or fmix64 in Python integers."""
    first, second, shifts = (
        (0x85EBCA6B, 0xC2B2AE35, (16, 13, 16)) if bits == 32 else (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53, (33, 33, 33))
    )
    mask = 2**bits - 1
    value = (value ^ value >> shifts[0]) * first & mask
    value = (value ^ value >> shifts[1]) * second & mask
    return value ^ value >> shifts[2]


def candidates(sketches: np.ndarray, bands: int, rows: int) -> list[tuple[int, int]]:
    """All pairs of rows that agree in a whole band, sorted, from a dictionary a band."""
    found: set[tuple[int, int]] = set()
    for band in range(bands):
        buckets: dict[bytes, list[int]] = {}
        for at, values in enumerate(sketches[:, band * rows : (band + 1) * rows]):
            buckets.setdefault(values.tobytes(), []).append(at)
        for members in buckets.values():
            found.update(combinations(members, 2))
    return sorted(found)


def square_at(words: list[str], at: int, period: int) -> bool:
    """Does a sequence of ``period`` words stand at ``at`` and again right after?"""
    return at + 2 * period <= len(words) and words[at : at + period] == words[at + period : at + 2 * period]


def first_squares(words: list[str], shortest: int, longest: int) -> list[tuple[int, int]]:
    """Twin of ``link_farm.tandem_runs``: from left to right, the shortest square at each place, then on behind it."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(words):
        period = next((size for size in range(shortest, longest + 1) if square_at(words, at, size)), 0)
        if period:
            found.append((at, period))
        at += 2 * period if period else 1
    return found
