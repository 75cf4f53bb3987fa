"""Folders on this machine that stand for runs in stores: one to work in, held while it lasts, and others to look through."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus_tools.child import born
from corpus_tools.errors import RunError, SourceError
from corpus_tools.machine import machine_errors
from corpus_tools.store import backing
from corpus_tools.store.files import digest_json
from corpus_tools.store.objects.address import Address, is_address, parse_address
from corpus_tools.store.objects.lease import Lease
from corpus_tools.store.objects.mirror import Mirror
from corpus_tools.store.objects.opening import open_bucket
from corpus_tools.store.objects.own_folder import own_folder, sweep
from corpus_tools.store.objects.shared import SharedMirror
from corpus_tools.store.run_file import is_run

MAX_COPY = 256 << 20
"""Bytes of a file that is fetched whole."""


def _base() -> Path:
    """A folder of this user alone in the folder for temporary files."""
    return own_folder(Path(tempfile.gettempdir()))


@contextmanager
def work_in(given: str | Path, shared: bool = False) -> Iterator[tuple[Path, str]]:
    """A folder that stands for the run at an address while it is worked on, with its lock held; and from whom that was taken over.

    With ``shared`` tasks on other machines work on it too. RunError if another process works there, or if something else than a
    run is there.
    """
    place = parse_address(given, RunError)
    root = _base() / digest_json(str(place))[:24]
    with machine_errors(root), root.with_suffix(".lock").open("w") as local:
        try:
            fcntl.flock(local, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"another process is writing to {place}", "wait for it to end, or name another place") from None
        shutil.rmtree(root, ignore_errors=True)  # what a killed process left: the run itself is in the store
        root.mkdir(mode=0o700)
        mirror = SharedMirror(place, root) if shared else Mirror(place, root)
        try:
            mirror.look()
            if not mirror.is_empty and not is_run(root):
                raise RunError(f"{place} is not empty and is not a run", "name a new place, or that of an earlier run")
            mirror.lease = Lease(mirror.bucket, place)
            mirror.look()  # again: another process may have gone on with it until the lock was there
            mirror.tidy()
            backing.hold(mirror)
            yield root, mirror.lease.taken_over
        finally:
            try:
                mirror.close()
            finally:
                backing.let_go(mirror)


_VIEWS: dict[Address, Mirror] = {}


def local_copy(given: str | Path) -> Path:
    """A small file at an address (a plan, labels, decisions) as a file here, which goes when this process ends; a path as it is."""
    if not is_address(given):
        return Path(given)
    place = parse_address(given, SourceError)
    bucket = open_bucket(place, SourceError)
    found = bucket.head(place.key) if place.key else None
    if found is None or found.size > MAX_COPY:
        what = "does not exist" if found is None else f"is larger than {MAX_COPY} bytes"
        raise SourceError(f"{place} {what}", "name an object that holds a plan, labels or decisions")
    folder = Path(tempfile.mkdtemp(prefix="file-", dir=_base()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / found.key.rpartition("/")[2]
    path.write_bytes(bucket.read(found.key, 0, found.size, found.etag))
    return path


def view_run(given: str | Path) -> Path:
    """A folder that stands for the run at an address for reading; it goes when this process ends.

    Tables are fetched when they are read. RunError if there is no run.
    """
    root = view_place(given)
    if not is_run(root):
        place = parse_address(given, RunError)
        what = "there is nothing" if _VIEWS[place].is_empty else "what is there is something else"
        raise RunError(f"{place} is no run: {what}", "name a run, or make one with: corpus-tools run SOURCE -o RUN")
    return root


def view_place(given: str | Path) -> Path:
    """As ``view_run``, also of what is no run: a published corpus."""
    place = parse_address(given, RunError)
    held = _VIEWS.pop(place, None)
    if held is not None:
        _drop(held)
    base = _base()
    sweep(base)
    root = base / f"view-{os.getpid()}-{born(os.getpid()) or 0}-{digest_json(str(place))[:12]}"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(mode=0o700)
    mirror = Mirror(place, root)
    _VIEWS[place] = mirror
    atexit.register(_drop, mirror)
    backing.hold(mirror)
    mirror.look()
    return root


def _drop(mirror: Mirror) -> None:
    backing.let_go(mirror)
    shutil.rmtree(mirror.root, ignore_errors=True)
