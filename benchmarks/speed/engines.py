"""The same runs on the embedded engine and on Spark: seconds and peak memory a stage, and whether the files are the same.

python -m benchmarks.speed.engines [--sizes 10000 100000] [--placed 1000000] [--data DATA/medquad/pages.parquet ...] [--master local[2]]
                             [--engines spark] [--limit 1200]

Sizes are synthetic documents of 300 words: ``--sizes`` from files of text on, ``--placed`` from fingerprints on, over documents
that are put into the run folder as if they had been cleaned. ``--data`` are sources as for corpus-tools run. Memory is the
proportional set size of the command and all processes below it (Java and Python workers), sampled twice a second.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks import gate
from benchmarks.data import placed_run, synthetic
from corpus_tools.pipeline import stages

STAGES = tuple(stage.name for stage in stages.STAGES)


class Watch:
    """Samples processes and all below them: memory and processor time, by the stage that the first one is in."""

    def __init__(self, *pids: int) -> None:
        self.pids, self.stage, self.ended = pids, "start", False
        self.peaks: dict[str, int] = {}
        self.cpu: dict[str, float] = {}
        self.begins: list[tuple[float, str]] = []
        self._seen: dict[int, float] = {}

    def run(self) -> None:
        """Sample twice a second until ``ended`` is set."""
        while not self.ended:
            stage, family = self.stage, _family({*self.pids})
            self.peaks[stage] = max(self.peaks.get(stage, 0), sum(map(_proportional_kib, family)) // 1024)
            before = sum(self._seen.values())
            self._seen.update((pid, _cpu_seconds(pid, self._seen.get(pid, 0.0))) for pid in family)
            self.cpu[stage] = self.cpu.get(stage, 0.0) + sum(self._seen.values()) - before
            time.sleep(0.5)

    def note(self, line: str) -> bool:
        """Whether ``line`` is a progress event; one that begins a stage is remembered."""
        try:
            event = json.loads(line)
        except ValueError:
            return False
        if event.get("event") == "start":
            self.stage = event["stage"]
            self.begins.append((time.time(), self.stage))
        return True


def run_engine(source: Path, out: Path, engine: str, memory: str, limit: float) -> dict[str, Any]:
    """One run in processes of its own: seconds, processor seconds, peak MiB and shuffled bytes a stage, and the sentence.

    A ``source`` that is a run folder is carried on in a copy, made of links: no part is ever written twice. A run that takes
    more than ``limit`` seconds is stopped; ``stopped_in`` then says the stage it was in.
    """
    verb = ["run", str(source), "-o", str(out)]
    if (source / "run.json").exists():
        shutil.copytree(source, out, copy_function=os.link)
        verb = ["write", str(out)]
    command = [sys.executable, "-m", "corpus_tools.cli", *verb, "--engine", engine]
    log = out.parent / f"events-{out.name}"  # one a run: another run's events belong to none of its stages
    log.mkdir()
    settings = {"PYSPARK_SUBMIT_ARGS": _submit_arguments(memory, log), "SPARK_LOCAL_IP": "127.0.0.1"}
    began = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watch = Watch(process.pid)
    threading.Thread(target=watch.run, daemon=True).start()
    alarm = threading.Timer(limit, process.terminate)
    alarm.start()
    assert process.stderr is not None
    assert process.stdout is not None
    told = [line for line in process.stderr if not watch.note(line)]
    sentence = process.stdout.read().strip()
    code, watch.ended = process.wait(), True
    alarm.cancel()
    stopped = {"stopped_in": watch.stage} if code == -signal.SIGTERM else {}
    if code and not stopped:
        sys.exit("".join(told[-20:]))
    record = json.loads((out / "run.json").read_text())
    shuffled = _shuffled(log, watch.begins)
    ended = time.time()
    seconds = {name: held["seconds"] for name, held in record.get("stages", {}).items()}
    if stopped:
        seconds[watch.stage] = round(ended - watch.begins[-1][0], 1)
    stages = {
        name: {
            "seconds": seconds[name],
            "cpu_seconds": round(watch.cpu.get(name, 0.0), 1),
            "peak_mib": watch.peaks.get(name, 0),
            "shuffled_bytes": shuffled.get(name, 0),
        }
        for name in STAGES
        if name in seconds
    }
    made = {"seconds": round(time.perf_counter() - began, 1), "cpu_seconds": round(sum(watch.cpu.values()), 1)}
    return {"sentence": sentence, **stopped, **made, "peak_mib": max(watch.peaks.values()), "stages": stages}


def _submit_arguments(memory: str, log: Path) -> str:
    events = {"enabled": "true", "dir": log.absolute().as_uri(), "compress": "false", "rolling.enabled": "false"}
    return " ".join([f"--driver-memory {memory}", *(f"--conf spark.eventLog.{k}={v}" for k, v in events.items()), "pyspark-shell"])


def _shuffled(log: Path, begins: list[tuple[float, str]]) -> dict[str, int]:
    """Bytes written for shuffles by the tasks of each of our stages, from Spark's event log."""
    total: dict[str, int] = {}
    for path in log.iterdir():
        for line in path.read_text().splitlines():
            event = json.loads(line)
            written = event.get("Task Metrics", {}).get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
            if event["Event"] == "SparkListenerTaskEnd" and written:
                ended = event["Task Info"]["Finish Time"] / 1000
                stage = next(name for began, name in reversed(begins) if began <= ended)
                total[stage] = total.get(stage, 0) + written
    return total


