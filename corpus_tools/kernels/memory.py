"""Reads and writes memory at an address, and tells 64 bytes of text apart at once: what numba cannot say, as LLVM code.

Addresses are passed about in place of arrays because numba counts references to an array at every call and assignment.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import from_dtype, types
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


read8, read32, read64 = _reader(8), _reader(32), _reader(64)
write8, write32, write64 = _writer(8), _writer(32), _writer(64)


def _count_zeros(_context: Any, _value: Any) -> Any:
    """Number of zero bits below the lowest set bit of a uint64; 64 for zero."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), build


trailing_zeros: Any = intrinsic(_count_zeros)


def _count_ones(_context: Any, _value: Any) -> Any:
    """Number of bits that are set in a uint64."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), build


set_bits: Any = intrinsic(_count_ones)


def _classifier(names: str) -> Any:
    """A function of kernels: for each of ``names``, a bit mask of which of the 64 bytes at an address are of that class."""
    classes = names.split()

    def classify(_context: Any, _address: Any) -> Any:
        def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            data = builder.load(builder.inttoptr(arguments[0], ir.VectorType(ir.IntType(8), 64).as_pointer()), align=1)
            packed = ir.Constant(ir.ArrayType(ir.IntType(64), len(classes)), ir.Undefined)
            for place, name in enumerate(classes):
                mask = builder.bitcast(_CLASSES[name](builder, data), ir.IntType(64))
                packed = builder.insert_value(packed, mask, place)
            return packed

        tuple_of: Any = types.UniTuple
        return tuple_of(types.uint64, len(classes))(types.int64), build

    return intrinsic(classify)


def _in_every_lane(byte: int) -> Any:
    return ir.Constant(ir.VectorType(ir.IntType(8), 64), [byte] * 64)


def _within(builder: Any, data: Any, first: str, count: int) -> Any:
    return builder.icmp_unsigned("<", builder.sub(data, _in_every_lane(ord(first))), _in_every_lane(count))


def _any_of(builder: Any, data: Any, signs: bytes) -> Any:
    found = builder.icmp_unsigned("==", data, _in_every_lane(signs[0]))
    for sign in signs[1:]:
        found = builder.or_(found, builder.icmp_unsigned("==", data, _in_every_lane(sign)))
    return found


_CLASSES: dict[str, Any] = {
    "plain": lambda builder, data: builder.or_(
        _within(builder, builder.or_(data, _in_every_lane(0x20)), "a", 26), _within(builder, data, "0", 10)
    ),
    "wide": lambda builder, data: builder.icmp_signed("<", data, _in_every_lane(0)),
    "joins": lambda builder, data: _any_of(builder, data, b"'.,"),
    "digits": lambda builder, data: _within(builder, data, "0", 10),
    "capitals": lambda builder, data: _within(builder, data, "A", 26),
    "marks": lambda builder, data: _any_of(builder, data, b"\n.!?"),
    "tags": lambda builder, data: _any_of(builder, data, b"<>"),
}
"""ASCII letters and digits; bytes of 128 and up; signs that may join; digits; capitals; what may end a sentence; what begins and ends tags."""


def _lanes_that_are(_context: Any, _address: Any, _byte: Any) -> Any:
    """Which of the 64 bytes at an address are one byte, as bits."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        lanes = ir.VectorType(ir.IntType(8), 64)
        data = builder.load(builder.inttoptr(arguments[0], lanes.as_pointer()), align=1)
        first = builder.insert_element(
            ir.Constant(lanes, ir.Undefined), builder.trunc(arguments[1], ir.IntType(8)), ir.Constant(ir.IntType(32), 0)
        )
        wanted = builder.shuffle_vector(
            first, ir.Constant(lanes, ir.Undefined), ir.Constant(ir.VectorType(ir.IntType(32), 64), [0] * 64)
        )
        return builder.bitcast(builder.icmp_unsigned("==", data, wanted), ir.IntType(64))

    return types.uint64(types.int64, types.int64), build


bytes_that_are: Any = intrinsic(_lanes_that_are)
classify_bytes = _classifier("plain wide joins")
classify_tags = _classifier("wide tags")
classify_case = _classifier("plain wide joins digits capitals marks")


# Items of an int64 array at an address. They are LLVM code and no kernels: numba compiles a kernel anew for every constant it is called with.
INT64 = ir.IntType(64)


def item_pointer(builder: Any, base: Any, place: Any) -> Any:
    """LLVM code for the pointer to an item of an array of int64 at an address."""
    offset = builder.mul(place, ir.Constant(INT64, 8))
    return builder.inttoptr(builder.add(base, offset), INT64.as_pointer())


def _get_item(_context: Any, _base: Any, _place: Any) -> Any:
    """An item of the int64 array at an address."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.load(item_pointer(builder, *arguments))

    return types.int64(types.int64, types.int64), build


def _set_item(_context: Any, _base: Any, _place: Any, _value: Any) -> Any:
    """Set an item of the int64 array at an address."""

    def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        builder.store(arguments[2], item_pointer(builder, *arguments[:2]))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), build


get_item: Any = intrinsic(_get_item)
set_item: Any = intrinsic(_set_item)


def record_of(table: str, kind: Any = np.int64) -> np.dtype[Any]:
    """The dtype of a record of numbers of one ``kind``, from a table of its fields: a line each, its name and then what it means."""
    return np.dtype([(line.split()[0], kind) for line in table.strip().splitlines()])


def record_at(record: np.dtype[Any]) -> Any:
    """A function of kernels: record number ``place`` of an array of them at an address; its fields are read and set by name.

    As cheap as the address it is made of: nothing is copied, and numba counts no references to it.
    """
    kind = from_dtype(record)

    def at(_context: Any, _base: Any, _place: Any) -> Any:
        def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            base, place = arguments
            address = builder.add(base, builder.mul(place, ir.Constant(INT64, record.itemsize)))
            return builder.inttoptr(address, context.get_value_type(kind))

        return kind(types.int64, types.int64), build

    return intrinsic(at)
