"""The pipeline as a whole: from sources, or from the cleaned pages of a run."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_tools.child import is_our_own, leave_pandas_out
from corpus_tools.errors import RunError, SourceError
from corpus_tools.pipeline.claim import claim, give_up, locked, refuse_foreign, refuse_overlap, refuse_overlapping_addresses
from corpus_tools.pipeline.kept import Kept, check_cleaned, keep_stale
from corpus_tools.pipeline.work import Order, check_fields, proceed, stages_until
from corpus_tools.plan import Plan
from corpus_tools.progress import Progress
from corpus_tools.readers.listing import list_sources
from corpus_tools.store.backing import tell
from corpus_tools.store.objects.address import is_address, parse_address
from corpus_tools.store.objects.scratch import work_in
from corpus_tools.store.opened import StoredRun
from corpus_tools.store.paths import local_path
from corpus_tools.store.run_file import is_run

if TYPE_CHECKING:
    from corpus_tools.engines.protocol import Engine, Session
    from corpus_tools.store.earlier import Earlier

_SPOOL = "input"
"""Folder of a run for its copy of standard input."""


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
) -> StoredRun:
    """Turn sources into a corpus in the run folder ``out``. Only what is not done yet is done.

    ``source`` is a file, a folder or a glob, or several of them; ``-`` is standard input. ``until`` is the
    last stage to run. ``workers`` defaults to the number of cores, and the output does not depend on it.
    ``against`` is an earlier run: ``out`` then covers its pages and the new ones together, but only the new
    pages are cleaned, fingerprinted and compared. With ``verify`` the digests of all finished tables are
    compared, not only those of files that were touched. ``decisions`` is a file of what people decided (docs/review.md);
    by default it is ``decisions.csv`` in the run folder.

    Raises SourceError (a source is missing), PlanError, RunError (``out`` holds something else, or another
    process is writing to it) or GateError (a page is unaccounted for).
    """
    sources = [source] if isinstance(source, (str, Path)) else list(source)
    plan = plan or Plan()
    stages_until(until)
    options: dict[str, Any] = {"until": until, "against": against, "verify": verify, "decisions": decisions, "progress": progress}
    if is_address(out):
        refuse_overlapping_addresses(sources, out)
        if parse_address(out, RunError).scheme == "hf":
            raise RunError(
                f"{out} cannot hold a run: a repository takes whole commits", "run elsewhere, then: corpus-tools publish RUN TARGET"
            )
        if any(str(one) == "-" for one in sources):
            raise RunError("standard input cannot be read into a run in a store", "put the pages into an object, and name that")
        with work_in(out, shared=_is_distributed(engine)) as (folder, taken_over):
            _run(sources, folder, plan, engine, workers=workers, note=taken_over, **options)
        return StoredRun(out)
    return _run(sources, local_path(out, RunError), plan, engine, workers=workers, **options)


def _run(
    sources: Sequence[str | Path],
    out: Path,
    plan: Plan,
    engine: str | Engine | Session,
    *,
    workers: int | None,
    until: str,
    against: str | Path | None,
    verify: bool,
    decisions: str | Path | None,
    progress: Progress | None,
    note: str = "",
) -> StoredRun:
    """``run`` into a folder on this machine."""
    refuse_foreign(out)
    # Before the folder is made: a source that is not there leaves none behind.
    named = [one for one in sources if str(one) != "-"]
    files = list_sources(named, follow_links=plan.read.follow_links) if named else []
    refuse_overlap(named, files, out)
    if against is not None and _is_same(against, out):
        raise RunError(f"{out} is both the earlier run and the new one", "give the new run its own folder")
    earlier = _open_earlier(against, plan, verify) if against is not None else None
    new = not is_run(out)
    if is_our_own() and not _is_distributed(engine):
        leave_pandas_out()  # before the first array
    layouts = check_fields(files, plan) if new and len(named) == len(sources) else None
    folder = claim(out)
    with locked(folder):
        if len(named) < len(sources):
            try:
                files = list_sources(sources, spool=folder / _SPOOL, follow_links=plan.read.follow_links)
            except SourceError:
                if new:
                    give_up(folder, _SPOOL)
                raise
        order = Order(
            folder, plan, files, engine, workers, until, progress, earlier, verify, decisions=decisions, note=note, layouts=layouts
        )
        return proceed(order)


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
) -> StoredRun:
    """Resume a run from its cleaned pages, with its own plan unless another one is given.

    With ``stale`` the tables of the stages before ``until`` stay as they are where a setting, a library or
    this package has changed since they were made; the record and the card of the corpus then say so. ``decisions`` as for ``run``.

    Raises RunError if there is no run, if its pages are not cleaned yet, or if they must be cleaned again.
    """
    options: dict[str, Any] = {"until": until, "stale": stale, "verify": verify, "decisions": decisions, "progress": progress}
    if is_address(folder):
        StoredRun(folder)  # that there is a run is said before a lock is put there
        with work_in(folder, shared=_is_distributed(engine)) as (root, taken_over):
            _resume(root, plan, engine, workers=workers, note=taken_over, **options)
        return StoredRun(folder)
    return _resume(folder, plan, engine, workers=workers, **options)


def _resume(
    folder: str | Path,
    plan: Plan | None,
    engine: str | Engine | Session,
    *,
    workers: int | None,
    until: str,
    stale: bool,
    verify: bool,
    decisions: str | Path | None,
    progress: Progress | None,
    note: str = "",
) -> StoredRun:
    """``resume`` in a folder on this machine."""
    held = StoredRun(folder)
    plan, stages = plan or held.plan, stages_until(until)
    kept: Kept = {}
    if stale:
        plan, kept = keep_stale(held, plan, stages)
    if "clean" not in kept:
        check_cleaned(held, plan, verify)
    with locked(held.path):
        order = Order(held.path, plan, None, engine, workers, until, progress, None, verify, kept, decisions, note=note)
        against = held.record.get("against")
        order.before = _still_there(against)
        if against and order.before is None:
            gone = f"the earlier run {against} is not there any more, so which pages it kept is not looked at"
            order.note = "; ".join(filter(None, (order.note, gone)))
        return proceed(order)


def _still_there(against: str | None) -> Earlier | None:
    """The earlier run that a run was made against, if it is there."""
    if not against:
        return None
    from corpus_tools.store.earlier import Earlier

    with suppress(RunError):
        return Earlier(StoredRun(against).path)
    return None


def _is_same(against: str | Path, out: Path) -> bool:
    """Whether the earlier run is the very run that is to be made."""
    if is_address(against):
        return str(parse_address(against, RunError)) == tell(str(out))
    return local_path(against, RunError).resolve() == out.resolve()


def _is_distributed(engine: str | Engine | Session) -> bool:
    """Whether tasks run in processes that do not see this machine's folders."""
    return engine != "polars" and bool(getattr(engine, "distributed", True))


def _open_earlier(against: str | Path, plan: Plan, verify: bool) -> Earlier:
    from corpus_tools.pipeline.against import open_earlier

    return open_earlier(against, plan, verify)
