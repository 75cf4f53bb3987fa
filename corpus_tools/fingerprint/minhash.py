"""MinHash schemes: their permutations, what must be stored beside signatures, and the way to datasketch and back.

The schemes are those of datasketch 2 (``datasketch/minhash.py``), value for value:
``affine32``: ``min (a * fmix32(h) + b) mod 2**32`` over 32-bit shingle hashes h, a odd; ``affine64`` the same with 64 bits.
An empty document has all values at their maximum.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus_tools.errors import MixedSignaturesError
from corpus_tools.plan import FingerprintPlan
from corpus_tools.text import TEXT_VERSION

if TYPE_CHECKING:
    import datasketch

METADATA_KEY = "corpus_tools.signatures"
"""Key of the Arrow schema metadata (and so of the parquet footer) that says how signatures were made."""

_WIDTHS: dict[str, type[np.unsignedinteger[Any]]] = {"affine32": np.uint32, "affine64": np.uint64}


def value_type(scheme: str) -> np.dtype[Any]:
    """numpy type of one value of ``scheme``, little-endian."""
    return np.dtype(_WIDTHS[scheme]).newbyteorder("<")


@cache
def permutations(scheme: str, values: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Multipliers (odd) and offsets of ``values`` permutations, as datasketch draws them from ``seed``."""
    width = _WIDTHS[scheme]
    bits = 8 * np.dtype(width).itemsize
    draw = np.random.RandomState(seed)
    multipliers = draw.randint(0, 1 << (bits - 1), values, dtype=width) * width(2) + width(1)
    return multipliers, draw.randint(0, 1 << bits, values, dtype=width)


def signature_metadata(plan: FingerprintPlan) -> dict[str, str]:
    """Schema metadata of a signatures table: everything two signatures must share to be compared."""
    facts = {name: getattr(plan, name) for name in ("scheme", "seed", "ngram", "num_perm")}
    return {METADATA_KEY: json.dumps({**facts, "text_version": TEXT_VERSION}, sort_keys=True)}


def to_datasketch(signature: bytes, plan: FingerprintPlan) -> datasketch.MinHash:
    """The signature as a ``datasketch.MinHash`` of the same scheme and seed; MixedSignaturesError if its size is wrong."""
    import datasketch

    width = value_type(plan.scheme)
    wanted = plan.num_perm * width.itemsize
    if len(signature) != wanted:
        raise MixedSignaturesError(
            f"a signature has {len(signature)} bytes, where {plan.num_perm} values of {plan.scheme} have {wanted}",
            "give the plan the signatures were made with",
        )
    values = np.frombuffer(signature, width)
    return datasketch.MinHash(seed=plan.seed, hashvalues=values, scheme=plan.scheme)


def from_datasketch(minhash: datasketch.MinHash) -> bytes:
    """The bytes this package stores for a ``datasketch.MinHash``; MixedSignaturesError for its legacy scheme."""
    if minhash.scheme not in _WIDTHS:
        raise MixedSignaturesError(f"a datasketch MinHash has scheme {minhash.scheme!r}", f"use one of {', '.join(_WIDTHS)}")
    return bytes(minhash.hashvalues.astype(value_type(minhash.scheme)).tobytes())
