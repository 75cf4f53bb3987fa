"""The cluster stage over many machines: the same pairs and places as ``match`` and ``group``, as relational steps.

Bands become rows, pairs come from joins, and the kernels that accept, measure and group run on the
batches that an engine hands them. No step holds the corpus; what one machine must hold is one
bucket of components (``BUCKET_PAGES``, or the largest component where that is larger).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa

from corpus_tools.cluster.candidates import BUCKET_LIMIT, NEIGHBOURS, REPRESENTATIVES, plan_banding
from corpus_tools.cluster.group import NEEDED
from corpus_tools.cluster.known import mark_known, moved_edges, still_known
from corpus_tools.cluster.on_batches import (
    KEYED,
    NEAR,
    PAIRS,
    AcceptPairs,
    BandKeys,
    GroupBucket,
    IntoBuckets,
    MeasurePairs,
    NearKeys,
)
from corpus_tools.cluster.rewrites import count_rewritten, join_rewrites
from corpus_tools.engines import Engine
from corpus_tools.engines import relational as steps
from corpus_tools.manifest import Part
from corpus_tools.plan import Plan
from corpus_tools.tables import CLUSTERS, DOCUMENTS, EDGES

DRIVER_EDGES = 2_000_000
"""Edges up to which components are found on the driver (about 150 bytes each); above it, by rounds over the executors."""
BUCKET_PAGES = 200_000
"""Pages of the components that are grouped at a time."""
ROWS_PER_FILE = 1_000_000
_BUCKET = pa.field("bucket", pa.int64())
_HELD = [name for name in NEEDED if name in DOCUMENTS.names]
"""What grouping reads of the documents table."""
_REWRITTEN = pa.field("rewritten", pa.int64())
_PLACED = pa.schema([CLUSTERS.field("page_id"), *[DOCUMENTS.field(name) for name in _HELD], _REWRITTEN, _BUCKET])

Frame = nw.LazyFrame[Any]


def as_frame(native: Any) -> Frame:
    """An engine's frame for the relational steps."""
    frame: Frame = nw.from_native(native)
    return frame


