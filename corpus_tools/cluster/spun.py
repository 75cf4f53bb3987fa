"""Rewrites: spin signatures in, scored pairs of kind ``spun`` out.

Pages that share most of their spin signatures are laid out and aligned sentence by sentence, and a model of boosted trees
says how sure it is that one is the other rewritten. A rewrite has one original: of rival originals the nearest counts
(``rivals``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.cluster.align import MEASURES, NO_CONCEPTS, FeatureCounts, measure
from corpus_tools.cluster.page_store import PageStore, read_texts, store_documents
from corpus_tools.cluster.rivals import drop_rivals
from corpus_tools.cluster.spun_candidates import SharedReport, find_partners
from corpus_tools.cluster.spun_model import load_model
from corpus_tools.errors import MixedSignaturesError
from corpus_tools.plan import Plan
from corpus_tools.tables import EDGES
from corpus_tools.vocabulary import Vocabulary, spread

if TYPE_CHECKING:
    from corpus_tools.cluster._page_kernels import Lexicon
    from corpus_tools.cluster.store import WordStore

Array = np.ndarray[Any, np.dtype[Any]]
FEATURE_SAMPLE = 4096
"""Documents the features' frequencies are counted on."""
BLOCK = 100_000
"""Pairs measured at a time, and rows of a batch that comes out."""
SURFACE, NEAR = 0.35, 0.6
"""Jaccard similarity of word 5-grams from which on two pages are alike enough for their subjects to be compared, and from
which on they are near copies or nothing: a rewrite of one word in ten stays below."""
NGRAM = 5
"""Words of the shingles that the surface of pairs is measured by."""
ALIKE = {"bigram_containment": 0.25, "coverage_min": 0.3}
"""Measures of which one must exceed its value for a pair's surface to be looked at: others share no shingles to speak of."""

Surface = Callable[[Array, Array], tuple[Array, Array]]
"""Jaccard similarity and conflict of subjects, each float64[pairs], of pairs of places."""


def match_spun(
    signatures: pl.LazyFrame,
    documents: pl.LazyFrame,
    plan: Plan,
    vocabulary: Vocabulary,
    concepts: Array = NO_CONCEPTS,
    progress: Any = None,
) -> Iterator[pa.RecordBatch]:
    """Record batches of ``tables.EDGES`` of kind ``spun``, sorted by (left, right), from ``plan.spin.floor`` up.

    ``signatures`` as ``tables.SPIN_SIGNATURES``, made with ``vocabulary``; ``documents`` with page_id and text.
    ``score`` is the calibrated probability; the other measures are those of near copies, on the same shingles. Near copies
    are left out (``is_vetoed``), and pairs with a rival (``rivals``).
    One page of each group of exact copies takes part. ``concepts`` are learned substitutions
    (``substitutions``): pairs are then measured without them and with them, and the higher probability stands.
    ``progress`` has ``advance(amount)`` and is told of pairs measured. Raises RunError for a signature without its
    document, MixedSignaturesError for signatures of another size than the plan's.
    """
    ids, left, right, _ = spun_candidates(signatures, plan)
    if not len(left):
        return
    in_play = np.unique(np.concatenate([left, right]))
    place, found = np.zeros(len(ids), np.int64), np.zeros((len(left), 2))
    for known in [NO_CONCEPTS, concepts] if len(concepts) else [NO_CONCEPTS]:
        lexicon = count_lexicon(documents, ids, vocabulary, known)
        with PageStore(vocabulary) as store:
            place[in_play] = store_documents(store, documents, ids[in_play], lexicon)
            back = np.empty(len(in_play), np.int64)
            back[place[in_play]] = in_play
            surface = _surface_on_disk(documents, ids, back)
            found = np.maximum(found, score_pairs(store, place[left], place[right], lexicon, surface, progress))
            odd = store.odd()
    kept = np.flatnonzero(found[:, 0] >= plan.spin.floor)
    left, right, scores, evidence = left[kept], right[kept], found[kept, 0], found[kept, 1]
    sides = {"odd_left": odd[place[left]], "odd_right": odd[place[right]]}
    rows = pl.LazyFrame({"left": left, "right": right, "score": scores, "evidence": evidence, **sides})
    likely = drop_rivals(nw.from_native(rows)).to_native().sort("left", "right").collect()
    left, right, scores = (likely[name].to_numpy() for name in ("left", "right", "score"))
    yield from _edges(documents, ids, left, right, scores, plan)


def spun_candidates(signatures: pl.LazyFrame, plan: Plan) -> tuple[pl.Series, Array, Array, SharedReport]:
    """Sorted page ids, candidate pairs as places in them (left < right), and what was bounded."""
    held = signatures.select("page_id", "content_hash", "spin_signature").sort("page_id").collect()
    held = held.filter(pl.col("content_hash").is_first_distinct())
    raw = b"".join(held["spin_signature"].to_list())
    wanted = len(held) * 3 * plan.spin.bins * 4
    if len(raw) != wanted:
        raise MixedSignaturesError(
            f"{len(held)} spin signatures hold {len(raw)} bytes, not the {wanted} of spin.bins {plan.spin.bins}",
            "make the spin signatures again with this plan",
        )
    left, right, report = find_partners(np.frombuffer(raw, "<u4").reshape(len(held), -1), plan.spin)
    return held["page_id"], left, right, report


