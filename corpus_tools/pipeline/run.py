"""The pipeline: run each stage unless its seal matches, and say what is done, stale or missing."""

from __future__ import annotations

import fcntl
import os
import platform
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from corpus_tools.engines import Engine, Session, open_engine
from corpus_tools.engines.context import Context
from corpus_tools.errors import PlanError, RunError
from corpus_tools.pipeline.against import open_earlier, rename_files
from corpus_tools.pipeline.inputs import describe_inputs, table_of_inputs, write_inputs
from corpus_tools.pipeline.stages import STAGES, Stage
from corpus_tools.plan import Plan
from corpus_tools.progress import Progress, Silent
from corpus_tools.readers.listing import SourceFile
from corpus_tools.readers.pages import check_columns, list_sources
from corpus_tools.store.earlier import Earlier
from corpus_tools.store.manifest import STARTED, Work, begin, read_manifest, write_json
from corpus_tools.store.opened import RUN_FILE, StoredRun
from corpus_tools.store.paths import local_path
from corpus_tools.write.account import Account


@dataclass(frozen=True)
class State:
    """Where a stage stands: ``done``, ``stale`` (and why), ``partial`` (some parts are there) or ``missing``."""

    stage: str
    state: str
    reasons: tuple[str, ...] = ()
    rows: int = 0


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
    earlier = open_earlier(against, plan) if against is not None else None
    folder = _claim(out)
    with _locked(folder):
        files = list_sources(sources, spool=folder / "input")
        check_columns(files, plan.read)
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
    """RunError unless the pages are cleaned, and cleaned as ``plan`` says: without the sources they cannot be cleaned again."""
    cleaned = read_manifest(held.path / "extracted")
    if cleaned is None:
        raise RunError(f"{held.path} has no cleaned pages yet", f"finish cleaning with: corpus-tools clean SOURCE -o {held.path}")
    reasons = _work(STAGES[0], held.path, plan, held.record).changes(cleaned.work)
    if reasons:
        raise RunError(
            f"the pages of {held.path} must be cleaned again: {'; '.join(reasons)}",
            f"clean them with the same settings: corpus-tools clean SOURCE -o {held.path}",
        )


def _claim(folder: Path) -> Path:
    """Make the run folder; refuse a folder that holds something else, because a run could touch its files."""
    if folder.is_file():
        raise RunError(f"{folder} is a file", "name a folder for the run")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / RUN_FILE).exists():
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
    stages = _stages(until)
    opened = open_engine(engine)
    record = {**StoredRun(folder).record, "plan": plan.to_dict(), "engine": opened.name, "versions": _versions(), "summary": ""}
    if files is not None:
        files = rename_files(files, earlier)
        listing = table_of_inputs(files, earlier)
        write_inputs(folder, listing)
        record["inputs"] = describe_inputs(listing)
        record["against"] = str(earlier.path) if earlier else None
    write_json(folder / RUN_FILE, record)
    context = Context(folder, plan, opened, workers or os.cpu_count() or 1, progress, files or [], earlier)
    try:
        ran = [stage.name for stage in stages if _run_stage(stage, context, record)]
    finally:
        opened.close()
    finished = read_manifest(folder / "corpus")
    if until == "write" and finished is not None:
        record["summary"] = Account(**finished.totals).sentence()
    record["last_run_did"] = ran
    write_json(folder / RUN_FILE, record)
    return StoredRun(folder)


def _run_stage(stage: Stage, context: Context, record: dict[str, Any]) -> bool:
    """Run one stage unless its seal matches; True if it ran."""
    work = _work(stage, context.folder, context.plan, record)
    manifests = [read_manifest(context.folder / name) for name in stage.folders]
    if all(manifest is not None and manifest.work.key == work.key for manifest in manifests):
        return False
    began = time.monotonic()
    for name in stage.folders:
        begin(context.folder / name, work)
    stage.make(context, work)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    record.setdefault("stages", {})[stage.name] = {"seconds": round(time.monotonic() - began, 3), "peak_mib": peak // 1024}
    write_json(context.folder / RUN_FILE, record)
    return True


def _work(stage: Stage, folder: Path, plan: Plan, record: dict[str, Any]) -> Work:
    """What the stage would do now; an input that is not finished yet counts as unknown."""
    inputs = {"the input listing": record.get("inputs", {}).get("digest", "")} if not stage.after else {}
    for name in stage.after:
        manifest = read_manifest(folder / name)
        inputs[f"{name}/"] = manifest.digest if manifest else ""
    return Work(stage.name, inputs, stage.params(plan), stage.code_digest())


def examine(folder: str | Path, plan: Plan | None = None, sources: Sequence[str | Path] | None = None) -> list[State]:
    """The state of every stage of a run under its own plan or another one; nothing runs.

    With ``sources`` the input listing is compared too. Raises RunError if there is no run, and
    SourceError if a source is missing.
    """
    held = StoredRun(folder)
    record = dict(held.record)
    if sources is not None:
        files = list_sources([name for name in sources if str(name) != "-"])
        earlier = Earlier(Path(record["against"])) if record.get("against") else None
        record["inputs"] = describe_inputs(table_of_inputs(rename_files(files, earlier), earlier))
    states: list[State] = []
    for stage in STAGES:
        states.append(_examine_stage(stage, held.path, plan or held.plan, record, states))
    return states


def _examine_stage(stage: Stage, folder: Path, plan: Plan, record: dict[str, Any], before: list[State]) -> State:
    manifests = [read_manifest(folder / name) for name in stage.folders]
    last = manifests[-1]
    if last is None or None in manifests:
        partial = any((folder / name / STARTED).exists() for name in stage.folders)
        return State(stage.name, "partial" if partial else "missing")
    reasons = _work(stage, folder, plan, record).changes(last.work)
    makers = {name: made.name for made in STAGES for name in made.folders}
    redone = {state.stage for state in before if state.state != "done"}
    reasons += [f"{name}/ will be made again" for name in stage.after if makers[name] in redone]
    return State(stage.name, "stale" if reasons else "done", tuple(reasons), last.rows)


def _stages(until: str) -> tuple[Stage, ...]:
    """The stages up to the one called ``until``; PlanError if there is none."""
    names = [stage.name for stage in STAGES]
    if until not in names:
        raise PlanError(f"there is no stage called {until!r}", f"choose from {', '.join(names)}")
    return STAGES[: names.index(until) + 1]


def _versions() -> dict[str, str]:
    names = ("corpus-tools", "polars", "pyarrow", "numba", "datasketch", "trafilatura")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
