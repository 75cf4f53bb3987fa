"""What reaches the driver: every row that Spark hands over or the driver reads from a part file, by the function that asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from corpus_tools.group.distributed import DRIVER_EDGES
from corpus_tools.rewrite.search import FEATURE_SAMPLE
from corpus_tools.rewrite.vocabulary import SAMPLE

PACKAGE = Path(__file__).parents[2] / "corpus_tools"
FEW = 12
"""What the driver may see where nothing else is said: a row a part, a task, a file or a sorted piece, or some counts. The
samples have fewer parts than that, and more documents."""
BOUNDS = {
    "group/distributed.py:_roots": DRIVER_EDGES,  # above it, components are found by the executors
    "rewrite/distributed.py:_lexicon": FEATURE_SAMPLE,
    "rewrite/sketch.py:_sampled": 2 * SAMPLE,  # drawn by a hash: about SAMPLE
    "site/distributed.py:_read_counts": 1 << 27,  # rows of site.template.SiteCounts, which is bounded by their bytes
    "write/card.py:_counts": 50,
}
"""What may be more, and how much it can ever be, whatever the corpus."""
_ASKS = ("toArrow", "toPandas", "collect", "take", "head", "tail", "toLocalIterator", "_collect_as_arrow")


class DriverRows:
    """The most rows each function of the package got at once."""

    def __init__(self) -> None:
        self.most: dict[str, int] = {}

    def note(self, rows: int) -> None:
        """``rows`` reached the driver; who asked is the innermost function of the package that is neither an engine's nor reads for others."""
        frame: Any = sys._getframe(1)
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            if path.is_relative_to(PACKAGE) and not path.is_relative_to(PACKAGE / "engines") and path.name != "parts.py":
                site = f"{path.relative_to(PACKAGE)}:{frame.f_code.co_qualname.split('.')[0]}"
                self.most[site] = max(self.most.get(site, 0), rows)
                return
            frame = frame.f_back

    def beyond(self) -> dict[str, int]:
        """Functions that got more than they may."""
        return {site: rows for site, rows in self.most.items() if rows > BOUNDS.get(site, FEW)}


def watch(monkeypatch: pytest.MonkeyPatch) -> DriverRows:
    """Count from now on; executors are other processes and are not counted."""
    from pyspark.sql.classic.dataframe import DataFrame

    seen = DriverRows()
    for name in _ASKS:
        monkeypatch.setattr(DataFrame, name, _counted(getattr(DataFrame, name), seen))
    monkeypatch.setattr(pq, "read_table", _counted(pq.read_table, seen))
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", _counted_batches(pq.ParquetFile.iter_batches, seen))
    return seen


def _counted(asked: Callable[..., Any], seen: DriverRows) -> Callable[..., Any]:
    def count(*given: Any, **named: Any) -> Any:
        found = asked(*given, **named)
        seen.note(len(found) if hasattr(found, "__len__") else sys.maxsize)
        return found

    return count


def _counted_batches(asked: Callable[..., Any], seen: DriverRows) -> Callable[..., Iterator[Any]]:
    def count(*given: Any, **named: Any) -> Iterator[Any]:
        rows = 0
        for batch in asked(*given, **named):
            rows += len(batch)
            seen.note(rows)
            yield batch

    return count
