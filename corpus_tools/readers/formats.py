"""The reader of each input format: it turns one file into drafts of page rows, in file order.

A reader is ``read_FORMAT(stream, name, plan) -> Iterator[Draft]``; one that has to seek takes a path in
place of the stream. It never raises for bad content: what cannot be read is a draft with ``problem`` set.
It may raise OSError when the file cannot be opened and PlanError when the plan does not fit the file. It
holds one page at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.containers.tars import read_tar
from corpus_tools.readers.containers.zips import read_zip
from corpus_tools.readers.draft import Draft
from corpus_tools.readers.files import read_outside_link, read_unknown
from corpus_tools.readers.rows.parquet import read_parquet
from corpus_tools.readers.stream import ByteStream
from corpus_tools.readers.streamed import STREAMED
from corpus_tools.store.objects.stored_file import Place

PathReader = Callable[[Place, str, ReadPlan], Iterator[Draft]]

_SEEKING: dict[str, PathReader] = {
    "outside": read_outside_link,
    "parquet": read_parquet,
    "unknown": read_unknown,
    "zip": read_zip,
}
"""Reader by ``SourceFile.format``, of formats that are not read from front to back."""

_WITH_ROWS = ("csv", "json", "jsonl", "parquet", "tar", "zip")
"""Formats that may hold rows, whose fields the plan can name."""


def read_file(path: Place, name: str, kind: str, plan: ReadPlan) -> Iterator[Draft]:
    """The drafts of one file of the format ``kind``. Raises as readers do."""
    if kind in _SEEKING:
        yield from _SEEKING[kind](path, name, plan)
        return
    with ByteStream(path) as stream:
        yield from (read_tar if kind == "tar" else STREAMED[kind])(stream, name, plan)


def may_hold_rows(kind: str) -> bool:
    """Whether a file of this format may hold rows with fields."""
    return kind in _WITH_ROWS
