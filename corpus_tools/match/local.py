"""The match stage on one machine: sketches in, scored pairs out, streamed in order.

Exact copies are joined first: every group with one content hash is a star around its smallest page_id, its anchor, and only
the anchor goes on. Candidates among anchors are measured on their texts, a block of pairs at a time. Memory holds the ids of
pages, candidate pairs, and one block of the rest; sketches and words lie on disk.

Pairs that score ``match.min_score`` and up are stored, and pairs of which one page holds the other. How many texts hold each
shingle is counted first (``frequencies``): what many hold is no evidence.

**Against an earlier run.** Only pairs with a page whose text the earlier run did not have are searched for. Its edges are
measured again beside them, between the anchors their texts have now, since new pages change what many texts hold; so the
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
from corpus_tools.frames import Frame, give_back, take
from corpus_tools.match.exact import exact_edges
from corpus_tools.match.frequencies import Frequencies, count_frequencies, read_frequencies
from corpus_tools.match.known import still_known
from corpus_tools.match.search.anchors import candidate_pairs, first_of_texts, read_pages
from corpus_tools.match.verify import is_stored, measure_pairs
from corpus_tools.match.word_store import BATCH, WordStore, load_documents
from corpus_tools.plan import FingerprintPlan, GroupPlan, MatchPlan, Plan
from corpus_tools.progress import Progress
from corpus_tools.store.chosen import stream_chosen
from corpus_tools.store.earlier import Earlier
from corpus_tools.store.manifest import Part
from corpus_tools.store.parts import ROWS_PER_FILE
from corpus_tools.tables import EDGES, FREQUENCIES

Array = np.ndarray[Any, np.dtype[Any]]
BLOCK = 250_000
"""Pairs measured at a time, and rows of a batch that comes out, at most."""


def match_edges(
    signatures: pl.LazyFrame,
    documents: pl.LazyFrame,
    plan: Plan,
    known: tuple[pl.LazyFrame, pl.LazyFrame] | None = None,
    totals: dict[str, int] | None = None,
    frequencies: Frequencies | None = None,
) -> Iterator[pa.RecordBatch]:
    """Record batches of ``tables.EDGES``, sorted by (left, right), the same for the same input.

    ``signatures`` as ``tables.SIGNATURES``; ``documents`` needs page_id and text. ``known`` are the edges and the signatures of an earlier run; its pages may have
    changed since, as far as ``signatures`` tell. ``frequencies`` are counted over ``documents`` by default. Raises RunError for a signature without its document, MixedSignaturesError for sketches of
    different sizes.
    """
    pages = read_pages(signatures)
    anchors = first_of_texts(pages)
    old, before = np.zeros(len(pages), np.bool_), pl.DataFrame(schema={"left": pl.Int64, "right": pl.Int64})
    if known is not None:
        seen = known[1].select("page_id", "content_hash").collect()
        old = _known_texts(pages, seen)
        before = _moved_edges(known[0].collect(), seen, pages, anchors)
    pairs = _with_known(candidate_pairs(signatures, pages, anchors, old, plan, {} if totals is None else totals), before)
    ids, exact = pages["page_id"], exact_rows(anchors, pages["n_words"].to_numpy())
    del pages
    if frequencies is None:
        frequencies = Frequencies.of(count_texts(ids.gather(np.unique(anchors)), documents, plan))
    with WordStore(plan.fingerprint.ngram, frequencies) as store:
        yield from _stream(store, ids, documents, pairs, exact, plan)


def exact_rows(anchors: Array, n_words: Array) -> pl.DataFrame:
    """A pair for every page that is not the anchor of its group; pages are rows."""
    copies = np.flatnonzero(anchors != np.arange(len(anchors)))
    rows = pl.DataFrame({"left": anchors[copies], "right": copies, "n_words": n_words[copies]})
    made: pl.DataFrame = exact_edges(nw.from_native(rows)).to_native()
    return made.sort("left", "right")


def count_texts(anchors: pl.Series, documents: pl.LazyFrame, plan: Plan) -> pl.DataFrame:
    """``tables.FREQUENCIES`` of the documents ``anchors``, one for each different text of the corpus."""
    texts = (batch["text"].to_arrow() for _, batch in stream_chosen(documents, anchors, ["text"], BATCH))
    return count_frequencies(texts, plan.fingerprint.ngram)


def _known_texts(sketched: pl.DataFrame, signatures: pl.DataFrame) -> Array:
    """Which rows have a text the earlier run had too, bool[rows]."""
    return sketched["content_hash"].is_in(signatures["content_hash"].unique().implode()).to_numpy()


def _moved_edges(edges: pl.DataFrame, signatures: pl.DataFrame, sketched: pl.DataFrame, anchors: Array) -> pl.DataFrame:
    """An earlier run's near and contained pairs (left, right), between the anchors their texts have now; pages are rows.

    A pair with a text that no page has any more is left out.
    """
    now = pl.DataFrame({"content_hash": sketched["content_hash"], "row": anchors}).unique("content_hash")
    rows = signatures.join(now, on="content_hash").select("page_id", "row")
    near = edges.filter(pl.col("kind") != "exact").select("left", "right")
    for side in ("left", "right"):
        near = near.join(rows.rename({"page_id": side}), on=side, how="inner").drop(side).rename({"row": side})
    return near.select(left=pl.min_horizontal("left", "right"), right=pl.max_horizontal("left", "right"))


def _with_known(pairs: tuple[Array, Array], before: pl.DataFrame) -> tuple[Array, Array]:
    """Candidate pairs and those of an earlier run, sorted, each once."""
    if not before.height:
        return pairs
    found = pl.concat([pl.DataFrame({"left": pairs[0], "right": pairs[1]}), before]).unique().sort("left", "right")
    return found["left"].to_numpy(), found["right"].to_numpy()


def _stream(
    store: WordStore, page_ids: pl.Series, documents: pl.LazyFrame, pairs: tuple[Array, Array], exact: pl.DataFrame, plan: Plan
) -> Iterator[pa.RecordBatch]:
    """Measure the pairs block by block, and merge each block with the exact copies whose left page falls in it."""
    left, right = pairs
    taking_part = np.unique(np.concatenate(pairs))
    place = np.zeros(len(page_ids), np.int64)
    place[taking_part] = load_documents(store, documents, page_ids[taking_part])
    exact_left = exact["left"].to_numpy()
    begin = exact_begin = 0
    for last in _block_ends(np.concatenate([left, exact_left])):
        end, exact_end = (int(np.searchsorted(side, last, side="right")) for side in (left, exact_left))
        found = _measure(store, place, left[begin:end], right[begin:end], plan)
        rows = pl.concat([found, exact[exact_begin:exact_end]]).sort("left", "right")
        begin, exact_begin = end, exact_end
        yield from _batches(page_ids, rows)


def _block_ends(lefts: Array) -> Array:
    """Last left page of each block of about BLOCK rows, increasing."""
    lefts.sort()
    return np.unique(np.append(lefts[BLOCK - 1 :: BLOCK], lefts[-1:]))


def _measure(store: WordStore, place: Array, left: Array, right: Array, plan: Plan) -> pl.DataFrame:
    """Rows of the pairs that are stored; pages are rows of the signatures."""
    measures = measure_pairs(store, place[left], place[right], plan.match.min_score)
    rows = pl.DataFrame({"left": left, "right": right, **measures}, schema_overrides={"kind": pl.String})
    return rows.filter(pl.Series(is_stored(measures, plan.match.min_score)))


def _batches(page_ids: pl.Series, rows: pl.DataFrame) -> Iterator[pa.RecordBatch]:
    """Rows with page ids in place of positions, as batches of ``tables.EDGES``."""
    for part in rows.iter_slices(BLOCK):
        named = part.with_columns(page_ids.gather(part["left"]).alias("left"), page_ids.gather(part["right"]).alias("right"))
        table = named.select(EDGES.names).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(EDGES).combine_chunks()
        yield from table.to_batches()


def write_frequencies(ctx: Context) -> list[Part]:
    """Write ``tables.FREQUENCIES`` of the run: every text is counted once, whatever the number of its copies."""
    signatures, documents = (ctx.engine.scan(ctx.folder / name) for name in ("signatures", "documents"))
    anchors = signatures.group_by("content_hash").agg(pl.col("page_id").min()).select("page_id").collect()["page_id"]
    counted = count_texts(anchors, documents, ctx.plan)
    rows = counted.to_arrow().cast(FREQUENCIES).to_batches(max_chunksize=ROWS_PER_FILE)
    return ctx.engine.checkpoint(rows, ctx.folder / "frequencies", FREQUENCIES, ROWS_PER_FILE)


def write_edges(ctx: Context, totals: dict[str, int]) -> list[Part]:
    """Write ``tables.EDGES`` of the run; ``totals`` is told what was bounded."""
    signatures, documents = (ctx.engine.scan(ctx.folder / name) for name in ("signatures", "documents"))
    known = _known(ctx.earlier, signatures) if ctx.earlier else None
    frequencies = read_frequencies(ctx.folder / "frequencies")
    rows = match_edges(signatures, documents, ctx.plan, known=known, totals=totals, frequencies=frequencies)
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
    threshold = max(match.min_score, GroupPlan().threshold)
    plan = Plan(fingerprint=fingerprint, match=match, group=GroupPlan(threshold=threshold))
    table = pa.Table.from_batches(match_edges(take(signatures).lazy(), take(documents).lazy(), plan), EDGES)
    return cast(Frame, give_back(table, signatures))
