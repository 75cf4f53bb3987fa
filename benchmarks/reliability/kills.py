"""Kills by stage and file operation: does a run that is carried on end with the bytes of a run that nothing stopped?

    python -m benchmarks.reliability.kills

The run itself gets SIGKILL or SIGTERM before a rename, before a deletion and in the middle of a part of every stage; its cleaning
workers get both while they work, and the run goes on. Writes ``results/reliability/kills.json``.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks import gate
from benchmarks.data.small_crawl import write_crawl
from benchmarks.reliability import victim
from benchmarks.reliability.commands import file_digests, finish, is_running, run_command, start, workers_of
from corpus_tools.pipeline.stages import STAGES

PAGES, WORKER_PAGES = 30, 1500
OPTIONS = ["-q", "--rewrites", "--set", "read.part_pages=10", "--set", "write.rows_per_file=15"]
SIGNALS = {"SIGKILL": -9, "SIGTERM": 143}
ACTS = {"rename": (0, 3), "delete": (1,), "write": (0,)}
"""Operations, and which of a stage's (counted from 0) are struck."""
WORKER_KILLS = 3


def kill_runs(scratch: Path, whole: dict[str, str]) -> dict[str, Counter[str]]:
    """Outcomes by stage, operation and signal; ``not reached`` where a stage does not do so many of an operation."""
    found: dict[str, Counter[str]] = {}
    for stage in (stage.name for stage in STAGES):
        for act, places in ACTS.items():
            for name, code in SIGNALS.items():
                counts: Counter[str] = Counter()
                for at in places:
                    run = scratch / "KILLED"
                    shutil.rmtree(run, ignore_errors=True)
                    command = ["run", str(scratch / "crawl"), "-o", str(run), "--workers", "1", *OPTIONS]
                    told = finish(*start([str(run), stage, act, str(at), name, *command], victim.COMMAND))
                    if told.code == 0:
                        counts["not reached"] += 1
                        continue
                    again = run_command(*command)
                    equal = told.code == code and told.is_clear and again.code == 0 and again.closes and file_digests(run) == whole
                    counts["equal" if equal else "NOT EQUAL"] += 1
                    if not equal:
                        print(told, again, sep="\n")
                found[f"{stage} {act} {name}"] = counts
                print(f"{stage:12s}{act:8s}{name:9s}{dict(counts)}", flush=True)
    return found


def kill_workers(scratch: Path) -> dict[str, Counter[str]]:
    """Outcomes of runs whose workers were killed from outside, by signal."""
    found: dict[str, Counter[str]] = {}
    command = ["run", str(scratch / "large"), "--workers", "2", "-q", "--set", "read.part_pages=200"]
    run_command(*command, "-o", scratch / "LARGE")
    whole = file_digests(scratch / "LARGE")
    for name in SIGNALS:
        run = scratch / f"WORKERS-{name}"
        process, folder = start([*command, "-o", str(run)])
        sent = 0
        while sent < WORKER_KILLS and is_running(process):
            time.sleep(0.2)
            workers = workers_of(process.pid)
            if workers and any(run.glob("extracted/part-*")):  # at work, not starting
                # Of a few workers and the process they are forked from, each in its turn.
                os.kill(workers[sent % len(workers)], getattr(signal, name))
                sent += 1
        told = finish(process, folder)
        equal = sent > 0 and told.code == 0 and told.closes and file_digests(run) == whole
        found[f"worker {name}"] = Counter({"equal" if equal else "NOT EQUAL": 1, "kills": sent})
        print(f"{'workers':20s}{name:9s}{sent} kills, {'equal' if equal else f'NOT EQUAL {told}'}", flush=True)
    return found


def main() -> None:
    """Measure, print and save."""
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        data = write_crawl(scratch / "crawl", PAGES)
        write_crawl(scratch / "large", WORKER_PAGES)
        run_command("run", scratch / "crawl", "-o", scratch / "WHOLE", "--workers", "1", *OPTIONS)
        found = kill_runs(scratch, file_digests(scratch / "WHOLE")) | kill_workers(scratch)
    totals = sum(found.values(), Counter[str]())
    print(dict(totals))
    figures = {"tried": totals["equal"] + totals["NOT EQUAL"], "not_equal": totals["NOT EQUAL"], "by_place": found}
    gate.save_result("reliability/kills", figures, data, {"not_equal": "max"})


if __name__ == "__main__":
    main()
