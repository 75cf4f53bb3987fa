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
from corpus_tools.engines.ends import map_ends
from corpus_tools.engines.protocol import Engine
from corpus_tools.plan import Plan, RewritePlan
from corpus_tools.rewrite.alignment.layout import Lexicon
from corpus_tools.rewrite.alignment.measures import FeatureCounts
from corpus_tools.rewrite.batches import (
    DRAWN,
    SAMPLED,
    SCORED,
    SWAPPED,
    VALUES,
    DrawNumbers,
    InSample,
    ScoreRewrites,
    SignatureValues,
    SwapWords,
)
from corpus_tools.rewrite.candidate_kernels import SHARED_OF
from corpus_tools.rewrite.candidates import MIN_SHARED, value_worths
from corpus_tools.rewrite.known import pairs_to_judge, searched_earlier
from corpus_tools.rewrite.rivals import drop_rivals
from corpus_tools.rewrite.search import FEATURE_SAMPLE
from corpus_tools.rewrite.sketch import count_vocabulary
from corpus_tools.rewrite.substitutions import count_swaps, turn_to_original
from corpus_tools.rewrite.vocabulary import Vocabulary
from corpus_tools.store.backing import clear
from corpus_tools.store.parts import ROWS_PER_FILE
from corpus_tools.tables import REWRITES, SUBSTITUTIONS


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
    pages = as_frame(engine.scan(documents, columns=["page_id", "text", "fetched_at"]))
    sketched = as_frame(engine.scan(signatures))
    _, chosen = steps.split_exact(sketched, desk.hold)
    pairs = find_candidate_pairs(desk, chosen, plan.rewrite)
    if earlier is not None:
        known = (as_frame(engine.scan(folder)) for folder in earlier)
        pairs = desk.hold(pairs_to_judge(pairs, sketched.select("page_id", "content_hash"), *known))
    score = ScoreRewrites(plan, vocabulary, _lexicon(desk, chosen, pages, vocabulary))
    scored = desk.hold(map_ends(desk, pairs, pages, ["text", "fetched_at"], score, SCORED))
    stored = ~nw.col("vetoed") & (nw.col("score") >= plan.rewrite.min_score)
    kept = drop_rivals(scored).filter(stored).select(REWRITES.names)
    engine.checkpoint_sorted(kept.to_native(), folders[0], REWRITES, ROWS_PER_FILE, ("left", "right"))
    merging = as_frame(engine.scan(folders[0])).filter(nw.col("score") >= plan.rewrite.threshold)
    counted = _count_substitutions(desk, turn_to_original(merging), pages, vocabulary).to_native()
    order = ("support", "left", "right")
    engine.checkpoint_sorted(counted, folders[1], SUBSTITUTIONS, ROWS_PER_FILE, order, falling=("support",))
    desk.close()


def find_candidate_pairs(desk: Desk, chosen: Frame, plan: RewritePlan) -> Frame:
    """Pairs (left, right), each once, of which one is among the ``max_partners`` that share most with the other.

    The rows of ``candidates.find_partners``: a value makes at most ``max_df`` rows a page that holds it.
    """
    worths = value_worths(steps.count_rows(chosen), plan.max_df)
    table = pa.table({"size": pa.array(range(len(worths)), pa.int64()), "worth": pa.array(worths)})
    values = desk.map(chosen.select("page_id", "rewrite_signature"), SignatureValues(3 * plan.bins), VALUES)
    rows = values.explode("values").rename({"values": "value"}).filter(~nw.col("value").is_null())
    size = nw.col("size")
    sized = rows.with_columns(nw.len().over("value").cast(nw.Int64).alias("size")).filter((size > 1) & (size <= plan.max_df))
    shared = desk.hold(sized.join(desk.frame(table), on="size").select("page_id", "value", "worth"))
    both = shared.join(shared.select(right="page_id", value="value"), on="value").filter(nw.col("page_id") < nw.col("right"))
    counted = both.group_by("page_id", "right").agg(nw.len().alias("shared"), nw.col("worth").sum())
    sizes = desk.hold(rows.group_by("page_id").agg(nw.len().alias("held")))
    counted = counted.join(sizes.rename({"held": "mine"}), on="page_id")
    counted = counted.join(sizes.select(right="page_id", yours="held"), on="right")
    enough = SHARED_OF * nw.col("shared") >= nw.min_horizontal("mine", "yours")
    met = desk.hold(counted.filter((nw.col("shared") >= MIN_SHARED) & enough).select("worth", left="page_id", right="right"))
    return desk.hold(_heaviest(met, plan.max_partners))


def _heaviest(met: Frame, most: int) -> Frame:
    """Of pairs (left, right, worth) those among the ``most`` heaviest of either page, of equals the smaller page first."""
    lighter = (-nw.col("worth")).alias("lighter")
    sides = [met.select(lighter, page=one, other=two) for one, two in (("left", "right"), ("right", "left"))]
    place = nw.col("other").cum_count().over("page", order_by=["lighter", "other"])
    near = nw.concat(sides).with_columns(place.alias("place")).filter(nw.col("place") <= most)
    return steps.order_pairs(near.select(left="page", right="other")).unique()


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
