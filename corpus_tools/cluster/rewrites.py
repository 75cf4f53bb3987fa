"""All about rewrites of a corpus: the pairs, the original of each, the words swapped, and how they join the near copies."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from corpus_tools.cluster.original import find_originals
from corpus_tools.cluster.spun import count_lexicon, match_spun
from corpus_tools.cluster.substitutions import learn_substitutions
from corpus_tools.plan import Plan
from corpus_tools.tables import EDGES, REWRITES
from corpus_tools.vocabulary import Vocabulary


def find_rewrites(
    signatures: pl.LazyFrame, documents: pl.LazyFrame, plan: Plan, vocabulary: Vocabulary
) -> tuple[pl.DataFrame, pa.Table]:
    """``tables.REWRITES`` sorted by (left, right), and ``tables.SUBSTITUTIONS`` learned from the pairs that merge.

    ``signatures`` as ``tables.SPIN_SIGNATURES`` made with ``vocabulary``; ``documents`` with page_id, text, fetched_at.
    """
    found = pa.Table.from_batches(match_spun(signatures, documents, plan, vocabulary), EDGES)
    edges = pl.DataFrame(pl.from_arrow(found))
    named = _name_originals(edges, documents, vocabulary)
    ids = documents.select("page_id").sort("page_id").collect()["page_id"]
    lexicon = count_lexicon(documents, ids, vocabulary)
    return named, learn_substitutions(named, documents, lexicon, vocabulary, plan.spin.threshold)


def _name_originals(edges: pl.DataFrame, documents: pl.LazyFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """``edges`` with the page of each pair that is its original, and why."""
    if not edges.height:
        return pl.DataFrame(pl.from_arrow(REWRITES.empty_table()))
    pairs = edges.select(pl.concat_str("left", "right").alias("cluster_id"), "left", "right")
    wanted = pl.concat([edges["left"], edges["right"]]).unique()
    texts = documents.select("page_id", "text", date="fetched_at").filter(pl.col("page_id").is_in(wanted.implode())).collect()
    members = pairs.unpivot(["left", "right"], index="cluster_id", value_name="page_id").join(texts, on="page_id")
    found = find_originals(members.select("cluster_id", "page_id", "text", "date"), vocabulary)
    keyed = edges.with_columns(pl.concat_str("left", "right").alias("cluster_id"))
    named = keyed.join(found.select("cluster_id", "original", why_original="reason"), on="cluster_id", how="left")
    return named.select(REWRITES.names).sort("left", "right")


def join_rewrites(edges: pl.LazyFrame, rewrites: pl.LazyFrame, plan: Plan) -> pl.LazyFrame:
    """Near and spun edges as one table with one threshold, ``group.threshold``, one row a pair.

    Spun pairs below ``spin.threshold`` are left out; the others reach the group's threshold, whatever it is. A pair that
    is both merges as the near copy it is, if its near score suffices.
    """
    spun = rewrites.filter(pl.col("score") >= plan.spin.threshold).select(EDGES.names)
    spun = spun.with_columns(pl.max_horizontal("score", pl.lit(plan.group.threshold)).alias("score"))
    enough = edges.filter(pl.col("score") >= plan.group.threshold)
    added = spun.join(enough, on=["left", "right"], how="anti")
    kept = edges.join(added, on=["left", "right"], how="anti")
    return pl.concat([kept, added]).sort("left", "right")


def count_rewritten(rewrites: pl.LazyFrame, plan: Plan) -> pl.LazyFrame:
    """page_id and ``rewritten``: of how many pages it is the rewrite; pages that are none are absent."""
    merging = rewrites.filter(pl.col("score") >= plan.spin.threshold)
    rewrite = pl.when(pl.col("original") == pl.col("left")).then("right").otherwise("left")
    return merging.group_by(rewrite.alias("page_id")).agg(pl.len().cast(pl.Int64).alias("rewritten"))
