"""Rewrites: rewrite signatures in, scored pairs of kind ``rewrite`` out.

Pages that share most of their rewrite signatures are laid out. What they hold as wholes says which pairs are aligned sentence by
sentence, and a model with a head for each way of rewriting says how sure it is that one page is the other rewritten (``model``).
Where two pages may each be a rewrite's original and are no kin, the nearer counts (``rivals``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.match.verify import measure_pairs
from corpus_tools.match.word_store import WordStore, load_documents
from corpus_tools.plan import Plan
from corpus_tools.rewrite.alignment.layout import Lexicon
from corpus_tools.rewrite.alignment.measures import FeatureCounts, measure_aligned, measure_pages
from corpus_tools.rewrite.alignment.page_store import PageStore, store_documents, stream_texts
from corpus_tools.rewrite.candidates import SharedReport, find_partners, signature_columns
from corpus_tools.rewrite.known import pairs_to_judge
from corpus_tools.rewrite.languages import doubt_of
from corpus_tools.rewrite.model import HEADS, load_rewrite_model
from corpus_tools.rewrite.rivals import KIN, contested_pairs, drop_rivals
from corpus_tools.rewrite.sketch import FAMILIES
from corpus_tools.rewrite.vocabulary import Vocabulary, draw_numbers
from corpus_tools.store.scratch import Scratch
from corpus_tools.tables import EDGES, REWRITES

Array = np.ndarray[Any, np.dtype[Any]]
FOUND = pa.schema([*EDGES, REWRITES.field("head")])
"""Pairs that the search finds: ``tables.REWRITES`` but for which page is the original."""
Known = tuple[pl.LazyFrame, pl.LazyFrame]
"""Of an earlier run: its ``tables.REWRITES``, and page_id and content_hash of its pages."""
FEATURE_SAMPLE = 4096
"""Documents the features' frequencies are counted on."""
BLOCK = 100_000
"""Pairs measured at a time, and rows of a batch that comes out."""
SURFACE, NEAR_COPY = 0.35, 0.6
"""Jaccard similarity of word shingles from which on two pages are alike enough for their subjects to be compared, and from
which on they are near copies or nothing: a rewrite of one word in ten stays below."""


def search_rewrites(
    signatures: pl.LazyFrame, documents: pl.LazyFrame, plan: Plan, vocabulary: Vocabulary, known: Known | None = None
) -> Iterator[pa.RecordBatch]:
    """Record batches of ``FOUND`` (``tables.EDGES`` of kind ``rewrite``, and ``head``), sorted by (left, right), from ``plan.rewrite.min_score`` up.

    ``signatures`` as ``tables.REWRITE_SIGNATURES``, made with ``vocabulary``; ``documents`` with page_id and text.
    ``score`` is the calibrated probability; the other measures are those of near copies, on the same shingles. Pairs
    with a rival are left out (``rivals``), near copies, and pairs of one template about different subjects (``is_vetoed``).
    One page of each group of exact copies takes part. With ``known``, of an earlier run, only pairs with a page whose text
    that run did not have are searched for; its own are judged again. Raises RunError for a signature without its document,
    MixedSignaturesError for signatures of another size than the plan's.
    """
    ids, left, right, _ = rewrite_candidates(signatures, plan)
    if known is not None:
        left, right = _narrow(ids, left, right, signatures, known)
    if not len(left):
        return
    in_play = np.unique(np.concatenate([left, right]))
    place, lexicon = np.zeros(len(ids), np.int64), count_lexicon(documents, ids, vocabulary)
    with PageStore(vocabulary) as store:
        place[in_play] = store_documents(store, documents, ids[in_play], lexicon)
        verdicts = score_pairs(store, place[left], place[right], lexicon)
        odd = store.odd()
    sides = {"odd_left": odd[place[left]], "odd_right": odd[place[right]]}
    pairs = pl.LazyFrame({"left": left, "right": right, **verdicts._asdict(), **sides})
    likely = pairs.filter(pl.col("score") >= least_score(plan)).collect().lazy()
    rows = drop_rivals(nw.from_native(likely), nw.from_native(find_strangers(likely, documents, ids, plan))).to_native()
    stored = rows.filter(pl.col("score") >= plan.rewrite.min_score).sort("left", "right").collect()
    yield from _edges(documents, ids, stored, plan)


def _narrow(ids: pl.Series, left: Array, right: Array, signatures: pl.LazyFrame, known: Known) -> tuple[Array, Array]:
    """The pairs of places in ``ids`` that ``pairs_to_judge`` gives, sorted."""
    pairs = pl.LazyFrame({"left": ids[left], "right": ids[right]})
    frames = (nw.from_native(frame) for frame in (pairs, signatures.select("page_id", "content_hash"), *known))
    rows = pairs_to_judge(*frames).to_native().sort("left", "right").collect()
    one, other = (ids.search_sorted(rows[side]).to_numpy().astype(np.int64) for side in ("left", "right"))
    return one, other


def least_score(plan: Plan) -> float:
    """The least probability of pairs that matter: those stored, and those that show two pages to be kin."""
    return min(KIN, plan.rewrite.min_score)


def rewrite_candidates(signatures: pl.LazyFrame, plan: Plan) -> tuple[pl.Series, Array, Array, SharedReport]:
    """Sorted page ids, candidate pairs as places in them (left < right), and what was bounded."""
    pages = signatures.select("page_id", "content_hash").with_row_index("row").sort("page_id").collect()
    pages = pages.filter(pl.col("content_hash").is_first_distinct())
    with Scratch() as scratch:
        columns = signature_columns(signatures, pages["row"].to_numpy(), FAMILIES * plan.rewrite.bins, scratch)
        left, right, report = find_partners(columns, plan.rewrite)
    return pages["page_id"], left, right, report