class Desk:
    """An engine at work in a scratch folder: native frames in, narwhals frames out, each held under a name of its own."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder / ".scratch"
        self._held = 0
        shutil.rmtree(self.folder, ignore_errors=True)

    def hold(self, frame: Frame) -> Frame:
        """Work ``frame`` out once."""
        self._held += 1
        return as_frame(self.engine.hold(frame.to_native(), self.folder / f"{self._held:03d}"))

    def stream(self, frame: Frame) -> Iterator[pa.RecordBatch]:
        """The rows of ``frame``, which must not grow with the corpus."""
        self._held += 1
        return self.engine.stream(frame.to_native(), self.folder / f"{self._held:03d}")

    def frame(self, table: pa.Table) -> Frame:
        """A small table as a frame."""
        return as_frame(self.engine.frame(table))

    def map(self, frame: Frame, kernel: Any, schema: pa.Schema) -> Frame:
        """``kernel`` over batches of ``frame``."""
        return as_frame(self.engine.map_batches(frame.to_native(), kernel, schema))

    def close(self) -> None:
        """Give the scratch folder back."""
        shutil.rmtree(self.folder, ignore_errors=True)


def match_spread(
    engine: Engine,
    signatures: Path,
    documents: Path,
    folder: Path,
    plan: Plan,
    totals: dict[str, int] | None = None,
    earlier: tuple[Path, Path] | None = None,
) -> list[Part]:
    """Write ``tables.EDGES`` into ``folder``: the rows and files of the embedded engine.

    ``signatures`` and ``documents`` are folders of parts; ``earlier`` are the edges and the signatures of an earlier run,
    of which only pairs with a new text are measured. ``totals`` is told what was bounded, as by ``match_edges``. Raises
    RunError for a signature without its document.
    """
    desk = Desk(engine, folder)
    sketched = as_frame(engine.scan(signatures))
    exact, chosen = steps.split_exact(sketched, desk.hold)
    ready = [_exact_edges(exact)]
    if earlier is not None:
        measured_before, seen = (as_frame(engine.scan(place)) for place in earlier)
        known = desk.hold(still_known(seen, sketched))
        chosen = mark_known(chosen, known)
        ready.append(moved_edges(measured_before, known, sketched))
    pairs = _candidates(desk, chosen, plan, totals)
    texts = as_frame(engine.scan(documents)).select("page_id", "text")
    measured = desk.map(steps.join_ends(pairs, texts, ["text"]), MeasurePairs(plan), EDGES)
    edges = nw.concat([measured, *ready])
    parts = engine.checkpoint_sorted(edges.to_native(), folder, EDGES, ROWS_PER_FILE, ("left", "right"))
    desk.close()
    return parts


def _candidates(desk: Desk, chosen: Frame, plan: Plan, totals: dict[str, int] | None) -> Frame:
    """Pairs (left, right) that share a bucket and whose sketches may still reach the table, each once.

    Where ``chosen`` has a column ``old``, pairs of two old pages are left out.
    """
    banding = plan_banding(plan.match, plan.fingerprint.values)
    keyed = desk.map(chosen.select("page_id", "signature"), BandKeys(banding, plan.fingerprint.scheme), KEYED)
    buckets = desk.hold(steps.size_buckets(keyed))
    bounded = _what_is_bounded(buckets)
    if totals is not None and steps.count_rows(chosen.select("page_id")):
        totals |= bounded
    pairs = steps.pairs_in_small(buckets, BUCKET_LIMIT)
    if bounded["bounded_buckets"]:
        hot = buckets.filter(nw.col("size") > BUCKET_LIMIT).join(chosen.select("page_id", "signature"), on="page_id")
        near = desk.map(hot, NearKeys(banding, plan.fingerprint.scheme), NEAR)
        pairs = nw.concat([pairs, steps.pairs_in_hot(desk.hold(near), REPRESENTATIVES, NEIGHBOURS)])
    pairs = pairs.unique()
    columns = chosen.collect_schema().names()
    names = ["n_shingles", "signature", *(["old"] if "old" in columns else [])]
    joined = steps.join_ends(pairs, chosen.select("page_id", *names), names)
    if "old" in names:
        joined = joined.filter(~(nw.col("old_left") & nw.col("old_right"))).drop("old_left", "old_right")
    return desk.hold(desk.map(joined, AcceptPairs(plan), PAIRS))


def _what_is_bounded(buckets: Frame) -> dict[str, int]:
    """Buckets over the limit, the largest of all, and pairs left out: from the sizes, since what is made of one follows from its size."""
    size, hot = nw.col("size"), (nw.col("size") > BUCKET_LIMIT).cast(nw.Int64)
    made_twice = 2 * REPRESENTATIVES * (size - 1) - REPRESENTATIVES * (REPRESENTATIVES - 1)
    made_twice = made_twice + 2 * NEIGHBOURS * size - NEIGHBOURS * (NEIGHBOURS + 1)
    first = buckets.filter(nw.col("place") == 1)
    told = first.select(
        hot.sum().alias("hot"), size.max().alias("largest"), (hot * (size * (size - 1) - made_twice)).sum().alias("left_out_twice")
    )
    row = {name: values[0] or 0 for name, values in told.collect(backend="pyarrow").to_dict(as_series=False).items()}
    names = ("bounded_buckets", "largest_bucket", "pairs_left_out")
    return dict(zip(names, (row["hot"], row["largest"], row["left_out_twice"] // 2), strict=True))


def _exact_edges(pairs: Frame) -> Frame:
    measures = [nw.lit(float(name != "subject_conflict")).alias(name) for name in EDGES.names[3:]]
    return pairs.select("left", "right", nw.lit("exact").alias("kind"), *measures)


def group_spread(
    engine: Engine,
    edges: Path,
    documents: Path,
    folder: Path,
    plan: Plan,
    driver_edges: int = DRIVER_EDGES,
    buckets: int = 0,
    rewrites: Path | None = None,
) -> list[Part]:
    """Write ``tables.CLUSTERS`` into ``folder``: the rows and files of the embedded engine.

    Components are found first; then whole components, a bucket of them at a time, go through
    ``cluster_documents``. Above ``driver_edges`` edges the components are found over the executors.
    ``buckets`` is their number (0: one for every ``BUCKET_PAGES`` documents). ``rewrites`` is the folder of pairs that join
    the near copies. Raises RunError when an
    edge names a page that no document has, or a page_id stands on several documents.
    """
    desk = Desk(engine, folder)
    scored = as_frame(engine.scan(edges))
    pages = as_frame(engine.scan(documents)).select("page_id", *_HELD)
    if rewrites is not None:
        spun = as_frame(engine.scan(rewrites))
        scored = as_frame(join_rewrites(scored.to_native(), spun.to_native(), plan))
        counted = as_frame(count_rewritten(spun.to_native())).rename({"page_id": "of"})
        pages = pages.join(counted, left_on="page_id", right_on="of", how="left")
    else:
        pages = pages.with_columns(nw.lit(None, nw.Int64).alias("rewritten"))
    merging = scored.filter(nw.col("score") >= plan.group.threshold).select("left", "right")
    roots = desk.hold(_roots(desk, merging, driver_edges))
    into = IntoBuckets(buckets or 1 + steps.count_rows(pages) // BUCKET_PAGES)
    placed = pages.join(roots, on="page_id", how="left").with_columns(nw.coalesce("root", "page_id").alias("root"))
    inside = desk.map(_within(scored, roots), into, EDGES.append(_BUCKET))
    held = desk.map(placed.select(*_PLACED.names[:-1], "root"), into, _PLACED)
    clusters = engine.map_groups(inside.to_native(), held.to_native(), "bucket", GroupBucket(plan.group), CLUSTERS)
    parts = engine.checkpoint_sorted(clusters, folder, CLUSTERS, ROWS_PER_FILE, ("page_id",))
    desk.close()
    return parts


def _within(edges: Frame, roots: Frame) -> Frame:
    """Edges with both ends in one component, with its ``root``: only these can matter to it."""
    right = roots.rename({"page_id": "of", "root": "other_root"})
    both = edges.join(roots, left_on="left", right_on="page_id").join(right, left_on="right", right_on="of")
    return both.filter(nw.col("root") == nw.col("other_root")).select(*EDGES.names, "root")


def _roots(desk: Desk, edges: Frame, driver_edges: int) -> Frame:
    """Rows (page_id, root) of every page with a merging edge."""
    if steps.count_rows(edges) > driver_edges:
        return steps.label_components(edges, desk.hold)
    found = label_on_driver(edges.collect(backend="pyarrow").to_native())
    return as_frame(desk.engine.frame(found))


def label_on_driver(edges: pa.Table) -> pa.Table:
    """Rows (page_id, root) for edges (left, right) in memory; root is the component's smallest page_id."""
    from corpus_tools.cluster._graph_kernels import component_roots

    ends = [edges[side].combine_chunks().cast(pa.string()).to_numpy(zero_copy_only=False) for side in ("left", "right")]
    pages, at = np.unique(np.concatenate(ends), return_inverse=True)
    roots = component_roots(len(pages), at[: len(edges)], at[len(edges) :])
    return pa.table({"page_id": pa.array(pages, pa.string()), "root": pa.array(pages[roots], pa.string())})
