"""How every kernel is compiled: without a Python lock held, without checks, and taken from the cache where it is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

from corpus_tools.kernels.cache import KernelCache, compile_once
from corpus_tools.kernels.cache_folder import cache_folder


def kernel(function: Callable[..., Any]) -> Any:
    """A function that Python calls: compiled when first called with types it was not compiled for, and kept in the cache."""
    compiled: Any = numba.njit(nogil=True, error_model="numpy", boundscheck=False)(function)
    if hasattr(compiled, "_cache") and cache_folder() is not None:
        compiled._cache = KernelCache(function)
        compiled.compile = compile_once(compiled)
    return compiled


def inlined(function: Callable[..., Any]) -> Any:
    """As ``kernel``, for small functions that are copied into the kernels that call them."""
    return numba.njit(nogil=True, error_model="numpy", boundscheck=False, forceinline=True)(function)


def part(function: Callable[..., Any]) -> Any:
    """As ``kernel``, for functions that only kernels call: compiled into these, without an entry from Python or a place in the cache."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return numba.njit(nogil=True, error_model="numpy", boundscheck=False, **options)(function)
