"""Doorways across a corpus: templates that several pages fill with other names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import narwhals as nw
import pyarrow as pa

Frame = nw.LazyFrame[Any]
MIN_PAGES = 3
"""Pages with other names from which on a template is called a doorway."""


def count_doorways(extracted: Frame) -> Frame:
    """Rows of ``tables.DOORWAYS``: templates that MIN_PAGES pages and more share with other names. Exact copies count once.

    ``extracted`` has the columns template and template_names of ``tables.EXTRACTED`` (``spam.doorways``).
    """
    distinct = extracted.filter(~nw.col("template").is_null()).select("template", "template_names").unique()
    counted = distinct.group_by("template").agg(nw.len().cast(nw.Int64).alias("pages"))
    return counted.filter(nw.col("pages") >= MIN_PAGES)


def read_doorways(batches: Iterable[pa.RecordBatch]) -> dict[int, int]:
    """``tables.DOORWAYS`` as template -> pages."""
    return {template: pages for batch in batches for template, pages in zip(*batch.to_pydict().values(), strict=True)}
