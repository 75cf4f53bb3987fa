"""The cache of compiled kernels on disk: one file a kernel and signature, compiled once a machine, appearing by rename.

numba's own cache (``cache=True``) keeps an index file a function, which two processes that compile at once can leave
pointing at each other's code (numba issue 4807), and does not notice that a function it calls has changed. This one has no
index. A file's name is a digest of everything its code depends on: the source of its module and of all that imports, the
versions of Python and of the compiler, the processor. It begins with a digest of its content. What cannot be read, written
or trusted is compiled again. A process that needs a kernel which another is compiling waits for it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import json
import pickle
import time
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from llvmlite import binding, ir
from numba.core import environment
from numba.core.compiler import CompileResult
from numba.core.runtime import nrt
from numba.core.serialize import dumps as _dumps

from corpus_tools.kernels.cache_folder import cache_folder
from corpus_tools.kernels.closure import closure_digest
from corpus_tools.kernels.signatures import spell_types

SUFFIX = ".kernel"
WAIT_SECONDS = 300
"""After so long a process no longer waits for a kernel that another holds, and compiles it itself."""
_DIGEST_BYTES = 32
_rebuild: Any = CompileResult._rebuild
_environments: Any = environment
_llvm: Any = binding
_serialize: Any = _dumps


@cache
def _source_digest(module: str) -> str:
    """Digest of the source of a kernel's module and of all it imports."""
    return closure_digest(module, data=False)


class KernelCache:
    """The cache of one function, with the methods numba's dispatcher calls."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.name = f"{function.__module__}.{function.__qualname__}"
        self._module = function.__module__

    def load_overload(self, signature: Any, context: Any) -> Any:
        """The function compiled for ``signature``; None if the cache has none that is sound."""
        path = self.path(signature, context.codegen())
        try:
            stored = path.read_bytes()
            content = stored[_DIGEST_BYTES:]
            if hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest() == stored[:_DIGEST_BYTES]:
                # All that loaded code needs of numba is its memory manager: to have it read its registries takes half a second.
                nrt.rtsys.initialize(context)
                return _rebuild(context, *_Unpickler(io.BytesIO(content[content.index(b"\n") + 1 :])).load())
        except FileNotFoundError:
            return None
        except Exception:  # whatever numba makes of a file from elsewhere, compiling is the answer
            path.unlink(missing_ok=True)
        return None

    def save_overload(self, signature: Any, result: Any) -> None:
        """Store a compiled function; nothing happens where that cannot be done."""
        if result.library.has_dynamic_globals:
            return
        path = self.path(signature, result.codegen)
        passing = path.with_suffix(f".{uuid.uuid4().hex}")
        content = self._head(signature).encode() + b"\n" + _serialize(_without_bitcode(result))
        with contextlib.suppress(OSError):
            passing.write_bytes(hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest() + content)
            passing.replace(path)

    def _head(self, signature: Any) -> str:
        """What the file holds, as one line of JSON: for people, and for the list of entries."""
        spelt = ""
        with contextlib.suppress(TypeError):
            spelt = spell_types(_arguments(signature))
        return json.dumps({"kernel": self.name, "signature": spelt, "called_from_python": len(_compiling) == 1})

    def path(self, signature: Any, codegen: Any) -> Path:
        """Where the function compiled for ``signature`` is kept."""
        folder = cache_folder()
        assert folder is not None  # noqa: S101 - there is no cache object without a folder
        key = repr((self.name, _source_digest(self._module), str(_arguments(signature)), codegen.magic_tuple()))
        return folder / f"{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}{SUFFIX}"

    def enable(self) -> None:
        """Part of numba's interface; this cache is always on."""

    disable = flush = enable
    cache_path = ""


def _without_bitcode(result: Any) -> tuple[Any, ...]:
    """What numba stores of a compiled function, with stubs for the code as LLVM reads it.

    That code is there to be linked into other functions, and to say what the machine code defines. None is linked in from here,
    since kernels take others in their inner form, and to read all of it takes longer than all the rest.
    """
    (name, kind, (machine_code, _)), *rest = result._reduce()
    module = result.library.codegen._create_empty_module(name)
    for defined in (result.fndesc.llvm_func_name, result.fndesc.llvm_cpython_wrapper_name):
        stub = ir.Function(module, ir.FunctionType(ir.VoidType(), ()), defined)
        ir.IRBuilder(stub.append_basic_block()).ret_void()
    return ((name, kind, (machine_code, _llvm.parse_assembly(str(module)).as_bitcode())), *rest)


class _Unpickler(pickle.Unpickler):
    """Reads a stored kernel without importing the modules of numba whose functions were compiled into it.

    numba keeps the variables of their modules for code that runs in Python, which a kernel is not; one of them imports scipy.
    """

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name)
        return _rebuild_environment if found is _environments._rebuild_env else found


def _rebuild_environment(module: str, constants: Any, name: str) -> Any:
    """The environment of compiled code; one of numba's own modules is named and not imported."""
    if not module.startswith("numba.") or _environments.lookup_environment(name) is not None:
        return _environments._rebuild_env(module, constants, name)
    bare = _environments.Environment({"__name__": module})
    bare.consts[:] = constants
    bare.env_name = name
    _environments.Environment._memo[name] = bare
    return bare


def compile_once(dispatcher: Any) -> Callable[[Any], Any]:
    """``dispatcher.compile`` that waits where another process is compiling the same."""
    compile_now = dispatcher.compile

    def compile_or_load(signature: Any) -> Any:
        path = dispatcher._cache.path(signature, dispatcher.targetctx.codegen())
        with contextlib.nullcontext() if path.exists() else held(path.with_suffix(".lock")):
            _compiling.append(dispatcher._cache.name)
            try:
                return compile_now(signature)
            finally:
                _compiling.pop()

    return compile_or_load


@contextlib.contextmanager
def held(path: Path, seconds: float = WAIT_SECONDS) -> Iterator[bool]:
    """A lock between processes, which goes with the process; False if it is not free within ``seconds``, or cannot be made."""
    try:
        stream = path.open("w")
    except OSError:
        yield False
        return
    with stream:
        free = _lock(stream, time.monotonic() + seconds)
        yield free
        if free:
            path.unlink(missing_ok=True)


def _lock(stream: Any, until: float) -> bool:
    while True:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)


_compiling: list[str] = []
"""Kernels being compiled by this process, the outermost first: numba compiles one at a time."""


def _arguments(signature: Any) -> tuple[Any, ...]:
    """The types of the arguments, of a signature or of a plain tuple of types."""
    return tuple(getattr(signature, "args", signature))
