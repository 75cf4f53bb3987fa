"""MinHash values of the documents of one Arrow buffer, without a Python object a document.

Each scheme is a loop over permutations outside and shingles inside, so that the running minimum stays in a register and
LLVM turns the inner loop into vector code.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools._compile_kernels import inlined, kernel
from corpus_tools._kernels import distinct, document_hashes, places, room

_MURMUR_A, _MURMUR_B = np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_MURMUR_C, _MURMUR_D = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)


@inlined
def _fmix32(value: Any) -> Any:
    """Finalizer of MurmurHash3 (A. Appleby, public domain), 32 bits."""
    value = np.uint32((value ^ (value >> np.uint32(16))) * _MURMUR_A)
    value = np.uint32((value ^ (value >> np.uint32(13))) * _MURMUR_B)
    return np.uint32(value ^ (value >> np.uint32(16)))


@inlined
def _fmix64(value: Any) -> Any:
    """Finalizer of MurmurHash3, 64 bits."""
    value = (value ^ (value >> np.uint64(33))) * _MURMUR_C
    value = (value ^ (value >> np.uint64(33))) * _MURMUR_D
    return value ^ (value >> np.uint64(33))


@kernel
def affine32(hashes: Any, count: int, a: Any, b: Any, out: Any) -> None:
    """``out[k] = min over h of (a[k] * fmix32(h) + b[k]) mod 2**32``; 2**32 - 1 where ``count`` is 0. Changes ``hashes``."""
    for i in range(count):
        hashes[i] = _fmix32(hashes[i])
    for k in range(out.size):
        least = np.uint32(0xFFFFFFFF)
        times, plus = a[k], b[k]
        for i in range(count):
            least = min(least, np.uint32(times * hashes[i] + plus))
        out[k] = least


@kernel
def affine64(hashes: Any, count: int, a: Any, b: Any, out: Any) -> None:
    """As ``affine32``, with 64-bit hashes, fmix64 and modulus 2**64."""
    for i in range(count):
        hashes[i] = _fmix64(hashes[i])
    for k in range(out.size):
        least = np.uint64(0xFFFFFFFFFFFFFFFF)
        times, plus = a[k], b[k]
        for i in range(count):
            least = min(least, times * hashes[i] + plus)
        out[k] = least


@kernel
def sketch_affine32(offsets: Any, base: int, limit: int, table: Any, n: int, a: Any, b: Any, signatures: Any, sizes: Any) -> None:
    """Fill ``signatures`` (documents x values) and ``sizes`` (distinct shingles) for the texts at ``base + offsets``."""
    ring, hashes, seen = np.empty(n, np.uint64), np.empty(room(offsets), np.uint32), np.empty(places(offsets), np.uint32)
    for i in range(sizes.size):
        sizes[i] = distinct(hashes, document_hashes(offsets, i, base, limit, table, ring, hashes), seen)
        affine32(hashes, sizes[i], a, b, signatures[i])


@kernel
def sketch_affine64(offsets: Any, base: int, limit: int, table: Any, n: int, a: Any, b: Any, signatures: Any, sizes: Any) -> None:
    """As ``sketch_affine32``, in 64 bits."""
    ring, hashes, seen = np.empty(n, np.uint64), np.empty(room(offsets), np.uint64), np.empty(places(offsets), np.uint64)
    for i in range(sizes.size):
        sizes[i] = distinct(hashes, document_hashes(offsets, i, base, limit, table, ring, hashes), seen)
        affine64(hashes, sizes[i], a, b, signatures[i])


SKETCHERS = {"affine32": sketch_affine32, "affine64": sketch_affine64}
"""Scheme -> kernel; each is compiled when first called."""
