"""The library as users call it: make or open a run, and ask questions of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_tools.pipeline import run as pipeline
from corpus_tools.plan import Plan, refuse_old_stage
from corpus_tools.progress import Progress
from corpus_tools.store.backing import wrote
from corpus_tools.store.files import refuse_links
from corpus_tools.store.opened import StoredRun

if TYPE_CHECKING:
    import polars as pl

    from corpus_tools.engines.protocol import Engine, Session
    from corpus_tools.report.explain import Explanation
    from corpus_tools.report.judging.recommend import Recommendation

# A question loads what answers it (compiled code, rich): a run that has nothing to do needs none of it.


class Run(StoredRun):
    """A run on disk. Its tables are lazy frames; a table that is not finished yet raises RunError."""

    def sweep(
        self, thresholds: Sequence[float] = (), labels: str | Path | None = None, setting: str = "group.threshold"
    ) -> pl.DataFrame:
        """Group the stored pairs again at many values of one threshold; see ``corpus_tools.report.sweep.sweep_run``.

        ``setting`` is group.threshold, group.min_contained or rewrite.threshold. ``labels`` is by default ``labels.csv`` in
        the run folder, if there is one.
        """
        from corpus_tools.report.answers.notebook import Swept
        from corpus_tools.report.sweep import sweep_run

        return Swept(sweep_run(self, thresholds, labels or self.labels, setting))

    def recommend(self, labels: str | Path | None = None) -> list[Recommendation]:
        """For each threshold that merges pairs, the value that the labels speak for, why, and whether they are enough.

        Raises PlanError without labels.
        """
        from corpus_tools.report.judging.recommend import recommend_all

        return recommend_all(self, labels or self.labels)

    @property
    def labels(self) -> Path | None:
        """What people said of this run's pairs: ``labels.csv`` in the run folder, if it is there."""
        path = self.path / "labels.csv"
        return path if path.is_file() else None

    def _repr_html_(self) -> str:
        from corpus_tools.report.answers.notebook import show_run

        return show_run(self)

    def explain(self, a: str, b: str) -> Explanation:
        """Say why two pages are together or not. Name pages by page_id, source_id, url or source."""
        from corpus_tools.report.explain import explain_run

        return explain_run(self, a, b)

    def report(self, out: str | Path | None = None, labels: str | Path | None = None, *, full: bool = False) -> Path:
        """Write the report, one offline HTML file, and return its path.

        ``labels`` as for ``sweep``. A report on a large run holds a sample of its rows; with ``full`` it holds them all.
        """
        from corpus_tools.report.page import write_report

        if out is None:
            refuse_links(self.path, "report.html")
        made = write_report(self, Path(out) if out else self.path / "report.html", labels, full=full)
        wrote(made)  # the report of a run in a store goes there too
        return made


def open_run(path: str | Path) -> Run:
    """Open a run folder. Raises RunError if it is not one."""
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
    verify: bool = False,
    decisions: str | Path | None = None,
    progress: Progress | None = None,
) -> Run:
    """Turn sources into a corpus in the run folder ``out``. Only what is not done yet is done.

    ``source`` is a file, a folder or a glob, or several of them; ``-`` is standard input. ``until`` is the
    last stage to run. ``workers`` defaults to the number of cores, and the output does not depend on it.
    ``against`` is an earlier run: ``out`` then covers its pages and the new ones together, but only the new
    pages are cleaned, fingerprinted and compared. With ``verify`` the digests of all finished tables are
    compared first, not only those of files that were touched. ``decisions`` is a file of what people decided
    (docs/review.md); by default it is ``decisions.csv`` in the run folder.

    Raises SourceError (a source is missing), PlanError, RunError (``out`` holds something else, or another
    process is writing to it) or GateError (a page is unaccounted for).
    """
    refuse_old_stage(until)
    options: dict[str, Any] = {"workers": workers, "until": until, "against": against, "verify": verify, "progress": progress}
    options["decisions"] = decisions
    return Run(pipeline.run(source, out, plan, engine, **options).path)


def resume(
    folder: str | Path,
    plan: Plan | None = None,
    engine: str | Engine | Session = "polars",
    *,
    workers: int | None = None,
    until: str = "write",
    stale: bool = False,
    verify: bool = False,
    decisions: str | Path | None = None,
    progress: Progress | None = None,
) -> Run:
    """Resume a run from its cleaned pages, with its own plan unless another one is given.

    With ``stale`` the tables of the stages before ``until`` stay as they are where a setting, a library or
    this package has changed since they were made; the record and the card of the corpus then say so. ``decisions``
    as for ``run``.

    Raises RunError if there is no run, if its pages are not cleaned yet, or if they must be cleaned again.
    """
    refuse_old_stage(until)
    options: dict[str, Any] = {"workers": workers, "until": until, "stale": stale, "verify": verify, "progress": progress}
    options["decisions"] = decisions
    return Run(pipeline.resume(folder, plan, engine, **options).path)
