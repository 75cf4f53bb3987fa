"""A long time of kills, damage and changed settings on one run folder: at the end, the bytes of a straight run?

    python -m benchmarks.reliability.soak --pages 2000 --minutes 3
    python -m benchmarks.reliability.soak --pages 100000 --minutes 20 --finished

Each round starts the command, with the settings of the end or with others, on all stages or from one on. It then leaves it alone,
signals it, or kills its workers, and damages a file in between. With ``--finished`` the first round finds a finished run: a large
one would else be killed in its first stage alone. Writes ``results/reliability/soak.json``.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import gate
from benchmarks.data.small_crawl import write_crawl
from benchmarks.reliability.commands import Told, file_digests, finish, is_running, run_command, start, workers_of
from benchmarks.reliability.harm import HARMS, TABLES, parts_of
from corpus_tools.pipeline.stages import STAGES

SETTINGS: tuple[list[str], ...] = (
    [],
    [],
    ["--disclaimers", "keep"],
    ["--threshold", "0.8"],
    ["--set", "site.min_words=20"],
    ["--set", "fingerprint.ngram=4"],
    ["--set", "write.rows_per_file=300"],
    ["--rewrites"],
)
"""What is changed in a round; the first of them are those of the end."""
SIGNALS = ("SIGKILL", "SIGTERM", "SIGINT")
EXPECTED = {
    0: "done",
    2: "refused with a hint",
    -9: "killed",
    130: "interrupted",
    143: "terminated",
    -2: "interrupted",
    -15: "terminated",
}


@dataclass
class Soak:
    """A run folder under attack."""

    source: Path
    run: Path
    base: list[str]
    chance: random.Random
    until: float
    """The moment, by ``time.monotonic``, at which the last round is ended."""
    longest: float
    """Seconds after which a round is disturbed, at most: runs are killed early and late, whatever their size."""
    did: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def round(self) -> None:
        """Damage, start, disturb, judge."""
        if self.chance.random() < 0.6:
            self.damage()
        stage = self.chance.choice(STAGES[1:]).name
        settings = self.chance.choice(SETTINGS)
        command = ["run", str(self.source), "-o", str(self.run)] if self.chance.random() < 0.7 else [stage, str(self.run)]
        self.did[f"command {'run' if command[0] == 'run' else 'of one stage'}"] += 1
        process, folder = start([*command, *self.base, *settings])
        after = math.exp(self.chance.uniform(math.log(0.2), math.log(self.longest)))
        self.disturb(process.pid, min(time.monotonic() + after, self.until), self.chance.choice([*SIGNALS, "worker", "none"]))
        self.wait(process)
        self.judge(finish(process, folder))
        print(f"{sum(self.did.values()):5d}  {command[0]} {' '.join(settings)}", flush=True)

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Until a command ends; at the end of all rounds it is told to."""
        told = False
        while is_running(process):
            if not told and time.monotonic() > self.until:
                told = True
                process.send_signal(signal.SIGTERM)
                self.did["signal SIGTERM"] += 1
            time.sleep(0.05)

    def damage(self) -> None:
        """One kind of harm to one part of one table, or to a seal or the record."""
        table, kind = self.chance.choice(TABLES), self.chance.choice(list(HARMS))
        parts = parts_of(self.run, table)
        others = [path for path in (self.run / "run.json", self.run / table / "manifest.json") if path.exists()]
        if self.chance.random() < 0.2 and others and kind not in ("swap", "add"):
            parts = others
        parts = [path for path in parts if path.stat().st_size]
        if parts:
            with contextlib.suppress(IndexError):  # nothing to swap with
                HARMS[kind](self.chance.choice(parts), self.chance)
                self.did[f"damage {kind}"] += 1

    def disturb(self, process: int, at: float, what: str) -> None:
        """At the moment ``at``, or when the run ends before, send a signal to the run or to one of its workers."""
        if what == "none":
            return
        while time.monotonic() < at and _is_there(process):
            time.sleep(0.02)
        targets = (workers_of(process)[:1] if _is_there(process) else []) if what == "worker" else [process]
        for target in targets:
            with contextlib.suppress(ProcessLookupError):
                os.kill(target, signal.SIGKILL if what == "worker" else getattr(signal, what))
                self.did[f"signal {what}"] += 1

    def judge(self, told: Told) -> None:
        """Only known ends are good ones, and an error has a hint."""
        self.did[f"end: {EXPECTED.get(told.code, f'exit code {told.code}')}"] += 1
        if (
            told.code not in EXPECTED
            or (told.code > 0 and not told.is_clear)
            or (told.code == 0 and told.err and "Traceback" in told.err)
        ):
            self.faults.append(f"exit code {told.code}: {told.err[-500:]}")
            print(self.faults[-1], flush=True)


def _is_there(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def soak(scratch: Path, pages: int, minutes: float, seed: int, finished: bool) -> tuple[dict[str, object], gate.Data]:
    """What was done, and whether it ended well."""
    began = time.monotonic()
    data = write_crawl(scratch / "crawl", pages)
    base = ["-q", "--workers", "2", "--set", "read.part_pages=100"]
    straight = run_command("run", scratch / "crawl", "-o", scratch / "STRAIGHT", *base)
    whole = file_digests(scratch / "STRAIGHT")
    seconds = time.monotonic() - began
    print(f"{straight.out.strip()} {straight.err.strip()} ({seconds:.0f} s)", flush=True)
    if finished:
        shutil.copytree(scratch / "STRAIGHT", scratch / "RUN", copy_function=shutil.copy2)
    longest = max(12.0, seconds / 8)
    work = Soak(scratch / "crawl", scratch / "RUN", base, random.Random(seed), time.monotonic() + 60 * minutes, longest)
    rounds = 0
    while time.monotonic() < work.until:
        work.round()
        rounds += 1
    last = run_command("run", scratch / "crawl", "-o", scratch / "RUN", *base, "--verify")
    verified = run_command("verify", scratch / "RUN")
    equal = file_digests(scratch / "RUN") == whole and last.out == straight.out and last.closes and verified.code == 0
    print(last.out.strip(), last.err.strip(), verified.out.strip(), sep="\n")
    figures = {
        "pages": pages,
        "minutes": minutes,
        "seed": seed,
        "finished": finished,
        "rounds": rounds,
        "did": dict(sorted(work.did.items())),
    }
    return figures | {"faults": len(work.faults), "not_equal": int(not equal)}, data


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--finished", action="store_true", help="begin with a finished run")
    given = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background of a shell it is ignored, also by what is started
    with tempfile.TemporaryDirectory() as scratch:
        figures, data = soak(Path(scratch), given.pages, given.minutes, given.seed, given.finished)
    for name, value in figures.items():
        print(f"{name}: {value}")
    gate.save_result("reliability/soak", figures, data, {"not_equal": "max", "faults": "max"})


if __name__ == "__main__":
    main()
