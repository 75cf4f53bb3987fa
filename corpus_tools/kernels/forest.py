"""Boosted trees: laid out from a weights file, and summed for sixteen rows side by side, without a step that waits for another.

A tree's leaves are bits, numbered from its left; a node whose feature is above its threshold rules out the leaves on its
left. The lowest bit that all nodes leave is the leaf a walk from the root would reach (QuickScorer: Lucchese et al., "QuickScorer:
a fast algorithm to rank documents with additive ensembles of regression trees", SIGIR 2015).

Leaf values are whole numbers, so a sum of trees is the same on every machine and in every order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.memory import trailing_zeros

LANES = 16
"""Rows at once: their bit masks fill half the vector registers of AVX2."""
MAX_LEAVES = 64
_I32, _I64, _F32 = ir.IntType(32), ir.IntType(64), ir.FloatType()
_MASKS, _FLOATS = ir.VectorType(_I64, LANES), ir.VectorType(_F32, LANES)
_ALL = ir.Constant(_MASKS, [2**64 - 1] * LANES)


def _in_every_lane(builder: Any, value: Any, kind: Any) -> Any:
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
    above = builder.fcmp_ordered(">", values, _in_every_lane(builder, _load(builder, threshold, _F32, place), _FLOATS))
    return builder.and_(left, builder.select(above, _in_every_lane(builder, _load(builder, kept, _I64, place), _MASKS), _ALL))


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


@kernel
def add_forests(row: Any, ends: Any, starts: Any, feature: Any, threshold: Any, kept: Any, leaves: Any, value: Any) -> Any:
    """As ``add_trees`` for one ``row`` float32 and several forests, int64[n]: forest f has the trees before ``ends[f]`` that no other has."""
    sums, tree = np.zeros(ends.shape[0], np.int64), 0
    for forest in range(ends.shape[0]):
        while tree < ends[forest]:
            left = ~np.uint64(0)
            for node in range(starts[tree], starts[tree + 1]):
                left &= kept[node] if row[feature[node]] > threshold[node] else ~np.uint64(0)
            sums[forest] += value[leaves[tree] + np.int64(trailing_zeros(left))]
            tree += 1
    return sums


SCALE = 1_000_000
"""Leaf values are log-odds times this, rounded."""
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Forest:
    """Boosted trees laid out for ``add_trees``."""

    names: tuple[str, ...]
    starts: Array
    feature: Array
    threshold: Array
    kept: Array
    leaves: Array
    value: Array

    @staticmethod
    def of(given: dict[str, Any]) -> Forest:
        """From the lists of a weights file, where a node whose ``feature`` is -1 is a leaf. ValueError for a tree of over 64 leaves."""
        nodes: list[tuple[int, np.float32, int]] = []
        value: list[int] = []
        starts, leaves = [0], []
        for root in given["roots"]:
            leaves.append(len(value))
            nodes += _read_tree(given, root, value)
            starts.append(len(nodes))
        feature, threshold, kept = zip(*nodes, strict=True) if nodes else ((), (), ())
        return Forest(
            tuple(given["names"]), np.array(starts, np.int32), np.array(feature, np.int32), np.array(threshold, np.float32),
            np.array(kept, np.uint64), np.array(leaves, np.int32), np.array(value, np.int64),
        )  # fmt: skip

    def log_odds(self, table: npt.NDArray[np.float32], rows: int) -> Array:
        """Sum of the trees for the first ``rows`` columns of ``table``, as ``make_table`` makes it."""
        total = add_trees(table, self.starts, self.feature, self.threshold, self.kept, self.leaves, self.value)
        return np.asarray(total[:rows] / SCALE)

    def probabilities(self, table: npt.NDArray[np.float32], rows: int) -> Array:
        """Probability of the first ``rows`` columns of ``table``."""
        return np.asarray(1.0 / (1.0 + np.exp(-self.log_odds(table, rows))))


@dataclass(frozen=True)
class Forests:
    """Several forests over the same features, one after the other, for ``add_forests``."""

    ends: Array
    every: Forest

    @staticmethod
    def of(forests: Sequence[Forest]) -> Forests:
        """At least one forest."""
        starts, leaves, nodes, values = [np.zeros(1, np.int32)], [], 0, 0
        for one in forests:
            starts.append(one.starts[1:] + nodes)
            leaves.append(one.leaves + values)
            nodes, values = nodes + len(one.feature), values + len(one.value)
        feature, threshold, kept, value = (
            np.concatenate([getattr(one, name) for one in forests]) for name in ("feature", "threshold", "kept", "value")
        )
        every = Forest(forests[0].names, np.concatenate(starts), feature, threshold, kept, np.concatenate(leaves), value)
        return Forests(np.cumsum([len(one.leaves) for one in forests]), every)

    def log_odds(self, row: npt.NDArray[np.float32]) -> Array:
        """Sum of the trees of each forest for one row."""
        held = self.every
        return np.asarray(
            add_forests(row, self.ends, held.starts, held.feature, held.threshold, held.kept, held.leaves, held.value) / SCALE
        )


def make_table(features: int, rows: int) -> npt.NDArray[np.float32]:
    """A table of zeros for ``Forest.probabilities``: a row a feature, with room for ``rows`` columns."""
    return np.zeros((features, -(-rows // LANES) * LANES), np.float32)


def _read_tree(given: dict[str, Any], root: int, value: list[int]) -> list[tuple[int, np.float32, int]]:
    """Feature, threshold and bits kept of a tree's inner nodes by feature; its leaves' values go to ``value``."""
    base, nodes = len(value), []
    waiting = [(root, -1)]  # a node, and at its second visit where the leaves on its left begin
    while waiting:
        node, first = waiting.pop()
        if given["feature"][node] < 0:
            value.append(given["value"][node])
        elif first < 0:
            waiting += [(given["right"][node], -1), (node, len(value)), (given["left"][node], -1)]
        else:
            ruled_out = (1 << len(value) - base) - (1 << first - base)
            nodes.append((given["feature"][node], _float32_below(given["threshold"][node]), ~ruled_out & 2**64 - 1))
    if len(value) - base > MAX_LEAVES:
        raise ValueError(f"a tree has {len(value) - base} leaves, more than {MAX_LEAVES}")
    return sorted(nodes, key=lambda one: one[0])


def _float32_below(threshold: float) -> np.float32:
    """The greatest float32 not above ``threshold``: a float32 is at most the one if and only if it is at most the other."""
    near = np.float32(threshold)
    return near if float(near) <= threshold else np.nextafter(near, np.float32(-np.inf))
