"""The library as users call it: a run made or opened, and the questions one asks of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_tools.pipeline import run as pipeline
from corpus_tools.plan import Plan, refuse_old_stage
from corpus_tools.progress import Progress
from corpus_tools.store.opened import StoredRun

if TYPE_CHECKING:
    import polars as pl

    from corpus_tools.engines.protocol import Engine, Session
    from corpus_tools.report.explain import Explanation

# A question loads what answers it (compiled code, rich): a run that has nothing to do needs none of it.


class Run(StoredRun):
    """A run on disk. Tables are lazy frames; a table that is not sealed yet raises RunError."""

    def sweep(self, thresholds: Sequence[float] = (), labels: str | Path | None = None) -> pl.DataFrame:
        """Cluster the stored edges again at many thresholds; see ``corpus_tools.report.sweep``."""
        from corpus_tools.report.sweep import sweep_run

        return sweep_run(self, thresholds, labels)

    def explain(self, a: str, b: str) -> Explanation:
        """Why two pages are, or are not, together; pages by id, source_id, url or source."""
        from corpus_tools.report.explain import explain_run

        return explain_run(self, a, b)

    def report(self, out: str | Path | None = None) -> Path:
        """Write the run's one-page HTML report and return its path."""
        from corpus_tools.report.page import write_report

        return write_report(self, Path(out) if out else self.path / "report.html")


def open_run(path: str | Path) -> Run:
    """Open a run folder; RunError if it is none."""
    return Run(path)


def run(
    source: str | Path | Sequence[str | Path],
    out: str | Path,
    plan: Plan | None = None,
    engine: str | Engine | Session = "polars",
    *,
    workers: int | None = None,
    until: str = "write",
    against: str | Path | None = None,
    progress: Progress | None = None,
) -> Run:
    """Turn sources into a corpus in the run folder ``out``, doing only what is not yet done.

    ``source`` is a file, folder or glob, or several; ``-`` is stdin. ``until`` names the last stage
    to run. ``workers`` defaults to the number of cores; the output does not depend on it. ``against``
    is an earlier run: ``out`` becomes the run over its pages and the new ones together, but only the
    new pages are cleaned, sketched and compared with all.

    Raises SourceError (a source is missing), PlanError, RunError (``out`` holds something else, or
    another process is writing to it), GateError (the account does not close).
    """
    refuse_old_stage(until)
    options: dict[str, Any] = {"workers": workers, "until": until, "against": against, "progress": progress}
    return Run(pipeline.run(source, out, plan, engine, **options).path)


def resume(
    folder: str | Path,
    plan: Plan | None = None,
    engine: str | Engine | Session = "polars",
    *,
    workers: int | None = None,
    until: str = "write",
    progress: Progress | None = None,
) -> Run:
    """Carry a run on from its cleaned pages, with its own plan unless another is given.

    Raises RunError where there is no run or its pages are not cleaned yet.
    """
    refuse_old_stage(until)
    return Run(pipeline.resume(folder, plan, engine, workers=workers, until=until, progress=progress).path)
