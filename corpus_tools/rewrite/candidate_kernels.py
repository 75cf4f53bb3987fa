"""Compiled candidates for rewrites: pages that share the most telling values of their rewrite signatures."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.rewrite.sketch_kernels import NOTHING

Array = np.ndarray[Any, np.dtype[Any]]

SHARED_OF = 32
"""Of so many values of the smaller page, two pages must share one."""


@kernel
def group_column(values: Array, order: Array, most: int, members: Array, ends: Array) -> tuple[int, int, int, int]:
    """Groups of 2..most equal values of one column, given its sorted order.

    Returns the places used in members and in ends, and the number and the largest size of groups of more than ``most``.
    """
    used = made = hot = largest = 0
    n = len(order)
    i = 0
    while i < n:
        value = values[order[i]]
        if value == np.uint32(NOTHING):
            break
        j = i + 1
        while j < n and values[order[j]] == value:
            j += 1
        if 2 <= j - i <= most:
            for k in range(i, j):
                members[used] = order[k]
                used += 1
            ends[made] = used
            made += 1
        elif j - i > most:
            hot += 1
            largest = max(largest, j - i)
        i = j
    return used, made, hot, largest


@kernel
def groups_of_pages(members: Array, ends: Array, starts: Array, groups: Array) -> None:
    """The groups each page is in, the transpose of groups' members: starts int64[pages + 1], 0 at first, and groups int32[members]."""
    for k in range(len(members)):
        starts[members[k] + 1] += 1
    for page in range(len(starts) - 1):
        starts[page + 1] += starts[page]
    fill = starts[:-1].copy()
    begin = 0
    for g in range(len(ends)):
        for k in range(begin, ends[g]):
            page = members[k]
            groups[fill[page]] = g
            fill[page] += 1
        begin = ends[g]


@kernel
def best_partners(
    members: Array, ends: Array, starts: Array, groups: Array, worths: Array, sizes: Array, first: int, last: int, least: int,
    most: int, out: Array, counts: Array,
) -> None:  # fmt: skip
    """For pages first..last, the ``most`` pages that share most weight: at least ``least`` values, and one in SHARED_OF of the smaller.

    A value that n pages hold weighs worths[n], int64; ``sizes`` int32[pages] are the values of pages. out int32[last - first, most],
    counts int32[last - first].
    """
    pages = len(starts) - 1
    shared, weight = np.zeros(pages, np.int32), np.zeros(pages, np.int64)
    touched, near = np.empty(pages, np.int32), np.empty(pages, np.int32)
    for page in range(first, last):
        n = 0
        for k in range(starts[page], starts[page + 1]):
            g = groups[k]
            begin = ends[g - 1] if g else 0
            worth = worths[ends[g] - begin]
            for p in range(begin, ends[g]):
                other = members[p]
                if shared[other] == 0:
                    touched[n] = other
                    n += 1
                shared[other] += 1
                weight[other] += worth
        kept = 0
        for i in range(n):
            other = touched[i]
            if other != page and shared[other] >= least and SHARED_OF * shared[other] >= min(sizes[page], sizes[other]):
                near[kept] = other
                kept += 1
        counts[page - first] = _keep_best(near, kept, weight, most, out[page - first])
        for i in range(n):
            shared[touched[i]] = 0
            weight[touched[i]] = 0


@kernel
def _keep_best(near: Array, n: int, weight: Array, most: int, row: Array) -> int:
    """Insertion into a short sorted list: heaviest first, smaller page first among equals; returns how many."""
    held = 0
    for i in range(n):
        other, place = near[i], held
        while place > 0 and (
            weight[row[place - 1]] < weight[other] or (weight[row[place - 1]] == weight[other] and row[place - 1] > other)
        ):
            place -= 1
        if place >= most:
            continue
        held = min(held + 1, most)
        for k in range(held - 1, place, -1):
            row[k] = row[k - 1]
        row[place] = other
    return held
