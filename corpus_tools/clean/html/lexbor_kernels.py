"""Calls of lexbor's own accessor functions from compiled code: a parsed page is read without a Python object a node.

The functions are those lexbor exports for foreign callers (``*_noi``, "no inline", see ``lexbor/dom/interfaces`` of its
source). They are called by address, and nodes are addresses.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils as _cgutils
from numba.extending import intrinsic

from corpus_tools.kernels.compile import inlined, part
from corpus_tools.kernels.lookup import EMPTY_HASH, FNV_PRIME, add_code
from corpus_tools.kernels.memory import INT64, read8, write8

FUNCTIONS = {
    "type_of": "lxb_dom_node_type_noi",
    "tag_of": "lxb_dom_node_tag_id_noi",
    "child_of": "lxb_dom_node_first_child_noi",
    "next_of": "lxb_dom_node_next_noi",
    "previous_of": "lxb_dom_node_prev_noi",
    "parent_of": "lxb_dom_node_parent_noi",
    "text_of": "lxb_dom_node_text_content",
    "free_text": "lxb_dom_document_destroy_text_noi",
    "attribute_of": "lxb_dom_element_first_attribute_noi",
    "next_attribute": "lxb_dom_element_next_attribute_noi",
    "attribute_name": "lxb_dom_attr_qualified_name",
    "attribute_value": "lxb_dom_attr_value_noi",
    "name_of": "lxb_dom_element_qualified_name",
}
"""Field of a walk's state that holds a function's address -> the name lexbor exports it under."""

ELEMENT_NODE, TEXT_NODE = 1, 3
cgutils: Any = _cgutils


def _call(builder: Any, function: Any, arguments: list[Any]) -> Any:
    kind = ir.FunctionType(INT64, [argument.type for argument in arguments])
    return builder.call(builder.inttoptr(function, kind.as_pointer()), arguments)


def _ask(_context: Any, _function: Any, _node: Any) -> Any:
    """What one of lexbor's functions says of a node: another node, or a number."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _call(builder, arguments[0], [arguments[1]])

    return types.int64(types.int64, types.int64), build


def _ask_bytes(_context: Any, _function: Any, _node: Any) -> Any:
    """Address and number of the bytes one of lexbor's functions gives for a node; address 0 for none."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        size = cgutils.alloca_once(builder, INT64)
        at = _call(builder, arguments[0], [arguments[1], size])
        return cgutils.pack_array(builder, [at, builder.load(size)])

    pair_of: Any = types.UniTuple
    return pair_of(types.int64, 2)(types.int64, types.int64), build


def _tell(_context: Any, _function: Any, _first: Any, _second: Any) -> Any:
    """Call one of lexbor's functions with two pointers for what it does."""

    def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        _call(builder, arguments[0], list(arguments[1:]))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), build


ask: Any = intrinsic(_ask)
ask_bytes: Any = intrinsic(_ask_bytes)
tell: Any = intrinsic(_tell)


@inlined
def node_type(state: Any, node: int) -> Any:
    """``lxb_dom_node_type_t`` of a node, an enum of 32 bits."""
    return ask(state.type_of, node) & 0xFFFFFFFF


@inlined
def hash_bytes(at: int, size: int) -> Any:
    """The hash of ``size`` bytes at an address."""
    value = EMPTY_HASH
    for i in range(size):
        value = add_code(value, read8(at + i))
    return np.int64(value)


def hash_name(name: str) -> int:
    """What ``hash_bytes`` gives for a name's bytes."""
    value = int(EMPTY_HASH)
    for byte in name.encode():
        value = (value ^ byte) * int(FNV_PRIME) & 2**64 - 1
    return value - 2**64 if value >= 2**63 else value


@part
def copy_bytes(source: int, size: int, target: int) -> None:
    """Copy ``size`` bytes from one address to another."""
    for i in range(size):
        write8(target + i, read8(source + i))
