"""A member of an archive read as a file of its own, in one pass and without unpacking to disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from corpus_tools.errors import PlanError
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, make_storable
from corpus_tools.readers.files import make_file_draft, why_unread
from corpus_tools.readers.names import drop_archive, guess_format_by_name
from corpus_tools.readers.sniff import SNIFFED_BYTES, sniff_format
from corpus_tools.readers.stream import ByteStream
from corpus_tools.readers.streamed import STREAMED

_CLEAN = re.compile(r"\w[\w.-]*+(?:/\w[\w.-]*+)*+", re.ASCII)
_INSIDE = {
    "zip": "an archive inside an archive is not read: unpack the outer one",
    "tar": "an archive inside an archive is not read: unpack the outer one",
    "parquet": "parquet inside an archive is not read: unpack the archive",
}


def clean_member_name(name: str) -> str:
    """The name of a member as a path that leads nowhere else: no root, no drive, no '..'. '' for one that is nothing else."""
    if _CLEAN.fullmatch(name):  # as nearly all are
        return name
    parts = make_storable(name).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..") and not part.endswith(":"))


def is_hidden(member: str) -> bool:
    """Whether a member is one that folders hide, or that a Mac adds."""
    return any(part.startswith(".") or part == "__MACOSX" for part in member.split("/"))


def name_member(archive: str, member: str) -> str:
    """The name of a member as if the archive had been unpacked: 'in.zip' with 'in/a.html' or 'a.html' gives 'in/a.html'."""
    folder, inner = _open_name(archive)
    return f"{folder}{member.removeprefix(inner)}"


@lru_cache(maxsize=16)
def _open_name(archive: str) -> tuple[str, str]:
    """The folder that an archive stands for, and the one inside it that it would be twice; both end with a slash."""
    folder = drop_archive(archive)
    return f"{folder}/", f"{folder[folder.rfind('/') + 1 :]}/"


def read_member(stream: ByteStream, archive: str, member: str, plan: ReadPlan) -> Iterator[Draft]:
    """The drafts of one member; ``member`` is a clean name."""
    name = name_member(archive, member)
    kind = guess_format_by_name(member) or sniff_format(stream.peek(SNIFFED_BYTES))
    for draft in _read(stream, name, kind, plan):
        draft.where = f"{member} {draft.where}".rstrip()
        yield draft


def refuse_member(archive: str, member: str, problem: str) -> Draft:
    """A member that is not read, and why."""
    draft = make_file_draft(name_member(archive, member))
    draft.where = member
    return draft.reject(problem)


def _read(stream: ByteStream, name: str, kind: str, plan: ReadPlan) -> Iterator[Draft]:
    if kind in STREAMED:
        try:
            yield from STREAMED[kind](stream, name, plan)
        except PlanError as error:  # archives hold all kinds of tables beside the pages
            yield make_file_draft(name).reject(error.what)
        return
    head = stream.peek(SNIFFED_BYTES)
    yield make_file_draft(name).reject(stream.broken or ("empty file" if not head else _INSIDE.get(kind) or why_unread(head, name)))
