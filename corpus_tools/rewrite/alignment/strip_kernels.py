"""The best alignment of two runs of words (Needleman & Wunsch 1970), LANES rows of its table at a time: what numba cannot say, as LLVM code.

A strip of the table is filled diagonal by diagonal, so that the cells of a diagonal, which do not depend on each other, are one
vector that stays in the processor. Of each cell only where its best score came from is kept, in the order in which it is made. How many
words agree on the best way to a cell goes along with its score, so that nobody has to walk back to count them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.tokens import FUNCTION

Array = np.ndarray[Any, np.dtype[Any]]

SAME, STEM, SWAP, GAP = 4, 3, 0, -1
"""What words side by side score: the same word, the same stem, another word, none."""
FROM_SWAP, FROM_LEFT, FROM_RIGHT = 0, 1, 2
"""Where a cell's best score came from: two words side by side, a word of the left alone, a word of the right alone."""
LANES = 8
"""Rows of a strip: numbers of a vector."""
WORDS, STEMS, WORTHS, FACING_WORDS, FACING_STEMS, SCORES, COUNTS, RESULT = range(8)
"""Rows of scratch: words of the left, their stems and what each adds to a count; words of the right, turned round, and their stems, and
scores and counts of the row above a strip from column 0 on, all three from item LANES on; counts of the last diagonal."""
ROWS = 8
_WORTH = 1 << 16
"""What a word that is no function word adds to a count, beside 1."""
_I32, _I64 = ir.IntType(32), ir.IntType(64)
_SCORES, _MOVES = ir.VectorType(_I32, LANES), ir.VectorType(ir.IntType(8), LANES)


def _every(value: int) -> Any:
    return ir.Constant(_SCORES, [value] * LANES)


def _splat(builder: Any, value: Any) -> Any:
    one = builder.insert_element(ir.Constant(_SCORES, ir.Undefined), value, ir.Constant(_I32, 0))
    return builder.shuffle_vector(one, ir.Constant(_SCORES, ir.Undefined), ir.Constant(_SCORES, [0] * LANES))


def _enter(builder: Any, scores: Any, value: Any) -> Any:
    """Scores moved on by a lane, with ``value`` in the first."""
    places = ir.Constant(_SCORES, [0, *range(LANES - 1)])
    moved = builder.shuffle_vector(scores, ir.Constant(_SCORES, ir.Undefined), places)
    return builder.insert_element(moved, value, ir.Constant(_I32, 0))


def _best(builder: Any, likeness: Any, corner: Any, above: Any, before: Any) -> tuple[Any, Any, Any]:
    """Scores of the cells of a diagonal, and whether they came from the left and from the right: of equals the swap first, then the left."""
    swap, left, right = (builder.add(corner, likeness), builder.add(above, _every(GAP)), builder.add(before, _every(GAP)))
    is_left = builder.icmp_signed(">", left, swap)
    best = builder.select(is_left, left, swap)
    is_right = builder.icmp_signed(">", right, best)
    return builder.select(is_right, right, best), is_left, is_right


def _choose(builder: Any, is_left: Any, is_right: Any, swap: Any, left: Any, right: Any) -> Any:
    return builder.select(is_right, right, builder.select(is_left, left, swap))


def _load(builder: Any, address: Any, kind: Any) -> Any:
    return builder.load(builder.inttoptr(address, kind.as_pointer()), align=4)


def _store(builder: Any, value: Any, address: Any, align: int = 4) -> None:
    builder.store(value, builder.inttoptr(address, value.type.as_pointer()), align=align)


