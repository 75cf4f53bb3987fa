"""The decorators of kernels: for functions that Python calls, for small ones copied into their callers, and for parts of kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corpus_tools.kernels.cache import KernelCache, compile_once
from corpus_tools.kernels.cache_folder import cache_folder
from corpus_tools.kernels.inner import both_forms, inner_form


def kernel(function: Callable[..., Any]) -> Any:
    """A function that Python calls: compiled when first called with types it was not compiled for, and kept in the cache."""
    compiled = both_forms(function)
    if hasattr(compiled, "_cache") and cache_folder() is not None:
        compiled._cache = KernelCache(function)
        compiled.compile = compile_once(compiled)
    return compiled


def inlined(function: Callable[..., Any]) -> Any:
    """As ``kernel``, for small functions that are copied into the kernels that call them."""
    return both_forms(function, forceinline=True)


def part(function: Callable[..., Any]) -> Any:
    """For functions that only kernels call: compiled into these, without an entry from Python or a place in the cache."""
    return inner_form(function)
