"""The match stage over many machines: the pairs of the local form, as relational steps.

Bands become rows, pairs come from joins, and the kernels that accept and measure run on the
batches that an engine hands them. No step holds the corpus.
"""

from __future__ import annotations

from pathlib import Path

import narwhals as nw

from corpus_tools.engines import relational as steps
from corpus_tools.engines.context import Context
from corpus_tools.engines.desk import Desk, Frame, as_frame
from corpus_tools.engines.ends import map_ends
from corpus_tools.engines.protocol import Engine
from corpus_tools.match.batches import (
    ACCEPTED,
    KEYED,
    NEAR_KEYED,
    SAMPLED,
    SHINGLES,
    AcceptPairs,
    BandKeys,
    ListShingles,
    MeasurePairs,
    NearKeys,
    SampledKeys,
)
from corpus_tools.match.exact import exact_edges
from corpus_tools.match.frequencies import MIN_DOCUMENTS
from corpus_tools.match.known import mark_known, moved_edges, still_known
from corpus_tools.match.search.banding import plan_banding
from corpus_tools.match.search.candidates import BUCKET_LIMIT, NEIGHBOURS, REPRESENTATIVES
from corpus_tools.match.search.containment import HELD_LIMIT, HELD_SHARE, LONGEST
from corpus_tools.match.word_store import TOLD
from corpus_tools.plan import Plan
from corpus_tools.store.manifest import Part
from corpus_tools.store.parts import ROWS_PER_FILE
from corpus_tools.tables import EDGES, FREQUENCIES


def match_parts(
    engine: Engine,
    signatures: Path,
    documents: Path,
    folder: Path,
    plan: Plan,
    totals: dict[str, int] | None = None,
    earlier: tuple[Path, Path] | None = None,
    *,
    frequencies: Path,
) -> list[Part]:
    """Write ``tables.EDGES`` into ``folder``: the rows and files of the embedded engine.

    ``signatures`` and ``documents`` are folders of parts; ``earlier`` are the edges and the signatures of an earlier run,
    whose pairs are measured again; only pairs with a new text are searched for. ``frequencies`` is the folder of ``tables.FREQUENCIES``. ``totals`` is told what was bounded, as by ``match_edges``. Raises
    RunError for a signature without its document.
    """
    desk = Desk(engine, folder)
    sketched = as_frame(engine.scan(signatures))
    exact, chosen = steps.split_exact(sketched, desk.hold)
    before = None
    if earlier is not None:
        measured_before, seen = (as_frame(engine.scan(place)) for place in earlier)
        known = desk.hold(still_known(seen, sketched))
        chosen = mark_known(chosen, known)
        before = moved_edges(measured_before, known, sketched)
    pairs = nw.concat([_candidates(desk, chosen, plan, totals), _held(desk, chosen)]).unique()
    if before is not None:
        pairs = nw.concat([pairs, before]).unique()
    held = ["text", *TOLD]
    texts = as_frame(engine.scan(documents, columns=["page_id", *held]))
    measured = map_ends(desk, pairs, texts, held, MeasurePairs(plan, frequencies), EDGES)
    copies = exact.join(sketched.select(right="page_id", n_words="n_words"), on="right")
    edges = nw.concat([measured, exact_edges(copies)])
    parts = engine.checkpoint_sorted(edges.to_native(), folder, EDGES, ROWS_PER_FILE, ("left", "right"))
    desk.close()
    return parts


def _candidates(desk: Desk, chosen: Frame, plan: Plan, totals: dict[str, int] | None) -> Frame:
    """Pairs (left, right) that share a bucket and whose sketches may still reach the table, each once.

    Where ``chosen`` has a column ``old``, pairs of two old pages are left out.
    """
    banding = plan_banding(plan.match, plan.fingerprint.num_perm)
    keyed = desk.map(chosen.select("page_id", "signature"), BandKeys(banding, plan.fingerprint.scheme), KEYED)
    buckets = desk.hold(steps.size_buckets(keyed))
    bounded = _what_is_bounded(buckets)
    if totals is not None and steps.count_rows(chosen.select("page_id")):
        totals |= bounded
    pairs = steps.pairs_in_small(buckets, BUCKET_LIMIT)
    if bounded["bounded_buckets"]:
        hot = buckets.filter(nw.col("size") > BUCKET_LIMIT).join(chosen.select("page_id", "signature"), on="page_id")
        near = desk.map(hot, NearKeys(banding, plan.fingerprint.scheme), NEAR_KEYED)
        pairs = nw.concat([pairs, steps.pairs_in_hot(desk.hold(near), REPRESENTATIVES, NEIGHBOURS)])
    pairs = _without_old(pairs.unique(), chosen)
    joined = steps.join_ends(pairs, chosen, ["n_shingles", "signature"])  # little wider than pairs
    return desk.hold(desk.map(joined, AcceptPairs(plan), ACCEPTED))


