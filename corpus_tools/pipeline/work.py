"""The stages at work: each runs unless its seal matches and its tables are still what was sealed."""

from __future__ import annotations

import os
import platform
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from corpus_tools.child import is_our_own, leave_pandas_out
from corpus_tools.errors import PlanError, RunError
from corpus_tools.kernels.warm_up import WarmUp
from corpus_tools.pipeline.decided import load_decisions, tell_decisions
from corpus_tools.pipeline.inputs import describe_inputs, list_inputs, rename_files, write_inputs
from corpus_tools.pipeline.kept import Kept
from corpus_tools.pipeline.live import telling
from corpus_tools.pipeline.stages import STAGES, Stage, load_ahead, with_kernels
from corpus_tools.pipeline.state import Examiner, work_of
from corpus_tools.plan import Plan
from corpus_tools.progress import Logged, Progress
from corpus_tools.readers.listing import SourceFile
from corpus_tools.store.backing import backing_of, tell
from corpus_tools.store.begun import SCRATCH, begin, set_aside, strange_parts
from corpus_tools.store.decisions import Decisions
from corpus_tools.store.files import refuse_links
from corpus_tools.store.manifest import Manifest, read_manifest, sealed
from corpus_tools.store.opened import StoredRun
from corpus_tools.store.run_file import read_run_file, write_run_file
from corpus_tools.store.sound import remember

if TYPE_CHECKING:
    from corpus_tools.engines.context import Context
    from corpus_tools.engines.protocol import Engine, Session
    from corpus_tools.store.earlier import Earlier

# A run with nothing to do must end at once: frames, engines and readers of formats are imported where they are needed.


@dataclass
class Order:
    """What is to be done: the stages of ``plan`` up to ``until``, over ``files``, or without them from the cleaned pages."""

    folder: Path
    plan: Plan
    files: list[SourceFile] | None = None
    engine: str | Engine | Session = "polars"
    workers: int | None = None
    until: str = "write"
    progress: Progress | None = None
    earlier: Earlier | None = None
    verify: bool = False
    kept: Kept = field(default_factory=dict)
    decisions: str | Path | None = None
    """A file of decisions; None for the one in the run folder."""
    decided: Decisions = field(default_factory=Decisions)
    note: str = ""
    """What happened before the work began, for the record."""
    layouts: list[str] | None = None
    """What the files are, in words; None where they have not been looked at yet."""
    before: Earlier | None = None
    """The earlier run whose corpus the new one is compared with: ``earlier``, also where the run goes on without its source."""

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages up to the last one that is wanted."""
        return stages_until(self.until)


def stages_until(until: str) -> tuple[Stage, ...]:
    """The stages up to the one called ``until``; PlanError if there is none."""
    names = [stage.name for stage in STAGES]
    if until not in names:
        raise PlanError(f"there is no stage called {until!r}", f"choose from {', '.join(names)}")
    return STAGES[: names.index(until) + 1]


def proceed(order: Order) -> StoredRun:
    """Run what is not done, stage by stage, and record plan, inputs, seconds and memory."""
    folder, before = order.folder, read_run_file(order.folder)
    record = {**before, "plan": order.plan.to_dict(), "versions": _versions(), "summary": "", "kept_stale": order.kept}
    record["notes"] = [f"{why}: it is rebuilt from the seals" for why in [record.pop("rebuilt", "")] if why]
    record["notes"] += [order.note] if order.note else []
    order.decided, record["decisions"] = load_decisions(folder, order.decisions, before)
    if order.files is not None:
        order.files = rename_files(order.files, order.earlier)
        record["inputs"] = describe_inputs(list_inputs(order.files, order.earlier))
        record["against"] = tell(str(order.earlier.path)) if order.earlier else None
    order.before = order.earlier or order.before
    record["against_corpus"] = _corpus_digest(order.before)
    record["notes"] += _set_strangers_aside(folder)
    examiner = Examiner(folder, order.plan, record, order.verify, order.files is not None)
    first = next((number for number, stage in enumerate(order.stages) if not examiner.is_done(stage)), len(order.stages))
    ran: list[str] = []
    if first < len(order.stages):
        ran = _work(order, order.stages[first:], examiner)
    if order.files is not None:
        write_inputs(folder, list_inputs(order.files, order.earlier), record["inputs"]["digest"])
    if order.until == "write":
        finished = read_manifest(folder / "corpus")
        told = "" if ran else str(before.get("summary", ""))
        record["summary"] = told or (_sentence(finished) if finished else "")
    record["last_run_did"] = ran
    if ran:
        record["finished"] = datetime.now(UTC).isoformat(timespec="seconds")
    record["notes"] += tell_decisions(folder)
    write_run_file(folder, record)
    return StoredRun(folder)


def _corpus_digest(earlier: Earlier | None) -> str:
    """Digest of the earlier run's corpus; '' without one."""
    found = sealed(earlier.path / "corpus") if earlier else None
    return found.digest if found else ""


