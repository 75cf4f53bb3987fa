"""The match stage over many machines: the pairs of the local form.

Bands and shingles travel packed into buckets, in which kernels find the pairs (``packets``). Pairs near each other come to one
place, where their sketches are looked at and their texts are measured. No step holds the corpus.
"""

from __future__ import annotations

from pathlib import Path

import narwhals as nw

from corpus_tools.engines import relational as steps
from corpus_tools.engines.context import Context
from corpus_tools.engines.desk import Desk, Frame, as_frame
from corpus_tools.engines.ends import map_placed, pages_of_groups, place_pairs
from corpus_tools.engines.packets import PACKED, count_buckets
from corpus_tools.engines.protocol import Engine
from corpus_tools.match.batches import ACCEPTED, AcceptPairs, CountShingles, ListShingles, MeasurePairs
from corpus_tools.match.exact import exact_edges
from corpus_tools.match.known import mark_known, moved_edges, still_known
from corpus_tools.match.packets import (
    MET,
    PAIRED,
    SHARED,
    BandBuckets,
    BandPackets,
    CrowdedBuckets,
    CrowdPackets,
    HeldBuckets,
    SamplePackets,
)
from corpus_tools.match.search.banding import plan_banding
from corpus_tools.match.search.candidates import BUCKET_LIMIT, NEIGHBOURS, REPRESENTATIVES
from corpus_tools.match.search.containment import HELD_SHARE
from corpus_tools.match.word_store import TOLD
from corpus_tools.plan import Plan
from corpus_tools.store.manifest import Part
from corpus_tools.store.parts import ROWS_PER_FILE
from corpus_tools.tables import EDGES, FREQUENCIES

