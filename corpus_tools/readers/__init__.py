"""One module per input format: each turns a file into drafts of page rows, in file order.

A reader is ``read(path, name, plan) -> Iterator[Draft]``. It never raises for bad content: what
cannot be read is a draft with ``problem`` set. It may raise OSError when the file cannot be opened
and PlanError when the plan does not fit the file. It holds one page at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft

Reader = Callable[[Path, str, ReadPlan], Iterator[Draft]]


def reader_for(file_format: str) -> Reader:
    """The reader of a ``SourceFile.format``; imported here so that a run loads only what it uses."""
    if file_format == "warc":
        from corpus_tools.readers.warc import read
    elif file_format == "arc":
        from corpus_tools.readers.arc import read
    elif file_format == "jsonl":
        from corpus_tools.readers.jsonl import read
    elif file_format == "json":
        from corpus_tools.readers.json_document import read
    elif file_format == "parquet":
        from corpus_tools.readers.parquet import read
    elif file_format in ("html", "text"):
        from corpus_tools.readers.files import read_html, read_text

        return read_html if file_format == "html" else read_text
    else:
        from corpus_tools.readers.files import read_unknown as read
    return read
