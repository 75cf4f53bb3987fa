"""The reader of each input format: it turns one file into drafts of page rows, in file order.

A reader is ``read_FORMAT(path, name, plan) -> Iterator[Draft]``. It never raises for bad content: what
cannot be read is a draft with ``problem`` set. It may raise OSError when the file cannot be opened
and PlanError when the plan does not fit the file. It holds one page at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.arc import read_arc
from corpus_tools.readers.draft import Draft
from corpus_tools.readers.files import read_html, read_text, read_unknown
from corpus_tools.readers.json_document import read_json
from corpus_tools.readers.jsonl import read_jsonl
from corpus_tools.readers.parquet import read_parquet
from corpus_tools.readers.warc import read_warc

Reader = Callable[[Path, str, ReadPlan], Iterator[Draft]]

READERS: dict[str, Reader] = {
    "arc": read_arc,
    "html": read_html,
    "json": read_json,
    "jsonl": read_jsonl,
    "parquet": read_parquet,
    "text": read_text,
    "unknown": read_unknown,
    "warc": read_warc,
}
"""Reader by ``SourceFile.format``."""
