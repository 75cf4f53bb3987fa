"""MinHash values of the documents of one Arrow buffer, without a Python object a document.

Permutations are the outer loop and shingles the inner one, so that the running minimum stays in a register. The inner loop is
written as LLVM vector code of 64 bytes: left to itself, LLVM takes half the width the processor has.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.shingles import SAMPLED_BITS, distinct, document_hashes, places, room, sort_distinct

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


def _vector_minimum(bits: int) -> Any:
    """A function of kernels: the least ``(times * h + plus) mod 2**bits`` over ``blocks`` runs of 64 bytes of hashes h."""
    lanes, one = 512 // bits, ir.IntType(bits)
    vector, index = ir.VectorType(one, lanes), ir.IntType(64)

    def in_every_lane(builder: Any, value: Any) -> Any:
        first = builder.insert_element(ir.Constant(vector, ir.Undefined), builder.trunc(value, one) if bits < 64 else value, _ZERO)
        return builder.shuffle_vector(
            first, ir.Constant(vector, ir.Undefined), ir.Constant(ir.VectorType(_I32, lanes), [0] * lanes)
        )

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        start, blocks, times, plus = arguments
        times, plus = in_every_lane(builder, times), in_every_lane(builder, plus)
        before, body, after = builder.block, builder.append_basic_block("body"), builder.append_basic_block("after")
        builder.branch(body)
        builder.position_at_end(body)
        at, least = builder.phi(index), builder.phi(vector)
        address = builder.add(start, builder.shl(at, ir.Constant(index, 6)))
        hashes = builder.load(builder.inttoptr(address, vector.as_pointer()), align=1)
        value = builder.add(builder.mul(hashes, times), plus)
        lower = builder.select(builder.icmp_unsigned("<", value, least), value, least)
        following = builder.add(at, ir.Constant(index, 1))
        builder.cbranch(builder.icmp_unsigned("<", following, blocks), body, after)
        for phi, first, later in (
            (at, ir.Constant(index, 0), following),
            (least, ir.Constant(vector, [2**bits - 1] * lanes), lower),
        ):
            phi.add_incoming(first, before)
            phi.add_incoming(later, body)
        builder.position_at_end(after)
        name = f"llvm.vector.reduce.umin.v{lanes}i{bits}"
        found = builder.call(_declare(builder.module, ir.FunctionType(one, [vector]), name), [lower])
        return found if bits == 64 else builder.zext(found, index)

    def minimum(_context: Any, _start: Any, _blocks: Any, _times: Any, _plus: Any) -> Any:
        return types.uint64(types.int64, types.int64, types.uint64, types.uint64), build

    return intrinsic(minimum)


_declare: Any = cgutils.get_or_insert_function
_I32 = ir.IntType(32)
_ZERO = ir.Constant(_I32, 0)
_minimum32, _minimum64 = _vector_minimum(32), _vector_minimum(64)
_U = np.uint64


@inlined
def _fill_block(hashes: Any, count: int, lanes: int) -> Any:
    """Repeat the first hash until the last block of ``lanes`` is full, which changes no minimum; return the number of blocks."""
    blocks = (count + lanes - 1) // lanes
    for i in range(count, blocks * lanes):
        hashes[i] = hashes[0]
    return blocks


@kernel
def affine32(hashes: Any, count: int, a: Any, b: Any, out: Any) -> None:
    """``out[k] = min over h of (a[k] * fmix32(h) + b[k]) mod 2**32``; 2**32 - 1 where ``count`` is 0.

    Changes ``hashes``, which has room for 15 more than ``count``.
    """
    for i in range(count):
        hashes[i] = _fmix32(hashes[i])
    blocks = _fill_block(hashes, count, 16)
    for k in range(out.size):
        out[k] = _minimum32(hashes.ctypes.data, blocks, _U(a[k]), _U(b[k])) if count > 0 else _U(0xFFFFFFFF)


@kernel
def affine64(hashes: Any, count: int, a: Any, b: Any, out: Any) -> None:
    """As ``affine32``, with 64-bit hashes, fmix64 and modulus 2**64; ``hashes`` has room for 7 more."""
    for i in range(count):
        hashes[i] = _fmix64(hashes[i])
    blocks = _fill_block(hashes, count, 8)
    for k in range(out.size):
        out[k] = _minimum64(hashes.ctypes.data, blocks, a[k], b[k]) if count > 0 else _U(0xFFFFFFFFFFFFFFFF)


@inlined
def _sample(mixed: Any, count: int, shift: int, out: Any, written: int, spare: Any) -> Any:
    """Write the leading 32 bits of the mixed hashes that are sampled to ``out[written:]``, sorted, each once; return the new end.

    ``spare`` has room for as many.
    """
    end = written
    for i in range(count):
        value = mixed[i] >> shift
        if value < 1 << SAMPLED_BITS:
            out[end] = value
            end += 1
    return written + sort_distinct(out[written:end], spare)


@kernel
def sketch_affine32(
    offsets: Any, base: int, limit: int, table: Any, n: int, a: Any, b: Any, signatures: Any, sizes: Any, samples: Any, ends: Any
) -> None:
    """Fill ``signatures`` (documents x values) and ``sizes`` (distinct shingles) for the texts at ``base + offsets``.

    ``samples`` takes each document's sampled hashes, document i's up to ``ends[i + 1]`` (FracMinHash; Irber and others 2022).
    """
    ring, hashes, seen = np.empty(n, np.uint64), np.empty(room(offsets), np.uint32), np.empty(places(offsets), np.uint32)
    for i in range(sizes.size):
        sizes[i] = distinct(hashes, document_hashes(offsets, i, base, limit, table, ring, hashes), seen)
        affine32(hashes, sizes[i], a, b, signatures[i])
        ends[i + 1] = _sample(hashes, sizes[i], np.uint32(0), samples, ends[i], seen)


@kernel
def sketch_affine64(
    offsets: Any, base: int, limit: int, table: Any, n: int, a: Any, b: Any, signatures: Any, sizes: Any, samples: Any, ends: Any
) -> None:
    """As ``sketch_affine32``, in 64 bits."""
    ring, hashes, seen = np.empty(n, np.uint64), np.empty(room(offsets), np.uint64), np.empty(places(offsets), np.uint64)
    for i in range(sizes.size):
        sizes[i] = distinct(hashes, document_hashes(offsets, i, base, limit, table, ring, hashes), seen)
        affine64(hashes, sizes[i], a, b, signatures[i])
        ends[i + 1] = _sample(hashes, sizes[i], np.uint64(32), samples, ends[i], seen)


SKETCHERS = {"affine32": sketch_affine32, "affine64": sketch_affine64}
"""Scheme -> kernel; each is compiled when first called."""
