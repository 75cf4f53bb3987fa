"""The search for rewrites over many machines: the pairs and substitutions of ``rewrites``, as relational steps.

Pages meet in the values their rewrite signatures share, pairs travel with both texts to the kernels that score them, and
what those give is counted where it lies. The driver sees the bounded sample that features are weighed by, and counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import narwhals as nw
import pyarrow as pa

from corpus_tools.engines import relational as steps
from corpus_tools.engines.context import Context
from corpus_tools.engines.desk import Desk, Frame, as_frame
from corpus_tools.engines.ends import map_ends, map_placed, place_pairs
from corpus_tools.engines.packets import PACKED, count_buckets
from corpus_tools.engines.protocol import Engine
from corpus_tools.match.packets import PAIRED
from corpus_tools.plan import Plan, RewritePlan
from corpus_tools.rewrite.alignment.layout import Lexicon
from corpus_tools.rewrite.alignment.measures import FeatureCounts
from corpus_tools.rewrite.batches import (
    DRAWN,
    PARTED,
    SAMPLED,
    SCORED,
    SWAPPED,
    DrawNumbers,
    InSample,
    PartStrangers,
    ScoreRewrites,
    SwapWords,
)
from corpus_tools.rewrite.known import pairs_to_judge, searched_earlier
from corpus_tools.rewrite.packets import BestPartners, SharedValues, ValuePackets
from corpus_tools.rewrite.rivals import contested_pairs, drop_rivals
from corpus_tools.rewrite.search import FEATURE_SAMPLE
from corpus_tools.rewrite.sketch import FAMILIES, count_vocabulary
from corpus_tools.rewrite.substitutions import count_swaps, turn_to_original
from corpus_tools.rewrite.vocabulary import Vocabulary
from corpus_tools.store.backing import clear
from corpus_tools.store.parts import ROWS_PER_FILE
from corpus_tools.tables import REWRITES, SUBSTITUTIONS

NAMED = ("text", "fetched_at", "spam_score")
"""Columns of documents that pairs are judged and originals named by."""


def find_rewrite_parts(
    engine: Engine,
    signatures: Path,
    documents: Path,
    folders: tuple[Path, Path],
    plan: Plan,
    vocabulary: Vocabulary,
    earlier: tuple[Path, Path] | None = None,
) -> None:
    """Write ``tables.REWRITES`` and ``tables.SUBSTITUTIONS`` into ``folders``: the rows and files of the embedded engine.

    ``signatures`` (``tables.REWRITE_SIGNATURES`` made with ``vocabulary``) and ``documents`` are folders of parts; ``earlier``
    are the rewrites and the signatures of an earlier run, beside whose pages only new ones are searched for. Raises RunError for a signature without its document, MixedSignaturesError for signatures of another size than the plan's.
    """
    desk = Desk(engine, folders[0])
    pages = as_frame(engine.scan(documents, columns=["page_id", *NAMED]))
    sketched = as_frame(engine.scan(signatures))
    _, chosen = steps.split_exact(sketched, desk.hold)
    pairs = find_candidate_pairs(desk, chosen, plan.rewrite)
    score, named = ScoreRewrites(plan, vocabulary, _lexicon(desk, chosen, pages, vocabulary)), [*NAMED]
    if earlier is None:
        scored = map_placed(desk, desk.hold(place_pairs(pairs)), pages, named, score, SCORED)
    else:
        known = (as_frame(engine.scan(folder)) for folder in earlier)
        judged = desk.hold(pairs_to_judge(pairs, sketched.select("page_id", "content_hash"), *known))
        scored = map_ends(desk, judged, pages, named, score, SCORED)
    scored = desk.hold(scored)
    stored = ~nw.col("vetoed") & (nw.col("score") >= plan.rewrite.min_score)
    kept = drop_rivals(scored, find_strangers(desk, scored, pages, plan)).filter(stored).select(REWRITES.names)
    engine.checkpoint_sorted(kept.to_native(), folders[0], REWRITES, ROWS_PER_FILE, ("left", "right"))
    merging = as_frame(engine.scan(folders[0])).filter(nw.col("score") >= plan.rewrite.threshold)
    counted = _count_substitutions(desk, turn_to_original(merging), pages, vocabulary).to_native()
    order = ("support", "left", "right")
    engine.checkpoint_sorted(counted, folders[1], SUBSTITUTIONS, ROWS_PER_FILE, order, falling=("support",))
    desk.close()


def find_strangers(desk: Desk, scored: Frame, pages: Frame, plan: Plan) -> Frame:
    """The rows of ``rivals.contested_pairs`` whose pages are strangers."""
    contested = desk.hold(contested_pairs(scored))
    ends = desk.hold(contested.select("left", "right").unique())
    parted = map_ends(desk, ends, pages, ["text"], PartStrangers(plan.fingerprint.ngram), PARTED)
    return contested.join(parted, on=["left", "right"], how="semi")


def find_candidate_pairs(desk: Desk, chosen: Frame, plan: RewritePlan) -> Frame:
    """Pairs (left, right, and their numbers one, other), each once, of which one is among the ``max_partners`` that share most with the other.

    The rows of ``candidates.find_partners``. What is made of a value is at most ``max_df`` records a page that holds it.
    """
    pages = desk.number(chosen.select("page_id", "rewrite_signature"))
    rows = steps.count_rows(pages)
    buckets = count_buckets(rows * FAMILIES * plan.bins)
    values = desk.map(pages.select("number", "rewrite_signature"), ValuePackets(FAMILIES * plan.bins, buckets), PACKED)
    shared = desk.map_buckets(values, SharedValues(plan.max_df), PACKED)
    pairs = desk.map_buckets(shared, BestPartners(rows, plan.max_df, plan.max_partners), PAIRED).unique()
    for side, name in (("left", "one"), ("right", "other")):
        pairs = pairs.join(pages.select(nw.col("page_id").alias(side), nw.col("number").alias(name)), on=name)
    return desk.hold(pairs.select("left", "right", "one", "other"))


def _lexicon(desk: Desk, among: Frame, pages: Frame, vocabulary: Vocabulary) -> Lexicon:
    """``search.count_lexicon`` of the pages ``among``: of FEATURE_SAMPLE of them, which the driver reads a batch at a time."""
    drawn = desk.map(among.select("page_id"), DrawNumbers(), DRAWN).sort("drawn", "page_id").head(FEATURE_SAMPLE)
    counts = FeatureCounts(vocabulary)
    for batch in desk.stream(pages.select("page_id", "text").join(drawn.select("page_id"), on="page_id", how="semi")):
        counts.add(batch.column("text").cast(pa.large_string()))
    return counts.lexicon()


def _count_substitutions(desk: Desk, merging: Frame, pages: Frame, vocabulary: Vocabulary) -> Frame:
    """Rows of ``tables.SUBSTITUTIONS`` in no order, of pairs with the original left."""
    swap = SwapWords(vocabulary, _lexicon(desk, pages, pages, vocabulary))
    found = desk.hold(map_ends(desk, merging, pages, ["text"], swap, SWAPPED))
    words = found.filter(nw.col("to") < 0).select("word", hash="from")
    return count_swaps(found.filter(nw.col("to") >= 0).select("from", "to"), words)


def make_vocabulary(ctx: Context) -> Vocabulary:
    """The run's vocabulary: the executors draw the sample, which is bounded, and it is counted here."""
    scratch = ctx.folder / "vocabulary" / ".scratch"
    pages = ctx.rows("documents")
    documents = ctx.engine.scan(ctx.folder / "documents", columns=["page_id", "text"])
    held = ctx.engine.hold(ctx.engine.map_batches(documents, InSample(pages), SAMPLED), scratch / "held")

    def batches() -> Iterable[pa.RecordBatch]:
        return ctx.engine.stream(held, scratch / "read")

    found = count_vocabulary(batches, pages)
    clear(scratch)
    return found


def write_pairs(ctx: Context, vocabulary: Vocabulary) -> None:
    """Write ``tables.REWRITES`` and ``tables.SUBSTITUTIONS`` of the run."""
    signatures, documents, rewrites, substitutions = (
        ctx.folder / name for name in ("rewrite_signatures", "documents", "rewrites", "substitutions")
    )
    run = searched_earlier(ctx.earlier, ctx.plan, ctx.rows("documents"))
    earlier = None if run is None else (run.path / "rewrites", run.path / "signatures")
    find_rewrite_parts(ctx.engine, signatures, documents, (rewrites, substitutions), ctx.plan, vocabulary, earlier)
