"""Documents on disk that the engine tests share."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from crawls import article

from corpus_tools import tables
from corpus_tools.fingerprint.sketch import fingerprint_batch
from corpus_tools.store.parts import write_part
from corpus_tools.text import content_hash, count_words


@dataclass(frozen=True)
class Corpus:
    """Sketched documents as parts on disk."""

    documents: Path
    signatures: Path


def write_corpus(folder: Path) -> Corpus:
    """300 documents: exact copies, light and heavy edits of 40 articles, and a family of 200 from one template."""
    made = Corpus(folder / "documents", folder / "signatures")
    rows = [_document(number, text) for number, text in enumerate(_texts(300))]
    for place in (made.documents, made.signatures):
        place.mkdir()
    for part in range(3):
        batch = pa.RecordBatch.from_pylist(rows[part * 100 : part * 100 + 100], schema=tables.DOCUMENTS)
        write_part(made.documents / f"part-{part:05d}-00000.parquet", [batch], tables.DOCUMENTS)
        sketched = fingerprint_batch(batch)
        write_part(made.signatures / f"part-{part:05d}-00000.parquet", [sketched], sketched.schema)
    return made


def _texts(count: int) -> Iterator[str]:
    chance = random.Random(7)
    articles = [article(number, 8) for number in range(40)]
    template = article(999, 20)
    for number in range(count):
        family = number % 3 > 0
        words = (template if family else chance.choice(articles)).split()
        for _ in range(chance.randrange(1, 4) if family else chance.randrange(12)):
            words[chance.randrange(len(words))] = chance.choice(("alpha", "beta", "gamma", "delta"))
        yield " ".join(words)


def _document(number: int, text: str) -> dict[str, Any]:
    row = dict.fromkeys(tables.DOCUMENTS.names)
    row |= {"page_id": hashlib.md5(str(number).encode()).hexdigest(), "url": f"http://x.example/{number}", "path": "text"}  # noqa: S324
    return row | {"text": text, "n_words": count_words(text), "content_hash": content_hash(text)}
