"""Tables of words that kernels look words up in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean._lookup_kernels import hash_pieces, place_hashes

Array = npt.NDArray[Any]


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


def hash_words(words: Collection[str]) -> Array:
    """The hashes of words as kernels make them, int64."""
    pieces = [word.encode("utf-8", "surrogatepass") for word in words]
    ends = np.cumsum([len(piece) for piece in pieces], dtype=np.int64)
    return np.asarray(hash_pieces(np.frombuffer(b"".join(pieces), np.uint8), ends))
