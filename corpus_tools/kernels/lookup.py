"""Tables of words that kernels look words up in, by hash.

A hash is FNV-1a (Fowler, Noll, Vo; public domain) over code points in 64 bits: of two words of a page with one hash, which no one
has met by chance, the second would count as the first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.memory import get_item, read8

Array = npt.NDArray[Any]
_U = np.uint64
EMPTY_HASH = _U(0xCBF29CE484222325)
"""Hash of nothing."""
FNV_PRIME = _U(0x100000001B3)
NOWHERE = np.int64(-1)


@inlined
def address_of(array: Any) -> Any:
    """The address of an array as the signed number that all addresses are: a sum of signed and unsigned would be a float."""
    return np.int64(array.ctypes.data)


@inlined
def add_code(value: Any, code: Any) -> Any:
    """The hash of what hashes to ``value`` and the code point after it."""
    return (value ^ _U(code)) * FNV_PRIME


@inlined
def end_hash(value: Any) -> Any:
    """A hash as it is stored: an int64 that is not 0, the sign of an empty slot."""
    return np.int64(value) if value != 0 else np.int64(1)


@inlined
def read_code(at: int) -> Any:
    """The code point of the well-formed UTF-8 at an address, and its bytes."""
    first = read8(at)
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        return (first & 0x1F) << 6 | read8(at + 1) & 0x3F, 2
    if first < 0xF0:
        return (first & 0x0F) << 12 | (read8(at + 1) & 0x3F) << 6 | read8(at + 2) & 0x3F, 3
    high = (first & 0x07) << 18 | (read8(at + 1) & 0x3F) << 12
    return high | (read8(at + 2) & 0x3F) << 6 | read8(at + 3) & 0x3F, 4


@inlined
def slot_of(keys: int, mask: int, value: int) -> Any:
    """The first slot for a hash in the ``mask + 1`` at an address: its own if it is there, else an empty one."""
    at = (value ^ (value >> 32)) & mask
    while get_item(keys, at) != 0 and get_item(keys, at) != value:
        at = (at + 1) & mask
    return at


@inlined
def find(keys: int, mask: int, value: int) -> Any:
    """The slot of a hash, NOWHERE if it is not there."""
    at = slot_of(keys, mask, value)
    return at if get_item(keys, at) == value else NOWHERE


@inlined
def find_in(keys: Any, value: int) -> Any:
    """The slot of a hash in ``keys`` int64[2**k], NOWHERE if it is not there."""
    return find(address_of(keys), keys.shape[0] - 1, value)


class LookupTable(NamedTuple):
    """A lookup's arrays for kernels: addresses of its keys and values, and its last slot. It does not keep the arrays alive."""

    keys: int
    values: int
    mask: int


@inlined
def table_of(arrays: Any) -> Any:
    """The table of a lookup's keys and values."""
    keys, values = arrays
    return LookupTable(address_of(keys), address_of(values), keys.shape[0] - 1)


@kernel
def hash_pieces(data: Any, ends: Any) -> Any:
    """Hashes (int64) of the pieces of ``data``, UTF-8, that end at ``ends``."""
    hashes = np.empty(ends.shape[0], np.int64)
    base = at = address_of(data)
    for piece in range(ends.shape[0]):
        end, value = base + ends[piece], EMPTY_HASH
        while at < end:
            code, size = read_code(at)
            value = add_code(value, code)
            at += size
        hashes[piece] = end_hash(value)
    return hashes


@kernel
def place_hashes(hashes: Any, keys: Any) -> Any:
    """Put hashes into the empty slots of ``keys`` int64[2**k]; gives the slot of each, that of its equal if it has one."""
    slots, address, mask = np.empty(hashes.shape[0], np.int64), address_of(keys), keys.shape[0] - 1
    for place in range(hashes.shape[0]):
        slot = slot_of(address, mask, hashes[place])
        keys[slot] = hashes[place]
        slots[place] = slot
    return slots


@dataclass(frozen=True)
class Lookup:
    """``values`` of words by the slot of their hash in ``keys`` int64[2**k], where 0 is an empty slot."""

    keys: Array
    values: Array

    @staticmethod
    def of(words: Mapping[str, Any], kind: Any) -> Lookup:
        """A table of words and what they are worth, numbers of dtype ``kind``; a row of numbers a word makes rows of values."""
        given = np.array(list(words.values()), kind)
        keys = np.zeros(1 << (2 * len(words) + 1).bit_length(), np.int64)
        values = np.zeros((len(keys), *given.shape[1:]), kind)
        values[place_hashes(hash_words(words), keys)] = given
        return Lookup(keys, values)

    @property
    def arrays(self) -> tuple[Array, Array]:
        """Keys and values, as ``table_of`` takes them."""
        return self.keys, self.values


def hash_words(words: Collection[str]) -> Array:
    """The hashes of words as kernels make them, int64."""
    pieces = [word.encode("utf-8", "surrogatepass") for word in words]
    ends = np.array(list(accumulate(map(len, pieces))), np.int64)
    return np.asarray(hash_pieces(np.frombuffer(b"".join(pieces), np.uint8), ends))
