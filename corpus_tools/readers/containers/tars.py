"""Reads tar files, packed or not, in one pass from front to back, member by member."""

from __future__ import annotations

import posixpath
import tarfile
from collections.abc import Iterator
from typing import Any, BinaryIO, Self, cast

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.containers.members import clean_member_name, is_hidden, read_member, refuse_member
from corpus_tools.readers.draft import Draft
from corpus_tools.readers.packing import CHUNK_BYTES, UNPACK_ERRORS
from corpus_tools.readers.stream import ByteStream

MAX_EXTENSION = 1 << 20
"""Bytes of a long name or of extended attributes, which tarfile holds in memory."""
MAX_LINKS = 1 << 20
"""Links and names of a tar file that are remembered, to tell links to its own members from others."""

_EXTENSIONS = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


class _Header(tarfile.TarInfo):
    """A header whose extensions are bounded."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """As in tarfile; HeaderError for an extension that is too large."""
        header = super().frombuf(buf, encoding, errors)
        if header.type in _EXTENSIONS and header.size > MAX_EXTENSION:
            raise tarfile.HeaderError(f"an extended header is larger than {MAX_EXTENSION} bytes")
        return header


class _Member:
    """The bytes of one member, read forward; ``cut`` says if the file ended before it did. (tarfile's own loses the last read then.)"""

    cut = ""

    def __init__(self, stream: Any, header: tarfile.TarInfo) -> None:
        stream.seek(header.offset_data)
        self._stream, self._left = stream, header.size

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes, at most CHUNK_BYTES."""
        size = CHUNK_BYTES if size is None or size < 0 else min(size, CHUNK_BYTES)
        given: bytes = self._stream.read(min(size, self._left))
        self._left -= len(given)
        if self._left and not given:
            self.cut = "the archive ends inside this file"
        return given


def read_tar(stream: ByteStream, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of all members of a tar file, in file order."""
    pages = 0
    problem = ""
    links: list[tuple[str, str]] = []
    names: set[str] = set()
    try:
        with tarfile.open(fileobj=cast(BinaryIO, stream), mode="r|", tarinfo=_Header, errors="replace") as archive:
            while (header := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # it keeps all of them otherwise
                member = clean_member_name(header.name)
                if header.isdir() or not member or is_hidden(member):
                    continue
                if len(names) < MAX_LINKS:
                    names.add(member)
                if (header.issym() or header.islnk()) and len(links) < MAX_LINKS:
                    links.append((member, _target(header)))
                    continue
                for draft in _read_one(archive, header, member, name, plan):
                    draft.consumed = stream.consumed
                    pages += 1
                    yield draft
    except UNPACK_ERRORS as error:
        problem = f"broken tar file, and what follows is not read: {str(error)[:200]}"
    for member, target in links:
        if target not in names:
            pages += 1
            yield refuse_member(name, member, "link that leads out of the archive, or nowhere, is not followed")
    if problem or stream.broken:
        yield Draft(key="break", where="after the last whole member", consumed=stream.consumed).reject(stream.broken or problem)
    elif not pages:
        yield Draft(key="no page").reject("no page in this file: it holds no files")


def _target(header: tarfile.TarInfo) -> str:
    """Where a link leads inside the archive; '' if it leads out of it."""
    target = header.linkname if header.islnk() else posixpath.join(posixpath.dirname(header.name), header.linkname)
    path = posixpath.normpath(target)
    return "" if path.startswith(("/", "..")) else clean_member_name(path)


def _read_one(archive: tarfile.TarFile, header: tarfile.TarInfo, member: str, name: str, plan: ReadPlan) -> Iterator[Draft]:
    if not header.isreg() or header.issparse():
        kind = "a sparse file" if header.issparse() else "not a regular file"
        yield refuse_member(name, member, f"member of the tar file is {kind}")
        return
    yield from read_member(ByteStream(cast(BinaryIO, _Member(archive.fileobj, header))), name, member, plan)
