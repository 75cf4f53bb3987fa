"""The match stage on one machine: sketches in, scored pairs out, streamed in order.

Exact copies are joined first: every group with one content hash is a star around its smallest page_id, its anchor, and only
the anchor goes on. Candidates among anchors are measured on their texts, a block of pairs at a time. Memory holds all
sketches and candidate pairs, and one block of the rest.

Pairs that score ``match.min_score`` and up are stored. The score is never below the Jaccard similarity of the shingle
sets, for which the pair search states its recall, unless the subjects conflict; then it is 0.

**Against an earlier run.** Only pairs with a page whose text the earlier run did not have are measured. Its other edges are
taken over, moved to the new anchor where a group of exact copies has a new smallest page_id; copies measure the same, so the
table is that of one run over all pages. One difference can remain: a bucket of the pair search so large that it was bounded
pairs its pages with fewer others as it grows, so the earlier run may have found pairs there that one run would not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.engines.context import Context
from corpus_tools.errors import MixedSignaturesError
from corpus_tools.frames import Frame, give_back, take
from corpus_tools.match.banding import plan_banding
from corpus_tools.match.candidates import find_candidates, sketch_matrix
from corpus_tools.match.known import still_known
from corpus_tools.match.verify import kinds, measure_pairs, passing_estimates
from corpus_tools.match.word_store import WordStore, load_documents
from corpus_tools.plan import FingerprintPlan, GroupPlan, MatchPlan, Plan
from corpus_tools.progress import Progress
from corpus_tools.store.earlier import Earlier
from corpus_tools.store.manifest import Part
from corpus_tools.store.parts import ROWS_PER_FILE
from corpus_tools.tables import EDGES

Array = np.ndarray[Any, np.dtype[Any]]
BLOCK = 250_000
"""Pairs measured at a time, and rows of a batch that comes out, at most."""
EDGE_MEASURES = EDGES.names[3:]


def match_edges(
    signatures: pl.LazyFrame,
    documents: pl.LazyFrame,
    plan: Plan,
    known: tuple[pl.LazyFrame, pl.LazyFrame] | None = None,
    totals: dict[str, int] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Record batches of ``tables.EDGES``, sorted by (left, right), the same for the same input.

    ``signatures`` as ``tables.SIGNATURES``; ``documents`` needs page_id and text. ``known`` are the edges and the signatures of an earlier run; its pages may have
    changed since, as far as ``signatures`` tell. Raises RunError for a signature without its document, MixedSignaturesError for sketches of
    different sizes.
    """
    sketched = signatures.select("page_id", "content_hash", "n_shingles", "signature").sort("page_id").collect()
    anchors = sketched.with_row_index("at").select(pl.col("at").cast(pl.Int64).first().over("content_hash"))["at"].to_numpy()
    extra, old = [_exact_rows(anchors)], np.zeros(len(sketched), np.bool_)
    if known is not None:
        seen = known[1].select("page_id", "content_hash").collect()
        old = _known_texts(sketched, seen)
        extra.append(_moved_edges(known[0].collect(), seen, sketched, anchors))
    pairs = _candidates(sketched, anchors, old, plan, {} if totals is None else totals)
    yield from _stream(sketched["page_id"], documents, pairs, pl.concat(extra).sort("left", "right"), plan)


def _exact_rows(anchors: Array) -> pl.DataFrame:
    """A pair for every page that is not the anchor of its group; pages are rows."""
    copies = np.flatnonzero(anchors != np.arange(len(anchors)))
    measures = [pl.lit(float(name != "subject_conflict")).alias(name) for name in EDGE_MEASURES]
    return pl.DataFrame({"left": anchors[copies], "right": copies}).select(
        "left", "right", pl.lit("exact").alias("kind"), *measures
    )


def _known_texts(sketched: pl.DataFrame, signatures: pl.DataFrame) -> Array:
    """Which rows have a text the earlier run had too, bool[rows]."""
    return sketched["content_hash"].is_in(signatures["content_hash"].unique().implode()).to_numpy()


def _moved_edges(edges: pl.DataFrame, signatures: pl.DataFrame, sketched: pl.DataFrame, anchors: Array) -> pl.DataFrame:
    """An earlier run's near and contained pairs, between the anchors their texts have now; pages are rows.

    A pair with a text that no page has any more is left out.
    """
    now = pl.DataFrame({"content_hash": sketched["content_hash"], "row": anchors}).unique("content_hash")
    rows = signatures.join(now, on="content_hash").select("page_id", "row")
    near = edges.filter(pl.col("kind").is_in(["near", "contained"]))
    for side in ("left", "right"):
        near = near.join(rows.rename({"page_id": side}), on=side, how="inner").drop(side).rename({"row": side})
    turned = pl.col("left") > pl.col("right")
    swap = {"left": "right", "containment_left": "containment_right"}
    swap |= {there: here for here, there in swap.items()}
    swapped = [pl.when(turned).then(there).otherwise(here).alias(here) for here, there in swap.items()]
    return near.with_columns(swapped).select("left", "right", "kind", *EDGE_MEASURES)


