"""An engine at work in a scratch folder, for the distributed forms of stages: narwhals frames in and out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa

from corpus_tools.engines.protocol import Engine
from corpus_tools.store.backing import clear

Frame = nw.LazyFrame[Any]
"""An engine's table, whichever the engine."""


def as_frame(native: Any) -> Frame:
    """An engine's frame for the relational steps."""
    frame: Frame = nw.from_native(native)
    return frame


class Desk:
    """An engine at work in a scratch folder: native frames in, narwhals frames out, each held under a name of its own."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder / ".scratch"
        self._held = 0
        clear(self.folder)

    def hold(self, frame: Frame) -> Frame:
        """Work ``frame`` out once."""
        return as_frame(self.engine.hold(frame.to_native(), self._place()))

    def stream(self, frame: Frame) -> Iterator[pa.RecordBatch]:
        """The rows of ``frame``, which must not grow with the corpus."""
        return self.engine.stream(frame.to_native(), self._place())

    def frame(self, table: pa.Table) -> Frame:
        """A small table as a frame."""
        return as_frame(self.engine.frame(table))

    def map(self, frame: Frame, kernel: Any, schema: pa.Schema) -> Frame:
        """``kernel`` over batches of ``frame``."""
        return as_frame(self.engine.map_batches(frame.to_native(), kernel, schema))

    def map_buckets(self, packed: Frame, kernel: Any, schema: pa.Schema) -> Frame:
        """``kernel`` over the rows of each bucket of ``packed`` (``packets.PACKED``)."""
        return as_frame(self.engine.map_buckets(packed.to_native(), "bucket", kernel, schema))

    def number(self, pages: Frame) -> Frame:
        """``pages``, worked out once, with a column ``number``: 0, 1, 2 ... in the order of page_id."""
        return as_frame(self.engine.number_rows(pages.to_native(), "page_id", "number", self._place()))

    def _place(self) -> Path:
        """A folder of its own for the next frame."""
        self._held += 1
        return self.folder / f"{self._held:03d}"

    def close(self) -> None:
        """Give the scratch folder back."""
        clear(self.folder)
