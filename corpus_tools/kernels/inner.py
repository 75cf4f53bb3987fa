"""Kernels inside kernels: typed and lowered on their own, but made into machine code only with the kernel that Python calls.

numba makes each function it meets on the way into a whole of its own: it optimises it, compiles it, and gives it entries from
Python and from C. A function that only other kernels call needs none of that: it is linked into these and optimised there.
That takes half of the time out of compiling. Written against numba 0.65 to 0.69; the package's bound on numba says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.typed_passes import NativeLowering

_Library: Any = JITCodeLibrary
_Lowering: Any = NativeLowering
_Compiler: Any = CompilerBase
_register: Any = register_pass
_njit: Any = numba.njit
_Passes: Any = PassManager
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "boundscheck": False}
"""How all kernels are compiled: with no Python lock held, and without checks."""


class _InnerLibrary(_Library):  # type: ignore[misc]
    """Code that is only linked into other libraries, which optimise and compile it."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


@_register(mutates_CFG=True, analysis_only=False)
class _InnerLowering(_Lowering):  # type: ignore[misc]
    """numba's lowering, without machine code behind it."""

    _name = "corpus_tools_inner_lowering"

    def run_pass(self, state: Any) -> bool:
        context = state.targetctx
        state.library = _InnerLibrary(context.codegen(), state.func_id.func_qualname)
        context.get_executable = _stand_in
        try:
            return bool(super().run_pass(state))
        finally:
            del context.get_executable


def _stand_in(_library: Any, _description: Any, _environment: Any) -> Any:
    """What numba takes for the entry of a compiled function: by it the function is known to those that call it. Nothing calls this."""
    return [].append


class _InnerCompiler(_Compiler):  # type: ignore[misc]
    """numba's usual passes but for the last."""

    def define_pipelines(self) -> list[Any]:
        """The one way a function is compiled."""
        build: Any = DefaultPassBuilder
        passes = _Passes("inner")
        for made in (build.define_untyped_pipeline, build.define_typed_pipeline, build.define_nopython_lowering_pipeline):
            passes.passes.extend(made(self.state).passes)
        passes.passes = [(_InnerLowering if step is NativeLowering else step, said) for step, said in passes.passes]
        passes.finalize()
        return [passes]


def inner_form(function: Callable[..., Any], **options: Any) -> Any:
    """``function`` for other kernels to call; Python cannot."""
    options |= OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": _InnerCompiler}
    return _njit(**options)(function)


def both_forms(function: Callable[..., Any], **options: Any) -> Any:
    """``function`` for Python to call, which other kernels take in its inner form."""
    outer: Any = _njit(**OPTIONS, no_cfunc_wrapper=True, **options)(function)
    inner = inner_form(function, **options)
    if hasattr(outer, "get_call_template"):  # with NUMBA_DISABLE_JIT a kernel is the plain function
        outer.get_call_template, outer.get_overload = inner.get_call_template, inner.get_overload
    return outer
