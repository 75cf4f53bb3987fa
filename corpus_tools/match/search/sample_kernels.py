"""Compiled count of the sampled shingles that a document shares with longer ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel

Array = np.ndarray[Any, np.dtype[Any]]


@kernel
def list_places(members: Array, fill: Array, places: Array) -> None:
    """Places of each document in ``members``, document by document, increasing.

    ``fill`` int64[documents] is where the places of a document begin in ``places``, and after the call where they end.
    """
    for place in range(len(members)):
        document = members[place]
        places[fill[document]] = place
        fill[document] += 1


@kernel
def count_held(
    begin: int, own: Array, order: Array, first: Array, stop: Array, members: Array, least: Array, counts: Array, out: Array
) -> tuple[int, int]:
    """Write pairs of documents, from document ``begin`` on, of which the right one shares enough of its sample with the left one.

    Document d stands in buckets at the places ``order[own[d]:own[d + 1]]`` of ``members`` uint32[...]; at place p it is compared
    with the documents ``members[first[p]:stop[p]]``, which are longer. ``least[d]`` is enough. ``counts`` int64[documents] is
    scratch, all 0 before and after. ``out`` (PAIR of ``band_kernels``)[...] has room for all pairs of one document. Returns the document to go on
    with and how many pairs were written.
    """
    written = 0
    for d in range(begin, len(own) - 1):
        found = 0
        for at in range(own[d], own[d + 1]):
            place = order[at]
            for k in range(first[place], stop[place]):
                counts[members[k]] += 1
                found += counts[members[k]] == least[d]
        full = written + found > len(out)
        for at in range(own[d], own[d + 1]):
            place = order[at]
            for k in range(first[place], stop[place]):
                other = members[k]
                if counts[other] >= least[d] and not full:
                    out[written].left, out[written].right = other, d
                    written += 1
                counts[other] = 0
        if full:
            return d, written
    return len(own) - 1, written
