"""All about rewrites of a corpus: the pairs, the original of each, the words swapped, and how they join the near copies."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import narwhals as nw
import polars as pl
import pyarrow as pa

from corpus_tools.cluster.original import find_originals
from corpus_tools.cluster.rivals import LIKELY
from corpus_tools.cluster.spun import count_lexicon, match_spun
from corpus_tools.cluster.substitutions import learn_substitutions
from corpus_tools.plan import Plan
from corpus_tools.tables import EDGES, REWRITES
from corpus_tools.vocabulary import Vocabulary

Frame = TypeVar("Frame")
"""A lazy frame of any engine; the same kind comes back."""


def find_rewrites(
    signatures: pl.LazyFrame, documents: pl.LazyFrame, plan: Plan, vocabulary: Vocabulary
) -> tuple[pl.DataFrame, pa.Table]:
    """``tables.REWRITES`` sorted by (left, right), and ``tables.SUBSTITUTIONS`` learned from the pairs that merge.

    ``signatures`` as ``tables.SPIN_SIGNATURES`` made with ``vocabulary``; ``documents`` with page_id, text, fetched_at.
    """
    found = pa.Table.from_batches(match_spun(signatures, documents, plan, vocabulary), EDGES)
    edges = pl.DataFrame(pl.from_arrow(found))
    wanted = pl.concat([edges["left"], edges["right"]]).unique()
    pages = documents.select("page_id", "text", date="fetched_at").filter(pl.col("page_id").is_in(wanted.implode())).collect()
    named = name_originals(edges, pages, vocabulary)
    ids = documents.select("page_id").sort("page_id").collect()["page_id"]
    lexicon = count_lexicon(documents, ids, vocabulary)
    return named, learn_substitutions(named, documents, lexicon, vocabulary, plan.spin.threshold)


def name_originals(edges: pl.DataFrame, pages: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """``edges`` as rows of ``tables.REWRITES``: with the page of each pair that is its original, and why.

    ``pages`` has page_id, text and ``date`` of every page that stands in ``edges``; other columns of ``edges`` stay behind.
    """
    if not edges.height:
        return pl.DataFrame(pl.from_arrow(REWRITES.empty_table())).select(REWRITES.names)
    pairs = edges.select(pl.concat_str("left", "right").alias("cluster_id"), "left", "right")
    members = pairs.unpivot(["left", "right"], index="cluster_id", value_name="page_id").join(pages, on="page_id")
    found = find_originals(members.select("cluster_id", "page_id", "text", "date"), vocabulary)
    keyed = edges.with_columns(pl.concat_str("left", "right").alias("cluster_id"))
    named = keyed.join(found.select("cluster_id", "original", why_original="reason"), on="cluster_id", how="left")
    return named.select(REWRITES.names).sort("left", "right")


def join_rewrites(edges: Frame, rewrites: Frame, plan: Plan) -> Frame:
    """Near and spun edges as one table with one threshold, ``group.threshold``, one row a pair; frames in, same kind out.

    Spun pairs below ``spin.threshold`` are left out; the others reach the group's threshold, whatever it is. A pair that
    is both merges as the near copy it is, if its near score suffices.
    """
    near, spun = (_lazy(frame) for frame in (edges, rewrites))
    spun = spun.filter(nw.col("score") >= plan.spin.threshold).select(EDGES.names)
    spun = spun.with_columns(nw.max_horizontal(nw.col("score"), nw.lit(plan.group.threshold)).alias("score"))
    enough = near.filter(nw.col("score") >= plan.group.threshold)
    added = spun.join(enough.select("left", "right"), on=["left", "right"], how="anti")
    kept = near.join(added.select("left", "right"), on=["left", "right"], how="anti")
    return cast(Frame, nw.concat([kept.select(EDGES.names), added]).to_native())


def count_rewritten(rewrites: Frame) -> Frame:
    """page_id and ``rewritten``: of how many pages it is, more likely than not, the rewrite; pages that are none are absent.

    A light rewrite may stay below the threshold at which it merges, and be joined to its original as a near copy.
    """
    held = _lazy(rewrites)
    likely = held.filter(nw.col("score") >= LIKELY)
    original_is_left = nw.col("original") == nw.col("left")
    rewrite = nw.when(original_is_left).then(nw.col("right")).otherwise(nw.col("left"))
    counted = likely.select(rewrite.alias("page_id")).group_by("page_id").agg(nw.len().cast(nw.Int64).alias("rewritten"))
    return cast(Frame, counted.to_native())


def _lazy(native: Any) -> nw.LazyFrame[Any]:
    frame: nw.LazyFrame[Any] = nw.from_native(native)
    return frame
