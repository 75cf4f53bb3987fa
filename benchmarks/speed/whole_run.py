"""The whole run on pages of HTML beside trafilatura with datasketch: processor seconds from start to end, and where ours go.

python -m benchmarks.speed.whole_run --data DATA/wcxb [--rounds 2]

Both read the same parquet file of pages and write the texts that are kept, each in processes of its own, in turn; the best
round of each counts. The peer does what many scripts do: trafilatura as it comes, MinHash of 128 values over word 5-grams,
an index at 0.8, and the first of each set of near copies is kept. Ours is ``corpus-tools run`` as it comes: metadata, spam
scores and the search for rewrites too. An empty run tells what of it does not depend on the pages.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import gate
from benchmarks.speed.command import run_command, run_module

_WORD = re.compile(r"\w+")
FIELDS = ("--html-field", "html", "--id-field", "id", "--url-field", "url")
THRESHOLD = 0.8


def main() -> None:
    """Measure both in turn, print the table, write results/speed/whole_run.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the WCXB folder")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--peer", nargs=2, type=Path, metavar=("PAGES", "TARGET"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.peer:
        print(json.dumps(run_peer(*given.peer)))
        return
    pages = given.data / "pages.parquet"
    with tempfile.TemporaryDirectory() as folder:
        few = Path(folder) / "few.parquet"
        pq.write_table(pq.read_table(pages).slice(0, 2), few)
        run_ours(few, Path(folder))  # compiles where that was not done yet
        fixed = min((run_ours(few, Path(folder)) for _ in range(given.rounds)), key=_cpu)
        rounds = [(run_ours(pages, Path(folder)), start_peer(pages, Path(folder))) for _ in range(given.rounds)]
    ours, theirs = (min(held, key=_cpu) for held in zip(*rounds, strict=True))
    figures: dict[str, Any] = {
        "times_cpu": round(theirs["cpu_seconds"] / ours["cpu_seconds"], 2),
        "times_seconds": round(theirs["seconds"] / ours["seconds"], 2),
        "corpus-tools": ours,
        "corpus-tools, two pages": fixed,
        "trafilatura + datasketch": theirs,
        "rounds": [[held["cpu_seconds"] for held in pair] for pair in rounds],
        "load": os.getloadavg()[0],
    }
    print(json.dumps(figures, indent=1))
    figures["three_times"] = float(figures["times_cpu"] >= 3)
    gate.save_result("speed/whole_run", figures, gate.digest_files(pages), {"three_times": "min"})


def _cpu(figures: dict[str, Any]) -> float:
    return float(figures["cpu_seconds"])


def run_ours(pages: Path, folder: Path) -> dict[str, Any]:
    """The run into a new folder: what it used in all and by stage."""
    with tempfile.TemporaryDirectory(dir=folder) as held:
        out = Path(held) / "RUN"
        used = run_command("run", pages, *FIELDS, "-o", out, "-q")
        record = json.loads((out / "run.json").read_text())
    stages = {name: stage["seconds"] for name, stage in record["stages"].items()}
    return {"sentence": used.sentence, "cpu_seconds": used.cpu_seconds, "seconds": used.seconds, "stage_seconds": stages}


def start_peer(pages: Path, folder: Path) -> dict[str, Any]:
    """trafilatura and datasketch in a process of their own."""
    used = run_module("benchmarks.speed.whole_run", "--data", ".", "--peer", pages, folder / "peer.parquet")
    found: dict[str, Any] = json.loads(used.sentence)
    return {**found, "cpu_seconds": used.cpu_seconds, "seconds": used.seconds}


def run_peer(pages: Path, target: Path) -> dict[str, Any]:
    """Extract, drop near copies, write what is kept."""
    import datasketch
    import trafilatura

    index = datasketch.MinHashLSH(threshold=THRESHOLD, num_perm=128)
    kept: list[tuple[str, str]] = []
    table = pq.read_table(pages, columns=["id", "html"])
    empty = copies = 0
    for name, html in zip(table["id"].to_pylist(), table["html"].to_pylist(), strict=True):
        text = trafilatura.extract(html)
        if not text:
            empty += 1
            continue
        words = _WORD.findall(text.lower())
        sketch = datasketch.MinHash(num_perm=128)
        sketch.update_batch({" ".join(words[at : at + 5]).encode() for at in range(max(len(words) - 4, 1))})
        if index.query(sketch):
            copies += 1
            continue
        index.insert(name, sketch)
        kept.append((name, text))
    pq.write_table(pa.table({"id": [name for name, _ in kept], "text": [text for _, text in kept]}), target)
    return {"kept": len(kept), "copies": copies, "without_text": empty}


if __name__ == "__main__":
    main()
