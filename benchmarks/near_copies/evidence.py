"""The evidence on every candidate pair of a set, gathered once and judged as often as wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from corpus_tools.fingerprint.sketch import fingerprint_documents
from corpus_tools.match.frequencies import Frequencies
from corpus_tools.match.local import count_texts, exact_rows
from corpus_tools.match.search.anchors import candidate_pairs, first_of_texts, read_pages
from corpus_tools.match.verdict import Weights
from corpus_tools.match.verify import edge_columns, gather_evidence, is_stored
from corpus_tools.match.word_store import WordStore, load_documents
from corpus_tools.plan import Plan
from corpus_tools.tables import EDGES

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Gathered:
    """``page_ids`` sorted, ``left`` and ``right`` positions among them of the candidate pairs, and what was found on each."""

    page_ids: pl.Series
    left: Array
    right: Array
    evidence: Array
    overlaps: dict[str, Array]
    exact: pl.DataFrame
    documents: pl.DataFrame

    def judge(self, weights: Weights, floor: float) -> pl.DataFrame:
        """``tables.EDGES`` under ``weights``; pairs that score less than ``floor`` are left out unless they are contained."""
        columns = edge_columns(self.evidence, self.overlaps, weights)
        pairs = pl.DataFrame({"left": self.left, "right": self.right, **columns}).filter(pl.Series(is_stored(columns, floor)))
        both = pl.concat([pairs.select(self.exact.columns), self.exact], how="vertical_relaxed")
        named = both.with_columns(self.page_ids.gather(both[side]).alias(side) for side in ("left", "right"))
        return named.sort("left", "right").select(EDGES.names)


def gather(pages: pl.DataFrame, plan: Plan) -> Gathered:
    """Candidates of ``pages`` (page_id, text and the columns that grouping reads) and the evidence on them, as the match stage has them."""
    documents = pages.sort("page_id")
    sketched = fingerprint_documents(documents.select("page_id", "text"), plan.fingerprint)
    documents = documents.join(sketched.select("page_id", "n_words"), on="page_id", maintain_order="left")
    known = read_pages(sketched.lazy())
    anchors = first_of_texts(known)
    left, right = candidate_pairs(sketched.lazy(), known, anchors, np.zeros(len(sketched), np.bool_), plan, {})
    counted = count_texts(sketched["page_id"].gather(np.unique(anchors)), documents.lazy(), plan)
    page_ids, taking_part = sketched["page_id"], np.unique(np.concatenate([left, right]))
    place = np.zeros(len(page_ids), np.int64)
    with WordStore(plan.fingerprint.ngram, Frequencies.of(counted)) as store:
        place[taking_part] = load_documents(store, documents.lazy(), page_ids[taking_part])
        evidence, overlaps = gather_evidence(store, place[left], place[right], plan.match.min_score)
    exact = exact_rows(anchors, sketched["n_words"].to_numpy())
    return Gathered(page_ids, left, right, evidence, overlaps, exact, documents)
