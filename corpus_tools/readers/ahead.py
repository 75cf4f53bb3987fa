"""Fetches small objects of a store before their turn, so that reading many of them does not wait for each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from corpus_tools.readers.listing import SourceFile
from corpus_tools.store.objects.stored_file import FIRST_WINDOW, StoredFile

AHEAD = 32
"""Objects of at most one window each that are fetched or waiting: 4 MiB."""
_AT_ONCE = 16


def fetch_ahead(files: Sequence[SourceFile], start: int) -> Iterator[tuple[int, SourceFile]]:
    """``files`` from ``start`` on with their numbers, in order; the content of small objects comes with them."""
    if not any(isinstance(file.path, StoredFile) for file in files[start:]):
        yield from ((index, files[index]) for index in range(start, len(files)))
        return
    pool = ThreadPoolExecutor(_AT_ONCE)
    waiting: deque[tuple[int, Future[SourceFile] | SourceFile]] = deque()
    try:
        for index in range(start, len(files)):
            file = files[index]
            small = isinstance(file.path, StoredFile) and 0 < file.size <= FIRST_WINDOW
            waiting.append((index, pool.submit(_with_content, file) if small else file))
            if len(waiting) > AHEAD:
                yield _arrived(*waiting.popleft())
        while waiting:
            yield _arrived(*waiting.popleft())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _with_content(file: SourceFile) -> SourceFile:
    return replace(file, path=file.path.with_content()) if isinstance(file.path, StoredFile) else file


def _arrived(index: int, file: Future[SourceFile] | SourceFile) -> tuple[int, SourceFile]:
    return index, file.result() if isinstance(file, Future) else file