def count_lexicon(documents: pl.LazyFrame, ids: pl.Series, vocabulary: Vocabulary) -> Lexicon:
    """The weights of sentence features, from FEATURE_SAMPLE documents chosen by a hash of their ids."""
    counts = FeatureCounts(vocabulary)
    chosen = ids[np.sort(np.argsort(draw_numbers(ids.to_list()), kind="stable")[:FEATURE_SAMPLE])]
    for _, texts in stream_texts(documents, chosen):
        counts.add(texts)
    return counts.lexicon()


class Verdicts(NamedTuple):
    """Of each pair: its probability, what its pages have in common (the measure log_evidence), and the place of its head in HEADS."""

    score: Array
    evidence: Array
    head: Array


def score_pairs(store: PageStore, left: Array, right: Array, lexicon: Lexicon) -> Verdicts:
    """Verdicts of pairs of places in the store; pairs that are not worth aligning have probability 0."""
    pages, odd, model = store.pages(), store.odd(), load_rewrite_model()
    languages = store.languages()
    found = Verdicts(np.zeros(len(left)), np.zeros(len(left)), np.zeros(len(left), np.int64))
    for start in range(0, len(left), BLOCK):
        one, other = left[start : start + BLOCK], right[start : start + BLOCK]
        known = measure_pages(pages, one, other, lexicon)
        open_ = np.flatnonzero(model.opens(known))
        measures = measure_aligned(pages, one[open_], other[open_], lexicon, odd, known[open_])
        doubt = doubt_of(languages[one[open_]], languages[other[open_]])
        found.score[start + open_], found.head[start + open_] = model.judge(measures, doubt)
        found.evidence[start + open_] = measures["log_evidence"]
    return found


def is_vetoed(measures: dict[str, Array]) -> Array:
    """Pairs that no probability makes rewrites, bool[pairs]; ``measures`` as ``verify.measure_pairs``.

    Pages of one template about different subjects: what is swapped there is the subject, not the wording. (Pages that share
    less surface differ everywhere, so nothing follows from it there.) And pages so alike that they are near copies.
    """
    return np.asarray(are_strangers(measures) | (measures["jaccard"] >= NEAR_COPY))


def are_strangers(measures: dict[str, Array]) -> Array:
    """Pairs of one template about different subjects, bool[pairs]; ``measures`` as ``verify.measure_pairs``."""
    return np.asarray((measures["jaccard"] >= SURFACE) & (measures["subject_conflict"] > 0))


def find_strangers(pairs: pl.LazyFrame, documents: pl.LazyFrame, ids: pl.Series, plan: Plan) -> pl.LazyFrame:
    """The rows of ``rivals.contested_pairs`` whose pages are strangers; all pages as places in ``ids``."""
    contested: pl.DataFrame = contested_pairs(nw.from_native(pairs)).to_native().collect()
    ends = contested.select("left", "right").unique().sort("left", "right")
    if ends.is_empty():
        return contested.lazy()
    left, right = ends["left"].to_numpy(), ends["right"].to_numpy()
    with WordStore(plan.fingerprint.ngram) as store:
        place = _load_words(store, documents, ids, left, right)
        strange = are_strangers(measure_pairs(store, place[left], place[right], 2 * SURFACE))
    return contested.lazy().join(ends.filter(pl.Series(strange)).lazy(), on=["left", "right"], how="semi")


def _load_words(store: WordStore, documents: pl.LazyFrame, ids: pl.Series, left: Array, right: Array) -> Array:
    """Put the pages of pairs of places in ``ids`` into the store; gives the place there of each page of ``ids``.

    Without addresses: they are evidence of near copies alone.
    """
    in_play, place = np.unique(np.concatenate([left, right])), np.zeros(len(ids), np.int64)
    place[in_play] = load_documents(store, documents.select("page_id", "text"), ids[in_play])
    return place


def _edges(documents: pl.LazyFrame, ids: pl.Series, likely: pl.DataFrame, plan: Plan) -> Iterator[pa.RecordBatch]:
    """Batches of ``FOUND`` with the exact measures of near copies beside the probability; ``likely`` has places in ``ids``."""
    if not likely.height:
        return
    left, right = likely["left"].to_numpy(), likely["right"].to_numpy()
    with WordStore(plan.fingerprint.ngram) as store:
        place = _load_words(store, documents, ids, left, right)
        for start in range(0, len(left), BLOCK):
            block = slice(start, start + BLOCK)
            ends, places = (ids[left[block]], ids[right[block]]), (place[left[block]], place[right[block]])
            verdicts = likely["score"].to_numpy()[block], likely["head"].to_numpy()[block]
            rows = rewrite_edges(store, ends, places, *verdicts).filter(~pl.col("vetoed")).select(FOUND.names)
            yield from rows.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(FOUND).combine_chunks().to_batches()


def rewrite_edges(
    store: WordStore, ends: tuple[pl.Series, pl.Series], places: tuple[Array, Array], scores: Array, heads: Array
) -> pl.DataFrame:
    """Pairs as ``FOUND``, the measures of near copies beside the probability, and ``vetoed``; see ``is_vetoed``.

    ``ends`` are the pairs' page ids, ``places`` their places in the store, ``heads`` places in HEADS.
    """
    measures = measure_pairs(store, *places, 2 * SURFACE)
    columns = {"left": ends[0], "right": ends[1], **measures, "score": scores, "vetoed": is_vetoed(measures)}
    named = pl.Series("head", np.array(HEADS)[heads], pl.String)
    return pl.DataFrame(columns).with_columns(named, kind=pl.lit("rewrite")).select(*FOUND.names, "vetoed")
