"""What the search for rewrites adds to a run: the command with and without it, over web pages (HTML) and over text.

    python -m benchmarks.speed.rewrite_cost --data DATA [--turns 3]

Of each command the turn with the fewest processor seconds counts, of all its processes together.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import gate
from benchmarks.speed.command import Used, run_command

SOURCES = {"wcxb": "html", "medquad": "text"}
"""Data sets by name, and the column that holds their pages."""


def measure(name: str, column: str, data: Path, turns: int) -> dict[str, Any]:
    """Processor seconds of both commands over one set, and how many times those without rewrites are spent with them."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "pages.parquet"
        pl.read_parquet(data / name / "pages.parquet", columns=["id", "url", column]).write_parquet(source)
        arguments = ("run", source, "-q", f"--{column}-field", column, "--id-field", "id", "--url-field", "url")
        used: dict[str, list[Used]] = {"--no-rewrites": [], "--rewrites": []}
        for turn in range(turns):
            for option, times in used.items():
                times.append(run_command(*arguments, "-o", Path(folder) / f"RUN{option}{turn}", option))
    without, with_ = (min(times, key=lambda one: one.cpu_seconds) for times in used.values())
    return {
        "without": vars(without),
        "with": vars(with_),
        "times": round(with_.cpu_seconds / without.cpu_seconds, 3),
        "added": round(with_.cpu_seconds - without.cpu_seconds, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with wcxb and medquad")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    found = {name: measure(name, column, options.data, options.turns) for name, column in SOURCES.items()}
    for name, row in found.items():
        print(f"{name}: {row['without']['cpu_seconds']} s without, {row['with']['cpu_seconds']} s with: {row['times']} times")
    files = [options.data / name / "pages.parquet" for name in SOURCES]
    gate.save_result("speed/rewrite_cost", found, gate.digest_files(*files))


if __name__ == "__main__":
    main()
