"""Lists what there is to read: folders, globs, files and stdin become one ordered list of named files.

Names are the part of the path below the parent of what was given, so that they, and with them the
page ids, are the same on every machine. Two sources of one name are told apart by "#2".
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from corpus_tools.errors import SourceError
from corpus_tools.readers.sniff import SNIFFED_BYTES, sniff_media_type
from corpus_tools.readers.spool import spool_stdin
from corpus_tools.readers.stream import ByteStream
from corpus_tools.store.paths import local_path

_FORMATS = {
    **dict.fromkeys((".html", ".htm", ".xhtml", ".shtml"), "html"),
    **dict.fromkeys((".txt", ".text", ".md"), "text"),
    **dict.fromkeys((".warc", ".wet", ".wat"), "warc"),
    ".arc": "arc",
    **dict.fromkeys((".jsonl", ".ndjson", ".jsonlines"), "jsonl"),
    ".json": "json",
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
}
_PACKINGS = (".gz", ".zst", ".zstd", ".lz4", ".bz2")
_SNIFFED = {
    "text/html": "html",
    "text/plain": "text",
    "application/warc": "warc",
    "application/arc": "arc",
    "application/json": "jsonl",
    "application/parquet": "parquet",
}
UNKNOWN_FORMAT = "unknown"
_WHAT_IS_READ = "name HTML, text, WARC, ARC, JSONL or parquet files"


@dataclass(frozen=True)
class SourceFile:
    """One input file.

    ``name`` is relative to the given source's parent, never absolute, unique in a listing.
    ``format`` is html, text, warc, arc, jsonl, json, parquet, or unknown (the file becomes one problem).
    """

    name: str
    path: Path
    format: str
    size: int
    mtime_ns: int


def guess_format_by_name(name: str) -> str:
    """Format that the extensions of ``name`` tell, '' if they tell none: 'a.warc.gz' is warc."""
    path = PurePosixPath(name.lower())
    if path.suffix in _PACKINGS:
        path = path.with_suffix("")
    return _FORMATS.get(path.suffix, "")


def sniff_format(path: Path, text: bool) -> str:
    """Format that the first bytes tell; plain text counts only if ``text`` (a LICENSE is no page, a piped text is)."""
    try:
        with ByteStream(path) as stream:
            head = stream.peek(SNIFFED_BYTES)
    except OSError:
        return UNKNOWN_FORMAT
    found = _SNIFFED.get(sniff_media_type(head), UNKNOWN_FORMAT) if head else UNKNOWN_FORMAT
    return UNKNOWN_FORMAT if found == "text" and not text else found


def list_sources(sources: Sequence[str | Path], spool: Path | None = None) -> list[SourceFile]:
    """Every file of the given folders (recursive, sorted, hidden ones skipped), globs, files and '-' (stdin).

    A file reached twice by the same path is listed once. Files of unknown type inside folders and
    globs are listed as ``unknown``. stdin is copied into the folder ``spool``, so that a run can be
    resumed. Raises SourceError (exit code 3) for a source that does not exist, matches nothing,
    holds no readable file, or is a single file of a type that is not read.
    """
    listed: dict[str, SourceFile] = {}
    for source in sources:
        files = [_stdin_file(spool)] if str(source) == "-" else _list_one(str(source))
        for file in files:
            listed.setdefault(str(_absolute(file.path)), file)
    return make_names_unique(listed.values())


def _absolute(path: str | Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would merge links, absolute() keeps ".."


def _list_one(source: str) -> list[SourceFile]:
    path = local_path(source, SourceError)
    if path != Path(source):
        source = str(path)
    if path.is_dir():
        return _refuse_empty(source, [_source_file(file, _absolute(path).parent) for file in _walk_files(_absolute(path))])
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
    files = [file for match in matches for file in (_walk_files(match) if match.is_dir() else [match])]
    return _refuse_empty(source, [_source_file(file, fixed) for file in dict.fromkeys(files)])


def _fixed_folder(pattern: str) -> Path:
    """The folder before the first part with a wildcard: names of a glob's files are relative to it."""
    parts = _absolute(pattern).parts
    return Path(*parts[: next(index for index, part in enumerate(parts) if glob.has_magic(part))])


def _walk_files(folder: Path) -> Iterator[Path]:
    """Files below ``folder`` in the order of their names, linked folders too, each folder once."""
    seen: set[tuple[int, int]] = set()
    todo = [folder]
    while todo:
        path = todo.pop()
        if not path.is_dir():
            yield path
            continue
        place = path.stat()
        if (place.st_dev, place.st_ino) in seen:
            continue
        seen.add((place.st_dev, place.st_ino))
        try:
            names = sorted(entry.name for entry in os.scandir(path) if not entry.name.startswith("."))
        except OSError:  # an unreadable folder is listed itself, and becomes a problem
            yield path
            continue
        todo += [path / name for name in reversed(names)]


def _source_file(path: Path, parent: Path, text: bool = False) -> SourceFile:
    name = os.fsencode(path.relative_to(parent).as_posix()).decode("utf-8", "backslashreplace")
    try:
        facts = path.stat()
    except OSError:
        return SourceFile(name, path, UNKNOWN_FORMAT, 0, 0)
    if not stat.S_ISREG(facts.st_mode):
        return SourceFile(name, path, UNKNOWN_FORMAT, 0, facts.st_mtime_ns)
    kind = guess_format_by_name(name) or sniff_format(path, text)
    return SourceFile(name, path, kind, facts.st_size, facts.st_mtime_ns)


def _single_file(path: Path) -> SourceFile:
    file = _source_file(_absolute(path), _absolute(path).parent, text=not path.suffix)
    if not path.is_file():
        raise SourceError(f"source {str(path)!r} is a pipe or a device", "pipe it to standard input and name - as the source")
    if file.format == UNKNOWN_FORMAT:
        raise SourceError(f"source {str(path)!r} is not of a type that can be read", _WHAT_IS_READ)
    return file


def _refuse_empty(source: str, files: list[SourceFile]) -> list[SourceFile]:
    if all(file.format == UNKNOWN_FORMAT for file in files):
        types = ", ".join(sorted({PurePosixPath(file.name).suffix or "no extension" for file in files})[:10])
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
    return SourceFile("stdin", path, sniff_format(path, text=True), facts.st_size, facts.st_mtime_ns)
