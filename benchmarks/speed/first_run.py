"""The first command of the README in fresh processes: with no compiled kernels, with all of them, and with nothing to do.

    python -m benchmarks.speed.first_run [--data samples/pages] [--rounds 3]

Kernels are compiled into a cache folder of this command's own, which is empty at first. The run with the full cache makes a new run
folder each round, and the run with nothing to do is given the last of them; the round with the lowest processor time counts. Processor
time is that of the command and all processes below it, memory that of the largest of them. Writes ``results/speed/first_run.json``.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import gate
from benchmarks.speed.command import run_command

SAMPLES = Path(__file__).parents[2] / "samples" / "pages"
LIBRARIES = ("numba", "polars", "pyarrow")


def run_once(source: Path, out: Path, cache: Path) -> dict[str, Any]:
    """What one run used, and the compiled kernels in ``cache`` when it ends."""
    used = run_command("run", source, "-o", out, CORPUS_TOOLS_CACHE=cache)
    kernels = sum(1 for _ in cache.rglob("*.kernel"))
    return {"seconds": used.seconds, "cpu_seconds": used.cpu_seconds, "peak_mib": used.peak_mib, "kernels": kernels}


def measure(source: Path, rounds: int) -> dict[str, dict[str, Any]]:
    """The three kinds of run, in the order a new user meets them."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        cache = folder / "cache"
        cache.mkdir()
        empty = run_once(source, folder / "first", cache)
        warm = [run_once(source, folder / f"warm-{number}", cache) for number in range(rounds)]
        idle = [run_once(source, folder / f"warm-{rounds - 1}", cache) for _ in range(rounds)]
    return {"empty_cache": empty, "full_cache": _best(warm), "nothing_to_do": _best(idle)}


def _best(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return min(rows, key=lambda row: row["cpu_seconds"])


def main() -> None:
    """Measure, print the table, write results/speed/first_run.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SAMPLES, help="a folder of pages")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    load = os.getloadavg()[0]
    rows = measure(given.data, given.rounds)
    print(f"{'':<15}{'seconds':>9}{'cpu s':>8}{'MiB':>7}{'kernels':>9}")
    for name, row in rows.items():
        print(f"{name:<15}{row['seconds']:>9.2f}{row['cpu_seconds']:>8.2f}{row['peak_mib']:>7,}{row['kernels']:>9}")
    print(f"load before: {load:.1f} on {os.cpu_count()} cores")
    figures = {"load": load, "cores": os.cpu_count(), "versions": {name: version(name) for name in LIBRARIES}, **rows}
    gate.save_result("speed/first_run", figures, gate.digest_folder(given.data, (".html", ".txt")))


if __name__ == "__main__":
    main()
