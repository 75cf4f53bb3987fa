"""Clean, deduplicated corpora from scraped web pages: the public names, loaded when first used."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if sys.platform == "win32":
    raise ImportError(
        "corpus-tools does not run on Windows: it locks run folders and bounds the memory of workers as POSIX systems do\n"
        "hint: run it in the Windows Subsystem for Linux (wsl --install), or in its container image"
    )

if TYPE_CHECKING:
    from corpus_tools.api import Run, open_run, resume, run
    from corpus_tools.clean.page import Cleaned, clean_text
    from corpus_tools.cut import Cut
    from corpus_tools.errors import (
        CorpusError,
        GateError,
        MissingExtraError,
        MixedSignaturesError,
        PlanError,
        RunError,
        SourceError,
    )
    from corpus_tools.fingerprint.sketch import fingerprint_documents
    from corpus_tools.group.local import cluster_edges
    from corpus_tools.match.local import match_signatures
    from corpus_tools.pipeline.in_memory import clean_pages, dedup
    from corpus_tools.plan import CleanPlan, FingerprintPlan, GroupPlan, MatchPlan, Plan, ReadPlan, RewritePlan, SitePlan
    from corpus_tools.progress import Progress
    from corpus_tools.report.answers.copies import Copies, find_copies
    from corpus_tools.report.explain import Explanation, explain_pair
    from corpus_tools.report.judging.recommend import Recommendation
    from corpus_tools.shown import show_progress

# What is heavy to import (polars, numba, trafilatura) is paid for by the call that needs it.
_HOMES = {
    "CleanPlan": "plan",
    "Cleaned": "clean.page",
    "Copies": "report.answers.copies",
    "CorpusError": "errors",
    "Cut": "cut",
    "Explanation": "report.explain",
    "FingerprintPlan": "plan",
    "GateError": "errors",
    "GroupPlan": "plan",
    "MatchPlan": "plan",
    "MissingExtraError": "errors",
    "MixedSignaturesError": "errors",
    "Plan": "plan",
    "PlanError": "errors",
    "Progress": "progress",
    "ReadPlan": "plan",
    "Recommendation": "report.judging.recommend",
    "RewritePlan": "plan",
    "Run": "api",
    "RunError": "errors",
    "SitePlan": "plan",
    "SourceError": "errors",
    "clean_pages": "pipeline.in_memory",
    "clean_text": "clean.page",
    "cluster_edges": "group.local",
    "dedup": "pipeline.in_memory",
    "explain_pair": "report.explain",
    "find_copies": "report.answers.copies",
    "fingerprint_documents": "fingerprint.sketch",
    "match_signatures": "match.local",
    "open_run": "api",
    "resume": "api",
    "run": "api",
    "show_progress": "shown",
}

__all__ = [
    "CleanPlan",
    "Cleaned",
    "Copies",
    "CorpusError",
    "Cut",
    "Explanation",
    "FingerprintPlan",
    "GateError",
    "GroupPlan",
    "MatchPlan",
    "MissingExtraError",
    "MixedSignaturesError",
    "Plan",
    "PlanError",
    "Progress",
    "ReadPlan",
    "Recommendation",
    "RewritePlan",
    "Run",
    "RunError",
    "SitePlan",
    "SourceError",
    "clean_pages",
    "clean_text",
    "cluster_edges",
    "dedup",
    "explain_pair",
    "find_copies",
    "fingerprint_documents",
    "match_signatures",
    "open_run",
    "resume",
    "run",
    "show_progress",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
