"""Chosen pages of a table of any size, a batch at a time.

A join would do it in one line, but polars holds all rows of a table while it joins, texts included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from corpus_tools.errors import RunError

Array = np.ndarray[Any, np.dtype[Any]]


def stream_chosen(
    table: pl.LazyFrame, page_ids: pl.Series, columns: Sequence[str], size: int
) -> Iterator[tuple[Array, pl.DataFrame]]:
    """page_id and ``columns`` of the rows with these ids in the order of ``table``, about ``size`` rows at a time.

    With each batch, the place of each row's id in ``page_ids``, int64[rows]. Ids that the table lacks are passed over.
    """
    order, ids = page_ids.arg_sort().to_numpy().astype(np.int64), page_ids.sort()
    places, held = list[Array](), list[pl.DataFrame]()
    if not len(ids):
        return
    for batch in table.select("page_id", *columns).collect_batches(chunk_size=size, maintain_order=True):
        for part in batch.iter_slices(size):
            at = np.minimum(ids.search_sorted(part["page_id"]).to_numpy().astype(np.int64), len(ids) - 1)
            there = ids.gather(at) == part["page_id"]
            places.append(order[at[there.to_numpy()]])
            picked = part.filter(there)
            held.append(picked if 2 * len(picked) > len(part) else _alone(picked))
            if sum(map(len, held)) >= size:
                yield np.concatenate(places), pl.concat(held)
                places, held = [], []
    if sum(map(len, held)):
        yield np.concatenate(places), pl.concat(held)


def _alone(rows: pl.DataFrame) -> pl.DataFrame:
    """A few rows of a batch in memory of their own: as they come from it they keep all texts of the batch."""
    return pl.DataFrame(pl.from_arrow(rows.to_arrow(compat_level=pl.CompatLevel.oldest())))


def places_of_rows(found: Sequence[Array], page_ids: pl.Series) -> Array:
    """The row of each signature's document, int64[len(page_ids)], from the places of ``stream_chosen``.

    Raises RunError for the first id that has no row, or several.
    """
    places = np.concatenate([np.zeros(0, np.int64), *found])
    rows = np.full(len(page_ids), -1, np.int64)
    rows[places] = np.arange(len(places))
    wrong = np.flatnonzero(np.bincount(places, minlength=len(page_ids)) != 1)
    if len(wrong):
        raise RunError(
            f"page_id {page_ids[int(wrong[0])]!r} has a signature but not exactly one document",
            "match signatures with the documents they were made from",
        )
    return rows
