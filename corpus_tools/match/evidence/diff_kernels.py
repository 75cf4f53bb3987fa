"""Compiled word diff: which words of two pages correspond, in order.

Equal ends go first. Between them, word runs that stand once in both pages are anchors, of which the longest increasing
sequence is kept (patience diff, after Hunt and Szymanski 1977); gaps between anchors are treated again with shorter runs.
A gap of at most EXACT_CELLS word pairs is aligned exactly by longest common subsequence (Wagner and Fischer 1974); what is
left of a larger one after single words differs. Time is O(n log n) and memory O(n), whatever the pages hold.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.sorting import order_hashes

Array = np.ndarray[Any, np.dtype[Any]]

EXACT_CELLS = 4096
"""Word pairs in a gap up to which it is aligned exactly."""
ANCHOR_RUNS = (4, 2, 1)
"""Lengths of the word runs that serve as anchors, first to last."""
_MULTIPLIER = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(29)


@kernel
def diff_words(a: Array, b: Array) -> Array:
    """Position in ``b`` of the word that corresponds to each word of ``a``, -1 where none does; int64[len(a)].

    ``a`` and ``b`` are word hashes. Positions increase.
    """
    match = np.full(len(a), -1, np.int64)
    gaps = [(0, len(a), 0, len(b), 0)]
    while len(gaps) > 0:
        i, i_end, j, j_end, level = gaps.pop()
        while i < i_end and j < j_end and a[i] == b[j]:
            match[i] = j
            i, j = i + 1, j + 1
        while i < i_end and j < j_end and a[i_end - 1] == b[j_end - 1]:
            i_end, j_end = i_end - 1, j_end - 1
            match[i_end] = j_end
        if i == i_end or j == j_end:
            continue
        if (i_end - i) * (j_end - j) <= EXACT_CELLS:
            _align_exactly(a, b, i, i_end, j, j_end, match)
        elif level < len(ANCHOR_RUNS):
            _divide(a, b, i, i_end, j, j_end, level, match, gaps)
    return match


@kernel
def _divide(a: Array, b: Array, i: int, i_end: int, j: int, j_end: int, level: int, match: Array, gaps: Any) -> None:
    """Match the anchors of a gap with the equal words that follow them; put the gaps between them on the list."""
    ours, theirs = _anchors(a[i:i_end], b[j:j_end], ANCHOR_RUNS[level])
    here, there = i, j
    for anchor in range(len(ours)):
        x, y = i + ours[anchor], j + theirs[anchor]
        if x < here or y < there:
            continue  # inside the run of the anchor before
        gaps.append((here, x, there, y, level + 1))
        while x < i_end and y < j_end and a[x] == b[y]:
            match[x] = y
            x, y = x + 1, y + 1
        here, there = x, y
    gaps.append((here, i_end, there, j_end, level + 1))


@kernel
def _anchors(a: Array, b: Array, run: int) -> Any:
    """Positions in ``a`` and in ``b`` of the word runs that stand once in both, both increasing."""
    ours, theirs = _run_hashes(a, run), _run_hashes(b, run)
    our_order, their_order = np.empty(len(ours), np.int64), np.empty(len(theirs), np.int64)
    spare = np.empty(max(len(ours), len(theirs)), np.int64)
    order_hashes(ours, our_order, spare)
    order_hashes(theirs, their_order, spare)
    partner = np.full(len(ours), -1, np.int64)
    x = y = 0
    while x < len(ours) and y < len(theirs):
        value, other = ours[our_order[x]], theirs[their_order[y]]
        x_end, y_end = x, y
        while value <= other and x_end < len(ours) and ours[our_order[x_end]] == value:
            x_end += 1
        while other <= value and y_end < len(theirs) and theirs[their_order[y_end]] == other:
            y_end += 1
        if x_end - x == 1 and y_end - y == 1:
            partner[our_order[x]] = their_order[y]
        x, y = x_end, y_end
    return _longest_increasing(partner)


@kernel
def _run_hashes(words: Array, run: int) -> Array:
    """Hash of the word run that begins at each position, uint64[len(words) - run + 1], or empty."""
    out = np.empty(max(0, len(words) - run + 1), np.uint64)
    for at in range(len(out)):
        value = np.uint64(0)
        for k in range(at, at + run):
            value = (value + np.uint64(words[k]) + np.uint64(1)) * _MULTIPLIER
            value ^= value >> _SHIFT
        out[at] = value
    return out


@kernel
def _longest_increasing(partner: Array) -> tuple[Array, Array]:
    """Positions and values of a longest increasing subsequence of the values >= 0 of ``partner`` (Schensted 1961)."""
    ends, before = np.empty(len(partner), np.int64), np.full(len(partner), -1, np.int64)
    length = 0
    for at in range(len(partner)):
        if partner[at] < 0:
            continue
        low, high = 0, length
        while low < high:
            middle = (low + high) >> 1
            if partner[ends[middle]] < partner[at]:
                low = middle + 1
            else:
                high = middle
        if low > 0:
            before[at] = ends[low - 1]
        ends[low] = at
        length = max(length, low + 1)
    kept = np.empty(length, np.int64)
    at = ends[length - 1] if length > 0 else -1
    for place in range(length - 1, -1, -1):
        kept[place] = at
        at = before[at]
    return kept, partner[kept]


@kernel
def _align_exactly(a: Array, b: Array, i: int, i_end: int, j: int, j_end: int, match: Array) -> None:
    """Match a longest common subsequence of two short stretches."""
    rows, columns = i_end - i, j_end - j
    best = np.zeros((rows + 1, columns + 1), np.int16)  # at most sqrt(EXACT_CELLS) or the shorter side
    for x in range(rows - 1, -1, -1):
        for y in range(columns - 1, -1, -1):
            if a[i + x] == b[j + y]:
                best[x, y] = best[x + 1, y + 1] + 1
            else:
                best[x, y] = max(best[x + 1, y], best[x, y + 1])
    x = y = 0
    while x < rows and y < columns:
        if a[i + x] == b[j + y]:
            match[i + x] = j + y
            x, y = x + 1, y + 1
        elif best[x + 1, y] >= best[x, y + 1]:
            x += 1
        else:
            y += 1
