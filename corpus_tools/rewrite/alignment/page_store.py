"""Laid-out pages of the documents in play, on disk behind a memory map.

Each document is laid out once, a batch of text at a time; the operating system keeps in memory what is used, so the size
of the corpus does not bound what can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.rewrite.alignment.layout import ENTITY, MAX_ENTITIES, Lexicon, Pages
from corpus_tools.rewrite.alignment.measures import lay_out_texts, tell_languages
from corpus_tools.rewrite.original import odd_shares
from corpus_tools.rewrite.vocabulary import Vocabulary
from corpus_tools.store.chosen import places_of_rows, stream_chosen
from corpus_tools.store.scratch import Scratch

Array = np.ndarray[Any, np.dtype[Any]]
BATCH = 2_000
"""Documents laid out at a time."""
_BOUNDS = ("first_word", "first_feature", "first_sentence")
_BOUND_OF = (
    dict.fromkeys(("words", "classes", "flags", "stems"), "first_word")
    | dict.fromkeys(("feats", "sents"), "first_feature")
    | dict.fromkeys(("starts", "norms", "masses"), "first_sentence")
)
"""Array of ``Pages`` on disk -> the array that says where its pages begin."""


class PageStore:
    """``Pages`` of documents in the order they are added. A context manager: leaving it gives the disk space back."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._scratch = Scratch()
        self._bounds = {name: [np.zeros(1, np.int64)] for name in _BOUNDS}
        self._totals, self._odd = list[Array](), [np.zeros(0)]
        self._languages = [np.zeros(0, np.uint8)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._scratch.__exit__(kind, error, trace)

    def add(self, texts: pa.Array[Any], lexicon: Lexicon) -> None:
        """Lay out documents behind those already here."""
        pages, before = lay_out_texts(texts, lexicon), {name: self._bounds[name][-1][-1] for name in _BOUNDS}
        for name, bound in _BOUND_OF.items():
            used = getattr(pages, name)[: getattr(pages, bound)[-1]]
            if name == "starts":
                used = used + before["first_word"]
            self._scratch.append(name, used)
        for name in _BOUNDS:
            self._bounds[name].append(getattr(pages, name)[1:] + before[name])
        self._scratch.append("entities", pages.entities)
        self._totals.append(pages.totals)
        self._odd.append(odd_shares(texts, self._vocabulary))
        self._languages.append(tell_languages(pages))

    def pages(self) -> Pages:
        """All documents added so far."""
        bounds = {name: np.concatenate(self._bounds[name]) for name in _BOUNDS}
        arrays = {name: self._scratch.read(name) for name in _BOUND_OF}
        entities = self._scratch.read("entities", ENTITY).reshape(-1, MAX_ENTITIES)
        return Pages(**arrays, **bounds, entities=entities, totals=np.concatenate(self._totals))

    def odd(self) -> Array:
        """``odd_shares`` of all documents added so far."""
        return np.concatenate(self._odd)

    def languages(self) -> Array:
        """``tell_languages`` of all documents added so far."""
        return np.concatenate(self._languages)


def store_documents(store: PageStore, documents: pl.LazyFrame, page_ids: pl.Series, lexicon: Lexicon) -> Array:
    """Lay out the documents with these ids; the place of each id in the store, int64[len(page_ids)].

    Texts are read once, in any order. Raises RunError if a document is absent.
    """
    found = []
    for places, texts in stream_texts(documents, page_ids):
        store.add(texts, lexicon)
        found.append(places)
    return places_of_rows(found, page_ids)


def stream_texts(documents: pl.LazyFrame, page_ids: pl.Series) -> Iterator[tuple[Array, pa.Array[Any]]]:
    """The texts of the documents with these ids and their places among these, BATCH at a time."""
    for places, batch in stream_chosen(documents, page_ids, ["text"], BATCH):
        yield places, batch["text"].to_arrow().cast(pa.large_string())
