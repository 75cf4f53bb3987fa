"""The main job end to end on one source: seconds a stage and peak memory, in a process of its own.

python -m benchmarks.speed.main_job --data DATA/medquad/pages.parquet [--workers 1] [--name main_job]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks import gate
from benchmarks.speed.command import run_command


def main() -> None:
    """Run, print the table, write results/speed/NAME.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a source of pages, as for corpus-tools run")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--name", default="main_job")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "RUN"
        first, again = (run_command("run", given.data, "-o", out, "-q", "--workers", given.workers) for _ in range(2))
        record = json.loads((out / "run.json").read_text())
        size = sum(path.stat().st_size for path in (out / "corpus").rglob("*.parquet"))
    print(first.sentence)
    for name, held in record["stages"].items():
        print(f"{name:<12} {held['seconds']:>8.1f} s  {held['peak_mib']:>6,} MiB")
    print(
        f"{'all':<12} {first.seconds:>8.1f} s  {first.peak_mib:>6,} MiB;  a second run: {again.seconds:.2f} s;  corpus {size / 1e6:.1f} MB"
    )
    figures = {
        "sentence": first.sentence,
        "workers": given.workers,
        "seconds": round(first.seconds, 1),
        "peak_mib": first.peak_mib,
        "second_run_seconds": again.seconds,
        "stages": record["stages"],
        "versions": record["versions"],
    }
    files = [given.data] if given.data.is_file() else sorted(path for path in given.data.rglob("*") if path.is_file())
    gate.save_result(f"speed/{given.name}", figures, gate.digest_files(*files))


if __name__ == "__main__":
    main()
