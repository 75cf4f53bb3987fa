"""``frame.corpus.*`` for polars users: import this module once to register the namespace.

>>> import polars as pl, corpus_tools.pipeline.namespace
>>> pl.DataFrame({"text": [...]}).corpus.dedup()
"""

from __future__ import annotations

from typing import Generic, TypeVar

import polars as pl

from corpus_tools.fingerprint.sketch import fingerprint_documents
from corpus_tools.pipeline.in_memory import clean_pages, dedup
from corpus_tools.plan import FingerprintPlan, Plan

Frame = TypeVar("Frame")


@pl.api.register_lazyframe_namespace("corpus")
@pl.api.register_dataframe_namespace("corpus")
class CorpusNamespace(Generic[Frame]):
    """The library's frame functions as methods; a LazyFrame is collected and given back lazy."""

    def __init__(self, frame: Frame) -> None:
        self._frame: Frame = frame

    def dedup(
        self,
        text: str = "text",
        *,
        id: str | None = None,  # noqa: A002
        threshold: float | None = None,
        plan: Plan | None = None,
        mark: bool = False,
        prefix: str = "",
    ) -> Frame:
        """See ``corpus_tools.dedup``."""
        return dedup(self._frame, text, id=id, threshold=threshold, plan=plan, mark=mark, prefix=prefix)

    def clean(self, plan: Plan | None = None, workers: int = 1) -> Frame:
        """Documents of a frame of pages; see ``corpus_tools.clean_pages``."""
        return clean_pages(self._frame, plan or Plan(), workers)

    def fingerprint(self, plan: FingerprintPlan | None = None) -> Frame:
        """Signatures of a frame of documents; see ``corpus_tools.fingerprint_documents``."""
        return fingerprint_documents(self._frame, plan or FingerprintPlan())
