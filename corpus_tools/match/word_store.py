"""Words, shingle sets, addresses and titles of the documents in play, on disk behind a memory map.

Only documents that take part in a candidate are here. Reading them once into unnamed temporary
files keeps memory bounded by one batch of text, whatever the size of the corpus; the operating
system keeps in memory what is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Self

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.kernels.shingles import distinct_sets, list_shingles
from corpus_tools.match.addresses import hash_addresses, hash_sites
from corpus_tools.match.evidence.holder_kernels import look_up_holders, mark_common, spread_positions
from corpus_tools.match.frequencies import Frequencies
from corpus_tools.match.page_words import read_word_arrays
from corpus_tools.match.titles import read_titles
from corpus_tools.store.chosen import places_of_rows, stream_chosen
from corpus_tools.store.scratch import Scratch

Array = np.ndarray[Any, np.dtype[Any]]
BATCH = 2_000
"""Documents read at a time."""
_TYPES = {
    "words": np.uint32,
    "letters": np.uint32,
    "info": np.uint8,
    "shingles": np.uint32,
    "holders": np.uint8,
    "common": np.uint8,
    "sets": np.uint32,
    "address": np.uint64,
    "stated": np.uint64,
    "site": np.uint64,
    "title": np.uint64,
    "short_title": np.uint64,
    "told_title": np.uint8,
    "names": np.uint64,
}
TOLD = ("url", "canonical_url", "title")
"""Columns of documents that say something of a page beside its text; a frame may lack them."""


class WordStore:
    """Documents by position: the words of each, in order, and their sorted distinct uint32 shingle hashes.

    A context manager: leaving it gives the disk space back.
    """

    def __init__(self, ngram: int, frequencies: Frequencies | None = None) -> None:
        self._ngram, self._frequencies = ngram, frequencies or Frequencies.none()
        self._scratch = Scratch()
        self._sizes: dict[str, list[Array]] = {"words": [], "sets": [], "names": []}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._scratch.__exit__(kind, error, trace)

    def add(self, texts: pa.Array, told: Mapping[str, pl.Series] = MappingProxyType({})) -> None:
        """Append documents and, where known, what is ``TOLD`` of them; their positions follow those already here."""
        start, words, letters, info = read_word_arrays(texts)
        indptr, listed = list_shingles(texts, self._ngram)
        set_indptr, sets = distinct_sets(indptr, listed)
        shingles, holders = np.zeros(len(words), np.uint32), np.zeros(len(words), np.uint8)
        common = np.zeros(len(words), np.uint8)
        spread_positions(start, indptr, listed, shingles)
        look_up_holders(shingles, self._frequencies.shingles, self._frequencies.documents, holders)
        mark_common(start, holders, self._ngram, common)
        addresses = (hash_addresses(told.get(name), len(texts)) for name in ("url", "canonical_url"))
        titles = read_titles(told.get("title"), texts, start, letters, info)
        words_of = (words, letters, info, shingles, holders, common)
        sites = hash_sites(told.get("url"), len(texts))
        columns: tuple[Array, ...] = (*words_of, sets, *addresses, sites, titles.whole, titles.short, titles.told, titles.names)
        for name, values in zip(_TYPES, columns, strict=True):
            self._scratch.append(name, values)
        self._sizes["words"].append(np.diff(start))
        self._sizes["sets"].append(np.diff(set_indptr))
        self._sizes["names"].append(np.diff(titles.start))

    def words(self) -> tuple[Array, Array, Array, Array]:
        """``start`` int64[n + 1], and of all words in order hash, letters and info; see ``page_word_kernels.read_pages``."""
        return self._start("words"), self._open("words"), self._open("letters"), self._open("info")

    def shared(self) -> tuple[Array, Array, Array]:
        """Of all words in order, the shingle that begins there, how many texts hold it, and whether many pages share the word."""
        return self._open("shingles"), self._open("holders"), self._open("common")

    @property
    def ngram(self) -> int:
        """Words in a shingle."""
        return self._ngram

    def sets(self) -> tuple[Array, Array]:
        """``start`` int64[n + 1] and the shingle sets of all documents, uint32."""
        return self._start("sets"), self._open("sets")

    def addresses(self) -> tuple[Array, Array]:
        """Hashes of the address of each document and of the one it states, uint64[n]; see ``addresses.hash_addresses``."""
        return self._open("address"), self._open("stated")

    def sites(self) -> Array:
        """A hash of the host of each document, uint64[n]; see ``addresses.hash_sites``."""
        return self._open("site")

    def titles(self) -> tuple[Array, Array]:
        """Hashes of the title of each document, uint64[n]; see ``titles.Titles``."""
        return self._open("title"), self._open("short_title")

    def told_titles(self) -> Array:
        """Whether a title was told of each document, uint8[n]; else that above is of its heading."""
        return self._open("told_title")

    def names(self) -> tuple[Array, Array]:
        """``start`` int64[n + 1] and what the title of each document names, uint64; see ``titles.Titles``."""
        return self._start("names"), self._open("names")

    def _start(self, which: str) -> Array:
        return np.concatenate([np.zeros(1, np.int64), *self._sizes[which]]).cumsum(dtype=np.int64)

    def _open(self, name: str) -> Array:
        return self._scratch.read(name, _TYPES[name])


def load_documents(store: WordStore, documents: pl.LazyFrame, page_ids: pl.Series) -> Array:
    """Add the documents with these ids to ``store``, with what is ``TOLD`` of them if they have such columns.

    Returns the position of each id in the store, int64[len(page_ids)].

    Texts are read once, ``BATCH`` at a time. Raises RunError if a document is absent.
    """
    there = documents.collect_schema().names()
    known, found = [name for name in TOLD if name in there], []
    for places, batch in stream_chosen(documents, page_ids, ["text", *known], BATCH):
        store.add(batch["text"].to_arrow(), {name: batch[name] for name in known})
        found.append(places)
    return places_of_rows(found, page_ids)
