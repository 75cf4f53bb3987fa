"""Reads and writes memory at an address, and tells 64 bytes of text apart at once: what numba cannot say, as LLVM code.

Addresses are passed about in place of arrays because numba counts references to an array at every call and assignment.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


def _reader(bits: int) -> Any:
    """A function of kernels: the little-endian integer of ``bits`` bits at a memory address, at any alignment."""

    def read(_context: Any, address: Any) -> Any:
        def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            place = builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer())
            value = builder.load(place, align=1)
            return value if bits == 64 else builder.zext(value, ir.IntType(64))

        return types.uint64(types.int64) if bits == 64 else types.int64(types.int64), build

    return intrinsic(read)


def _writer(bits: int) -> Any:
    """A function of kernels: store the low ``bits`` bits of a uint64 at a memory address."""

    def write(_context: Any, _address: Any, _value: Any) -> Any:
        def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            place = builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer())
            builder.store(builder.trunc(arguments[1], ir.IntType(bits)), place, align=1)
            return context.get_dummy_value()

        return types.void(types.int64, types.uint64), build

    return intrinsic(write)


_byte, _entry, _block = _reader(8), _reader(32), _reader(64)
write8, write32, write64 = _writer(8), _writer(32), _writer(64)
read64 = _block


def _count_zeros(_context: Any, _value: Any) -> Any:
    """Number of zero bits below the lowest set bit of a uint64; 64 for zero."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), build


trailing_zeros: Any = intrinsic(_count_zeros)


def _classify(_context: Any, address: Any) -> Any:
    """Of the 64 bytes at an address, as bit masks: ASCII letters and digits; bytes of 128 and up; joining signs."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        vector = ir.VectorType(ir.IntType(8), 64)
        data = builder.load(builder.inttoptr(arguments[0], vector.as_pointer()), align=1)

        def below(base: int, count: int, of: Any) -> Any:
            return builder.icmp_unsigned("<", builder.sub(of, _spread(base)), _spread(count))

        letters = below(ord("a"), 26, builder.or_(data, _spread(0x20)))
        words = builder.or_(letters, below(ord("0"), 10, data))
        wide = builder.icmp_signed("<", data, _spread(0))
        signs = [builder.icmp_unsigned("==", data, _spread(sign)) for sign in b"'.,"]
        joins = builder.or_(builder.or_(signs[0], signs[1]), signs[2])
        masks = [builder.bitcast(one, ir.IntType(64)) for one in (words, wide, joins)]
        packed = ir.Constant(ir.ArrayType(ir.IntType(64), 3), ir.Undefined)
        for place, mask in enumerate(masks):
            packed = builder.insert_value(packed, mask, place)
        return packed

    def _spread(byte: int) -> Any:
        return ir.Constant(ir.VectorType(ir.IntType(8), 64), [byte] * 64)

    triple: Any = types.UniTuple
    return triple(types.uint64, 3)(types.int64), build


classify_bytes: Any = intrinsic(_classify)
