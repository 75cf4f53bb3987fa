"""Reads zip files and WACZ (a zip of WARC files with indexes) member by member."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.containers.members import clean_member_name, is_hidden, read_member, refuse_member
from corpus_tools.readers.containers.zip_front import read_from_front
from corpus_tools.readers.draft import Draft
from corpus_tools.readers.packing import UNPACK_ERRORS
from corpus_tools.readers.stream import ByteStream
from corpus_tools.store.objects.stored_file import Place

MAX_DIRECTORY = 64 << 20
"""Bytes of the list of members: about a million of them."""
MAX_RATIO = 1100
"""Unpacked bytes for each byte of the file, above what any packing of zip can reach: members that overlap."""

_END = b"PK\x05\x06"
_END_ZIP64 = b"PK\x06\x06"
_TAIL = (1 << 16) + 22 + 20 + 56
_NO_PAGES = {
    "[Content_Types].xml": "an office document, not an archive of pages",
    "mimetype": "an e-book or an office document, not an archive of pages",
    "META-INF/MANIFEST.MF": "a Java archive, not an archive of pages",
    "AndroidManifest.xml": "an app, not an archive of pages",
}
_ENCRYPTED = 1
_NO_END = "broken zip file: its end is missing"


def read_zip(path: Place, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of all members of a zip file, in the order of its list; of a WACZ those of its WARC files."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        problem = "empty file" if not size else _check_directory(file, size)
        if problem == _NO_END and _starts_well(file):
            yield from _read_cut(file, name, plan)
            return
        if problem:
            yield Draft(key="no page", consumed=size).reject(problem)
            return
        try:
            archive = zipfile.ZipFile(file)
        except UNPACK_ERRORS as error:
            if _starts_well(file):  # its list of members is damaged
                yield from _read_cut(file, name, plan)
                return
            yield Draft(key="no page", consumed=size).reject(f"broken zip file: {str(error)[:200]}")
            return
        with archive:
            yield from _read_members(archive, name, plan, size)


def _starts_well(file: BinaryIO) -> bool:
    """Whether a file begins with a member; it is left at its start."""
    file.seek(0)
    begins = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    return begins


def _read_cut(file: BinaryIO, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of a zip file that was cut, as far as it goes."""
    stream = ByteStream(file)
    for draft, member in read_from_front(stream, name, plan):
        if found := _NO_PAGES.get(member):
            yield Draft(key="no page", consumed=stream.consumed).reject(f"{_NO_END}; {found}")
            return
        draft.consumed = stream.consumed
        yield draft


def _check_directory(file: BinaryIO, size: int) -> str:
    """Why the list of members is not read; '' if it is. It is held in memory, so its size is looked at first."""
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    at, wide = tail.rfind(_END), tail.rfind(_END_ZIP64)
    if at < 0 or len(tail) < at + 22:
        return _NO_END
    (held,) = struct.unpack_from("<L", tail, at + 12)
    if wide >= 0 and len(tail) >= wide + 48:
        (held,) = struct.unpack_from("<Q", tail, wide + 40)
    return f"zip file whose list of members is larger than {MAX_DIRECTORY} bytes" if held > MAX_DIRECTORY else ""


def _read_members(archive: zipfile.ZipFile, name: str, plan: ReadPlan, size: int) -> Iterator[Draft]:
    members = [(info, clean_member_name(info.filename)) for info in archive.infolist() if not info.is_dir()]
    problem = _why_no_archive(members, size)
    if problem:
        yield Draft(key="no page", consumed=size).reject(problem)
        return
    names = {member for _, member in members}
    if is_wacz := "datapackage.json" in names and any(_is_record(member) for member in names):
        members = [(info, member) for info, member in members if _is_record(member)]
    pages = 0
    for info, member in members:
        if not member or (is_hidden(member) and not is_wacz):
            continue
        for draft in _read_one(archive, info, member, name, plan):
            draft.consumed = min(size, info.header_offset + (info.compress_size if pages else 0))
            pages += 1
            yield draft
    if not pages:
        yield Draft(key="no page", consumed=size).reject("no page in this file: it holds no files")


def _is_record(member: str) -> bool:
    """Whether a member of a WACZ holds its records."""
    return member.startswith("archive/") and member.lower().endswith((".warc", ".warc.gz"))


def _why_no_archive(members: list[tuple[zipfile.ZipInfo, str]], size: int) -> str:
    names = {member for _, member in members}
    if found := next((why for mark, why in _NO_PAGES.items() if mark in names), ""):
        return found
    unpacked = sum(info.file_size for info, _ in members)
    return f"zip file that would unpack to {unpacked} bytes: it is a bomb" if unpacked > MAX_RATIO * size + (1 << 20) else ""


def _read_one(archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: str, name: str, plan: ReadPlan) -> Iterator[Draft]:
    if info.flag_bits & _ENCRYPTED:
        yield refuse_member(name, member, "member of the zip file is encrypted")
        return
    try:
        # To open a member costs as much as all the rest of an empty one, and an archive may hold a million of them.
        file = archive.open(info) if info.file_size else io.BytesIO()
    except UNPACK_ERRORS as error:
        yield refuse_member(name, member, f"member of the zip file cannot be read: {str(error)[:200]}")
        return
    with file:
        yield from read_member(ByteStream(cast(BinaryIO, file)), name, member, plan)
