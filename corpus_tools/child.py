"""Processes of our own: they find this very package, are out of reach of Ctrl-C, and end with the process that started them."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_ours: set[int] = set()
"""The process that is one of ours, by its number: a process forked from it is not known to be."""


def claim_process() -> None:
    """Say that this process is one of our own, and that no code of a user runs in it."""
    _ours.add(os.getpid())


def is_our_own() -> bool:
    """Whether ``claim_process`` was called in this process."""
    return os.getpid() in _ours


def child_environment(**more: str) -> dict[str, str]:
    """The environment for a process of our own: it finds this very package, installed or not, and what is given here."""
    root = str(Path(__file__).resolve().parents[1])
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)} | more


def end_with(parent: int) -> None:
    """End this process when the thread that started it ends, also when ``parent``, its process, is killed with SIGKILL.

    Where the system has no such call, a process of ours ends when its input does.
    """
    with suppress(OSError, AttributeError, ImportError):
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it was gone before the call
        os._exit(1)


class _HidesPandas:
    """An import finder that finds no pandas."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def leave_pandas_out() -> None:
    """Let Arrow look for pandas now and find none: else it imports pandas, which takes half a second, at its first array.

    For processes of our own alone, none of which hands pandas to Arrow. Whoever imports pandas afterwards gets it.
    """
    if "pandas" in sys.modules:
        return
    import pyarrow as pa

    hidden = _HidesPandas()
    sys.meta_path.insert(0, hidden)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(hidden)


def born(pid: int) -> str:
    """What tells a process from a later one of the same number; empty if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        pass
    if Path("/proc/self/stat").exists():
        return ""
    with suppress(OSError):
        os.kill(pid, 0)  # no more can be known here than that there is one
        return "unknown"
    return ""
