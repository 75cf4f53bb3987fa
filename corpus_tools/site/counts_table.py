"""Site counts as a table of the run, so that a later batch of the same sites can be judged with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
import pyarrow as pa

from corpus_tools.site.template import SiteCounts
from corpus_tools.tables import SITES

_BATCH_PAGES = 4096


def site_rows(counts: SiteCounts) -> Iterator[pa.RecordBatch]:
    """``counts`` as batches of ``tables.SITES``, the same for the same pages."""
    sketches = counts.sketches()
    while pages := list(islice(sketches, _BATCH_PAGES)):
        columns = [
            pa.array([site for site, _, _ in pages], pa.string()),
            pa.array([_signed(key) for _, key, _ in pages], pa.int64()),
            pa.array([sketch[0].view(np.int64).tolist() for _, _, sketch in pages], SITES.field("lines").type),
            pa.array([sketch[1].view(np.int64).tolist() for _, _, sketch in pages], SITES.field("lengths").type),
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=SITES)


def read_site_rows(batches: Iterable[pa.RecordBatch]) -> SiteCounts:
    """The counts that ``site_rows`` gave."""
    counts = SiteCounts()
    for batch in batches:
        for row in batch.to_pylist():
            counts.put(row["site"], row["page"] % 2**64, np.array([row["lines"], row["lengths"]], np.int64).view(np.uint64))
    return counts


def changed_sites(before: SiteCounts, after: SiteCounts) -> set[str]:
    """Sites of ``before`` whose template is another in ``after``: their pages must be cut again."""
    return {site for site in before.sites() if before.template(site) != after.template(site)}


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value
