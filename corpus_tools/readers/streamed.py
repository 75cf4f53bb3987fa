"""The readers that need no more than a stream, so that they also read the members of archives."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft
from corpus_tools.readers.files import read_html, read_text
from corpus_tools.readers.mail import read_mail
from corpus_tools.readers.records.arc import read_arc
from corpus_tools.readers.records.warc import read_warc
from corpus_tools.readers.rows.delimited import read_csv
from corpus_tools.readers.rows.json_document import read_json
from corpus_tools.readers.rows.jsonl import read_jsonl
from corpus_tools.readers.stream import ByteStream

StreamReader = Callable[[ByteStream, str, ReadPlan], Iterator[Draft]]

STREAMED: dict[str, StreamReader] = {
    "arc": read_arc,
    "csv": read_csv,
    "html": read_html,
    "json": read_json,
    "jsonl": read_jsonl,
    "mail": read_mail,
    "text": read_text,
    "warc": read_warc,
}
"""Reader by ``SourceFile.format``."""
