"""A run folder taken for a run: made or recognised, kept apart from its sources, locked."""

from __future__ import annotations

import errno
import fcntl
import fnmatch
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from corpus_tools.errors import RunError
from corpus_tools.machine import machine_errors
from corpus_tools.plan import Plan
from corpus_tools.readers.listing import SourceFile
from corpus_tools.store.objects.address import is_address, parse_address
from corpus_tools.store.paths import local_path
from corpus_tools.store.run_file import RUN_FILE, is_run, write_run_file

LOCK = ".lock"
_FIRST_FILES = (f".{RUN_FILE}.tmp", LOCK)
"""What a run that was killed before it had written anything else leaves."""
_WRITTEN = ("", "report.html", "run.json", "corpus/README.md", "corpus/data/train-00000.parquet", "documents/part-00000.parquet")
"""Files as a run leaves them, to tell whether a pattern would take them for input."""


def refuse_foreign(folder: Path) -> None:
    """RunError for a folder that holds something else than a run, because a run could touch its files."""
    with machine_errors(folder):
        if folder.is_file():
            raise RunError(f"{folder} is a file", "name a folder for the run")
        if folder.is_dir() and not is_run(folder) and any(path.name not in _FIRST_FILES for path in folder.iterdir()):
            raise RunError(f"{folder} is not empty and is not a run folder", "name a new folder, or the folder of an earlier run")


def claim(folder: Path) -> Path:
    """Make the run folder, or take up the one that is there."""
    refuse_foreign(folder)
    with machine_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not is_run(folder):
            write_run_file(folder, {"plan": Plan().to_dict(), "summary": ""})
    return folder


def give_up(folder: Path, *inner: str) -> None:
    """Take back a run folder that was claimed just now and holds nothing yet; ``inner`` are empty folders that were made in it."""
    for name in (RUN_FILE, LOCK):
        (folder / name).unlink(missing_ok=True)
    for place in (*(folder / name for name in inner), folder):
        with suppress(OSError):  # it holds something after all
            place.rmdir()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the run folder; the lock ends with the process, so a killed run leaves none behind."""
    with machine_errors(folder):
        try:
            held = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise RunError(f"{folder / LOCK} is a link", "remove it: a run writes only inside its own folder") from None
            raise
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"another process is writing to {folder}", "wait for it to end, or name another folder") from None
        with machine_errors(folder):
            yield
    finally:
        os.close(held)


def refuse_overlap(sources: Sequence[str | Path], files: Sequence[SourceFile], folder: Path) -> None:
    """RunError if the run folder lies inside a source, or a source inside it: a run would read what it writes."""
    place = folder.resolve()
    for source in (source for source in sources if not is_address(source)):
        given = local_path(source, RunError)
        inside = given.is_dir() and place.is_relative_to(given.resolve())
        if inside or (not given.exists() and _matches(given, folder)):
            raise RunError(
                f"the run folder {folder} lies inside the source {str(source)!r}", "name a folder outside of the sources"
            )
    for file in files:
        if isinstance(file.path, Path) and file.path.parent.resolve().is_relative_to(place):
            raise RunError(
                f"the source {file.path} lies inside the run folder {folder}", "name a run folder outside of the sources"
            )


def refuse_overlapping_addresses(sources: Sequence[str | Path], out: str | Path) -> None:
    """RunError if a run in a store lies inside a source in it, or the other way round."""
    place = parse_address(out, RunError)
    for source in sources:
        if is_address(source):
            given = parse_address(source, RunError)
            fixed = given.key.split("*")[0].split("?")[0].split("[")[0].rpartition("/")[0] if given.has_magic else given.key
            top = replace(given, key=fixed)
            if top.holds(place) or place.holds(top):
                raise RunError(f"the run {place} and the source {str(source)!r} overlap", "name a place outside of the sources")


def _matches(pattern: Path, folder: Path) -> bool:
    """Whether a glob would take files of the run folder for input."""
    absolute = os.path.abspath(pattern)  # noqa: PTH100 - resolve() would follow links in a pattern
    place = Path(os.path.abspath(folder))  # noqa: PTH100
    return any(fnmatch.fnmatch(str(path), absolute) for path in (*place.parents, *(place / name for name in _WRITTEN)))
