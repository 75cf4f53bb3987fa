"""Faults of the machine: what the system or the installation refuses, told apart from faults of a page and of this package."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus_tools.errors import RunError

RESUME = "the same command resumes"
_PACKAGE = Path(__file__).resolve().parent
_ROOM = f"make room there and in the folder for temporary files (TMPDIR names another); {RESUME}"
_RIGHTS = f"check who may read and write there; {RESUME}"
_WAYS_OUT = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: f"raise the limit on the size of files (ulimit -f), or use another file system; {RESUME}",
    errno.EROFS: "name a folder on a file system that may be written to",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.ENAMETOOLONG: "name a folder with a shorter path",
    errno.ENOENT: f"check that the folder is still there: it may have been removed or moved; {RESUME}",
    errno.ENOTDIR: "a part of the path is a file; name another folder",
    errno.EISDIR: "this is a folder; name a file",
    errno.EEXIST: "something of that name is there; name another folder",
    errno.EMFILE: f"raise the limit of open files (ulimit -n); {RESUME}",
    errno.ENFILE: f"too many files are open on this machine; close some programs; {RESUME}",
    errno.EIO: f"check the disk; {RESUME}",
    errno.ESTALE: f"check that the network folder is mounted; {RESUME}",
    errno.ENOMEM: f"give fewer --workers, or close other programs; {RESUME}",
    errno.EAGAIN: f"raise the limit of processes (ulimit -u), or give fewer --workers; {RESUME}",
    errno.EBUSY: f"another program uses it; close that program; {RESUME}",
    errno.ELOOP: "links lead in a circle; name another folder",
    errno.EINVAL: "this file system does not take such a name or file; name another folder",
}
_NUMBER = re.compile(r"\(os error (\d+)\)")
"""How libraries written in Rust end their messages."""
_SHORT = re.compile(r"\d+ requested and \d+ written")
"""What numpy says of a full disk."""


def is_machine_fault(error: BaseException) -> bool:
    """Whether the system or the installation is at fault for what was raised over a page. A lack of memory may be the page's."""
    return isinstance(error, ImportError) or (isinstance(error, OSError) and error.errno is not None)


def machine_error(error: BaseException, place: str | Path | None = None) -> RunError | None:
    """What the system or the installation refused, with a way out; None for any other error.

    ``place`` is named if ``error`` names none.
    """
    if isinstance(error, MemoryError):
        return RunError("there is not enough memory", f"give fewer --workers, or a smaller read.part_bytes with --set; {RESUME}")
    code, named = _code(error), getattr(error, "filename", None)
    missing = code == errno.ENOENT and isinstance(named, (str, os.PathLike)) and Path(named).is_relative_to(_PACKAGE)
    if isinstance(error, ImportError) or missing:
        hint = "install corpus-tools again with all that it needs: pip install --force-reinstall corpus-tools"
        return RunError(f"the installation is not complete: {error}", hint)
    if code is None:
        return None
    if code == errno.ENOENT and isinstance(named, (str, os.PathLike)) and not Path(named).parent.is_dir():
        return RunError(f"{named}: the folder {Path(named).parent} does not exist", f"make the folder, or name another; {RESUME}")
    told, where = os.strerror(code), named if isinstance(named, (str, os.PathLike)) else place
    hint = _WAYS_OUT.get(code, f"this is what the system says; put it right; {RESUME}")
    return RunError(f"{where}: {told}" if where else told, hint)


@contextmanager
def machine_errors(folder: Path | None = None) -> Iterator[None]:
    """Faults of the machine (a full disk, a read-only or removed folder, a path too long, no memory) as RunError with a way out."""
    try:
        yield
    except (BrokenPipeError, InterruptedError):
        raise
    except Exception as error:
        found = machine_error(error, folder)
        if found is None:
            raise
        raise found from error


def _code(error: BaseException) -> int | None:
    """The system's number for what went wrong; some libraries give it in the message alone."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    text = str(error)
    if isinstance(error, OSError) and _SHORT.search(text):
        return errno.ENOSPC
    found = _NUMBER.search(text) if type(error).__module__.startswith("polars") or isinstance(error, OSError) else None
    if found:
        return int(found[1])
    return next((known for known in _WAYS_OUT if os.strerror(known) in text), None) if isinstance(error, OSError) else None