def count_lexicon(documents: pl.LazyFrame, ids: pl.Series, vocabulary: Vocabulary, concepts: Array = NO_CONCEPTS) -> Lexicon:
    """The weights of sentence features, from FEATURE_SAMPLE documents chosen by a hash of their ids."""
    counts = FeatureCounts(vocabulary, concepts)
    chosen = ids[np.sort(np.argsort(spread(ids.to_list()), kind="stable")[:FEATURE_SAMPLE])]
    for _, texts in read_texts(documents, chosen):
        counts.add(texts)
    return counts.lexicon()


def score_pairs(store: PageStore, left: Array, right: Array, lexicon: Lexicon, surface: Surface, progress: Any = None) -> Array:
    """Probability of each pair of places in the store, and what its pages have in common (log_evidence); float64[pairs, 2].

    ``surface`` is asked once, about the pairs that are alike.
    """
    pages, odd, names, model = store.pages(), store.odd(), list(MEASURES), load_model()
    found, alike, held = np.empty((len(left), 2)), [np.zeros(0, np.int64)], [np.zeros((0, len(names)), np.float32)]
    for start in range(0, len(left), BLOCK):
        block = slice(start, start + BLOCK)
        measures = measure(pages, left[block], right[block], lexicon, odd)
        found[block] = np.stack([model.probability(measures), measures[:, names.index("log_evidence")]], axis=1)
        rows = np.flatnonzero(is_alike(measures))
        alike.append(rows + start)
        held.append(measures[rows].astype(np.float32))  # what the model looks at
        if progress is not None:
            progress.advance(len(measures))
    rows, measures = np.concatenate(alike), np.concatenate(held)
    if len(rows):
        measures[:, -2], measures[:, -1] = surface(left[rows], right[rows])
        found[rows, 0] = model.probability(measures)
    return found


def is_alike(measures: Array) -> Array:
    """Pairs whose surface is looked at, bool[pairs]; see ``ALIKE``."""
    names = list(MEASURES)
    return np.asarray(np.any([measures[:, names.index(name)] > least for name, least in ALIKE.items()], axis=0))


def surface_of_texts(texts: pa.Array[Any], left: Array, right: Array) -> tuple[Array, Array]:
    """``Surface`` of places in ``texts``."""
    from corpus_tools.cluster.store import WordStore

    wanted, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    with WordStore(NGRAM) as store:
        store.add(texts.take(pa.array(wanted)))
        return _measure_surface(store, places)


def _surface_on_disk(documents: pl.LazyFrame, ids: pl.Series, among: Array) -> Surface:
    """``Surface`` of places in ``among``, which are places in ``ids``."""

    def measured(left: Array, right: Array) -> tuple[Array, Array]:
        from corpus_tools.cluster.store import WordStore, load_documents

        wanted, places = np.unique(np.concatenate([among[left], among[right]]), return_inverse=True)
        with WordStore(NGRAM) as store:
            return _measure_surface(store, load_documents(store, documents, ids[wanted])[places])

    return measured


def _measure_surface(store: WordStore, places: Array) -> tuple[Array, Array]:
    """``Surface`` of the places' first half with their second."""
    from corpus_tools.cluster.verify import measure_pairs

    left, right = places.reshape(2, -1)
    found = measure_pairs(store, left, right, 2 * SURFACE)
    return found["jaccard"], found["subject_conflict"]


def is_vetoed(measures: dict[str, Array]) -> Array:
    """Pairs that no probability makes rewrites, bool[pairs]: near copies. ``measures`` as ``verify.measure_pairs``."""
    return np.asarray(measures["jaccard"] >= NEAR)


def _edges(
    documents: pl.LazyFrame, ids: pl.Series, left: Array, right: Array, scores: Array, plan: Plan
) -> Iterator[pa.RecordBatch]:
    """Batches of edges with the exact measures of near copies beside the probability."""
    from corpus_tools.cluster.store import WordStore, load_documents

    if not len(left):
        return
    in_play = np.unique(np.concatenate([left, right]))
    with WordStore(plan.fingerprint.ngram) as store:
        place = np.zeros(len(ids), np.int64)
        place[in_play] = load_documents(store, documents, ids[in_play])
        for start in range(0, len(left), BLOCK):
            block = slice(start, start + BLOCK)
            ends, places = (ids[left[block]], ids[right[block]]), (place[left[block]], place[right[block]])
            rows = spun_edges(store, ends, places, scores[block]).filter(~pl.col("vetoed")).select(EDGES.names)
            yield from rows.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(EDGES).combine_chunks().to_batches()


def spun_edges(store: WordStore, ends: tuple[pl.Series, pl.Series], places: tuple[Array, Array], scores: Array) -> pl.DataFrame:
    """Pairs as ``tables.EDGES``, the measures of near copies beside the probability, and ``vetoed``; see ``is_vetoed``.

    ``ends`` are the pairs' page ids, ``places`` their places in the store.
    """
    from corpus_tools.cluster.verify import measure_pairs

    measures = measure_pairs(store, *places, 2 * SURFACE)
    columns = {"left": ends[0], "right": ends[1], "kind": "spun", **measures, "score": scores, "vetoed": is_vetoed(measures)}
    return pl.DataFrame(columns).select(*EDGES.names, "vetoed")