def _without_old(pairs: Frame, chosen: Frame) -> Frame:
    """``pairs`` less those of two pages that are ``old`` in ``chosen``, if it has that column."""
    if "old" not in chosen.collect_schema().names():
        return pairs
    joined = steps.join_ends(pairs, chosen.select("page_id", "old"), ["old"])
    return joined.filter(~(nw.col("old_left") & nw.col("old_right"))).drop("old_left", "old_right")


def _held(desk: Desk, chosen: Frame) -> Frame:
    """Pairs (left, right) of which one page may hold the other, each once; pairs of two old pages are left out."""
    keyed = desk.map(chosen.select("page_id", "n_shingles", "sample"), SampledKeys(), SAMPLED)
    return desk.hold(_without_old(steps.pairs_in_longer(keyed, HELD_LIMIT, LONGEST, HELD_SHARE), chosen))


def _what_is_bounded(buckets: Frame) -> dict[str, int]:
    """Buckets over the limit, the largest of all, and pairs left out: from the sizes, since what is made of one follows from its size."""
    size, hot = nw.col("size"), (nw.col("size") > BUCKET_LIMIT).cast(nw.Int64)
    made_twice = 2 * REPRESENTATIVES * (size - 1) - REPRESENTATIVES * (REPRESENTATIVES - 1)
    made_twice = made_twice + 2 * NEIGHBOURS * size - NEIGHBOURS * (NEIGHBOURS + 1)
    first = buckets.filter(nw.col("place") == 1)
    counted = first.select(
        hot.sum().alias("hot"), size.max().alias("largest"), (hot * (size * (size - 1) - made_twice)).sum().alias("left_out_twice")
    )
    row = {name: values[0] or 0 for name, values in counted.collect(backend="pyarrow").to_dict(as_series=False).items()}
    names = ("bounded_buckets", "largest_bucket", "pairs_left_out")
    return dict(zip(names, (row["hot"], row["largest"], row["left_out_twice"] // 2), strict=True))


def write_frequencies(ctx: Context) -> list[Part]:
    """Write ``tables.FREQUENCIES`` of the run: the rows and files of the embedded engine."""
    folder = ctx.folder / "frequencies"
    desk = Desk(ctx.engine, folder)
    columns = {"signatures": ["page_id", "content_hash"], "documents": ["page_id", "text"]}
    sketched, documents = (as_frame(ctx.engine.scan(ctx.folder / name, columns=held)) for name, held in columns.items())
    firsts = sketched.group_by("content_hash").agg(nw.col("page_id").min().alias("page_id")).select("page_id")
    texts = documents.join(firsts, on="page_id", how="semi").select("text")
    shingles = desk.map(texts, ListShingles(ctx.plan.fingerprint.ngram), SHINGLES)
    counted = shingles.group_by("shingle").agg(nw.len().cast(nw.Int64).alias("documents"))
    many = counted.filter(nw.col("documents") >= MIN_DOCUMENTS)
    parts = ctx.engine.checkpoint_sorted(many.to_native(), folder, FREQUENCIES, ROWS_PER_FILE, ("shingle",))
    desk.close()
    return parts


def write_edges(ctx: Context, totals: dict[str, int]) -> list[Part]:
    """Write ``tables.EDGES`` of the run; ``totals`` is told what was bounded."""
    signatures, documents, folder = (ctx.folder / name for name in ("signatures", "documents", "edges"))
    earlier = (ctx.earlier.path / "edges", ctx.earlier.path / "signatures") if ctx.earlier else None
    return match_parts(ctx.engine, signatures, documents, folder, ctx.plan, totals, earlier, frequencies=ctx.folder / "frequencies")
