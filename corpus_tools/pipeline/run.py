"""The straight line: run each stage unless its seal matches; tell what is done, stale or missing."""

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

import polars as pl

from corpus_tools.engines import Engine, Session, open_engine
from corpus_tools.engines.context import Context
from corpus_tools.errors import PlanError, RunError
from corpus_tools.pipeline.against import open_earlier, rename_files
from corpus_tools.pipeline.stages import STAGES, Stage
from corpus_tools.plan import Plan
from corpus_tools.progress import Progress, Silent
from corpus_tools.readers.listing import SourceFile
from corpus_tools.readers.pages import check_columns, list_sources
from corpus_tools.store.earlier import Earlier
from corpus_tools.store.manifest import STARTED, Manifest, Work, begin, digest_json, read_manifest, write_json
from corpus_tools.store.opened import INPUTS_FILE, RUN_FILE, StoredRun
from corpus_tools.store.paths import local_path
from corpus_tools.write.account import Account


@dataclass(frozen=True)
class State:
    """Where a stage stands: ``done``, ``stale`` (and why), ``partial`` (parts to take up) or ``missing``."""

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
    """Turn sources into a corpus in the run folder ``out``, doing only what is not yet done.

    ``source`` is a file, folder or glob, or several; ``-`` is stdin. ``until`` names the last stage
    to run. ``workers`` defaults to the number of cores; the output does not depend on it. ``against``
    is an earlier run: ``out`` becomes the run over its pages and the new ones together, but only the
    new pages are cleaned, sketched and compared with all.

    Raises SourceError (a source is missing), PlanError, RunError (``out`` holds something else, or
    another process is writing to it), GateError (the account does not close).
    """

    sources = [source] if isinstance(source, (str, Path)) else list(source)
    plan, out = plan or Plan(), local_path(out, RunError)
    if against is not None and local_path(against, RunError).resolve() == out.resolve():
        raise RunError(f"{out} is both the earlier run and the new one", "give the new run a folder of its own")
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
    """Carry a run on from its cleaned pages, with its own plan unless another is given.

    Raises RunError where there is no run or its pages are not cleaned yet.
    """
    held = StoredRun(folder)
    if read_manifest(held.path / "extracted") is None:
        raise RunError(f"{held.path} holds no cleaned pages yet", f"finish cleaning with: corpus-tools clean SOURCE -o {held.path}")
    with _locked(held.path):
        return _proceed(held.path, None, plan or held.plan, engine, workers, until, progress or Silent())


def _claim(folder: Path) -> Path:
    """Make the run folder; refuse a folder that holds something else, whose files a run could touch."""
    if folder.is_file():
        raise RunError(f"{folder} is a file", "give a folder for the run")
    half_written = folder / f".{RUN_FILE}.tmp"  # by a run that was killed before it had written anything else
    if folder.is_dir() and not (folder / RUN_FILE).exists() and any(path != half_written for path in folder.iterdir()):
        raise RunError(f"{folder} is not empty and is not a run folder", "give a new folder, or the folder of an earlier run")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / RUN_FILE).exists():
            write_json(folder / RUN_FILE, {"plan": Plan().to_dict(), "summary": ""})
    except OSError as error:
        raise RunError(f"{folder} cannot be written: {error.strerror}", "give a folder you may write to") from None
    return folder


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the run folder; the lock goes with the process, so a killed run leaves none behind."""
    with (folder / ".lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"another process is writing to {folder}", "wait for it, or give another folder") from None
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
        listing = _listing(files, earlier)
        _write_listing(folder, listing)
        record["inputs"] = _describe_inputs(listing)
        record["against"] = str(earlier.path) if earlier else None
    write_json(folder / RUN_FILE, record)
    context = Context(folder, plan, opened, workers or os.cpu_count() or 1, progress, files or [], earlier)
    try:
        ran = [stage.name for stage in stages if _run_stage(stage, context, record)]
    finally:
        opened.close()
    finished = read_manifest(folder / "corpus")
    if until == "write" and finished is not None:
        record["summary"] = _sentence(finished)
    record["last_run_did"] = ran
    write_json(folder / RUN_FILE, record)
    return StoredRun(folder)


def _run_stage(stage: Stage, context: Context, record: dict[str, Any]) -> bool:
    """Run one stage if its seal does not match; True if it ran."""
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
    """What the stage would do now; an input that is not sealed yet counts as unknown."""
    inputs = {"the input listing": record.get("inputs", {}).get("digest", "")} if not stage.after else {}
    for name in stage.after:
        manifest = read_manifest(folder / name)
        inputs[f"{name}/"] = manifest.digest if manifest else ""
    return Work(stage.name, inputs, stage.params(plan), stage.code_digest())


def examine(folder: str | Path, plan: Plan | None = None, sources: Sequence[str | Path] | None = None) -> list[State]:
    """The state of every stage of a run under its own plan, or under another, without running anything.

    With ``sources`` the input listing is compared too. Raises RunError if there is no run,
    SourceError if a source is missing.
    """
    held = StoredRun(folder)
    record = dict(held.record)
    if sources is not None:
        files = list_sources([name for name in sources if str(name) != "-"])
        earlier = Earlier(Path(record["against"])) if record.get("against") else None
        record["inputs"] = _describe_inputs(_listing(rename_files(files, earlier), earlier))
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
        raise PlanError(f"there is no stage {until!r}", f"choose from {', '.join(names)}")
    return STAGES[: names.index(until) + 1]


def _listing(files: Sequence[SourceFile], earlier: Earlier | None = None) -> pl.DataFrame:
    """Name, size and time of change of every input file, an earlier run's first."""
    schema = {"name": pl.String, "size": pl.Int64, "mtime_ns": pl.Int64}
    new = pl.DataFrame([(file.name, file.size, file.mtime_ns) for file in files], schema=schema, orient="row")
    return pl.concat([earlier.listing, new]) if earlier else new


def _write_listing(folder: Path, listing: pl.DataFrame) -> None:
    temporary = folder / f".{INPUTS_FILE}.tmp"
    listing.write_parquet(temporary)
    temporary.replace(folder / INPUTS_FILE)


def _describe_inputs(listing: pl.DataFrame) -> dict[str, Any]:
    return {"files": listing.height, "bytes": listing["size"].sum(), "digest": digest_json(listing.rows())}


def _sentence(manifest: Manifest) -> str:

    return Account(**manifest.totals).sentence()


def _versions() -> dict[str, str]:
    names = ("corpus-tools", "polars", "pyarrow", "numba", "datasketch", "trafilatura")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
