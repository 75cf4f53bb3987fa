"""Laid-out pages of the documents in play, on disk behind a memory map.

Each document is laid out once, a batch of text at a time; the operating system keeps in memory what is used, so the size
of the corpus does not bound what can be compared.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.errors import RunError
from corpus_tools.rewrite.alignment.layout import Lexicon, Pages
from corpus_tools.rewrite.alignment.measures import lay_out_texts, tell_languages
from corpus_tools.rewrite.original import odd_shares
from corpus_tools.rewrite.vocabulary import Vocabulary

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
        # closed by __exit__
        self._files: dict[str, IO[bytes]] = {name: tempfile.TemporaryFile() for name in _BOUND_OF}  # noqa: SIM115
        self._types: dict[str, np.dtype[Any]] = {}
        self._bounds = {name: [np.zeros(1, np.int64)] for name in _BOUNDS}
        self._entities, self._totals, self._odd = list[Array](), list[Array](), [np.zeros(0)]
        self._languages = [np.zeros(0, np.uint8)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for file in self._files.values():
            file.close()

    def add(self, texts: pa.Array[Any], lexicon: Lexicon) -> None:
        """Lay out documents behind those already here."""
        pages, before = lay_out_texts(texts, lexicon), {name: self._bounds[name][-1][-1] for name in _BOUNDS}
        for name, bound in _BOUND_OF.items():
            used = getattr(pages, name)[: getattr(pages, bound)[-1]]
            if name == "starts":
                used = used + before["first_word"]
            self._types[name] = used.dtype
            used.tofile(self._files[name])
        for name in _BOUNDS:
            self._bounds[name].append(getattr(pages, name)[1:] + before[name])
        self._entities.append(pages.entities)
        self._totals.append(pages.totals)
        self._odd.append(odd_shares(texts, self._vocabulary))
        self._languages.append(tell_languages(pages))

    def pages(self) -> Pages:
        """All documents added so far."""
        bounds = {name: np.concatenate(self._bounds[name]) for name in _BOUNDS}
        arrays = {name: self._open(name, int(bounds[bound][-1])) for name, bound in _BOUND_OF.items()}
        return Pages(**arrays, **bounds, entities=np.concatenate(self._entities), totals=np.concatenate(self._totals))

    def odd(self) -> Array:
        """``odd_shares`` of all documents added so far."""
        return np.concatenate(self._odd)

    def languages(self) -> Array:
        """``tell_languages`` of all documents added so far."""
        return np.concatenate(self._languages)

    def _open(self, name: str, size: int) -> Array:
        self._files[name].flush()
        if not size:
            return np.zeros(0, self._types[name])
        return np.asarray(np.memmap(self._files[name], self._types[name], "r", shape=(size,)))


def store_documents(store: PageStore, documents: pl.LazyFrame, page_ids: pl.Series, lexicon: Lexicon) -> Array:
    """Lay out the documents with these ids; the place of each id in the store, int64[len(page_ids)].

    Texts are read once, in any order. Raises RunError if a document is absent.
    """
    found = []
    for ids, texts in stream_texts(documents, page_ids):
        store.add(texts, lexicon)
        found.append(ids)
    held = pl.concat(found) if found else pl.Series([], dtype=pl.String)
    table = pl.DataFrame({"page_id": held, "at": np.arange(len(held))}, schema={"page_id": pl.String, "at": pl.Int64})
    at = pl.DataFrame({"page_id": page_ids}).join(table, on="page_id", how="left", maintain_order="left")["at"]
    if at.null_count() or len(at) != len(page_ids):
        missing = [*page_ids.filter(at.is_null())[:1], *held.filter(held.is_duplicated())[:1]]
        raise RunError(
            f"page_id {missing[0]!r} has a rewrite signature but not exactly one document",
            "match signatures with the documents they were made from",
        )
    return at.to_numpy()


def stream_texts(documents: pl.LazyFrame, page_ids: pl.Series) -> Iterator[tuple[pl.Series, pa.Array[Any]]]:
    """The ids and texts of the documents with these ids, BATCH at a time."""
    wanted = documents.select("page_id", "text").join(pl.LazyFrame({"page_id": page_ids}), on="page_id", how="semi")
    for batch in wanted.collect_batches(chunk_size=BATCH, maintain_order=True):
        for part in batch.iter_slices(BATCH):
            yield part["page_id"], part["text"].to_arrow().cast(pa.large_string())
