"""Sums of boosted trees, sixteen rows side by side, without a step that depends on the one before.

A tree's leaves are bits, numbered from its left; a node whose feature is above its threshold rules out the leaves on its
left. The lowest bit that all nodes leave is the leaf a walk from the root would reach (QuickScorer: Lucchese et al., "QuickScorer:
a fast algorithm to rank documents with additive ensembles of regression trees", SIGIR 2015).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from corpus_tools._compile_kernels import kernel
from corpus_tools._memory_kernels import trailing_zeros

LANES = 16
"""Rows at once: their bit masks fill half the vector registers of AVX2."""
MOST_LEAVES = 64
_I32, _I64, _F32 = ir.IntType(32), ir.IntType(64), ir.FloatType()
_MASKS, _FLOATS = ir.VectorType(_I64, LANES), ir.VectorType(_F32, LANES)
_ALL = ir.Constant(_MASKS, [2**64 - 1] * LANES)


def _spread(builder: Any, value: Any, kind: Any) -> Any:
    """A vector with ``value`` in every lane."""
    nothing = ir.Constant(kind, ir.Undefined)
    first = builder.insert_element(nothing, value, ir.Constant(_I32, 0))
    return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(_I32, LANES), [0] * LANES))


def _load(builder: Any, address: Any, kind: Any, place: Any) -> Any:
    """Entry ``place`` of the array at an address."""
    return builder.load(builder.gep(builder.inttoptr(address, kind.as_pointer()), [place]))


def _rule_out(builder: Any, left: Any, place: Any, arguments: Any) -> Any:
    """The leaves that are left of ``left`` after the node at ``place``."""
    table, stride, feature, threshold, kept = arguments[:5]
    column = builder.add(table, builder.mul(stride, builder.zext(_load(builder, feature, _I32, place), _I64)))
    values = builder.load(builder.inttoptr(column, _FLOATS.as_pointer()), align=4)
    above = builder.fcmp_ordered(">", values, _spread(builder, _load(builder, threshold, _F32, place), _FLOATS))
    return builder.and_(left, builder.select(above, _spread(builder, _load(builder, kept, _I64, place), _MASKS), _ALL))


def _leaves_left(
    _context: Any, _table: Any, _stride: Any, _feature: Any, _threshold: Any, _kept: Any, _nodes: Any, _out: Any
) -> Any:
    """Write to ``_out`` what ``_nodes`` nodes leave of the leaves of each of LANES rows. All are addresses but ``_stride`` and ``_nodes``."""

    def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        nodes, out = arguments[5:]
        before, loop, after = builder.block, builder.append_basic_block("node"), builder.append_basic_block("end")
        builder.cbranch(builder.icmp_signed(">", nodes, ir.Constant(_I64, 0)), loop, after)
        builder.position_at_end(loop)
        place, left = builder.phi(_I64), builder.phi(_MASKS)
        fewer = _rule_out(builder, left, place, arguments)
        following = builder.add(place, ir.Constant(_I64, 1))
        for phi, first, then in ((place, ir.Constant(_I64, 0), following), (left, _ALL, fewer)):
            phi.add_incoming(first, before)
            phi.add_incoming(then, loop)
        builder.cbranch(builder.icmp_signed("<", following, nodes), loop, after)
        builder.position_at_end(after)
        result = builder.phi(_MASKS)
        result.add_incoming(_ALL, before)
        result.add_incoming(fewer, loop)
        builder.store(result, builder.inttoptr(out, _MASKS.as_pointer()), align=8)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 7), build


_leave: Any = intrinsic(_leaves_left)


@kernel
def add_trees(table: Any, starts: Any, feature: Any, threshold: Any, kept: Any, leaves: Any, value: Any) -> Any:
    """Sum of leaf values of all trees for each column of ``table`` (features, n) float32; n is a multiple of LANES.

    Tree t has the nodes from ``starts[t]`` to ``starts[t + 1]``: where ``feature`` int32 is above ``threshold`` float32, only the
    leaves whose bits are in ``kept`` uint64 are left. Its leaves' values begin at ``leaves[t]`` of ``value`` int64: whole numbers,
    so that order is no matter.
    """
    n = table.shape[1]
    total, left = np.zeros(n, np.int64), np.empty(LANES, np.uint64)
    first, to = table.ctypes.data, left.ctypes.data
    features, thresholds, keeps = feature.ctypes.data, threshold.ctypes.data, kept.ctypes.data
    for row in range(0, n, LANES):
        for tree in range(leaves.shape[0]):
            at, nodes = np.int64(starts[tree]), np.int64(starts[tree + 1] - starts[tree])
            _leave(first + 4 * row, 4 * n, features + 4 * at, thresholds + 4 * at, keeps + 8 * at, nodes, to)
            for lane in range(LANES):
                total[row + lane] += value[leaves[tree] + np.int64(trailing_zeros(left[lane]))]
    return total
