"""The cluster stage: signatures in, scored pairs and then clusters out.

``match_signatures`` finds and verifies pairs, ``cluster_edges`` groups pages over them;
``match_edges`` is the former as a stream for corpora larger than memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar, cast

from corpus_tools.plan import FingerprintPlan, GroupPlan, MatchPlan, Plan

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

    from corpus_tools.vocabulary import Vocabulary

__all__ = ["cluster_edges", "count_rewritten", "find_rewrites", "join_rewrites", "match_edges", "match_signatures", "score_texts"]

_MATCH, _FINGERPRINT, _GROUP, _PLAN = MatchPlan(), FingerprintPlan(), GroupPlan(), Plan()  # frozen, so safe as defaults
Frame = TypeVar("Frame")
"""A polars DataFrame or LazyFrame, or a pyarrow Table; the same kind comes back."""


def match_edges(
    signatures: pl.LazyFrame,
    documents: pl.LazyFrame,
    plan: Plan,
    progress: Any = None,
    known: tuple[pl.LazyFrame, pl.LazyFrame] | None = None,
    totals: dict[str, int] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Record batches of ``tables.EDGES``, sorted by (left, right); ``known`` are edges and signatures of an earlier run.

    ``totals`` is given what the pair search bounded. See ``cluster.match``.
    """
    from corpus_tools.cluster.match import match_edges as run

    return run(signatures, documents, plan, progress, known, totals)


def match_signatures(
    signatures: Frame, documents: Frame, match: MatchPlan = _MATCH, fingerprint: FingerprintPlan = _FINGERPRINT
) -> Frame:
    """Scored pairs (``tables.EDGES``, sorted by left and right) of sketched documents.

    ``signatures`` as ``tables.SIGNATURES``, ``documents`` with page_id and text. Raises RunError for a
    signature without its document.
    """
    import pyarrow as pa

    from corpus_tools.cluster.frames import give_back, take
    from corpus_tools.tables import EDGES

    floor = max(match.candidate_floor, _GROUP.threshold)
    plan = Plan(fingerprint=fingerprint, match=match, group=GroupPlan(threshold=floor))
    table = pa.Table.from_batches(match_edges(take(signatures).lazy(), take(documents).lazy(), plan), EDGES)
    return cast(Frame, give_back(table, signatures))


def cluster_edges(edges: Frame, documents: Frame, plan: GroupPlan = _GROUP) -> Frame:
    """Every document's place (``tables.CLUSTERS``, sorted by page_id), one row a document.

    ``edges`` as ``tables.EDGES``; ``documents`` with page_id and, where known, source_id, url, n_words,
    fetched_at. Raises RunError when an edge names a page that ``documents`` lacks, or a page stands twice.
    """
    from corpus_tools.cluster.frames import give_back, take
    from corpus_tools.cluster.group import NEEDED, cluster_documents
    from corpus_tools.tables import CLUSTERS

    lazy = take(documents).lazy()
    held = [name for name in lazy.collect_schema().names() if name in NEEDED]
    found = cluster_documents(take(edges).lazy().collect(), lazy.select("page_id", *held).collect(), plan)
    return cast(Frame, give_back(found.to_arrow().cast(CLUSTERS), edges))


def score_texts(left: str, right: str, plan: Plan = _PLAN) -> dict[str, float]:
    """``score`` and the measures behind it of two clean texts; see ``cluster.pair``."""
    from corpus_tools.cluster.pair import score_texts as run

    return run(left, right, plan)


def find_rewrites(
    signatures: pl.LazyFrame, documents: pl.LazyFrame, plan: Plan, vocabulary: Vocabulary
) -> tuple[pl.DataFrame, pa.Table]:
    """``tables.REWRITES`` and ``tables.SUBSTITUTIONS``; see ``cluster.rewrites``."""
    from corpus_tools.cluster.rewrites import find_rewrites as run

    return run(signatures, documents, plan, vocabulary)


def join_rewrites(edges: pl.LazyFrame, rewrites: pl.LazyFrame, plan: Plan) -> pl.LazyFrame:
    """Near and spun edges as one table with one threshold, sorted by (left, right); see ``cluster.rewrites``."""
    from corpus_tools.cluster.rewrites import join_rewrites as run

    return run(edges, rewrites, plan).sort("left", "right")


def count_rewritten(rewrites: pl.LazyFrame) -> pl.LazyFrame:
    """Of how many pages each page is the rewrite; see ``cluster.rewrites``."""
    from corpus_tools.cluster.rewrites import count_rewritten as run

    return run(rewrites)
