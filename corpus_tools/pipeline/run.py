"""The pipeline: run each stage unless its seal matches, and say what is done, stale or missing."""

from __future__ import annotations

import fcntl
import os
import platform
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from corpus_tools.errors import PlanError, RunError
from corpus_tools.kernels.warm_up import WarmUp
from corpus_tools.pipeline.inputs import describe_inputs, list_inputs, rename_files, write_inputs
from corpus_tools.pipeline.stages import STAGES, Stage, import_ahead, with_kernels
from corpus_tools.pipeline.state import is_done, work_of
from corpus_tools.plan import Plan
from corpus_tools.progress import Progress, Silent
from corpus_tools.readers.listing import SourceFile, list_sources
from corpus_tools.store.manifest import Manifest, begin, read_manifest, write_json
from corpus_tools.store.opened import RUN_FILE, StoredRun
from corpus_tools.store.paths import local_path

if TYPE_CHECKING:
    from corpus_tools.engines.context import Context
    from corpus_tools.engines.protocol import Engine, Session
    from corpus_tools.store.earlier import Earlier

# A run with nothing to do must end at once: frames, engines and readers of formats are imported where they are needed.


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
) -> StoredRun:
    """Turn sources into a corpus in the run folder ``out``. Only what is not done yet is done.

    ``source`` is a file, a folder or a glob, or several of them; ``-`` is standard input. ``until`` is the
    last stage to run. ``workers`` defaults to the number of cores, and the output does not depend on it.
    ``against`` is an earlier run: ``out`` then covers its pages and the new ones together, but only the new
    pages are cleaned, fingerprinted and compared.

    Raises SourceError (a source is missing), PlanError, RunError (``out`` holds something else, or another
    process is writing to it) or GateError (a page is unaccounted for).
    """
    sources = [source] if isinstance(source, (str, Path)) else list(source)
    plan, out = plan or Plan(), local_path(out, RunError)
    if against is not None and local_path(against, RunError).resolve() == out.resolve():
        raise RunError(f"{out} is both the earlier run and the new one", "give the new run its own folder")
    earlier = _open_earlier(against, plan) if against is not None else None
    folder = _claim(out)
    with _locked(folder):
        files = list_sources(sources, spool=folder / "input")
        return _proceed(folder, files, plan, engine, workers, until, progress or Silent(), earlier)


def resume(
    folder: str | Path,
    plan: Plan | None = None,
    engine: str | Engine | Session = "polars",
    *,
    workers: int | None = None,
    until: str = "write",
    progress: Progress | None = None,
) -> StoredRun:
    """Resume a run from its cleaned pages, with its own plan unless another one is given.

    Raises RunError if there is no run, if its pages are not cleaned yet, or if they must be cleaned again.
    """
    held = StoredRun(folder)
    plan = plan or held.plan
    _check_cleaned(held, plan)
    with _locked(held.path):
        return _proceed(held.path, None, plan, engine, workers, until, progress or Silent())


def _check_cleaned(held: StoredRun, plan: Plan) -> None:
    """RunError unless the pages are cleaned, and cleaned as ``plan`` says: without the source they cannot be cleaned again."""
    cleaned = read_manifest(held.path / "extracted")
    if cleaned is None:
        raise RunError(f"{held.path} has no cleaned pages yet", f"finish cleaning with: corpus-tools clean SOURCE -o {held.path}")
    changes = work_of(STAGES[0], held.path, plan, held.record).changes(cleaned.work)
    if changes:
        raise RunError(
            f"the pages of {held.path} would have to be cleaned again, which needs their source: {'; '.join(changes)}",
            f"give the source: corpus-tools run SOURCE -o {held.path}; or leave out what changed",
        )


def _open_earlier(against: str | Path, plan: Plan) -> Earlier:
    from corpus_tools.pipeline.against import open_earlier

    return open_earlier(against, plan)


