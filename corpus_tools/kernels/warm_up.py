"""Kernels compiled ahead of need, once a machine: processes share the list of them, in the order in which stages need them.

A process takes a module's kernels by a lock, so that each is compiled by one; a small file says that a module's are done. To
find out whether anything is left to do takes some milliseconds and does not import the compiler.
"""

from __future__ import annotations

import gc
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path

from corpus_tools.child import child_environment
from corpus_tools.errors import PlanError
from corpus_tools.kernels.cache_folder import ENVIRONMENT, cache_folder, why_no_cache
from corpus_tools.kernels.closure import closure_digest, closure_files
from corpus_tools.kernels.entries import ENTRIES
from corpus_tools.progress import Progress, Silent

UNIT = "kernels compiled (once per installation)"
_POLL_SECONDS = 0.05
# Not -m: the module would be run twice.
_CODE = "import sys; from corpus_tools.child import end_with; end_with(int(sys.argv[1])); import corpus_tools.kernels.warm_up as it; it.compile_share(sys.argv[2:])"


def modules_of(stages: Iterable[str]) -> list[str]:
    """Modules whose kernels the stages call, each once: in the order of the stages, and within a stage the costliest first.

    So that no process is left with a long one at the end (Graham 1969, "Bounds on multiprocessing timing anomalies").
    """
    return list(dict.fromkeys(module for stage in stages for module in sorted(ENTRIES.get(stage, {}), key=_cost, reverse=True)))


@cache
def _cost(module: str) -> int:
    """About what it takes to compile a module's kernels: the bytes of source they are made of."""
    return sum(path.stat().st_size for path in closure_files(f"corpus_tools.{module}", data=False))


def not_ready(modules: Iterable[str]) -> list[str]:
    """Those of ``modules`` whose kernels are not all compiled; none where there is no cache, since nothing can be done ahead."""
    folder = cache_folder()
    return [] if folder is None else [module for module in modules if not _mark(folder, module).exists()]


def count_kernels(modules: Iterable[str]) -> int:
    """Compiled kernels that the list holds for these modules."""
    return sum(len(signatures) for module in modules for signatures in _listed(module))


def _listed(module: str) -> list[tuple[tuple[str, str], ...]]:
    return [held[module] for held in ENTRIES.values() if module in held]


def _mark(folder: Path, module: str) -> Path:
    """The file that says that a module's kernels are compiled, as its source and the list of entries are now."""
    made_of = f"{module} {closure_digest(f'corpus_tools.{module}', data=False)} {_listed(module)}"
    return folder / f"{hashlib.blake2b(made_of.encode(), digest_size=16).hexdigest()}.ready"


def compile_share(stages: Iterable[str]) -> None:
    """Compile what the stages need and no other process is compiling; come back when all of it is there."""
    waiting = not_ready(modules_of(stages))
    folder = cache_folder()
    if not waiting or folder is None:
        return
    gc.disable()  # compiling makes millions of objects, and looking through them again and again takes a tenth of the time
    try:
        _compile_free(folder, waiting)
    finally:
        gc.enable()


def _compile_free(folder: Path, waiting: list[str]) -> None:
    """Compile modules that are free, then those that other processes took and never finished."""
    from corpus_tools.kernels.cache import WAIT_SECONDS, held

    for patience in (0.0, WAIT_SECONDS):
        for module in list(waiting):
            mark = _mark(folder, module)
            with held(mark.with_suffix(".lock"), patience) as free:
                if free or patience:
                    _compile_module(module)
                    mark.touch()
                    waiting.remove(module)


def load_ready(stages: Iterable[str]) -> None:
    """Load the kernels of ``stages`` that are compiled already; for a process that has nothing else to do for the moment."""
    if cache_folder() is None:
        return
    modules = modules_of(stages)
    waiting = set(not_ready(modules))
    for module in modules:
        if module not in waiting:
            _compile_module(module)


def _compile_module(module: str) -> None:
    from corpus_tools.kernels.signatures import read_types

    home = import_module(f"corpus_tools.{module}")
    for name, signature in (entry for entries in _listed(module) for entry in entries):
        getattr(home, name).compile(read_types(signature))


class WarmUp:
    """Processes that compile what a run's stages need while its earlier stages already run; a context manager."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> WarmUp:
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._processes:
            process.kill()
            process.wait()

    def begin(self, stages: Iterable[str]) -> None:
        """Start compiling what ``stages`` need, unless it is there."""
        stages = list(stages)
        environment = child_environment(NUMBA_NUM_THREADS="1")
        for _ in range(min(self._workers, len(not_ready(modules_of(stages))))):
            command = [sys.executable, "-P", "-c", _CODE, str(os.getpid()), *stages]
            nothing = subprocess.DEVNULL
            self._processes.append(subprocess.Popen(command, env=environment, stdin=nothing, stderr=nothing, process_group=0))  # noqa: S603

    def wait(self, stages: Iterable[str], progress: Progress | None = None) -> None:
        """Wait for the kernels of ``stages``; what no process is left to compile is compiled when it is called."""
        progress = progress or Silent()
        missing = not_ready(modules_of(stages))
        if not missing or not self._processes:
            return
        progress.start("kernels", count_kernels(missing), UNIT)
        while missing and any(process.poll() is None for process in self._processes):
            time.sleep(_POLL_SECONDS)
            left = not_ready(missing)
            if len(left) < len(missing):
                progress.advance(count_kernels(missing) - count_kernels(left))
            missing = left
        progress.finish()


def prepare(workers: int | None = None, progress: Progress | None = None) -> str:
    """Compile all kernels now, with ``workers`` processes (one a core if not given); says in a line what was done.

    Raises PlanError where there is no place to keep them.
    """
    folder = cache_folder()
    if folder is None:
        raise PlanError(
            f"there is no place to keep compiled kernels: {why_no_cache()}",
            f"set {ENVIRONMENT} to a folder that only you may write to",
        )
    missing = count_kernels(not_ready(modules_of(ENTRIES)))
    with WarmUp(workers or os.cpu_count() or 1) as processes:
        processes.begin(ENTRIES)
        processes.wait(ENTRIES, progress)
    return f"{missing:,} kernels compiled into {folder}" if missing else f"nothing to do: all kernels are in {folder}"