def _candidates(sketched: pl.DataFrame, anchors: Array, old: Array, plan: Plan, totals: dict[str, int]) -> tuple[Array, Array]:
    """Pairs of anchors worth measuring, left < right, sorted; pairs of old texts are not."""
    rows = np.flatnonzero(anchors == np.arange(len(anchors)))
    if not len(rows):
        return rows, rows
    sketches, sizes = _sketches(sketched[rows], plan.fingerprint.scheme), sketched["n_shingles"].to_numpy()[rows]
    floor, old = plan.match.min_score, old[rows]

    def accept(left: Array, right: Array) -> Array:
        fresh = ~(old[left] & old[right])
        fresh[fresh] = passing_estimates(sketches, sizes, left[fresh], right[fresh], floor)
        return fresh

    pairs, report = find_candidates(sketches, plan_banding(plan.match, sketches.shape[1]), accept=accept)
    totals |= {"bounded_buckets": report.hot, "largest_bucket": report.largest, "pairs_left_out": report.skipped}
    return rows[pairs[:, 0]], rows[pairs[:, 1]]


def _sketches(sketched: pl.DataFrame, scheme: str) -> Array:
    """MinHash values [pages, values]."""
    sizes = sketched["signature"].bin.size().unique().sort().to_list()
    if len(sizes) > 1:
        raise MixedSignaturesError(
            f"signatures of {sizes} bytes were mixed", "fingerprint all documents with the same number of values"
        )
    return sketch_matrix(sketched["signature"].to_arrow(), scheme)


def _stream(
    page_ids: pl.Series, documents: pl.LazyFrame, pairs: tuple[Array, Array], extra: pl.DataFrame, plan: Plan
) -> Iterator[pa.RecordBatch]:
    """Measure the pairs block by block, and merge each block with the extra rows whose left page falls in it."""
    left, right = pairs
    taking_part = np.unique(np.concatenate(pairs))
    with WordStore(plan.fingerprint.ngram) as store:
        place = np.zeros(len(page_ids), np.int64)
        place[taking_part] = load_documents(store, documents, page_ids[taking_part])
        extra_left = extra["left"].to_numpy()
        begin = extra_begin = 0
        for last in _block_ends(np.concatenate([left, extra_left])):
            end, extra_end = (int(np.searchsorted(side, last, side="right")) for side in (left, extra_left))
            found = _measure(store, place, left[begin:end], right[begin:end], plan)
            rows = pl.concat([found, extra[extra_begin:extra_end]]).sort("left", "right")
            begin, extra_begin = end, extra_end
            yield from _batches(page_ids, rows)


def _block_ends(lefts: Array) -> Array:
    """Last left page of each block of about BLOCK rows, increasing."""
    lefts.sort()
    return np.unique(np.append(lefts[BLOCK - 1 :: BLOCK], lefts[-1:]))


def _measure(store: WordStore, place: Array, left: Array, right: Array, plan: Plan) -> pl.DataFrame:
    """Rows of the pairs that are stored; pages are rows of the signatures."""
    floor = plan.match.min_score
    measures = measure_pairs(store, place[left], place[right], floor)
    columns = {"left": left, "right": right, "kind": kinds(measures), **measures}
    types = {"left": pl.Int64, "right": pl.Int64, "kind": pl.String} | dict.fromkeys(EDGE_MEASURES, pl.Float64)
    rows = pl.DataFrame({name: pl.Series(columns[name], dtype=kind) for name, kind in types.items()})
    return rows.filter(pl.col("score") >= floor)


def _batches(page_ids: pl.Series, rows: pl.DataFrame) -> Iterator[pa.RecordBatch]:
    """Rows with page ids in place of positions, as batches of ``tables.EDGES``."""
    for part in rows.iter_slices(BLOCK):
        named = part.with_columns(page_ids.gather(part["left"]).alias("left"), page_ids.gather(part["right"]).alias("right"))
        table = named.select(EDGES.names).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(EDGES).combine_chunks()
        yield from table.to_batches()


def write_edges(ctx: Context, totals: dict[str, int]) -> list[Part]:
    """Write ``tables.EDGES`` of the run; ``totals`` is told what was bounded."""
    signatures, documents = (ctx.engine.scan(ctx.folder / name) for name in ("signatures", "documents"))
    known = _known(ctx.earlier, signatures) if ctx.earlier else None
    rows = match_edges(signatures, documents, ctx.plan, known=known, totals=totals)
    return ctx.engine.checkpoint(_counting(ctx.progress, rows), ctx.folder / "edges", EDGES, ROWS_PER_FILE)


def _known(earlier: Earlier, signatures: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Edges and signatures of the earlier run, as far as they still hold beside ``signatures`` of the grown run."""
    sketched = earlier.run.signatures
    same = still_known(nw.from_native(sketched.select("page_id", "content_hash")), nw.from_native(signatures))
    pages = same.select("page_id").to_native().collect().lazy()
    edges = earlier.run.edges
    for side in ("left", "right"):
        edges = edges.join(pages, left_on=side, right_on="page_id", how="semi")
    return edges, sketched.join(pages, on="page_id", how="semi")


def _counting(progress: Progress, rows: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in rows:
        yield batch
        progress.advance(batch.num_rows)


def match_signatures(
    signatures: Frame,
    documents: Frame,
    match: MatchPlan = MatchPlan(),  # noqa: B008 - frozen
    fingerprint: FingerprintPlan = FingerprintPlan(),  # noqa: B008 - frozen
) -> Frame:
    """Scored pairs (``tables.EDGES``, sorted by left and right) of sketched documents.

    ``signatures`` as ``tables.SIGNATURES``, ``documents`` with page_id and text. Raises RunError for a
    signature without its document.
    """
    floor = max(match.min_score, GroupPlan().threshold)
    plan = Plan(fingerprint=fingerprint, match=match, group=GroupPlan(threshold=floor))
    table = pa.Table.from_batches(match_edges(take(signatures).lazy(), take(documents).lazy(), plan), EDGES)
    return cast(Frame, give_back(table, signatures))