SHINGLES_A_PAGE, SAMPLED_A_PAGE = 512, 64
"""Shingles of a page, and sampled ones, about: they set the number of buckets, and nothing that comes out."""


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

    ``signatures``, ``documents`` and ``frequencies`` are folders of parts; ``earlier`` are the edges and the signatures of an
    earlier run, whose pairs are measured again; only pairs with a new text are searched for. ``totals`` is told what was
    bounded, as by ``match_edges``. Raises RunError for a signature without its document.
    """
    desk = Desk(engine, folder)
    sketched = as_frame(engine.scan(signatures))
    exact, chosen = steps.split_exact(sketched, desk.hold)
    chosen = chosen.select("page_id", "content_hash", "n_shingles", "signature", "sample")
    before = None
    if earlier is not None:
        measured_before, seen = (as_frame(engine.scan(place)) for place in earlier)
        known = desk.hold(still_known(seen, sketched))
        chosen = mark_known(chosen, known)
        before = moved_edges(measured_before, known, sketched)
    accepted = _accepted(desk, desk.number(chosen.drop("content_hash")), before, plan, totals)
    held = ["text", *TOLD]
    texts = as_frame(engine.scan(documents, columns=["page_id", *held]))
    measured = map_placed(desk, accepted, texts, held, MeasurePairs(plan, frequencies), EDGES)
    copies = exact.join(sketched.select(right="page_id", n_words="n_words"), on="right")
    edges = nw.concat([measured, exact_edges(copies)])
    parts = engine.checkpoint_sorted(edges.to_native(), folder, EDGES, ROWS_PER_FILE, ("left", "right"))
    desk.close()
    return parts


def _accepted(desk: Desk, pages: Frame, before: Frame | None, plan: Plan, totals: dict[str, int] | None) -> Frame:
    """Pairs worth measuring (``ACCEPTED``), each once and in a group: whose sketches may reach the table, one of which may hold
    the other, or which an earlier run measured."""
    rows = steps.count_rows(pages)
    sure = [_held(desk, pages, rows)]
    if before is not None:
        sure.append(_numbered(before, pages))
    likely = _candidates(desk, pages, rows, plan, totals).with_columns(sure=nw.lit(0, nw.Int64))
    pairs = nw.concat([likely, *(frame.with_columns(sure=nw.lit(1, nw.Int64)) for frame in sure)])
    placed = desk.hold(place_pairs(desk.hold(pairs.group_by("one", "other").agg(nw.col("sure").max()))))
    sketches = pages.select("number", "page_id", "n_shingles", "signature")
    wanted = sketches.join(pages_of_groups(desk, placed, "one", "other", "number"), on="number")
    return desk.hold(as_frame(desk.engine.map_groups(placed.to_native(), wanted.to_native(), "group", AcceptPairs(plan), ACCEPTED)))


def _numbered(pairs: Frame, pages: Frame) -> Frame:
    """Pairs (left, right) of ids as pairs (one, other) of numbers."""
    for side, name in (("left", "one"), ("right", "other")):
        pairs = pairs.join(pages.select(nw.col("page_id").alias(side), nw.col("number").alias(name)), on=side)
    return pairs.select("one", "other")


def _candidates(desk: Desk, pages: Frame, rows: int, plan: Plan, totals: dict[str, int] | None) -> Frame:
    """Pairs (one, other) of the ``rows`` pages that share a bucket, some of them more than once.

    Where ``pages`` has a column ``old``, pairs of two old pages are left out.
    """
    banding, scheme = plan_banding(plan.match, plan.fingerprint.num_perm), plan.fingerprint.scheme
    buckets = count_buckets(rows * banding.bands)
    packed = desk.map(pages.select("number", "signature"), BandPackets(banding, scheme, buckets), PACKED)
    met = desk.hold(desk.map_buckets(packed, BandBuckets(BUCKET_LIMIT), MET))
    bounded = _what_is_bounded(met.filter(~nw.col("size").is_null()))
    if totals is not None and rows:
        totals |= bounded
    pairs = met.filter(nw.col("size").is_null()).select("one", "other")
    if bounded["bounded_buckets"]:
        crowds = desk.map(pages.select("number", "signature"), CrowdPackets(banding, scheme, buckets), PACKED)
        bounded_pairs = desk.map_buckets(crowds, CrowdedBuckets(banding, scheme, BUCKET_LIMIT), PAIRED)
        pairs = nw.concat([pairs, bounded_pairs])
    return _without_old(pairs, pages)


def _without_old(pairs: Frame, pages: Frame) -> Frame:
    """``pairs`` (one, other) less those of two pages that are ``old`` in ``pages``, if it has that column."""
    if "old" not in pages.collect_schema().names():
        return pairs
    for side in ("one", "other"):
        pairs = pairs.join(pages.select(nw.col("number").alias(side), nw.col("old").alias(f"old_{side}")), on=side)
    return pairs.filter(~(nw.col("old_one") & nw.col("old_other"))).select("one", "other")


def _held(desk: Desk, pages: Frame, rows: int) -> Frame:
    """Pairs (one, other) of the ``rows`` pages of which one page may hold the other, each once; pairs of two old pages are left out."""
    buckets = count_buckets(SAMPLED_A_PAGE * rows)
    packed = desk.map(pages.select("number", "n_shingles", "sample"), SamplePackets(buckets), PACKED)
    shared = desk.map_buckets(packed, HeldBuckets(), SHARED)
    counted = shared.group_by("longer", "shorter").agg(nw.col("shared").sum(), nw.col("counted").min())
    part, whole = HELD_SHARE
    passing = counted.filter(nw.col("shared") * whole >= nw.col("counted") * part)
    both = (nw.col("longer"), nw.col("shorter"))
    pairs = passing.select(one=nw.min_horizontal(*both), other=nw.max_horizontal(*both))
    return _without_old(pairs, pages)


def _what_is_bounded(sizes: Frame) -> dict[str, int]:
    """Buckets over the limit, the largest of all, and pairs left out: from the sizes of ``MET``, since what is made of one follows from its size."""
    size, hot = nw.col("size"), (~nw.col("key").is_null()).cast(nw.Int64)
    made_twice = 2 * REPRESENTATIVES * (size - 1) - REPRESENTATIVES * (REPRESENTATIVES - 1)
    made_twice = made_twice + 2 * NEIGHBOURS * size - NEIGHBOURS * (NEIGHBOURS + 1)
    left_out = (hot * (size * (size - 1) - made_twice)).sum().alias("left_out_twice")
    counted = sizes.select(hot.sum().alias("hot"), size.max().alias("largest"), left_out)
    row = {name: values[0] or 0 for name, values in counted.collect(backend="pyarrow").to_dict(as_series=False).items()}
    names = ("bounded_buckets", "largest_bucket", "pairs_left_out")
    return dict(zip(names, (row["hot"], row["largest"], row["left_out_twice"] // 2), strict=True))


def write_frequencies(ctx: Context) -> list[Part]:
    """Write ``tables.FREQUENCIES`` of the run: the rows and files of the embedded engine."""
    folder = ctx.folder / "frequencies"
    desk = Desk(ctx.engine, folder)
    columns = {"signatures": ["page_id", "content_hash"], "documents": ["page_id", "text"]}
    sketched, documents = (as_frame(ctx.engine.scan(ctx.folder / name, columns=held)) for name, held in columns.items())
    firsts = desk.hold(sketched.group_by("content_hash").agg(nw.col("page_id").min().alias("page_id")).select("page_id"))
    texts = documents.join(firsts, on="page_id", how="semi").select("text")
    buckets = count_buckets(SHINGLES_A_PAGE * steps.count_rows(firsts))
    packed = desk.map(texts, ListShingles(ctx.plan.fingerprint.ngram, buckets), PACKED)
    many = desk.map_buckets(packed, CountShingles(), FREQUENCIES)
    parts = ctx.engine.checkpoint_sorted(many.to_native(), folder, FREQUENCIES, ROWS_PER_FILE, ("shingle",))
    desk.close()
    return parts


def write_edges(ctx: Context, totals: dict[str, int]) -> list[Part]:
    """Write ``tables.EDGES`` of the run; ``totals`` is told what was bounded."""
    signatures, documents, folder = (ctx.folder / name for name in ("signatures", "documents", "edges"))
    earlier = (ctx.earlier.path / "edges", ctx.earlier.path / "signatures") if ctx.earlier else None
    return match_parts(ctx.engine, signatures, documents, folder, ctx.plan, totals, earlier, frequencies=ctx.folder / "frequencies")
