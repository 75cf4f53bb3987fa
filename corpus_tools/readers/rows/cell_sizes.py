"""How large the values of an Arrow array become once each stands for itself: a dictionary's text may stand in a million rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

_OBJECT = 16
"""Bytes of any value beside its text, roughly."""


def cell_sizes(array: pa.Array) -> Any:
    """Bytes of each value of ``array``, int64[len(array)], whatever it is nested in and however often it is shared."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _of_dictionary(array)
    if isinstance(array, (pa.ListArray, pa.LargeListArray)):  # maps among them
        return _of_list(array)
    if isinstance(array, pa.FixedSizeListArray):
        inner = cell_sizes(array.values)[array.offset * kind.list_size :][: len(array) * kind.list_size]
        return _OBJECT + inner.reshape(len(array), kind.list_size).sum(axis=1)
    if isinstance(array, pa.StructArray):
        return _OBJECT + sum((cell_sizes(array.field(place)) for place in range(kind.num_fields)), np.zeros(len(array), np.int64))
    if pa.types.is_fixed_size_binary(kind):
        return np.full(len(array), _OBJECT + kind.byte_width, np.int64)
    if _is_text(kind):
        import pyarrow.compute as pc  # slow to load

        if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
            array = array.cast(pa.large_binary())
        return _OBJECT + _whole(pc.binary_length(array), 0)
    return np.full(len(array), _OBJECT, np.int64)


def _is_text(kind: pa.DataType) -> bool:
    return any(
        test(kind)
        for test in (
            pa.types.is_string,
            pa.types.is_large_string,
            pa.types.is_string_view,
            pa.types.is_binary,
            pa.types.is_large_binary,
            pa.types.is_binary_view,
        )
    )


def _of_dictionary(array: pa.DictionaryArray) -> Any:
    sizes = np.append(cell_sizes(array.dictionary), _OBJECT)
    return sizes[np.minimum(_whole(array.indices, len(sizes) - 1), len(sizes) - 1)]


def _whole(numbers: pa.Array, missing: int) -> Any:
    """The numbers, int64[n], one that is missing as another. To look for these takes Arrow longer than to read a few rows."""
    full = numbers.fill_null(missing) if numbers.null_count else numbers
    return full.to_numpy(zero_copy_only=False).astype(np.int64)


def _of_list(array: Any) -> Any:
    offsets = array.offsets.to_numpy(zero_copy_only=False).astype(np.int64)
    until = np.concatenate([np.zeros(1, np.int64), np.cumsum(cell_sizes(array.values))])
    return _OBJECT + until[offsets[1:]] - until[offsets[:-1]]
