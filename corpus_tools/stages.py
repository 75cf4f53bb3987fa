"""The stages in order: which tables, settings and code each depends on, and the step that makes it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from corpus_tools.manifest import Work
from corpus_tools.plan import Plan
from corpus_tools.steps.clean import make_documents
from corpus_tools.steps.context import Context
from corpus_tools.steps.extract import make_extracted
from corpus_tools.steps.fingerprint import make_signatures
from corpus_tools.steps.group import make_clusters
from corpus_tools.steps.match import make_edges
from corpus_tools.steps.rewrite import FOLDERS, make_rewrites
from corpus_tools.steps.write import make_corpus

__all__ = ["STAGES", "Context", "Stage"]

_PACKAGE = Path(__file__).parent


@dataclass(frozen=True)
class Stage:
    """One step of the straight line. The last of ``folders`` is sealed last and decides."""

    name: str
    folders: tuple[str, ...]
    after: tuple[str, ...]
    params: Callable[[Plan], dict[str, Any]]
    code: tuple[str, ...]
    make: Callable[[Context, Work], None]
    libraries: tuple[str, ...] = ()

    def code_digest(self) -> str:
        """Digest of the stage's own source and data files, and of the libraries that decide its output."""
        digest = hashlib.blake2b(digest_size=16)
        for name in self.code:
            place = _PACKAGE / name
            for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
                if path.is_file() and path.suffix != ".pyc":
                    digest.update(path.read_bytes())
        digest.update(" ".join(version(name) for name in self.libraries).encode())
        return digest.hexdigest()


def _sections(*names: str, leave: tuple[str, ...] = ()) -> Callable[[Plan], dict[str, Any]]:
    def params(plan: Plan) -> dict[str, Any]:
        held = plan.to_dict()
        settings = {f"{name}.{key}": value for name in names for key, value in held[name].items()}
        return {key: value for key, value in settings.items() if key not in leave}

    return params


def _group_params(plan: Plan) -> dict[str, Any]:
    """The group's settings, and when rewrites join it."""
    spin = {"spin.enabled": plan.spin.enabled} | ({"spin.threshold": plan.spin.threshold} if plan.spin.enabled else {})
    return _sections("group")(plan) | spin


_TEXT = ("text.py", "tables.py", *(path.name for path in sorted(_PACKAGE.glob("_*.py")) if path.name != "__init__.py"))
"""What decides words and shingles, kernels included."""
_SITE = ("clean.site_template", "clean.min_words", "clean.drop_spam")
"""Settings that only the site-level pass reads."""
_EXTRACT_LIBRARIES = ("selectolax", "trafilatura", "beautifulsoup4", "lxml", "fastwarc", "charset-normalizer")

STAGES = (
    Stage(
        "extract",
        ("extracted",),
        (),
        _sections("read", "clean", leave=_SITE),
        ("clean", "readers", "pages.py", "decode.py", *_TEXT),
        make_extracted,
        _EXTRACT_LIBRARIES,
    ),
    Stage(
        "clean",
        ("sites", "doorways", "stripped", "rejected", "documents"),
        ("extracted",),
        _sections("clean"),
        ("clean", *_TEXT),
        make_documents,
    ),
    Stage(
        "fingerprint",
        ("signatures",),
        ("documents",),
        _sections("fingerprint"),
        ("fingerprint", *_TEXT),
        make_signatures,
    ),
    Stage(
        "match",
        ("edges",),
        ("signatures", "documents"),
        _sections("fingerprint", "match"),
        ("cluster", *_TEXT),
        make_edges,
    ),
    Stage(
        "rewrite",
        FOLDERS,
        ("documents",),
        _sections("fingerprint", "spin"),
        ("fingerprint", "cluster", "vocabulary.py", *_TEXT),
        make_rewrites,
    ),
    Stage(
        "group",
        ("clusters",),
        ("edges", "rewrites", "documents"),
        _group_params,
        ("cluster", "tables.py"),
        make_clusters,
    ),
    Stage(
        "write",
        ("corpus/removed", "corpus"),
        ("documents", "clusters", "rejected", "stripped"),
        _sections("write"),
        ("corpus", "parts.py", "tables.py"),
        make_corpus,
    ),
)
"""The straight line, in the order it runs."""