def _family(roots: set[int]) -> set[int]:
    """Processes and all below them."""
    below, parents = {*roots}, _parents()
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return below


def _cpu_seconds(pid: int, known: float) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return known
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _parents() -> dict[int, int]:
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # ended meanwhile
    return found


def _proportional_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def file_digests(run: Path) -> dict[str, str]:
    """Digest of every table file of a run."""
    return {path.relative_to(run).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in run.rglob("*.parquet")}


def _cells(held: dict[str, Any]) -> str:
    return f"{held['seconds']:>9.1f}{held['cpu_seconds']:>8.1f}{held['peak_mib']:>7,}"


def _print_stages(name: str, told: dict[str, Any]) -> None:
    print(f"\n{name}: {told['sentence'] or 'stopped in ' + told['stopped_in']}")
    print(f"{'stage':<12}{'seconds':>9}{'cpu s':>8}{'MiB':>7}{'shuffled MB':>13}")
    for stage, held in told["stages"].items():
        print(f"{stage:<12}{_cells(held)}{held['shuffled_bytes'] / 1e6:>13.1f}")
    print(f"{'all':<12}{_cells(told)}", flush=True)


def compare(name: str, source: Path, work: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Run ``source`` on the engines, print the table, and say whether every file is the same."""
    masters = {"polars": "polars", "spark": given.master}
    made = {}
    for engine in given.engines:
        made[engine] = run_engine(source, work / engine, masters[engine], given.driver_memory, given.limit)
        _print_stages(f"{name} on {engine}", made[engine])
    whole = [work / engine for engine in given.engines if "stopped_in" not in made[engine]]
    same = {"same_files": file_digests(whole[0]) == file_digests(whole[1])} if len(whole) == 2 else {}
    if same:
        print(f"files the same on both engines: {'yes' if same['same_files'] else 'NO'}")
    return same | made


def _write_documents(folder: Path, count: int) -> Path:
    """Synthetic documents in files of 2,000: a file is what a distributed engine hands to a task."""
    folder.mkdir()
    for number, (table, _) in enumerate(synthetic.chunks(count)):
        for start in range(0, table.num_rows, 2_000):
            pq.write_table(table.slice(start, 2_000), folder / f"{number:04d}-{start:05d}.parquet")
    return folder


def _sources(given: argparse.Namespace) -> Iterator[tuple[str, Callable[[Path], Path]]]:
    """A name in the results, and what makes its source in a folder."""
    yield from ((str(size), partial(_write_documents, count=size)) for size in given.sizes)
    for size in given.placed:
        yield f"{size} placed", partial(_place, count=size)
    yield from ((one.parent.name, lambda _, one=one: one) for one in given.data)


def _place(folder: Path, count: int) -> Path:
    return placed_run.place_run(folder, (table for table, _ in synthetic.chunks(count)))


def main() -> None:
    """Measure, print, and write results/speed/engines.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=[], help="numbers of synthetic documents, multiples of 10,000")
    parser.add_argument("--placed", type=int, nargs="*", default=[], help="the same, put there as cleaned")
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="sources of pages")
    parser.add_argument("--master", default="local[2]", help="Spark master")
    parser.add_argument("--engines", nargs="*", default=["polars", "spark"], choices=("polars", "spark"), help="engines to run")
    parser.add_argument("--limit", type=float, default=1e9, help="seconds after which a run is stopped")
    parser.add_argument("--driver-memory", default="3g", help="heap of the Java process that holds the executors of local[N]")
    parser.add_argument("--work", type=Path, help="folder for runs, which are deleted afterwards (about 6 GB a million documents)")
    given = parser.parse_args()
    path = gate.RESULTS / "speed" / "engines.json"
    held = json.loads(path.read_text()) if path.exists() else {"figures": {}, "data": {}}
    figures: dict[str, Any] = held["figures"]
    data = held["data"] | synthetic.digest() | gate.digest_files(*given.data)
    figures.update(load=os.getloadavg()[0], cores=os.cpu_count())
    for name, make in _sources(given):
        with tempfile.TemporaryDirectory(dir=given.work) as folder:
            made = compare(name, make(Path(folder) / "source"), Path(folder), given)
        figures[name] = figures.get(name, {}) | made  # an engine that was not run keeps its figures
        gate.save_result("speed/engines", figures, data)
    if not all(held.get("same_files", True) for held in figures.values() if isinstance(held, dict)):
        sys.exit("files differ between the engines")


if __name__ == "__main__":
    main()
