"""Reads a file that is one page: HTML or plain text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, too_large_problem
from corpus_tools.readers.sniff import sniff_media_type, sniff_page_type
from corpus_tools.readers.stream import ByteStream


def read_html(path: Path, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The page in an HTML file."""
    return _read_page(path, name, plan, "text/html")


def read_text(path: Path, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The page in a text file; one that begins with HTML is read as HTML."""
    return _read_page(path, name, plan, "text/plain")


def _read_page(path: Path, name: str, plan: ReadPlan, declared: str) -> Iterator[Draft]:
    page = Draft(key=f"path:{name}", url=name, content_type=declared)
    with ByteStream(path) as stream:
        page.raw = stream.read(plan.max_page_bytes + 1)
        page.consumed = stream.consumed
        broken = stream.broken
    if broken:
        page.reject(broken)
    elif not page.raw:
        page.reject("empty file")
    elif len(page.raw) > plan.max_page_bytes:
        page.reject(too_large_problem(plan.max_page_bytes))
    else:
        sniffed = "text/html" if sniff_media_type(page.raw) == "text/html" else declared
        page.content_type, problem = sniff_page_type(sniffed, page.raw)
        if problem:
            page.reject(problem)
    yield page


def read_unknown(path: Path, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """One problem for a file of a type that is not read."""
    page = Draft(key=f"path:{name}", url=name)
    if not path.exists():
        yield page.reject("file is missing, or a link that leads nowhere")
    elif path.is_dir():
        yield page.reject("folder cannot be listed")
    elif not path.is_file():
        yield page.reject("not a regular file")
    elif not path.stat().st_size:
        yield page.reject("empty file")
    else:
        suffix = PurePosixPath(name).suffix
        yield page.reject(f"file type {suffix} is not read" if suffix else "file without a known type is not read")
