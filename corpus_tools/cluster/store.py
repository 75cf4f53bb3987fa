"""Words and shingle sets of the documents in play, on disk behind a memory map.

Only documents that take part in a candidate are here. Reading them once into unnamed temporary
files keeps memory bounded by one batch of text, whatever the size of the corpus; the operating
system keeps in memory what is used.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
import polars as pl
import pyarrow as pa

Array = np.ndarray[Any, np.dtype[Any]]
BATCH = 2_000
"""Documents read at a time."""


class WordStore:
    """Documents by position: uint32 word hashes in order, and their sorted distinct uint32 shingle hashes.

    A context manager: leaving it gives the disk space back.
    """

    def __init__(self, ngram: int) -> None:
        self._ngram = ngram
        # closed by __exit__
        self._files: tuple[IO[bytes], ...] = (tempfile.TemporaryFile(), tempfile.TemporaryFile())  # noqa: SIM115
        self._sizes: tuple[list[Array], list[Array]] = ([], [])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for file in self._files:
            file.close()

    def add(self, texts: pa.Array) -> None:
        """Append documents; their positions follow those already here."""
        from corpus_tools.cluster._verify_kernels import shingle_sets

        start, words = word_hashes(texts)
        begin, sets = shingle_sets(start, words, self._ngram)
        for file, sizes, offsets, values in zip(self._files, self._sizes, (start, begin), (words, sets), strict=True):
            values.tofile(file)
            sizes.append(np.diff(offsets))

    def words(self) -> tuple[Array, Array]:
        """``start`` int64[n + 1] and the word hashes of all documents, uint32."""
        return self._open(0)

    def sets(self) -> tuple[Array, Array]:
        """``start`` int64[n + 1] and the shingle sets of all documents, uint32."""
        return self._open(1)

    def _open(self, which: int) -> tuple[Array, Array]:
        start = np.concatenate([np.zeros(1, np.int64), *self._sizes[which]]).cumsum()
        self._files[which].flush()
        if not start[-1]:
            return start, np.zeros(0, np.uint32)
        return start, np.asarray(np.memmap(self._files[which], np.uint32, "r", shape=(int(start[-1]),)))


def word_hashes(texts: pa.Array) -> tuple[Array, Array]:
    """``start`` int64[n + 1] and the low halves of ``text.word_hash`` of the words of every text, in order."""
    from corpus_tools.text import word_hash, words

    found = [[word_hash(word) & 0xFFFFFFFF for word in words(text)] for text in texts.to_pylist()]
    start = np.cumsum([0, *map(len, found)], dtype=np.int64)
    return start, np.array([one for words_ in found for one in words_], np.uint32)


def load_documents(store: WordStore, documents: pl.LazyFrame, page_ids: pl.Series) -> Array:
    """Add the documents with these ids to ``store``; the position of each id in it, int64[len(page_ids)].

    Texts are read once, ``BATCH`` at a time. Raises RunError if a document is absent.
    """
    from corpus_tools.errors import RunError

    wanted = pl.LazyFrame({"page_id": page_ids})
    found: list[pl.Series] = []
    for batch in _batches(documents.select("page_id", "text").join(wanted, on="page_id", how="semi")):
        store.add(batch["text"].to_arrow())
        found.append(batch["page_id"])
    ids = pl.concat(found) if found else pl.Series([], dtype=pl.String)
    table = pl.DataFrame({"page_id": ids, "at": np.arange(len(ids))}, schema={"page_id": pl.String, "at": pl.Int64})
    at = pl.DataFrame({"page_id": page_ids}).join(table, on="page_id", how="left", maintain_order="left")["at"]
    if at.null_count() or len(at) != len(page_ids):
        missing = page_ids.filter(at.is_null())[:1].to_list() or ids.filter(ids.is_duplicated())[:1].to_list()
        raise RunError(
            f"page_id {missing[0]!r} has a signature but not exactly one document",
            "match signatures with the documents they were made from",
        )
    return at.to_numpy()


def _batches(frame: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    for batch in frame.collect_batches(chunk_size=BATCH, maintain_order=True):
        yield from batch.iter_slices(BATCH)
