"""Which page of a cluster of rewrites is the original: the one whose phrasing the rest of the corpus uses most.

Synonym software leaves phrases nobody writes. A page's *odd share* is the share of its word 2-grams that fewer than
MIN_DOCUMENTS documents of the corpus hold; the original is the one with the least, and where the shares are close, the earliest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.kernels.fold import fold_table
from corpus_tools.kernels.shingles import text_buffers
from corpus_tools.rewrite.original_kernels import PHRASE_COUNTS, odd_phrases
from corpus_tools.rewrite.vocabulary import Vocabulary

Array = np.ndarray[Any, np.dtype[Any]]

CLOSE = 0.005
"""Odd shares that differ by no more than this do not decide."""


def odd_shares(texts: pa.Array[Any], vocabulary: Vocabulary) -> Array:
    """Share of each text's word 2-grams that are odd, float64[n] in 0..1, drawn to a half for texts of few words."""
    held = text_buffers(texts)
    out = np.zeros(len(texts), PHRASE_COUNTS)
    odd_phrases(held.offsets, held.base, held.limit, fold_table(), vocabulary.kinds, vocabulary.shingles, out)
    return np.asarray((out["odd"] + 1) / (out["counted"] + 2))


def find_originals(members: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """The original of each cluster: columns cluster_id, original, odd_share, reason; one row a cluster, sorted.

    ``members`` has cluster_id, page_id and text, and where known ``date`` (anything that sorts; earliest wins a tie).
    """
    pages = members.select("page_id", "text").unique("page_id", maintain_order=True)  # a page of many clusters is read once
    shares = pl.Series("odd_share", odd_shares(pages["text"].to_arrow().cast(pa.large_string()), vocabulary))
    dates = members["date"] if "date" in members.columns else pl.Series("date", [None] * len(members), pl.Int64)
    ranked = members.select("cluster_id", "page_id").with_columns(dates.alias("date"))
    ranked = ranked.join(pages.select("page_id", shares), on="page_id", how="left", maintain_order="left")
    least = pl.col("odd_share").min().over("cluster_id")
    ranked = ranked.with_columns(
        close=pl.col("odd_share") <= least + CLOSE, least=least, most=pl.col("odd_share").max().over("cluster_id")
    )
    ranked = ranked.with_columns(rivals=pl.col("close").sum().over("cluster_id"))
    best = (
        ranked.filter("close")
        .sort("cluster_id", "date", "page_id", nulls_last=True)
        .unique("cluster_id", keep="first", maintain_order=True)
    )
    percent = (pl.col("odd_share") * 100).round(1).cast(pl.String)
    highest = (pl.col("most") * 100).round(1).cast(pl.String)
    words = pl.format("{}% of its word pairs stand in fewer than 3 documents; up to {}% in its rewrites", percent, highest)
    tie = pl.format("of {} pages with phrasing as usual as each other, the earliest", pl.col("rivals"))
    reason = pl.when(pl.col("rivals") > 1).then(tie).otherwise(words)
    return best.select("cluster_id", original="page_id", odd_share="odd_share", reason=reason)
