"""Signature speed: parquet of texts in, parquet of signatures out, this project and its peers on the same pages.

python -m benchmarks.speed.signatures --data DATA/medquad/pages.parquet [--rounds 3] [--only NAME ...]

Each tool runs in a process of its own, first on a few pages to warm up, then ``--rounds`` times; the best round counts. Speed
is pages by second of processor time over all threads, and so is hardly moved by what else the machine does.
Peers are the dependency group ``peers``, and text-dedup and datatrove (``uv pip install text-dedup datatrove``).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import gate
from benchmarks.speed.sketchers import SKETCHERS

PAGES, BYTES = 20_000, 4_290


def main() -> None:
    """Measure every tool, print the table, write results/speed/signatures.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="MedQuAD's pages.parquet")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(SKETCHERS), metavar="NAME")
    parser.add_argument("--one", nargs=2, metavar=("NAME", "PAGES_FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one[0], Path(given.one[1]), given.rounds)))
        return
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "pages.parquet"
        size = make_pages(given.data, pages)
        found = {name: start(name, pages, given.rounds) for name in given.only}
    figures = {"pages": PAGES, "megabytes": size, "load": os.getloadavg()[0], "tools": found} | ratios(found)
    show(found, size / PAGES)
    print({name: value for name, value in figures.items() if name not in ("tools",)})
    gate.save_result("speed/signatures", figures, gate.digest_files(given.data), {"times_fastest_peer": "min"})


def make_pages(source: Path, target: Path) -> float:
    """20,000 pages of about 4.3 kB put together from passages of the source; returns their megabytes.

    Columns are those of the documents table that the stage reads, so that it has no more to do than its own work.
    """
    from corpus_tools.text import content_hash, count_words

    chance = random.Random(0)
    words = [word for text in pq.read_table(source)["text"].to_pylist() for word in text.split(" ") if word]
    texts = []
    for _ in range(PAGES):
        start = chance.randrange(len(words) - 2000)
        page: list[str] = []
        while sum(len(word) + 1 for word in page) < BYTES:
            page += words[start : start + 60]
            start = start + 60 if chance.random() < 0.9 else chance.randrange(len(words) - 2000)
        texts.append(" ".join(page)[:BYTES])
    columns = {"page_id": [f"{i:032x}" for i in range(PAGES)], "content_hash": [content_hash(text) for text in texts]}
    table = pa.table({**columns, "n_words": [count_words(text) for text in texts], "text": pa.array(texts, pa.large_string())})
    pq.write_table(table, target, row_group_size=4096)
    return sum(len(text.encode()) for text in texts) / 1e6


def start(name: str, pages: Path, rounds: int) -> dict[str, Any]:
    """Measure one tool in a fresh process; what went wrong if it cannot run here."""
    command = [sys.executable, "-m", "benchmarks.speed.signatures", "--one", name, str(pages), "--rounds", str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["no message"])[-1][:200]}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def measure(name: str, pages: Path, rounds: int) -> dict[str, Any]:
    """Best of ``rounds`` by processor time, after a warm-up on 64 pages."""
    sketch, count = SKETCHERS[name]
    best: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        sketch(pages, Path(folder) / "warm.parquet", 64)
        for number in range(rounds):
            wall, cpu = time.perf_counter(), time.process_time()
            sketch(pages, Path(folder) / f"out{number}.parquet", count)
            used, passed = time.process_time() - cpu, time.perf_counter() - wall
            if not best or used < best["cpu_seconds"]:
                best = {"pages": count, "cpu_seconds": used, "seconds": passed}
    return best | {"pages_by_cpu_second": count / best["cpu_seconds"], "pages_by_second": count / best["seconds"]}


def ratios(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """This project against the fastest peer that ran, by processor time."""
    speed = {name: one["pages_by_cpu_second"] for name, one in found.items() if "pages" in one}
    peers = {name: value for name, value in speed.items() if not name.startswith("corpus-tools")}
    ours = speed.get("corpus-tools affine32")
    if not peers or ours is None:
        return {}
    fastest = max(peers, key=lambda name: peers[name])
    return {"fastest_peer": fastest, "times_fastest_peer": ours / peers[fastest]}


def show(found: dict[str, dict[str, Any]], page_size: float) -> None:
    """Print the table: speed by processor second, megabytes likewise, and by wall clock."""
    print(f"{'tool':<36}{'pages':>8}{'pages/CPU-s':>13}{'MB/CPU-s':>10}{'pages/s':>10}")
    for name, one in found.items():
        if "failed" in one:
            print(f"{name:<36}  did not run: {one['failed']}")
            continue
        speed = one["pages_by_cpu_second"]
        print(f"{name:<36}{one['pages']:>8,}{speed:>13,.0f}{speed * page_size:>10.1f}{one['pages_by_second']:>10,.0f}")


if __name__ == "__main__":
    main()