def _set_strangers_aside(folder: Path) -> list[str]:
    """Move files that bear the name of a part of a finished table, and are none, to where nobody takes them for one; what was said."""
    notes = []
    for name in (name for stage in STAGES for name in stage.folders):
        place = folder / name
        refuse_links(folder, *(str(one) for one in (*Path(name).parents, Path(name)) if str(one) != "."))
        refuse_links(place, *SCRATCH)
        found = sealed(place)
        if found is not None:
            strange = strange_parts(place, {part.name for part in found.parts})
            notes += [f"{path} is no part of the table: it is now {set_aside(place, path)}" for path in strange]
    return notes


def _work(order: Order, stages: Sequence[Stage], examiner: Examiner) -> list[str]:
    """Run those of ``stages`` that are not done when their turn comes, while kernels of later ones are compiled; their names."""
    if order.files is not None:
        examiner.record["notes"] += check_fields(order.files, order.plan) if order.layouts is None else order.layouts
        write_inputs(order.folder, list_inputs(order.files, order.earlier), examiner.record["inputs"]["digest"])
    ran = []
    with _at_work(order) as context:
        examiner.record["engine"] = context.engine.name
        write_run_file(order.folder, examiner.record)
        Thread(target=load_ahead, args=(stages, context.plan), daemon=True).start()
        with WarmUp(context.workers) as warm_up:
            warm_up.begin(with_kernels(stages, context.plan))
            for stage in stages:
                if not examiner.is_done(stage):
                    warm_up.wait(with_kernels([stage], context.plan), context.progress)
                    _run_stage(stage, context, examiner)
                    ran.append(stage.name)
                    _release(order.folder, stages, stage)
    return ran


def _release(folder: Path, stages: Sequence[Stage], done: Stage) -> None:
    """Where the folder is scratch for a run in a store, let go of the tables that no later stage reads: room is bounded there."""
    keeper = backing_of(folder)
    if keeper is None:
        return
    later = {name for stage in stages[stages.index(done) + 1 :] for name in (*stage.after, *stage.folders)}
    for name in (name for stage in STAGES[: STAGES.index(done) + 1] for name in stage.folders if name not in later):
        found = sealed(folder / name)
        if found is not None:
            keeper.release(folder / name, found)


@contextmanager
def _at_work(order: Order) -> Iterator[Context]:
    """What stages work with; the engine is given back at the end."""
    from corpus_tools.engines.context import Context
    from corpus_tools.engines.opening import open_engine

    opened = open_engine(order.engine)
    if is_our_own() and not opened.distributed:  # Spark hands pandas to Arrow
        leave_pandas_out()
    workers = order.workers or os.cpu_count() or 1
    try:
        with telling(order.progress or Logged(), order.folder) as progress:
            files = order.files or []
            yield Context(
                order.folder, order.plan, opened, workers, progress, files, order.earlier, order.kept, order.decided, order.before
            )
    finally:
        opened.close()


def _run_stage(stage: Stage, context: Context, examiner: Examiner) -> None:
    """Make the stage's tables and record seconds and memory. Nothing is cleared before all that it is made from is there."""
    folder, record = context.folder, examiner.record
    missing = [name for name in stage.after if sealed(folder / name) is None]
    if missing:
        raise RunError(
            f"{stage.name} needs {folder / missing[0]}, which is not finished",
            "run with the source: corpus-tools run SOURCE -o RUN",
        )
    if not stage.after and not context.files and not context.earlier:
        raise RunError(
            f"{folder}: the pages cannot be cleaned again without their source",
            "run with the source: corpus-tools run SOURCE -o RUN",
        )
    record["notes"] += [f"{fault}: it is made again" for fault in examiner.faults(stage)]
    work = work_of(stage, folder, context.plan, record)
    began = time.monotonic()
    for name in stage.folders:
        begin(folder / name, work)
    stage.make(context, work)
    for name in stage.folders:
        made = read_manifest(folder / name)
        if made is not None:
            remember(folder / name, made)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    record.setdefault("stages", {})[stage.name] = {"seconds": round(time.monotonic() - began, 3), "peak_mib": peak // 1024}
    write_run_file(folder, record)


def check_fields(files: list[SourceFile], plan: Plan) -> list[str]:
    """What the files are, in words; PlanError where they have none of the fields that the plan names."""
    from corpus_tools.readers.start import check_columns

    return check_columns(files, plan.read)


def _sentence(manifest: Manifest) -> str:
    from corpus_tools.write.account import Account

    return Account(**manifest.totals).sentence()


def _versions() -> dict[str, str]:
    names = ("corpus-tools", "polars", "pyarrow", "numba", "datasketch", "trafilatura")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
