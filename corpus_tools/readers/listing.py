"""Lists what there is to read: folders, globs, files and stdin become one ordered list of named files.

Names are the part of the path below the parent of what was given, or of the folder that a glob begins with,
so that they are the same on every machine. Two sources of one name are told apart by "#2".
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from corpus_tools.errors import SourceError
from corpus_tools.readers.names import find_ending, guess_format_by_name
from corpus_tools.readers.sniff import SNIFFED_BYTES, UNKNOWN_FORMAT, sniff_format
from corpus_tools.readers.spool import spool_stdin
from corpus_tools.readers.stored import list_stored
from corpus_tools.readers.stream import ByteStream
from corpus_tools.readers.walk import Found, walk_files
from corpus_tools.store.objects.address import is_address
from corpus_tools.store.objects.stored_file import Place, StoredFile
from corpus_tools.store.paths import local_path

_AT_ONCE = 16
OUTSIDE = "outside"
"""Format of a link that leads out of its source."""
_WHAT_IS_READ = "name HTML, text, WARC, ARC, JSON, CSV, parquet, MHTML, mail, zip, WACZ or tar files"


@dataclass(frozen=True)
class SourceFile:
    """One input file.

    ``name`` is relative to the given source's parent, never absolute, unique in a listing.
    ``format`` is a key of ``readers.streamed.STREAMED``, parquet, tar or zip; unknown and outside (a link that
    leads out of the source) become one problem.
    """

    name: str
    path: Place
    format: str
    size: int
    mtime_ns: int


def look_inside(path: Place, *, loose: bool) -> str:
    """Format that the first bytes of a file tell, unpacked; ``loose`` as in ``sniff_format``."""
    try:
        with ByteStream(path) as stream:
            return sniff_format(stream.peek(SNIFFED_BYTES), loose=loose)
    except OSError:
        return UNKNOWN_FORMAT


def list_sources(sources: Sequence[str | Path], spool: Path | None = None, *, follow_links: bool = False) -> list[SourceFile]:
    """Every file of the given folders (recursive, sorted, hidden ones skipped), globs, files and '-' (stdin).

    A file that is reached twice, also by links, is listed once, under the name that tells its format or else the
    first. Links that lead out of a folder are listed as ``outside`` and not followed, unless ``follow_links``. Files
    of unknown type inside folders and globs are listed as ``unknown``. stdin is copied into the folder ``spool``, so
    that a run can be resumed. Raises SourceError (exit code 3) for a source that does not exist, matches nothing,
    holds no readable file, or is a single file of a type that is not read.
    """
    listed: dict[object, SourceFile] = {}
    for source in sources:
        files = [_stdin_file(spool)] if str(source) == "-" else _list_one(str(source), follow_links)
        for file in files:
            key = _identity(file)
            held = listed.get(key)
            if held is not None and not guess_format_by_name(held.name) and guess_format_by_name(file.name):
                del listed[key]
            listed.setdefault(key, file)
    return make_names_unique(listed.values())


def _identity(file: SourceFile) -> object:
    """What two names of one file have in common."""
    if isinstance(file.path, StoredFile):
        return str(file.path)
    try:
        facts = file.path.stat()
    except OSError:
        return str(_absolute(file.path))
    return str(_absolute(file.path)) if file.format == OUTSIDE or not facts.st_ino else (facts.st_dev, facts.st_ino)


def _absolute(path: str | Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would merge links, absolute() keeps ".."


def _list_one(source: str, follow_links: bool) -> list[SourceFile]:
    if not source.strip():  # Path would take it for the folder one stands in
        raise SourceError(f"a source is {source!r}", "name a file, a folder or a quoted glob; a variable of the shell may be empty")
    if is_address(source):
        return _list_store(source)
    path = local_path(source, SourceError)
    if path != Path(source):
        source = str(path)
    if path.is_dir():
        top = _absolute(path)
        return _refuse_empty(source, [_source_file(found, top.parent) for found in walk_files(top, follow_links=follow_links)])
    if path.exists():
        return [_single_file(path)]
    if not glob.has_magic(source):
        raise SourceError(
            f"source {source!r} does not exist", "check the path; name files, folders or quoted globs, or - for standard input"
        )
    matches = [_absolute(match) for match in sorted(glob.glob(source, recursive=True))]  # noqa: PTH207 - any root
    if not matches:
        raise SourceError(f"source {source!r} matches nothing", "check the pattern; ** matches folders at any depth")
    fixed = _fixed_folder(source)
    files = [found for match in matches for found in _walk_match(match, fixed, follow_links)]
    return _refuse_empty(source, [_source_file(found, fixed.parent) for found in dict.fromkeys(files)])


def _list_store(source: str) -> list[SourceFile]:
    """The objects of an address. The first bytes of those whose names tell no format are looked at, a few objects at a time."""
    listed, single = list_stored(source)

    def describe(one: tuple[str, StoredFile]) -> SourceFile:
        name, path = one
        kind = guess_format_by_name(name) or look_inside(path, loose=single and not path.suffix)
        return SourceFile(name, path, kind, path.size, path.mtime_ns)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        files = list(pool.map(describe, listed))
    if single and files[0].format == UNKNOWN_FORMAT:
        raise SourceError(f"source {source!r} is not of a type that can be read", _WHAT_IS_READ)
    return _refuse_empty(source, files)


def _walk_match(match: Path, fixed: Path, follow_links: bool) -> Iterator[Found]:
    """What a glob's match holds: itself, or the files below it. A link out of the folder that the glob begins with is not followed."""
    if not follow_links and not match.resolve().is_relative_to(fixed.resolve()) and match.exists():
        yield Found(match, match, outside=True)
    elif match.is_dir():
        yield from walk_files(match, follow_links=follow_links, inside=fixed)
    else:
        yield Found(match, match)


