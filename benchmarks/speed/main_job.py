"""The main job end to end on one source: seconds a stage and peak memory, in a process of its own.

python -m benchmarks.speed.main_job --data DATA/medquad/pages.parquet [--workers 1] [--name main_job]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import gate


def main() -> None:
    """Run, print the table, write results/speed/NAME.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a source of pages, as for corpus-tools run")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--name", default="main_job")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "RUN"
        command = [
            sys.executable,
            "-m",
            "corpus_tools.cli",
            "run",
            str(given.data),
            "-o",
            str(out),
            "-q",
            "--workers",
            str(given.workers),
        ]
        began = time.perf_counter()
        sentence = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        again = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, text=True)
        second = time.perf_counter() - again
        record = json.loads((out / "run.json").read_text())
        size = sum(path.stat().st_size for path in (out / "corpus").rglob("*.parquet"))
    print(sentence)
    for name, held in record["stages"].items():
        print(f"{name:<12} {held['seconds']:>8.1f} s  {held['peak_mib']:>6,} MiB")
    print(f"{'all':<12} {seconds:>8.1f} s  {peak:>6,} MiB;  a second run: {second:.2f} s;  corpus {size / 1e6:.1f} MB")
    figures = {
        "sentence": sentence,
        "workers": given.workers,
        "seconds": round(seconds, 1),
        "peak_mib": peak,
        "second_run_seconds": round(second, 2),
        "stages": record["stages"],
        "versions": record["versions"],
    }
    files = [given.data] if given.data.is_file() else sorted(path for path in given.data.rglob("*") if path.is_file())
    gate.save_result(f"speed/{given.name}", figures, gate.digest_files(*files))


if __name__ == "__main__":
    main()