def _fill(_context: Any, _rows: Any, _wide: Any, _moves: Any, _first: Any, _columns: Any, _last: Any) -> Any:
    """A function of kernels: fill the moves of one strip, and put the scores and counts of its last row in place of those above it.

    Addresses of ``strip_room``'s rows (``wide`` bytes each) and of the strip's moves, the rows before the strip, its columns, and the
    last diagonal, whose counts are put into the last of the rows.
    """

    def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        rows, wide, moves, first, columns, last = arguments

        def place(row: int, items: Any) -> Any:
            items = builder.add(items, builder.mul(wide, ir.Constant(_I64, row)))
            return builder.add(rows, builder.mul(items, ir.Constant(_I64, 4)))

        words, stems, worths = (_load(builder, place(row, first), _SCORES) for row in (WORDS, STEMS, WORTHS))
        below = builder.add(_splat(builder, builder.trunc(first, _I32)), ir.Constant(_SCORES, [*range(1, LANES + 1)]))
        edge, lead, begin = builder.sub(_every(0), below), ir.Constant(_I64, LANES), builder.block
        corner = _enter(builder, edge, _load(builder, place(SCORES, lead), _I32))
        body, done = builder.append_basic_block("diagonal"), builder.append_basic_block("done")
        builder.branch(body)
        builder.position_at_end(body)
        number = builder.phi(_I64)
        scores, corners, counts, corner_counts = (builder.phi(_SCORES) for _ in range(4))
        top, facing = builder.add(number, lead), builder.sub(builder.add(columns, lead), number)
        above = _enter(builder, scores, _load(builder, place(SCORES, top), _I32))
        above_counts = _enter(builder, counts, _load(builder, place(COUNTS, top), _I32))
        same_word = builder.icmp_signed("==", words, _load(builder, place(FACING_WORDS, facing), _SCORES))
        same_stem = builder.icmp_signed("==", stems, _load(builder, place(FACING_STEMS, facing), _SCORES))
        likeness = builder.select(same_word, _every(SAME), builder.select(same_stem, _every(STEM), _every(SWAP)))
        best, is_left, is_right = _best(builder, likeness, corners, above, scores)
        agreeing = builder.add(corner_counts, builder.select(builder.or_(same_word, same_stem), worths, _every(0)))
        count = _choose(builder, is_left, is_right, agreeing, above_counts, counts)
        begun = builder.icmp_signed("<", ir.Constant(_SCORES, [*range(LANES)]), _splat(builder, builder.trunc(number, _I32)))
        best, count = builder.select(begun, best, edge), builder.select(begun, count, _every(0))
        move = _choose(builder, is_left, is_right, _every(FROM_SWAP), _every(FROM_LEFT), _every(FROM_RIGHT))
        kept = builder.add(moves, builder.mul(number, ir.Constant(_I64, LANES)))
        _store(builder, builder.trunc(move, _MOVES), kept, align=1)
        under = builder.add(number, ir.Constant(_I64, 1))  # LANES - 1 columns behind, LANES items further on
        for row, values in ((SCORES, best), (COUNTS, count)):
            _store(builder, builder.extract_element(values, ir.Constant(_I32, LANES - 1)), place(row, under))
        following = builder.add(number, ir.Constant(_I64, 1))
        for value, start, later in (
            (number, ir.Constant(_I64, 1), following), (scores, edge, best), (corners, corner, above), (counts, _every(0), count),
            (corner_counts, _every(0), above_counts),
        ):  # fmt: skip
            value.add_incoming(start, begin)
            value.add_incoming(later, body)
        builder.cbranch(builder.icmp_signed("<=", following, last), body, done)
        builder.position_at_end(done)
        _store(builder, count, place(RESULT, ir.Constant(_I64, 0)))
        return context.get_dummy_value()

    return types.void(*[types.int64] * 6), build


_fill_strip: Any = intrinsic(_fill)


@kernel
def strip_room(most: int) -> Any:
    """Scratch for runs of up to ``most`` words: moves uint8[strips, most + LANES, LANES] and rows int32[ROWS, most + 2 LANES]."""
    strips = (most + LANES - 1) // LANES
    return np.empty((strips, most + LANES, LANES), np.uint8), np.zeros((ROWS, most + 2 * LANES), np.int32)


@kernel
def align_words(
    words: Array, stems: Array, classes: Array, a: int, n: int, b: int, m: int, moves: Array, rows: Array
) -> tuple[int, int]:
    """Fill ``moves`` with the best alignment of words[a:a+n] and words[b:b+m], for ``move_at``; scratch as ``strip_room`` makes it.

    Returns how many words stand beside the same word or stem, and how many of these that are no function words (on the left). Of runs
    that are word for word the same only what ``move_at`` is asked for is filled: there is nothing beside it.
    """
    same = content = 0
    while n == m and same < n and words[a + same] == words[b + same]:
        content += classes[a + same] != FUNCTION
        same += 1
    if n == m == same:
        for i in range(n):
            moves[i // LANES, i + 1 + i % LANES, i % LANES] = FROM_SWAP
        return same, content
    if n == 0 or m == 0:
        return 0, 0
    for i in range(n):
        rows[WORDS, i], rows[STEMS, i] = words[a + i], stems[a + i]
        rows[WORTHS, i] = 1 if classes[a + i] == FUNCTION else _WORTH + 1
    for j in range(m):
        rows[FACING_WORDS, LANES + m - 1 - j], rows[FACING_STEMS, LANES + m - 1 - j] = words[b + j], stems[b + j]
    for j in range(m + 1):
        rows[SCORES, LANES + j], rows[COUNTS, LANES + j] = GAP * j, 0
    wide = np.int64(rows.shape[1])
    for first in range(0, n, LANES):
        last = m + min(n - first, LANES) - 1
        last = m + LANES - 1 if first + LANES < n else last
        at = moves.ctypes.data + np.int64(first) * moves.shape[1]
        _fill_strip(rows.ctypes.data, wide, at, first, m, last)
    found = rows[RESULT, (n - 1) % LANES]
    return found % _WORTH, found // _WORTH


@inlined
def move_at(moves: Array, i: Any, j: Any) -> Any:
    """Where the best alignment of the first i words of the left and the first j of the right comes from; not both are 0."""
    if i == 0:
        return np.uint8(FROM_RIGHT)
    if j == 0:
        return np.uint8(FROM_LEFT)
    lane = np.uint64(i - 1) % np.uint64(LANES)
    return moves[np.uint64(i - 1) // np.uint64(LANES), np.uint64(j) + lane, lane]
