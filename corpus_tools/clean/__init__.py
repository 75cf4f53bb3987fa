"""The clean stage: pages in; documents, stripped passages and rejected pages out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from corpus_tools.clean.frames import clean_pages
from corpus_tools.clean.page import Cleaned, clean_text
from corpus_tools.clean.pool import CleanPool
from corpus_tools.clean.site import count_sites
from corpus_tools.clean.stage import extract_batch, finish_batch
from corpus_tools.plan import CleanPlan

__all__ = ["CleanPool", "Cleaned", "clean_pages", "clean_text", "count_sites", "extract_batch", "extract_pages", "finish_batch"]


def extract_pages(batches: Iterable[pa.RecordBatch], plan: CleanPlan, workers: int = 1) -> Iterator[pa.RecordBatch]:
    """Batches of ``tables.PAGES`` to batches of ``tables.EXTRACTED``, in order, with ``workers`` processes.

    Even one worker is a process of its own: a page that hangs in C code can only be killed.
    """
    with CleanPool(workers, plan) as pool:
        yield from pool.extract(batches)
