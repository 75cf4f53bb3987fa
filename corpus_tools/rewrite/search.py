"""Rewrites: rewrite signatures in, scored pairs of kind ``rewrite`` out.

Pages that share most of their rewrite signatures are laid out and aligned sentence by sentence, and a model of boosted trees
says how sure it is that one is the other rewritten. A rewrite has one original: of rival originals the nearest counts
(``rivals``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.errors import MixedSignaturesError
from corpus_tools.match.verify import measure_pairs
from corpus_tools.match.word_store import WordStore, load_documents
from corpus_tools.plan import Plan
from corpus_tools.rewrite.alignment.layout import Lexicon
from corpus_tools.rewrite.alignment.measures import FeatureCounts, measure_aligned
from corpus_tools.rewrite.alignment.page_store import PageStore, store_documents, stream_texts
from corpus_tools.rewrite.candidates import SharedReport, find_partners
from corpus_tools.rewrite.model import load_rewrite_model
from corpus_tools.rewrite.rivals import drop_rivals
from corpus_tools.rewrite.vocabulary import Vocabulary, draw_numbers
from corpus_tools.tables import EDGES

Array = np.ndarray[Any, np.dtype[Any]]
FEATURE_SAMPLE = 4096
"""Documents the features' frequencies are counted on."""
BLOCK = 100_000
"""Pairs measured at a time, and rows of a batch that comes out."""
SURFACE, NEAR_COPY = 0.35, 0.6
"""Jaccard similarity of word shingles from which on two pages are alike enough for their subjects to be compared, and from
which on they are near copies or nothing: a rewrite of one word in ten stays below."""


def search_rewrites(
    signatures: pl.LazyFrame, documents: pl.LazyFrame, plan: Plan, vocabulary: Vocabulary
) -> Iterator[pa.RecordBatch]:
    """Record batches of ``tables.EDGES`` of kind ``rewrite``, sorted by (left, right), from ``plan.rewrite.min_score`` up.

    ``signatures`` as ``tables.REWRITE_SIGNATURES``, made with ``vocabulary``; ``documents`` with page_id and text.
    ``score`` is the calibrated probability; the other measures are those of near copies, on the same shingles. Pairs
    with a rival are left out (``rivals``), near copies, and pairs of one template about different subjects (``is_vetoed``).
    One page of each group of exact copies takes part. Raises RunError for a signature without its document,
    MixedSignaturesError for signatures of another size than the plan's.
    """
    ids, left, right, _ = rewrite_candidates(signatures, plan)
    if not len(left):
        return
    in_play = np.unique(np.concatenate([left, right]))
    place, lexicon = np.zeros(len(ids), np.int64), count_lexicon(documents, ids, vocabulary)
    with PageStore(vocabulary) as store:
        place[in_play] = store_documents(store, documents, ids[in_play], lexicon)
        scores, evidence = score_pairs(store, place[left], place[right], lexicon)
        odd = store.odd()
    sides = {"odd_left": odd[place[left]], "odd_right": odd[place[right]]}
    pairs = pl.LazyFrame({"left": left, "right": right, "score": scores, "evidence": evidence, **sides})
    rows = pairs.filter(pl.col("score") >= plan.rewrite.min_score)
    likely = drop_rivals(nw.from_native(rows)).to_native().sort("left", "right").collect()
    left, right, scores = (likely[name].to_numpy() for name in ("left", "right", "score"))
    yield from _edges(documents, ids, left, right, scores, plan)


def rewrite_candidates(signatures: pl.LazyFrame, plan: Plan) -> tuple[pl.Series, Array, Array, SharedReport]:
    """Sorted page ids, candidate pairs as places in them (left < right), and what was bounded."""
    held = signatures.select("page_id", "content_hash", "rewrite_signature").sort("page_id").collect()
    held = held.filter(pl.col("content_hash").is_first_distinct())
    raw = b"".join(held["rewrite_signature"].to_list())
    wanted = len(held) * 3 * plan.rewrite.bins * 4
    if len(raw) != wanted:
        raise MixedSignaturesError(
            f"{len(held)} rewrite signatures hold {len(raw)} bytes, not the {wanted} of rewrite.bins {plan.rewrite.bins}",
            "make the rewrite signatures again with this plan",
        )
    left, right, report = find_partners(np.frombuffer(raw, "<u4").reshape(len(held), -1), plan.rewrite)
    return held["page_id"], left, right, report


def count_lexicon(documents: pl.LazyFrame, ids: pl.Series, vocabulary: Vocabulary) -> Lexicon:
    """The weights of sentence features, from FEATURE_SAMPLE documents chosen by a hash of their ids."""
    counts = FeatureCounts(vocabulary)
    chosen = ids[np.sort(np.argsort(draw_numbers(ids.to_list()), kind="stable")[:FEATURE_SAMPLE])]
    for _, texts in stream_texts(documents, chosen):
        counts.add(texts)
    return counts.lexicon()


def score_pairs(store: PageStore, left: Array, right: Array, lexicon: Lexicon) -> tuple[Array, Array]:
    """Probability of each pair of places in the store, and what its pages have in common (log_evidence), each float64[pairs]."""
    pages, odd, model = store.pages(), store.odd(), load_rewrite_model()
    scores, evidence = np.empty(len(left)), np.empty(len(left))
    for start in range(0, len(left), BLOCK):
        block = slice(start, start + BLOCK)
        measures = measure_aligned(pages, left[block], right[block], lexicon, odd)
        scores[block], evidence[block] = model.probability(measures), measures["log_evidence"]
    return scores, evidence


def is_vetoed(measures: dict[str, Array]) -> Array:
    """Pairs that no probability makes rewrites, bool[pairs]; ``measures`` as ``verify.measure_pairs``.

    Pages of one template about different subjects: what is swapped there is the subject, not the wording. (Pages that share
    less surface differ everywhere, so nothing follows from it there.) And pages so alike that they are near copies.
    """
    conflict = (measures["jaccard"] >= SURFACE) & (measures["subject_conflict"] > 0)
    return np.asarray(conflict | (measures["jaccard"] >= NEAR_COPY))


def _edges(
    documents: pl.LazyFrame, ids: pl.Series, left: Array, right: Array, scores: Array, plan: Plan
) -> Iterator[pa.RecordBatch]:
    """Batches of edges with the exact measures of near copies beside the probability."""
    if not len(left):
        return
    in_play = np.unique(np.concatenate([left, right]))
    with WordStore(plan.fingerprint.ngram) as store:
        place = np.zeros(len(ids), np.int64)
        place[in_play] = load_documents(store, documents, ids[in_play])
        for start in range(0, len(left), BLOCK):
            block = slice(start, start + BLOCK)
            ends, places = (ids[left[block]], ids[right[block]]), (place[left[block]], place[right[block]])
            rows = rewrite_edges(store, ends, places, scores[block]).filter(~pl.col("vetoed")).select(EDGES.names)
            yield from rows.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(EDGES).combine_chunks().to_batches()


def rewrite_edges(store: WordStore, ends: tuple[pl.Series, pl.Series], places: tuple[Array, Array], scores: Array) -> pl.DataFrame:
    """Pairs as ``tables.EDGES``, the measures of near copies beside the probability, and ``vetoed``; see ``is_vetoed``.

    ``ends`` are the pairs' page ids, ``places`` their places in the store.
    """
    measures = measure_pairs(store, *places, 2 * SURFACE)
    columns = {"left": ends[0], "right": ends[1], **measures, "score": scores, "vetoed": is_vetoed(measures)}
    return pl.DataFrame(columns).with_columns(kind=pl.lit("rewrite")).select(*EDGES.names, "vetoed")
