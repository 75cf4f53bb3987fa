"""What is done, stale, partial or missing in a run, and what a run would do, as text or JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from corpus_tools.errors import visible
from corpus_tools.pipeline.live import Live, read_live
from corpus_tools.pipeline.stages import STAGES
from corpus_tools.pipeline.state import State, examine
from corpus_tools.plan import Plan
from corpus_tools.shown import json_line
from corpus_tools.store.opened import StoredRun
from corpus_tools.store.run_file import is_run


def render_status(folder: Path, resolve: Callable[[Plan], Plan], as_json: bool = False, decisions: Path | None = None) -> str:
    """The state of each stage under the run's plan with the given settings replaced.

    Raises RunError if ``folder`` is not a run.
    """
    held = StoredRun(folder)
    states = examine(folder, resolve(held.plan), decisions=decisions)
    live = read_live(held.path)
    if live is not None and live.running:
        states = [replace(state, state="running", reasons=()) if state.stage == live.stage else state for state in states]
    if as_json:
        told = {"running": live.running, **asdict(live), "share": live.share} if live else None
        return json_line({"summary": held.summary, "live": told, "stages": [asdict(state) for state in states]})
    lines = [_state_line(state, held.record.get("stages", {}).get(state.stage)) for state in states]
    lines += [_live_line(live)] if live else []
    return "\n".join([*lines, *([held.summary] if held.summary else [])])


def _live_line(live: Live) -> str:
    """What a run is doing, or how it ended: process, stage, how far, since when."""
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(live.since))
    done, total = (_amount(count, live.unit) for count in (live.done, live.total or 0))
    far = f" at {live.share:.0%} ({done} of {total})" if live.share is not None else f" at {done}" if live.done else ""
    what = f"{live.stage}{far}" if live.stage else "the first stage has not begun"
    if live.running:
        return f"running since {since} (process {live.pid}): {what}"
    if live.running is None:
        ago = max(0, int(time.time() - live.told))
        return f"running since {since} on {live.host} (process {live.pid}), last heard of {ago} s ago: {what}"
    ended = visible(live.ended) if live.ended else "killed, or the machine went down"
    return f"not running: process {live.pid}, begun {since}, ended in {what}: {ended}. The same command resumes"


def _amount(count: int, unit: str) -> str:
    return f"{count / 1e6:,.1f} MB" if unit == "bytes" else f"{count:,} {unit}".rstrip()


def _state_line(state: State, timing: dict[str, float] | None) -> str:
    rows = f"{state.rows:>12,} rows" if state.state in ("done", "stale") else " " * 17
    took = f"  {timing['seconds']:>8.1f} s  {timing['peak_mib']:>6,} MiB" if timing and state.state == "done" else ""
    return "\n".join(
        [f"{state.stage:<12} {state.state:<8}{rows}{took}", *(f"{'':<12} - {said}" for said in (*state.reasons, *state.notes))]
    )


def render_dry_run(sources: Sequence[str], out: Path, plan: Plan, decisions: Path | None = None) -> str:
    """What ``run`` would do, and the chance that the pair search finds a pair of each similarity.

    Raises SourceError if a source is missing.
    """
    from corpus_tools.match.search.banding import describe_banding, plan_banding
    from corpus_tools.readers.listing import list_sources

    listed = (
        list_sources([name for name in sources if name != "-"], follow_links=plan.read.follow_links)
        if set(sources) != {"-"}
        else []
    )
    size = sum(file.size for file in listed)
    lines = [f"input: {len(listed):,} files, {size / 1e6:,.1f} MB{' and standard input' if '-' in sources else ''}"]
    if is_run(out):
        lines += [_would_line(state) for state in examine(out, plan, sources, decisions)]
    else:
        lines += [f"{stage.name:<12} would run" for stage in STAGES]
    banding = plan_banding(plan.match, plan.fingerprint.num_perm)
    return "\n".join([*lines, "", describe_banding(banding)])


def _would_line(state: State) -> str:
    if state.state == "done":
        return f"{state.stage:<12} nothing to do ({state.rows:,} rows)"
    why = "; ".join(state.reasons) or {"partial": "some of its parts are finished", "missing": "not done yet"}[state.state]
    return f"{state.stage:<12} would run: {why}"
