"""The group stage over many machines: components first, then whole components, a bucket of them at a time.

No step holds the corpus; what one machine must hold is one bucket of components (``BUCKET_PAGES``, or the largest component
where that is larger).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa

from corpus_tools.engines import relational as steps
from corpus_tools.engines.context import Context
from corpus_tools.engines.desk import Desk, Frame, as_frame
from corpus_tools.engines.protocol import Engine
from corpus_tools.group.aggregates import part_aggregates
from corpus_tools.group.batches import ROOTED, GroupBucket, IntoBuckets
from corpus_tools.group.decisions import NOTHING, PairDecisions, obey_pairs
from corpus_tools.group.documents import grouping_columns
from corpus_tools.group.graph_kernels import component_roots
from corpus_tools.group.joined import join_rewrites
from corpus_tools.group.local import HELD_COLUMNS
from corpus_tools.group.permission import mark_permissions
from corpus_tools.group.renamings import lift_renamings
from corpus_tools.plan import Plan
from corpus_tools.store.manifest import Part
from corpus_tools.store.parts import ROWS_PER_FILE
from corpus_tools.tables import CLUSTERS, DOCUMENTS, EDGES

DRIVER_EDGES = 2_000_000
"""Edges up to which components are found on the driver (about 150 bytes each); above it, by rounds over the executors."""
BUCKET_PAGES = 200_000
"""Pages of the components that are grouped at a time."""
_BUCKET = pa.field("bucket", pa.int64())
_READ = ("broken", "earlier", "rewritten")
_PLACED = pa.schema(
    [
        CLUSTERS.field("page_id"),
        *[DOCUMENTS.field(name) for name in HELD_COLUMNS],
        *[pa.field(name, pa.int64()) for name in _READ],
        _BUCKET,
    ]
)


def group_parts(
    engine: Engine,
    edges: Path,
    documents: Path,
    folder: Path,
    plan: Plan,
    driver_edges: int = DRIVER_EDGES,
    buckets: int = 0,
    rewrites: Path | None = None,
    earlier: Path | None = None,
    decided: PairDecisions = NOTHING,
) -> list[Part]:
    """Write ``tables.CLUSTERS`` into ``folder``: the rows and files of the embedded engine.

    Components are found first; then whole components, a bucket of them at a time, go through
    ``cluster_documents``. Above ``driver_edges`` edges the components are found over the executors.
    ``buckets`` is their number (0: one for every ``BUCKET_PAGES`` documents). ``rewrites`` is the folder of pairs that join
    the near copies, ``earlier`` that of the clusters of an earlier run, ``decided`` what people decided. Raises RunError when an
    edge names a page that no document has, or a page_id stands on several documents.
    """
    desk = Desk(engine, folder)
    scored = as_frame(lift_renamings(engine.scan(edges)))
    found = None if rewrites is None else engine.scan(rewrites)
    if found is not None:
        scored = as_frame(join_rewrites(scored.to_native(), found, plan))
    scored = as_frame(obey_pairs(scored.to_native(), engine.scan(documents), decided, plan, engine.frame))
    before = None if earlier is None else engine.scan(earlier)
    scored = desk.hold(as_frame(part_aggregates(scored.to_native(), plan.group)))
    passing = as_frame(mark_permissions(scored.to_native(), plan.group)).select(*EDGES.names)
    columns = list(dict.fromkeys(["page_id", *HELD_COLUMNS, "text", "truncated"]))
    pages = as_frame(engine.scan(documents, columns=columns))
    count = buckets or 1 + steps.count_rows(pages.select("page_id")) // BUCKET_PAGES
    roots = _roots(desk, passing.select("left", "right"), driver_edges).select("page_id", "root")
    rooted = desk.hold(desk.map(roots, IntoBuckets(count), ROOTED))
    placed = as_frame(grouping_columns(_in_buckets(pages, rooted, count), [*HELD_COLUMNS, "bucket"], found, before))
    inside, held = _within(passing, rooted), placed.select(*_PLACED.names)
    clusters = engine.map_groups(inside.to_native(), held.to_native(), "bucket", GroupBucket(plan.group, decided), CLUSTERS)
    parts = engine.checkpoint_sorted(clusters, folder, CLUSTERS, ROWS_PER_FILE, ("page_id",))
    desk.close()
    return parts


def _in_buckets(pages: Frame, rooted: Frame, count: int) -> Any:
    """``pages`` with the ``bucket`` of their component, or any where they have none: their text is not looked at then."""
    placed = pages.join(rooted, on="page_id", how="left")
    alone = nw.col("root").is_null()
    bucket = nw.coalesce("bucket", nw.col("n_words").fill_null(0) % count).alias("bucket")
    return placed.with_columns(bucket, nw.when(~alone).then(nw.col("text")).alias("text")).to_native()


def _within(edges: Frame, rooted: Frame) -> Frame:
    """Edges with both ends in one component, with its ``bucket``: only these can matter to it."""
    right = rooted.select(of="page_id", other_root="root")
    both = edges.join(rooted, left_on="left", right_on="page_id").join(right, left_on="right", right_on="of")
    return both.filter(nw.col("root") == nw.col("other_root")).select(*EDGES.names, "bucket")


def _roots(desk: Desk, edges: Frame, driver_edges: int) -> Frame:
    """Rows (page_id, root) of every page with a merging edge."""
    if steps.count_rows(edges) > driver_edges:
        return steps.label_components(edges, desk.hold)
    found = label_on_driver(edges.collect(backend="pyarrow").to_native())
    return as_frame(desk.engine.frame(found))


def label_on_driver(edges: pa.Table) -> pa.Table:
    """Rows (page_id, root) for edges (left, right) in memory; root is the component's smallest page_id."""
    ends = [edges[side].combine_chunks().cast(pa.string()).to_numpy(zero_copy_only=False) for side in ("left", "right")]
    pages, at = np.unique(np.concatenate(ends), return_inverse=True)
    roots = component_roots(len(pages), at[: len(edges)], at[len(edges) :])
    return pa.table({"page_id": pa.array(pages, pa.string()), "root": pa.array(pages[roots], pa.string())})


def write_clusters(ctx: Context, decided: PairDecisions) -> list[Part]:
    """Write ``tables.CLUSTERS`` of the run."""
    rewrites = ctx.folder / "rewrites" if ctx.plan.rewrite.enabled else None
    earlier = ctx.before.path / "clusters" if ctx.before else None
    edges, documents, clusters = (ctx.folder / name for name in ("edges", "documents", "clusters"))
    return group_parts(ctx.engine, edges, documents, clusters, ctx.plan, rewrites=rewrites, earlier=earlier, decided=decided)
