"""Calls of lexbor's own accessor functions from compiled code: a parsed page is read without a Python object a node.

The functions are those lexbor exports for foreign callers (``*_noi``, "no inline", see ``lexbor/dom/interfaces`` of its
source). A pass over a page has one state, 64-bit words at an address: numbers, addresses of functions and of arrays. Plain
addresses, because numba compiles functions of many arrays slowly and counts references at every call.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from corpus_tools.kernels.compile import inlined
from corpus_tools.kernels.memory import INT64, item_pointer, read8

FUNCTIONS = (
    "lxb_dom_node_type_noi lxb_dom_node_tag_id_noi lxb_dom_node_first_child_noi lxb_dom_node_next_noi lxb_dom_node_parent_noi "
    "lxb_dom_node_text_content lxb_dom_document_destroy_text_noi lxb_dom_element_first_attribute_noi "
    "lxb_dom_element_next_attribute_noi lxb_dom_attr_qualified_name lxb_dom_attr_value_noi lxb_dom_element_qualified_name"
).split()
"""Names of the functions whose addresses are the first words of a state."""

TYPE, TAG, CHILD, NEXT, PARENT, TEXT, FREE, FIRST_ATTRIBUTE, NEXT_ATTRIBUTE, ATTRIBUTE_NAME, ATTRIBUTE_VALUE, NAME, SIZE = range(13)
ELEMENT_NODE, TEXT_NODE = 1, 3
_U = np.uint64


def _call(builder: Any, state: Any, function: Any, arguments: list[Any]) -> Any:
    kind = ir.FunctionType(INT64, [INT64] * len(arguments))
    address = builder.load(item_pointer(builder, state, function))
    return builder.call(builder.inttoptr(address, kind.as_pointer()), arguments)


def _ask(_context: Any, _state: Any, _function: Any, _node: Any) -> Any:
    """What one of lexbor's functions says of a node: another node, or a number."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _call(builder, arguments[0], arguments[1], [arguments[2]])

    return types.int64(types.int64, types.int64, types.int64), build


def _ask_bytes(_context: Any, _state: Any, _function: Any, _node: Any) -> Any:
    """Address of the bytes one of lexbor's functions gives for a node, 0 for none; their number is then ``SIZE`` of the state."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        size_at = builder.add(arguments[0], ir.Constant(INT64, 8 * SIZE))
        return _call(builder, arguments[0], arguments[1], [arguments[2], size_at])

    return types.int64(types.int64, types.int64, types.int64), build


def _tell(_context: Any, _state: Any, _function: Any, _first: Any, _second: Any) -> Any:
    """Call one of lexbor's functions with two pointers for what it does."""

    def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        _call(builder, arguments[0], arguments[1], list(arguments[2:]))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64, types.int64), build


ask: Any = intrinsic(_ask)
ask_bytes: Any = intrinsic(_ask_bytes)
tell: Any = intrinsic(_tell)


@inlined
def node_type(state: int, node: int) -> Any:
    """``lxb_dom_node_type_t`` of a node, an enum of 32 bits."""
    return ask(state, TYPE, node) & 0xFFFFFFFF


_START, _MULTIPLIER = _U(0xCBF29CE484222325), _U(0x100000001B3)


@inlined
def hash_bytes(at: int, size: int) -> Any:
    """FNV-1a of ``size`` bytes at an address (Fowler, Noll, Vo; public domain)."""
    value = _START
    for i in range(size):
        value = (value ^ _U(read8(at + i))) * _MULTIPLIER
    return np.int64(value)


def hash_name(name: str) -> int:
    """What ``hash_bytes`` gives for a name's bytes."""
    value = int(_START)
    for byte in name.encode():
        value = (value ^ byte) * int(_MULTIPLIER) & 2**64 - 1
    return value - 2**64 if value >= 2**63 else value