def _claim(folder: Path) -> Path:
    """Make the run folder; refuse a folder that holds something else, because a run could touch its files."""
    if folder.is_file():
        raise RunError(f"{folder} is a file", "name a folder for the run")
    half_written = folder / f".{RUN_FILE}.tmp"  # by a run that was killed before it had written anything else
    if folder.is_dir() and not (folder / RUN_FILE).exists() and any(path != half_written for path in folder.iterdir()):
        raise RunError(f"{folder} is not empty and is not a run folder", "name a new folder, or the folder of an earlier run")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / RUN_FILE).exists():
            write_json(folder / RUN_FILE, {"plan": Plan().to_dict(), "summary": ""})
    except OSError as error:
        raise RunError(f"{folder} cannot be written: {error.strerror}", "name a folder you may write to") from None
    return folder


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the run folder; the lock ends with the process, so a killed run leaves none behind."""
    with (folder / ".lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"another process is writing to {folder}", "wait for it to end, or name another folder") from None
        yield


def _proceed(
    folder: Path,
    files: list[SourceFile] | None,
    plan: Plan,
    engine: str | Engine | Session,
    workers: int | None,
    until: str,
    progress: Progress,
    earlier: Earlier | None = None,
) -> StoredRun:
    """Run what is not done, stage by stage, and record plan, inputs, seconds and memory."""
    stages, before = _stages(until), StoredRun(folder).record
    record = {**before, "plan": plan.to_dict(), "versions": _versions(), "summary": ""}
    if files is not None:
        files = rename_files(files, earlier)
        listing = list_inputs(files, earlier)
        record["inputs"] = describe_inputs(listing)
        record["against"] = str(earlier.path) if earlier else None
    first = next((number for number, stage in enumerate(stages) if not is_done(stage, folder, plan, record)), len(stages))
    ran: list[str] = []
    if first < len(stages):
        if files is not None:
            _check_columns(files, plan)
            write_inputs(folder, listing)
        with _at_work(folder, plan, engine, workers, progress, files or [], earlier) as context:
            record["engine"] = context.engine.name
            write_json(folder / RUN_FILE, record)
            ran = _run_stages(stages[first:], context, record)
    if until == "write":
        finished = read_manifest(folder / "corpus")
        told = "" if ran else str(before.get("summary", ""))
        record["summary"] = told or (_sentence(finished) if finished else "")
    record["last_run_did"] = ran
    write_json(folder / RUN_FILE, record)
    return StoredRun(folder)


def _run_stages(stages: Sequence[Stage], context: Context, record: dict[str, Any]) -> list[str]:
    """Run those of ``stages`` that are not done when their turn comes, while kernels of later ones are compiled; their names."""
    ran = []
    Thread(target=import_ahead, args=(stages,), daemon=True).start()
    with WarmUp(context.workers) as warm_up:
        warm_up.begin(with_kernels(stages, context.plan))
        for stage in stages:
            if not is_done(stage, context.folder, context.plan, record):
                warm_up.wait(with_kernels([stage], context.plan), context.progress)
                _run_stage(stage, context, record)
                ran.append(stage.name)
    return ran


@contextmanager
def _at_work(
    folder: Path,
    plan: Plan,
    engine: str | Engine | Session,
    workers: int | None,
    progress: Progress,
    files: list[SourceFile],
    earlier: Earlier | None,
) -> Iterator[Context]:
    """What stages work with; the engine is given back at the end."""
    from corpus_tools.engines.context import Context
    from corpus_tools.engines.opening import open_engine

    opened = open_engine(engine)
    try:
        yield Context(folder, plan, opened, workers or os.cpu_count() or 1, progress, files, earlier)
    finally:
        opened.close()


def _run_stage(stage: Stage, context: Context, record: dict[str, Any]) -> None:
    """Make the stage's tables and record seconds and memory."""
    work = work_of(stage, context.folder, context.plan, record)
    began = time.monotonic()
    for name in stage.folders:
        begin(context.folder / name, work)
    stage.make(context, work)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    record.setdefault("stages", {})[stage.name] = {"seconds": round(time.monotonic() - began, 3), "peak_mib": peak // 1024}
    write_json(context.folder / RUN_FILE, record)


def _stages(until: str) -> tuple[Stage, ...]:
    """The stages up to the one called ``until``; PlanError if there is none."""
    names = [stage.name for stage in STAGES]
    if until not in names:
        raise PlanError(f"there is no stage called {until!r}", f"choose from {', '.join(names)}")
    return STAGES[: names.index(until) + 1]


def _check_columns(files: list[SourceFile], plan: Plan) -> None:
    """PlanError where a file has none of the fields that the plan names."""
    from corpus_tools.readers.pages import check_columns

    check_columns(files, plan.read)


def _sentence(manifest: Manifest) -> str:
    from corpus_tools.write.account import Account

    return Account(**manifest.totals).sentence()


def _versions() -> dict[str, str]:
    names = ("corpus-tools", "polars", "pyarrow", "numba", "datasketch", "trafilatura")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
