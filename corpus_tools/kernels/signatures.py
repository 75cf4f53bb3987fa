"""Argument types of kernels as text and back, so that a list of them can be read and compared.

``i8`` is a 64-bit integer, ``f8`` a float64, ``b1`` a boolean; ``u4[:]`` a contiguous array of uint32 of one dimension,
``u1[:,:]`` of two. Behind an array ``r`` says read-only, ``a`` that it need not be contiguous. ``(u4[:], i8)`` is a tuple,
``module.Name(u4[:], i8)`` a named tuple and ``module.NAME`` a record: a row of a numpy structured dtype.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import numpy as np
from numba import types as numba_types
from numba.np import numpy_support

types: Any = numba_types
"""numba's types, which it does not annotate."""
_PACKAGE = __name__.split(".")[0] + "."
_CODES = {"i1": types.int8, "i2": types.int16, "i4": types.int32, "i8": types.int64, "u1": types.uint8, "u2": types.uint16,
          "u4": types.uint32, "u8": types.uint64, "f4": types.float32, "f8": types.float64, "b1": types.boolean}  # fmt: skip
_SPELT = {kind: code for code, kind in _CODES.items()}


def spell_types(kinds: tuple[Any, ...]) -> str:
    """The types of a kernel's arguments as text. TypeError for a type that no kernel takes from Python."""
    return ", ".join(map(_spell, kinds))


def _spell(kind: Any) -> str:
    kind = types.unliteral(kind)
    if kind in _SPELT:
        return _SPELT[kind]
    if isinstance(kind, types.Array):
        marks = ("" if kind.layout == "C" else kind.layout.lower()) + ("" if kind.mutable else "r")
        return f"{_spell(kind.dtype)}[{','.join(':' * kind.ndim)}]{marks}"
    if isinstance(kind, types.NamedTuple | types.NamedUniTuple):
        home = kind.instance_class.__module__.removeprefix(_PACKAGE)
        return f"{home}.{kind.instance_class.__name__}({spell_types(tuple(kind))})"
    if isinstance(kind, types.BaseTuple):
        return f"({spell_types(tuple(kind))})"
    if isinstance(kind, types.Record):
        return _name_record(kind)
    raise TypeError(f"no kernel takes a {kind} from Python")


def _name_record(kind: Any) -> str:
    """The module and name of the structured dtype that a record is a row of."""
    for name, module in list(sys.modules.items()):
        for attribute, value in vars(module).items() if name.startswith(_PACKAGE) else ():
            if isinstance(value, np.dtype) and value.fields and numpy_support.from_dtype(value) == kind:
                return f"{name.removeprefix(_PACKAGE)}.{attribute}"
    raise TypeError(f"{kind} is no structured dtype of this package")


def read_types(text: str) -> tuple[Any, ...]:
    """The types that ``spell_types`` wrote."""
    return tuple(_read(part) for part in _split(text))


def _split(text: str) -> list[str]:
    """Parts between the commas that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            parts.append(text[start:at].strip())
            start = at + 1
    return [*parts, text[start:].strip()] if text.strip() else []


def _read(text: str) -> Any:
    if text in _CODES:
        return _CODES[text]
    if "[" in text.rsplit(")", 1)[-1]:
        head, _, tail = text.rpartition("[")
        shape, _, marks = tail.partition("]")
        return types.Array(_read(head), shape.count(":"), "A" if "a" in marks else "C", readonly="r" in marks)
    if text.endswith(")"):
        home, _, inner = text.partition("(")
        kinds = read_types(inner[:-1])
        return _named_tuple(kinds, _find(home)) if home else types.Tuple(kinds)
    return numpy_support.from_dtype(_find(text))


def _named_tuple(kinds: tuple[Any, ...], of: Any) -> Any:
    return types.NamedUniTuple(kinds[0], len(kinds), of) if len(set(kinds)) == 1 else types.NamedTuple(kinds, of)


def _find(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(_PACKAGE + module), attribute)
