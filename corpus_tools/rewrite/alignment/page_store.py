"""Laid-out pages of the documents in play, on disk behind a memory map.

Each document is laid out once, a batch of text at a time; the operating system keeps in memory what is used, so the size
of the corpus does not bound what can be compared.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.errors import RunError
from corpus_tools.rewrite.alignment.measures import lay_out_texts
from corpus_tools.rewrite.original import odd_shares
from corpus_tools.rewrite.vocabulary import Vocabulary

if TYPE_CHECKING:
    from corpus_tools.rewrite.alignment.page_kernels import Lexicon, Pages

Array = np.ndarray[Any, np.dtype[Any]]
BATCH = 2_000
"""Documents laid out at a time."""
_EXTENTS = {"words": 0, "classes": 0, "flags": 0, "stems": 0, "feats": 1, "sents": 1, "starts": 2, "norms": 2, "masses": 2}
"""Array -> column of ``bounds`` that gives its length."""


class PageStore:
    """``Pages`` of documents in the order they are added. A context manager: leaving it gives the disk space back."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        # closed by __exit__
        self._files: dict[str, IO[bytes]] = {name: tempfile.TemporaryFile() for name in _EXTENTS}  # noqa: SIM115
        self._types: dict[str, np.dtype[Any]] = {}
        self._bounds, self._entities, self._odd = [np.zeros((1, 3), np.int64)], list[Array](), [np.zeros(0)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for file in self._files.values():
            file.close()

    def add(self, texts: pa.Array[Any], lexicon: Lexicon) -> None:
        """Lay out documents behind those already here."""
        pages, before = lay_out_texts(texts, lexicon), self._bounds[-1][-1]
        for name, extent in _EXTENTS.items():
            used = getattr(pages, name)[: pages.bounds[-1, extent]]
            if name == "starts":
                used = used + before[0]
            self._types[name] = used.dtype
            used.tofile(self._files[name])
        self._bounds.append(pages.bounds[1:] + before)
        self._entities.append(pages.entities)
        self._odd.append(odd_shares(texts, self._vocabulary))

    def pages(self) -> Pages:
        """All documents added so far."""
        from corpus_tools.rewrite.alignment.page_kernels import Pages

        bounds = np.concatenate(self._bounds)
        arrays = {name: self._open(name, int(bounds[-1, extent])) for name, extent in _EXTENTS.items()}
        return Pages(**arrays, entities=np.concatenate(self._entities), bounds=bounds)

    def odd(self) -> Array:
        """``odd_shares`` of all documents added so far."""
        return np.concatenate(self._odd)

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
    for ids, texts in read_texts(documents, page_ids):
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


def read_texts(documents: pl.LazyFrame, page_ids: pl.Series) -> Iterator[tuple[pl.Series, pa.Array[Any]]]:
    """The ids and texts of the documents with these ids, BATCH at a time."""
    wanted = documents.select("page_id", "text").join(pl.LazyFrame({"page_id": page_ids}), on="page_id", how="semi")
    for batch in wanted.collect_batches(chunk_size=BATCH, maintain_order=True):
        for part in batch.iter_slices(BATCH):
            yield part["page_id"], part["text"].to_arrow().cast(pa.large_string())
