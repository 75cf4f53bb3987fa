"""Clean, deduplicated corpora from scraped web pages: the public names, loaded when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from corpus_tools.api import Run, open_run, resume, run
    from corpus_tools.clean.page import Cleaned, clean_text
    from corpus_tools.errors import CorpusError
    from corpus_tools.fingerprint.sketch import fingerprint_documents
    from corpus_tools.group.local import cluster_edges
    from corpus_tools.match.local import match_signatures
    from corpus_tools.pipeline.in_memory import clean_pages, dedup
    from corpus_tools.plan import Plan
    from corpus_tools.report.explain import Explanation, explain_pair

# What is heavy to import (polars, numba, trafilatura) is paid for by the call that needs it.
_HOMES = {
    "Cleaned": "clean.page",
    "CorpusError": "errors",
    "Explanation": "report.explain",
    "Plan": "plan",
    "Run": "api",
    "clean_pages": "pipeline.in_memory",
    "clean_text": "clean.page",
    "cluster_edges": "group.local",
    "dedup": "pipeline.in_memory",
    "explain_pair": "report.explain",
    "fingerprint_documents": "fingerprint.sketch",
    "match_signatures": "match.local",
    "open_run": "api",
    "resume": "api",
    "run": "api",
}

__all__ = [
    "Cleaned",
    "CorpusError",
    "Explanation",
    "Plan",
    "Run",
    "clean_pages",
    "clean_text",
    "cluster_edges",
    "dedup",
    "explain_pair",
    "fingerprint_documents",
    "match_signatures",
    "open_run",
    "resume",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
