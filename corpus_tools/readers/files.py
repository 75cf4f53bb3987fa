"""Reads a file that is one page (HTML or plain text), and says of a file that is none why it is not read."""

from __future__ import annotations

from collections.abc import Iterator

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, too_large_problem
from corpus_tools.readers.names import drop_packing, find_ending
from corpus_tools.readers.sniff import sniff_media_type, sniff_page_type
from corpus_tools.readers.stream import ByteStream
from corpus_tools.store.objects.stored_file import Place


def read_html(stream: ByteStream, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The page in an HTML file."""
    return _read_page(stream, name, plan, "text/html")


def read_text(stream: ByteStream, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The page in a text file; one that begins with HTML is read as HTML."""
    return _read_page(stream, name, plan, "text/plain")


def _read_page(stream: ByteStream, name: str, plan: ReadPlan, declared: str) -> Iterator[Draft]:
    page = make_file_draft(name)
    page.content_type = declared
    page.raw = stream.read(plan.max_page_bytes + 1)
    page.consumed = stream.consumed
    if not page.raw:
        page.reject(stream.broken or "empty file")
    elif len(page.raw) > plan.max_page_bytes:
        page.reject(too_large_problem(plan.max_page_bytes))
    else:
        sniffed = "text/html" if sniff_media_type(page.raw) == "text/html" else declared
        page.content_type, problem = sniff_page_type(sniffed, page.raw)
        if stream.broken:
            page.truncated = True
            page.say(stream.broken)
        if problem:
            page.reject(problem)
    yield page


def make_file_draft(name: str) -> Draft:
    """The draft of a file that is one page: its path, without the ending of a packing, stands for its address."""
    path = drop_packing(name)
    return Draft(key=f"path:{path}", url=path, is_path=True)


def read_unknown(path: Place, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """One problem for a file of a type that is not read."""
    page = make_file_draft(name)
    if not path.exists():
        yield page.reject("file is missing, or a link that leads nowhere")
    elif path.is_dir():
        yield page.reject("folder cannot be listed")
    elif not path.is_file():
        yield page.reject("not a regular file")
    elif not path.stat().st_size:
        yield page.reject("empty file")
    else:
        yield page.reject(why_unread(path.open("rb").read(len(LFS_POINTER)), name))


LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def why_unread(head: bytes, name: str) -> str:
    """Why a file with these first bytes and this name is not read."""
    if head.startswith(LFS_POINTER):
        return "Git LFS pointer: the file itself was not downloaded (git lfs pull)"
    suffix = find_ending(name)
    return f"file type {suffix} is not read" if suffix else "file without a known type is not read"


def read_outside_link(path: Place, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """One problem for a link that leads out of the folder that was given."""
    yield make_file_draft(name).reject("link that leads out of the source folder is not followed (read.follow_links)")
