"""What is done, stale, partial or missing in a run, and what a run would do, as text or JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from corpus_tools.pipeline.stages import STAGES
from corpus_tools.pipeline.state import State, examine
from corpus_tools.plan import Plan
from corpus_tools.shown import json_line
from corpus_tools.store.opened import StoredRun
from corpus_tools.store.run_file import is_run


def render_status(folder: Path, resolve: Callable[[Plan], Plan], as_json: bool = False) -> str:
    """The state of each stage under the run's plan with the given settings replaced.

    Raises RunError if ``folder`` is not a run.
    """
    held = StoredRun(folder)
    states = examine(folder, resolve(held.plan))
    if as_json:
        return json_line({"summary": held.summary, "stages": [asdict(state) for state in states]})
    lines = [_state_line(state, held.record.get("stages", {}).get(state.stage)) for state in states]
    return "\n".join([*lines, *([held.summary] if held.summary else [])])


def _state_line(state: State, timing: dict[str, float] | None) -> str:
    rows = f"{state.rows:>12,} rows" if state.state in ("done", "stale") else " " * 17
    took = f"  {timing['seconds']:>8.1f} s  {timing['peak_mib']:>6,} MiB" if timing and state.state == "done" else ""
    return "\n".join(
        [f"{state.stage:<12} {state.state:<8}{rows}{took}", *(f"{'':<12} - {said}" for said in (*state.reasons, *state.notes))]
    )


def render_dry_run(sources: Sequence[str], out: Path, plan: Plan) -> str:
    """What ``run`` would do, and the chance that the pair search finds a pair of each similarity.

    Raises SourceError if a source is missing.
    """
    from corpus_tools.match.banding import describe_banding, plan_banding
    from corpus_tools.readers.listing import list_sources

    listed = list_sources([name for name in sources if name != "-"]) if set(sources) != {"-"} else []
    size = sum(file.size for file in listed)
    lines = [f"input: {len(listed):,} files, {size / 1e6:,.1f} MB{' and standard input' if '-' in sources else ''}"]
    if is_run(out):
        lines += [_would_line(state) for state in examine(out, plan, sources)]
    else:
        lines += [f"{stage.name:<12} would run" for stage in STAGES]
    banding = plan_banding(plan.match, plan.fingerprint.num_perm)
    return "\n".join([*lines, "", describe_banding(banding)])


def _would_line(state: State) -> str:
    if state.state == "done":
        return f"{state.stage:<12} nothing to do ({state.rows:,} rows)"
    why = "; ".join(state.reasons) or {"partial": "some of its parts are finished", "missing": "not done yet"}[state.state]
    return f"{state.stage:<12} would run: {why}"
