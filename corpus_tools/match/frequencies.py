"""How many different texts hold each shingle: one pass over the corpus, in memory that does not grow with it.

What many texts hold (a disclaimer, a licence, the frame of a product sheet) is no evidence that two pages are the same.
Hashes go to disk, parted by their leading bits, and are counted one partition at a time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.kernels.shingles import hash_shingles
from corpus_tools.store.backing import here
from corpus_tools.store.parts import list_parts

Array = np.ndarray[Any, np.dtype[Any]]
MIN_DOCUMENTS = 3
"""Texts from which on a shingle is in the table."""
MAX_DOCUMENTS = 255
"""Highest number of texts told apart."""
_PARTITION_BITS = 4


@dataclass(frozen=True)
class Frequencies:
    """``shingles`` uint32, sorted, and ``documents`` uint8: how many texts hold each, at most MAX_DOCUMENTS."""

    shingles: Array
    documents: Array

    @staticmethod
    def none() -> Frequencies:
        """Of no corpus: every shingle counts as held by one text."""
        return Frequencies(np.zeros(0, np.uint32), np.zeros(0, np.uint8))

    @staticmethod
    def of(table: pl.DataFrame) -> Frequencies:
        """From ``tables.FREQUENCIES``, sorted by shingle."""
        documents = np.minimum(table["documents"].to_numpy(), MAX_DOCUMENTS)
        return Frequencies(table["shingle"].to_numpy().astype(np.uint32), documents.astype(np.uint8))


def count_frequencies(texts: Iterable[pa.Array], ngram: int) -> pl.DataFrame:
    """``tables.FREQUENCIES``, sorted by shingle, of batches of texts that are all different."""
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(1 << _PARTITION_BITS)]
        for batch in texts:
            hashes = hash_shingles(batch, ngram)[1]
            which = hashes >> np.uint32(32 - _PARTITION_BITS)
            for number, file in enumerate(files):
                hashes[which == number].tofile(file)
        counted = [_count_partition(file) for file in files]
    return pl.concat(counted)


def _count_partition(file: IO[bytes]) -> pl.DataFrame:
    file.seek(0)
    return count_many(np.fromfile(file, np.uint32))


def count_many(hashes: Array) -> pl.DataFrame:
    """``tables.FREQUENCIES``, sorted by shingle, of uint32 hashes, one for each text that holds the shingle."""
    shingles, documents = np.unique(hashes, return_counts=True)
    many = documents >= MIN_DOCUMENTS
    return pl.DataFrame({"shingle": shingles[many].astype(np.int64), "documents": documents[many].astype(np.int64)})


def read_frequencies(folder: Path) -> Frequencies:
    """The table of a run; a worker that is asked again for one that has not changed does not read it again."""
    return _read_parts(tuple((part, here(part).stat().st_mtime_ns) for part in list_parts(folder)))


@lru_cache(maxsize=1)
def _read_parts(parts: tuple[tuple[Path, int], ...]) -> Frequencies:
    """The table in ``parts``, each with its time of change."""
    if not parts:
        return Frequencies.none()
    return Frequencies.of(pl.concat([pl.read_parquet(part) for part, _ in parts]))
