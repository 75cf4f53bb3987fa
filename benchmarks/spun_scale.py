"""The search for rewrites at scale: seconds, memory and candidates of each step, on pages put together from MedQuAD.

A page is five passages of four sentences, each from another page, so that sentences stand on many pages; one page in a
hundred is another one spun. Each size runs in a process of its own.

    python benchmarks/spun_scale.py --data DATA/medquad [--sizes 20000 100000]
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gate
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from spinners import WordNet, sentences, spin
from spun_pairs import read_honest, recipe, signature_values

from corpus_tools.cluster.spun import match_spun
from corpus_tools.cluster.spun_candidates import find_partners
from corpus_tools.fingerprint.spin import count_vocabulary, spin_batch
from corpus_tools.plan import Plan
from corpus_tools.text import content_hash

BATCH = 5000


def write_pages(data: Path, target: Path, count: int) -> int:
    """``count`` made pages as parquet (page_id, text); page i + 1 of every hundred is page i spun. Returns the spun pages."""
    chance, synonyms = random.Random(5), WordNet()
    pool = [parts for text in read_honest(data).texts if len(parts := sentences(text)) >= 4]
    made: list[str] = []
    spun = 0
    for i in range(count):
        if i % 100 == 1:
            made.append(spin(made[-1], synonyms, recipe(0.5, "light"), str(i)))
            spun += 1
            continue
        passages = [(parts := chance.choice(pool), chance.randrange(len(parts) - 3)) for _ in range(5)]
        made.append("\n".join(" ".join(parts[at : at + 4]) for parts, at in passages))
    ids = [f"{i:08d}" for i in range(count)]
    table = pa.table(
        {"page_id": ids, "content_hash": [content_hash(text) for text in made], "text": pa.array(made, pa.large_string())}
    )
    pq.write_table(table, target, row_group_size=BATCH)
    return spun


def run_size(path: Path, spun: int) -> dict[str, Any]:
    """Every step on one file of pages, in this process."""
    plan = Plan().with_settings({"spin.enabled": True})
    held = pq.ParquetFile(path)

    def batches() -> Iterator[pa.RecordBatch]:
        yield from held.iter_batches(BATCH)

    list(spin_steps([next(batches())], plan, count_vocabulary(lambda: [next(batches()).slice(0, 100)], 100)))  # compile first
    seconds: dict[str, float] = {}  # processor seconds: wall time says more of the neighbours
    began = time.process_time()
    vocabulary = count_vocabulary(batches, held.metadata.num_rows)
    seconds["count"], began = time.process_time() - began, time.process_time()
    signatures = pa.Table.from_batches(spin_steps(batches(), plan, vocabulary))
    seconds["sketch"], began = time.process_time() - began, time.process_time()
    left, _, report = find_partners(signature_values(signatures.combine_chunks().to_batches()[0]), plan.spin)
    seconds["candidates"], began = time.process_time() - began, time.process_time()
    frame = pl.LazyFrame(pl.from_arrow(signatures))
    edges = pa.Table.from_batches(match_spun(frame, pl.scan_parquet(path), plan, vocabulary))
    seconds["match"] = time.process_time() - began
    rows = pl.DataFrame(pl.from_arrow(edges)).filter(pl.col("score") >= plan.spin.threshold)
    found = sum(int(b) - int(a) == 1 and int(b) % 100 == 1 for a, b in zip(rows["left"], rows["right"], strict=True))
    return {
        "pages": held.metadata.num_rows,
        "megabytes": round(sum(len(one) for one in held.read(["text"])["text"].to_pylist()) / 1e6),
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "processor_seconds": round(time.process_time(), 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "candidates_per_page": round(len(left) / held.metadata.num_rows, 2),
        "hot_values": report.hot,
        "edges": len(rows),
        "recall": round(found / spun, 4),
        "other_edges": len(rows) - found,
        "match_pages_per_second": round(held.metadata.num_rows / seconds["match"]),
        "match_pairs_per_second": round(len(left) / seconds["match"]),
    }


def spin_steps(batches: Any, plan: Plan, vocabulary: Any) -> Iterator[pa.RecordBatch]:
    """Spin signatures of batches."""
    for batch in batches:
        yield spin_batch(batch, plan.spin, vocabulary)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with MedQuAD's pages.parquet")
    parser.add_argument("--sizes", type=int, nargs="*", default=[20_000, 100_000])
    parser.add_argument("--run", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps(run_size(Path(options.run[0]), int(options.run[1]))))
        return
    rows = []
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pages.parquet"
            spun = write_pages(options.data, path, size)
            command = [sys.executable, __file__, "--data", str(options.data), "--run", str(path), str(spun)]
            rows.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]))
        print(rows[-1], flush=True)
    gate.save_result("spun_scale", {"rows": rows}, gate.digest_data(options.data / "pages.parquet"))


if __name__ == "__main__":
    main()
