"""The stages in order: what tables and settings each depends on, what tables it makes, and the function that makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from corpus_tools.kernels.closure import closure_digest
from corpus_tools.kernels.warm_up import load_ready
from corpus_tools.plan import Plan

if TYPE_CHECKING:
    from corpus_tools.engines.context import Context
    from corpus_tools.store.manifest import Work


@dataclass(frozen=True)
class Stage:
    """One step of the pipeline. The last of its ``folders`` is sealed last and decides whether the stage is done.

    ``maker`` is a function of the module ``corpus_tools.NAME.stage``, which is imported when the stage first runs.
    """

    name: str
    folders: tuple[str, ...]
    after: tuple[str, ...]
    params: Callable[[Plan], dict[str, Any]]
    maker: str
    libraries: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The module whose imports decide what the stage makes."""
        return f"corpus_tools.{self.name}.stage"

    def make(self, context: Context, work: Work) -> None:
        """Make the stage's tables and seal them."""
        getattr(import_module(self.module), self.maker)(context, work)

    def code_digest(self) -> str:
        """Digest of the code the stage depends on."""
        return closure_digest(self.module)

    def versions(self) -> dict[str, str]:
        """Versions of the libraries that decide what the stage makes."""
        return {name: version(name) for name in self.libraries}


def _sections(*names: str) -> Callable[[Plan], dict[str, Any]]:
    def params(plan: Plan) -> dict[str, Any]:
        held = plan.to_dict()
        return {f"{name}.{key}": value for name in names for key, value in held[name].items()}

    return params


def _site_params(plan: Plan) -> dict[str, Any]:
    """The settings of cleaning and of the site stage, and the columns that are carried, if any."""
    return _sections("clean", "site")(plan) | ({"read.carry": list(plan.read.carry)} if plan.read.carry else {})


def _group_params(plan: Plan) -> dict[str, Any]:
    """The group's settings, and when rewrites join it."""
    rewrite = {"rewrite.enabled": plan.rewrite.enabled}
    return _sections("group")(plan) | rewrite | ({"rewrite.threshold": plan.rewrite.threshold} if plan.rewrite.enabled else {})


def _whole_plan(plan: Plan) -> dict[str, Any]:
    """Every setting: the card shows the plan."""
    return _sections(*plan.to_dict())(plan)


_CLEAN_LIBRARIES = ("selectolax", "trafilatura", "beautifulsoup4", "lxml", "fastwarc", "charset-normalizer")

STAGES = (
    Stage("clean", ("extracted",), (), _sections("read", "clean"), "make_extracted", _CLEAN_LIBRARIES),
    Stage(
        "site",
        ("sites", "doorways", "stripped", "rejected", "documents"),
        ("extracted",),
        _site_params,
        "make_documents",
    ),
    Stage("fingerprint", ("signatures",), ("documents",), _sections("fingerprint"), "make_signatures"),
    Stage("match", ("frequencies", "edges"), ("signatures", "documents"), _sections("fingerprint", "match"), "make_edges"),
    Stage(
        "rewrite",
        ("vocabulary", "rewrite_signatures", "substitutions", "rewrites"),
        ("documents",),
        _sections("fingerprint", "rewrite"),
        "make_rewrites",
    ),
    Stage("group", ("clusters",), ("edges", "rewrites", "documents"), _group_params, "make_clusters"),
    Stage(
        "write",
        ("corpus/removed", "corpus/new", "corpus"),
        ("documents", "clusters", "rejected", "stripped"),
        _whole_plan,
        "make_corpus",
    ),
)
"""The pipeline, in the order in which it runs."""


def with_kernels(stages: Sequence[Stage], plan: Plan) -> list[str]:
    """Names of those of ``stages`` that call kernels under this plan."""
    return [stage.name for stage in stages if stage.name != "rewrite" or plan.rewrite.enabled]


def load_ahead(stages: Sequence[Stage], plan: Plan) -> None:
    """Load code and kernels of later stages while the first waits for its workers; what cannot be loaded is told when its stage runs."""
    with suppress(Exception):
        for stage in stages:
            import_module(stage.module)
        load_ready(name for name in with_kernels(stages, plan) if name != "clean")  # workers clean