def _fixed_folder(pattern: str) -> Path:
    """The folder before the first part with a wildcard: a glob's files are named as those of that folder are."""
    parts = _absolute(pattern).parts
    return Path(*parts[: next(index for index, part in enumerate(parts) if glob.has_magic(part))])


def _source_file(found: Found, parent: Path, *, loose: bool = False) -> SourceFile:
    path = found.path
    name = os.fsencode(found.name.relative_to(parent).as_posix()).decode("utf-8", "backslashreplace")
    try:
        facts = path.stat()
    except OSError:
        return SourceFile(name, path, UNKNOWN_FORMAT, 0, 0)
    if found.outside:
        return SourceFile(name, path, OUTSIDE, 0, 0)
    if not stat.S_ISREG(facts.st_mode):
        return SourceFile(name, path, UNKNOWN_FORMAT, 0, facts.st_mtime_ns)
    kind = guess_format_by_name(name) or look_inside(path, loose=loose)
    return SourceFile(name, path, kind, facts.st_size, facts.st_mtime_ns)


def _single_file(path: Path) -> SourceFile:
    place = _absolute(path)
    file = _source_file(Found(place, place), place.parent, loose=not path.suffix)
    if not path.is_file():
        raise SourceError(f"source {str(path)!r} is a pipe or a device", "pipe it to standard input and name - as the source")
    if file.format == UNKNOWN_FORMAT:
        raise SourceError(f"source {str(path)!r} is not of a type that can be read", _WHAT_IS_READ)
    return file


def _refuse_empty(source: str, files: list[SourceFile]) -> list[SourceFile]:
    if files and all(file.format == OUTSIDE for file in files):
        raise SourceError(f"source {source!r} holds only links that lead out of it", "follow them: --set read.follow_links=true")
    if all(file.format in (UNKNOWN_FORMAT, OUTSIDE) for file in files):
        types = ", ".join(sorted({find_ending(file.name) or "no extension" for file in files})[:10])
        held = f"only files of types that cannot be read ({types})" if files else "no files"
        raise SourceError(f"source {source!r} holds {held}", _WHAT_IS_READ)
    return files


def make_names_unique(files: Iterable[SourceFile], taken: Iterable[str] = ()) -> list[SourceFile]:
    """Names made unique, beside those already ``taken``: a later file of a name taken gets '#2', '#3' and so on."""
    held = set(taken)
    unique: list[SourceFile] = []
    for file in files:
        name, number = file.name, 1
        while name in held:
            number += 1
            name = f"{file.name}#{number}"
        held.add(name)
        unique.append(replace(file, name=name))
    return unique


def _stdin_file(spool: Path | None) -> SourceFile:
    if spool is None:
        raise SourceError(
            "source '-' needs a folder in which to keep a copy of standard input", "pass spool=, or write it to a file first"
        )
    path = spool_stdin(spool)
    facts = path.stat()
    return SourceFile("stdin", path, look_inside(path, loose=True), facts.st_size, facts.st_mtime_ns)
