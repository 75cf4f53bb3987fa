"""What grouping reads of the documents beside their columns: broken text, pages of an earlier run, rewrites; frames of any engine."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from corpus_tools.group.joined import count_rewritten

BROKEN = "\ufffd|\u00c3[\u0080-\u00bf]|\u00e2\u20ac|\u00c2[\u0080-\u00bf]"
"""Characters that only text decoded in the wrong way holds."""


def grouping_columns(documents: Any, columns: list[str], rewrites: Any = None, earlier: Any = None) -> Any:
    """page_id, ``columns``, broken, earlier and rewritten (int64) of every document; a lazy frame of the same kind.

    ``earlier`` are the clusters of an earlier run (``tables.CLUSTERS``): what it kept has ``earlier`` 1.
    """
    frame: nw.LazyFrame[Any] = nw.from_native(documents)
    damaged = nw.col("text").str.contains(BROKEN).fill_null(value=False) | nw.col("truncated").fill_null(value=False)
    broken = damaged.cast(nw.Int64).alias("broken")
    pages = frame.select("page_id", *columns, broken)
    kept = None if earlier is None else _kept_pages(nw.from_native(earlier))
    counted = None if rewrites is None else nw.from_native(count_rewritten(rewrites))
    for name, held in (("earlier", kept), ("rewritten", counted)):
        if held is None:
            pages = pages.with_columns(nw.lit(None, nw.Int64).alias(name))
        else:
            pages = pages.join(held.select(of="page_id", **{name: name}), left_on="page_id", right_on="of", how="left")
    return pages.to_native()


def _kept_pages(clusters: Any) -> Any:
    return clusters.filter(nw.col("role") != "removed").select("page_id", earlier=nw.lit(1, nw.Int64))
