"""What the group stage does to Arrow batches wherever an engine puts them: frozen, picklable, a batch in and one out."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import polars as pl
import pyarrow as pa

from corpus_tools.group.decisions import NOTHING, PairDecisions
from corpus_tools.group.local import cluster_documents
from corpus_tools.plan import GroupPlan
from corpus_tools.tables import CLUSTERS, EDGES

ROOTED = pa.schema([("page_id", pa.string()), ("root", pa.string()), ("bucket", pa.int64())])


@dataclass(frozen=True)
class IntoBuckets:
    """(page_id, root) to ``ROOTED``: with one of ``count`` numbers, the same for equal roots."""

    count: int

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        numbers = [zlib.crc32(root.encode()) % self.count for root in batch.column("root").to_pylist()]
        arrays = [batch.column("page_id"), batch.column("root"), pa.array(numbers, pa.int64())]
        return pa.RecordBatch.from_arrays(arrays, names=ROOTED.names)


@dataclass(frozen=True)
class GroupBucket:
    """Edges and documents of whole components to ``tables.CLUSTERS``, by the code that groups a corpus held in one place."""

    plan: GroupPlan
    decided: PairDecisions = NOTHING

    def __call__(self, edges: pa.Table, documents: pa.Table) -> pa.Table:
        scored: Any = pl.from_arrow(edges.select(EDGES.names))
        pages: Any = pl.from_arrow(documents.drop_columns(["bucket"]))
        found = cluster_documents(scored.sort("left", "right"), pages, self.plan, self.decided)
        return found.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(CLUSTERS)
